// A real MariaDB on a fresh folder, its own socket and a free port; stopped and removed at the end.

#pragma once

#include "base/process.h"
#include "base/result.h"
#include "database/database.h"

#include <memory>
#include <optional>
#include <string>

namespace mogura::integration {

class MariadbServer {
  public:
    // Needs mariadbd and mariadb-install-db (Debian: mariadb-server). Ready when it returns.
    static Result<std::unique_ptr<MariadbServer>> start();
    ~MariadbServer();
    MariadbServer(const MariadbServer&) = delete;
    MariadbServer& operator=(const MariadbServer&) = delete;

    // As a power cut would.
    Result<> kill();
    // On the same data.
    Result<> restart();

    const std::string& socket() const { return socket_; }
    int port() const { return port_; }
    // The administrator, by the socket.
    database::MysqlOptions administrator() const;

  private:
    explicit MariadbServer(std::string folder);
    Result<> launch();
    Result<> wait_until_ready();

    const std::string folder_;
    const std::string socket_;
    const int port_;
    std::optional<base::Process> process_;
};

}  // namespace mogura::integration
