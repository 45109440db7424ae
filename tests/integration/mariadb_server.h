// A real MariaDB on a fresh folder, its own socket and a free port; stopped and removed at the end.

#pragma once

#include "base/process.h"
#include "base/result.h"
#include "database/database.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mogura::integration {

class MariadbServer {
  public:
    // Needs mariadbd and mariadb-install-db (Debian: mariadb-server). Ready when it returns.
    // `settings` are arguments behind those of the tests, which they overrule.
    static Result<std::unique_ptr<MariadbServer>> start(std::vector<std::string> settings = {});
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
    MariadbServer(std::string folder, std::vector<std::string> settings);
    Result<> launch();
    Result<> wait_until_ready();

    const std::string folder_;
    const std::string socket_;
    const int port_;
    const std::vector<std::string> settings_;
    std::optional<base::Process> process_;
};

}  // namespace mogura::integration
