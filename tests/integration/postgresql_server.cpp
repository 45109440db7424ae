#include "postgresql_server.h"

#include "base/file.h"
#include "free_port.h"

#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <vector>

namespace mogura::integration {
namespace {

base::Environment environment() {
    base::Environment environment = base::current_environment();
    environment["PATH"] += ":/usr/lib/postgresql/15/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    environment["LC_ALL"] = "C.UTF-8";
    return environment;
}

std::vector<std::string> as_ordinary_user(std::vector<std::string> arguments) {
    if (getuid() != 0) return arguments;
    std::vector<std::string> command = {"setpriv", "--reuid=postgres", "--regid=postgres",
                                        "--clear-groups"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return command;
}

}  // namespace

PostgresqlServer::PostgresqlServer(std::string folder, std::vector<std::string> settings)
    : folder_(std::move(folder)), port_(free_port()), settings_(std::move(settings)) {}

PostgresqlServer::~PostgresqlServer() {
    [[maybe_unused]] auto killed = kill();
    std::filesystem::remove_all(folder_);
}

Result<std::unique_ptr<PostgresqlServer>> PostgresqlServer::start(
    std::vector<std::string> settings) {
    // The name of a socket may have 107 bytes: no long folder of a test.
    std::string folder = (std::filesystem::temp_directory_path() / "postgresql.XXXXXX").string();
    if (!mkdtemp(folder.data())) return base::system_error(folder, "create");
    std::unique_ptr<PostgresqlServer> server(new PostgresqlServer(folder, std::move(settings)));
    TRY(server->install());
    TRY(server->launch());
    return server;
}

Result<> PostgresqlServer::install() {
    if (getuid() == 0) {
        const passwd* user = ::getpwnam("postgres");
        if (!user) return Error(Code::kNotFound, "there is no user postgres on this machine");
        if (::chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0) {
            return base::system_error(folder_, "give away");
        }
    }
    base::Command command;
    command.arguments =
        as_ordinary_user({"initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8",
                          "--locale=C.UTF-8", "--no-sync", "--pgdata=" + folder_ + "/data"});
    command.environment = environment();
    auto installed = TRY(base::run(command));
    if (installed.exit.code != 0) {
        return Error(Code::kUnavailable, "initdb failed: " + installed.output);
    }
    return {};
}

Result<> PostgresqlServer::launch() {
    base::Command command;
    std::vector<std::string> words = {"postgres", "-D", folder_ + "/data"};
    words.insert(words.end(), {"-p", std::to_string(port_), "-k", folder_, "-h", "127.0.0.1"});
    std::vector<std::string> settings = {"fsync=off", "log_line_prefix=%d|", "shared_buffers=32MB",
                                         "max_connections=40"};
    settings.insert(settings.end(), settings_.begin(), settings_.end());
    for (const std::string& setting : settings) words.insert(words.end(), {"-c", setting});
    command.arguments = as_ordinary_user(std::move(words));
    command.environment = environment();
    command.folder = folder_;
    command.output = base::Stream::file(folder_ + "/server.log");
    command.errors = base::Stream::file(folder_ + "/server.log");
    process_ = TRY(base::Process::start(command));
    return wait_until_ready();
}

Result<> PostgresqlServer::wait_until_ready() {
    constexpr int kTries = 1200;  // a minute
    for (int tries = 0; tries < kTries; ++tries) {
        auto connection = database::Postgresql::connect(administrator());
        if (connection.ok()) return {};
        auto ended = TRY(process_->wait_for(std::chrono::milliseconds(50)));
        if (ended) {
            process_.reset();
            const std::string log = TRY(base::read_file(folder_ + "/server.log"));
            return Error(Code::kUnavailable, "postgres ended at once:\n" + log);
        }
    }
    return Error(Code::kTimeout, "postgres does not become ready");
}

Result<> PostgresqlServer::kill() {
    if (!process_) return {};
    TRY(process_->kill(SIGQUIT));
    TRY(process_->wait());
    process_.reset();
    return {};
}

Result<> PostgresqlServer::restart() {
    TRY(kill());
    return launch();
}

database::PostgresqlOptions PostgresqlServer::administrator() const {
    return {.host = folder_, .port = port_, .user = "postgres", .database = "postgres"};
}

}  // namespace mogura::integration
