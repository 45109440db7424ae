// A real PostgreSQL on a fresh folder, its own socket and a free port; stopped and removed at the
// end. The server refuses to run as root, so as root it runs as the user postgres.

#pragma once

#include "base/process.h"
#include "base/result.h"
#include "database/database.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mogura::integration {

class PostgresqlServer {
  public:
    // Needs initdb and postgres (Debian: postgresql-15). Ready when it returns.
    // `settings` such as "fsync=on" overrule those of the tests.
    static Result<std::unique_ptr<PostgresqlServer>> start(std::vector<std::string> settings = {});
    ~PostgresqlServer();
    PostgresqlServer(const PostgresqlServer&) = delete;
    PostgresqlServer& operator=(const PostgresqlServer&) = delete;

    // At once, without a checkpoint: the next start recovers from the log.
    Result<> kill();
    // On the same data.
    Result<> restart();

    // The folder of the socket.
    const std::string& socket() const { return folder_; }
    int port() const { return port_; }
    // The administrator, by the socket.
    database::PostgresqlOptions administrator() const;

  private:
    PostgresqlServer(std::string folder, std::vector<std::string> settings);
    Result<> install();
    Result<> launch();
    Result<> wait_until_ready();

    const std::string folder_;
    const int port_;
    const std::vector<std::string> settings_;
    std::optional<base::Process> process_;
};

}  // namespace mogura::integration
