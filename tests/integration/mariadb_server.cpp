#include "mariadb_server.h"

#include "base/file.h"
#include "free_port.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>

namespace mogura::integration {
namespace {

base::Environment environment() {
    base::Environment environment = base::current_environment();
    environment["PATH"] += ":/usr/sbin:/usr/bin:/sbin:/bin";
    return environment;
}

}  // namespace

MariadbServer::MariadbServer(std::string folder, std::vector<std::string> settings)
    : folder_(std::move(folder)),
      socket_(folder_ + "/socket"),
      port_(free_port()),
      settings_(std::move(settings)) {}

MariadbServer::~MariadbServer() {
    [[maybe_unused]] auto killed = kill();
    std::filesystem::remove_all(folder_);
}

Result<std::unique_ptr<MariadbServer>> MariadbServer::start(std::vector<std::string> settings) {
    std::string folder = (std::filesystem::temp_directory_path() / "mariadb.XXXXXX").string();
    if (!mkdtemp(folder.data())) return base::system_error(folder, "create");
    std::unique_ptr<MariadbServer> server(new MariadbServer(folder, std::move(settings)));
    base::Command install;
    install.arguments = {"mariadb-install-db",
                         "--no-defaults",
                         "--skip-test-db",
                         "--auth-root-authentication-method=normal",
                         "--datadir=" + folder + "/data",
                         "--innodb-log-file-size=16M"};
    if (getuid() == 0) install.arguments.push_back("--user=root");
    install.environment = environment();
    install.errors = base::Stream::file(folder + "/install.log");
    auto installed = TRY(base::run(install));
    if (installed.exit.code != 0) {
        return Error(Code::kUnavailable, "mariadb-install-db failed: " + installed.output);
    }
    TRY(server->launch());
    return server;
}

Result<> MariadbServer::launch() {
    base::Command command;
    command.arguments = {"mariadbd",
                         "--no-defaults",
                         "--datadir=" + folder_ + "/data",
                         "--socket=" + socket_,
                         "--pid-file=" + folder_ + "/pid",
                         "--bind-address=127.0.0.1",
                         "--port=" + std::to_string(port_),
                         "--innodb-log-file-size=16M",
                         "--innodb-buffer-pool-size=64M",
                         "--skip-log-bin",
                         "--local-infile=1"};
    if (getuid() == 0) command.arguments.push_back("--user=root");
    command.arguments.insert(command.arguments.end(), settings_.begin(), settings_.end());
    command.environment = environment();
    command.output = base::Stream::file(folder_ + "/server.log");
    command.errors = base::Stream::file(folder_ + "/server.log");
    process_ = TRY(base::Process::start(command));
    return wait_until_ready();
}

Result<> MariadbServer::wait_until_ready() {
    constexpr int kTries = 1200;  // a minute
    for (int tries = 0; tries < kTries; ++tries) {
        auto connection = database::Mysql::connect(administrator());
        if (connection.ok()) return {};
        auto ended = TRY(process_->wait_for(std::chrono::milliseconds(50)));
        if (ended) {
            process_.reset();
            const std::string log = TRY(base::read_file(folder_ + "/server.log"));
            return Error(Code::kUnavailable, "mariadbd ended at once:\n" + log);
        }
    }
    return Error(Code::kTimeout, "mariadbd does not become ready");
}

Result<> MariadbServer::kill() {
    if (!process_) return {};
    TRY(process_->kill(SIGKILL));
    TRY(process_->wait());
    process_.reset();
    return {};
}

Result<> MariadbServer::restart() {
    TRY(kill());
    return launch();
}

database::MysqlOptions MariadbServer::administrator() const {
    return {.socket = socket_, .user = "root"};
}

}  // namespace mogura::integration
