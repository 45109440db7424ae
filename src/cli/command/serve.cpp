// Serves tables over HTTP until SIGTERM or SIGINT.

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/command.h"
#include "net/net.h"
#include "server/server.h"

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <utility>

namespace mogura::cli {
namespace {

constexpr const char* kHelp =
    R"(Serves tables from memory over HTTP, and refreshes them while requests run.

Usage: mogura serve [CONFIG.yml] [OPTIONS]

  --table NAME=snapshot:PATH             a snapshot file (see `mogura snapshot --help`)
  --table NAME=sqlite:PATH/TABLE?key=K   a table of a SQLite file, by column K
                                         (may be given several times; &refresh=10s and
                                         &max_shrink_percent=20 may follow)
  --listen ADDRESS:PORT                  default 127.0.0.1:8080; port 0 takes any free one
  --threads N                            threads that answer requests; default 2
  --refresh 60s                          how often sources are asked again (500ms, 60s, 5m, 1h)
  --max-shrink PERCENT                   refuse a refresh that loses more of the rows; default 50
  --log-json                             log lines for machines

A value may also stand in the same word: --refresh=5s.

CONFIG.yml says the same, and takes every engine's options (`mogura reference` lists them):

  listen: 127.0.0.1:8080
  refresh: 60s
  tables:
    - name: slots
      key: slot_id
      source: {type: sqlite, database: results.db, table: slots}
    - name: candidates
      key: slot_id
      source: {type: mysql, host: db1, user: ads, password: x, database: ads,
               query: "SELECT * FROM candidates WHERE active"}
      refresh: 10s
      max_shrink_percent: 20
    - name: creatives
      source: {type: snapshot, path: creatives.snapshot}

Then:

  curl localhost:8080/v1/tables/slots/42            one row
  curl 'localhost:8080/v1/tables/slots?keys=1,2,3'  several rows
  curl localhost:8080/v1/tables                     the tables, their generations and last errors
  curl localhost:8080/healthz                       200 when every table is loaded
  curl localhost:8080/metrics                       for Prometheus

A refresh that fails, changes the schema, or loses too many rows is refused: the old rows stay, and
/v1/tables says why. SIGTERM and SIGINT finish the requests in flight and exit 0.
)";

struct Arguments {
    std::string file;
    server::Flags flags;
    bool log_json = false;
};

Result<Arguments> read_arguments(std::span<const std::string> words) {
    Arguments arguments;
    const std::map<std::string, std::optional<std::string>*> single = {
        {"--listen", &arguments.flags.listen},
        {"--threads", &arguments.flags.threads},
        {"--refresh", &arguments.flags.refresh},
        {"--max-shrink", &arguments.flags.max_shrink}};
    for (size_t index = 0; index < words.size(); ++index) {
        // An option's value stands behind it or, as in --refresh=5s, in the same word.
        const size_t sign =
            words[index].starts_with("--") ? words[index].find('=') : std::string::npos;
        const std::string word = words[index].substr(0, sign);
        if (words[index] == "--log-json") {
            arguments.log_json = true;
        } else if (word == "--table" || single.contains(word)) {
            if (sign == std::string::npos && ++index == words.size())
                return Error(Code::kInvalid, word + ": its value is missing");
            const std::string value =
                sign == std::string::npos ? words[index] : words[index].substr(sign + 1);
            if (word == "--table") {
                arguments.flags.tables.push_back(value);
            } else {
                *single.at(word) = value;
            }
        } else if (word.starts_with("-")) {
            std::vector<std::string> known = {"--table", "--log-json", "--help"};
            for (const auto& [name, place] : single) known.push_back(name);
            return Error(Code::kInvalid,
                         "unknown option: " + word + base::did_you_mean(word, known));
        } else if (!arguments.file.empty()) {
            return Error(Code::kInvalid, "one configuration file is enough: " + word);
        } else {
            arguments.file = word;
        }
    }
    return arguments;
}

Result<server::Settings> read_settings(const Arguments& arguments, const House& house) {
    config::Map root;
    if (!arguments.file.empty()) {
        std::string text = TRY(base::read_file(arguments.file));
        auto value = TRY(config::parse_yaml(text, {.file = arguments.file}));
        if (!value.is_map()) {
            return Error(Code::kInvalid, arguments.file + ": must be a mapping (see --help)");
        }
        root = value.map();
    }
    return server::read_settings(root, arguments.file, arguments.flags, house.registry);
}

// Waits for SIGTERM or SIGINT, which no thread started meanwhile receives. A second one ends the
// program at once.
class StopSignals {
  public:
    StopSignals() {
        sigemptyset(&signals_);
        sigaddset(&signals_, SIGTERM);
        sigaddset(&signals_, SIGINT);
        pthread_sigmask(SIG_BLOCK, &signals_, &before_);
    }
    void wait() {
        int signal = 0;
        while (sigwait(&signals_, &signal) != 0) {
        }
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }

  private:
    sigset_t signals_{};
    sigset_t before_{};
};

// How long the end waits for sources that do not answer.
constexpr std::chrono::seconds kPatience{5};

// Ends the process while threads still wait for a server that is silent. They only read, and there
// is no way to call them back.
[[noreturn]] void leave() {
    log::warn("a source is silent, and nobody waits for it any more");
    std::fflush(nullptr);
    ::_exit(0);
}

Result<> serve(House& house, const Arguments& arguments) {
    server::Settings settings = TRY(read_settings(arguments, house));
    StopSignals signals;
    server::Tables tables(house.clock);
    for (const server::TableSettings& table : settings.tables) {
        // What a file says starts at the file's folder; what a flag says, where we are.
        std::string folder =
            std::filesystem::path(table.is_from_flag ? "" : arguments.file).parent_path().string();
        query::Context context{.folder = folder.empty() ? "." : folder, .threads = 1};
        tables.add(table.options, server::make_source(table, house.registry, context, house.clock));
    }
    server::Api api(tables, house.clock);
    auto listener = TRY(net::HttpServer::start(
        {.address = settings.address, .port = settings.port, .threads = settings.threads},
        [&api](const net::Request& request) { return api.handle(request); }));
    bool is_ipv6 = settings.address.find(':') != std::string::npos;
    std::string host = is_ipv6 ? "[" + settings.address + "]" : settings.address;
    log::info("serving", {{"address", "http://" + host + ":" + std::to_string(listener->port())},
                          {"tables", tables.size()}});
    tables.start();
    signals.wait();
    log::info("stopping");
    listener->stop();
    if (!tables.stop(kPatience)) leave();
    return {};
}

}  // namespace
}  // namespace mogura::cli

COMMAND(serve, "Serve tables from memory over HTTP") {
    using namespace mogura;  // NOLINT(google-build-using-namespace)
    for (const std::string& word : arguments) {
        if (word == "--help" || word == "-h") {
            std::fputs(cli::kHelp, stdout);
            return 0;
        }
    }
    auto words = cli::read_arguments(arguments);
    if (!words.ok()) {
        std::fprintf(stderr, "mogura serve: %s\n`mogura serve --help` explains.\n",
                     words.error().message().c_str());
        return 2;
    }
    if (words->log_json) log::set_format(log::Format::kJson);
    auto served = cli::serve(house, *words);
    if (served.ok()) return 0;
    std::fprintf(stderr, "mogura serve: cannot serve:\n%s\n", served.error().message().c_str());
    return 1;
}
