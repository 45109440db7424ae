// query>: SQL over files or a database, its rows as parameters, as a file, or into any output.

#include "base/file.h"
#include "base/mutex.h"
#include "plugins/plugins.h"
#include "plugins/sql/engine_options.h"
#include "plugins/sql/last_results.h"
#include "plugins/sql/result_file.h"
#include "plugins/sql/rows_input.h"
#include "plugins/sql/statement_text.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

namespace mogura::plugins {
namespace {

// What pg> and its like have, and query> has not.
constexpr std::array kOtherModes = {"create_table", "insert_into"};
constexpr const char* kNoSuchMode =
    "query> has no such mode: write CREATE TABLE ... AS or INSERT INTO in the SQL, or send the "
    "rows to a database with out";

// What to do with the rows: at most one of these.
struct Options {
    EngineOptions engine;
    std::string download_file;
    config::Value store_last_results;
    config::Map out;
    config::Value filters;
};

Options read(config::Reader& reader, const query::Engines& engines) {
    Options options = {
        .engine = read_engine_options(reader, engines),
        .download_file = reader.optional(
            "download_file", "", "File for the rows: NAME.csv, NAME.jsonl or NAME.parquet."),
        .store_last_results =
            reader.optional("store_last_results", config::Value(false),
                            "Rows as parameter query.last_results: first (or true), all, false."),
        .out = reader.optional("out", config::Map(), "Output of the loader that takes the rows."),
        .filters = reader.optional("filters", config::Value(), "With out: filters on the way."),
    };
    for (const char* name : kOtherModes) {
        if (!reader.has(name)) continue;
        reader.raw(name, "string", "");
        reader.problem(name, kNoSuchMode);
    }
    return options;
}

bool has_option(const query::Engines& engines, const std::string& engine, std::string_view name) {
    if (!engines.engines.has(engine)) return false;
    const auto options = engines.engines.options(engine);
    return std::any_of(options.begin(), options.end(),
                       [&](const config::Option& option) { return option.name == name; });
}

// The mapping `query` is for tasks of all engines: what only another engine knows is not for this.
bool is_for_others(const query::Engines& engines, const std::string& engine,
                   std::string_view name) {
    if (has_option(engines, engine, name)) return false;
    const auto names = engines.engines.names();
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& other) { return has_option(engines, other, name); });
}

// The task's own keys over those of the mapping `query`, over those of the mapping that is called
// like the engine (digdag 4.0.5). Keys of other tasks and of the project are not looked at:
// a parameter `database` of a project must not become the database of every query.
config::Map options_of(const engine::TaskContext& context, const query::Engines& engines) {
    config::Map own;
    for (const auto& entry : context.local) {
        bool is_ours = !entry.key.starts_with("_") && !entry.key.ends_with(">") &&
                       entry.key != "query" && entry.key != "data";
        if (is_ours) own.set(entry.key, entry.value);
    }
    config::Map shared;
    if (const config::Value* query = context.parameters.find("query"); query && query->is_map()) {
        shared = query->map();
        for (const char* name : {"data", "last_results"}) shared.erase(name);
    }
    std::string engine = "duckdb";
    if (const config::Value* word = shared.find("engine"))
        engine = word->scalar_text().value_or(engine);
    if (const config::Value* word = own.find("engine"))
        engine = word->scalar_text().value_or(engine);

    config::Map options;
    const config::Value* of_engine = context.parameters.find(engine);
    if (of_engine && of_engine->is_map() && engines.engines.has(engine)) {
        for (const config::Option& option : engines.engines.options(engine)) {
            const config::Value* value = of_engine->map().find(option.name);
            if (value) options.set(option.name, *value);
        }
    }
    for (const auto& entry : shared) {
        if (!is_for_others(engines, engine, entry.key)) options.set(entry.key, entry.value);
    }
    for (const auto& entry : own) options.set(entry.key, entry.value);
    return options;
}

Result<> check_modes(const Options& options, bool stores) {
    int modes = int{!options.download_file.empty()} + int{stores} + int{!options.out.empty()};
    if (modes > 1) {
        return Error(Code::kInvalid,
                     "only one of download_file, store_last_results and out can "
                     "take the rows (use several query> tasks)");
    }
    return {};
}

int cores() {
    return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

class Query final : public engine::Operator {
  public:
    explicit Query(const Registry& registry) : registry_(registry) {}

    engine::Outcome run(engine::TaskContext& context) override {
        auto done = work(context);
        if (done.ok()) return *std::move(done);
        return engine::failed(done.error().message());
    }
    engine::OperatorOptions options() const override {
        engine::OperatorOptions all = {
            .options = {{.name = "_command", .is_required = true, .instead = "query"},
                        {.name = "query"},
                        {.name = "data"}},
            .takes_parameters = false};
        config::Reader manual = config::Reader::manual();
        read(manual, registry_);
        for (const config::Option& option : manual.options()) {
            all.options.push_back({.name = option.name, .help = option.help});
            if (option.name == "engine") all.options.back().words = registry_.engines.names();
        }
        for (const std::string& engine : registry_.engines.names()) {
            for (const config::Option& option : registry_.engines.options(engine)) {
                all.options.push_back({.name = option.name, .help = option.help});
            }
        }
        for (const char* name : kOtherModes) all.options.push_back({.name = name});
        return all;
    }
    Result<> check(const config::Map& written) const override {
        for (const char* name : kOtherModes) {
            if (written.find(name)) {
                return Error(Code::kInvalid, std::string(name) + ": " + kNoSuchMode);
            }
        }
        return {};
    }

  private:
    Result<engine::Done> work(engine::TaskContext& context) const {
        const config::Map given = options_of(context, registry_);
        config::Reader reader(given, "", "query>");
        Options options = read(reader, registry_);
        TRY(reader.finish());
        auto wanted = TRY(wanted_results(options.store_last_results));
        TRY(check_modes(options, wanted.has_value()));
        auto text = TRY(statement_text(context, "query", QueryOption::kSqlOrFile));
        auto engine = TRY(make_engine(options.engine, registry_,
                                      {.folder = context.work_folder,
                                       .temporary = context.temporary_folder,
                                       .threads = cores(),
                                       .time_zone = context.time_zone}));
        std::stop_callback stop(context.stop, [&] { engine->cancel(); });
        ProgressWatch watch(*engine, context.progress);
        auto rows = TRY(engine->execute(text));
        return deliver(context, options, wanted, *rows);
    }

    Result<engine::Done> deliver(engine::TaskContext& context, const Options& options,
                                 std::optional<LastResults> wanted, query::Rows& rows) const {
        engine::Done done;
        auto count = [&](int64_t more) { context.progress.rows += more; };
        if (wanted) {
            config::Map results;
            auto limits = TRY(last_results_limits(context.surroundings.settings, "query"));
            auto stored = TRY(last_results(rows, *wanted, limits));
            results.set("last_results", std::move(stored));
            done.store_parameters.set("query", std::move(results));
        } else if (!options.download_file.empty()) {
            // Anywhere, as `out` may; the results of a day need not lie in the project.
            auto path = std::filesystem::path(context.work_folder) / options.download_file;
            auto file = TRY(write_result_file(rows, path.string(), count));
            done.report.set("bytes", file.bytes);
            context.progress.bytes = file.bytes;
        } else if (!options.out.empty()) {
            TRY(send(context, options, rows, done.report));
        } else {
            TRY(query::each_page(rows, [&](page::Page page) {
                count(static_cast<int64_t>(page.rows()));
                return Result<>();
            }));
        }
        if (!done.report.find("rows") && context.progress.rows > 0) {
            done.report.set("rows", context.progress.rows.load());
        }
        return done;
    }

    // The rows as pages into an output of the loader.
    Result<> send(engine::TaskContext& context, const Options& options, query::Rows& rows,
                  config::Map& report) const {
        if (rows.schema().size() == 0) {
            return Error(Code::kInvalid,
                         "the last statement gives no rows for out (end with a SELECT)");
        }
        load::Job job;
        if (!options.filters.is_null()) job.config.set("filters", options.filters);
        job.config.set("out", options.out);
        RowsInput input(rows, [&](int64_t more) { context.progress.rows += more; });
        load::Progress progress;
        auto summary = TRY(load::run_from(input, job, registry_,
                                          {.clock = context.clock,
                                           .folder = context.work_folder,
                                           .temporary = context.temporary_folder,
                                           .threads = cores(),
                                           .plugins = &registry_},
                                          progress, context.stop));
        report.set("rows", summary.rows_written);
        report.set("bytes", summary.bytes_written);
        return {};
    }

    // Shows how far the engine is while execute() keeps the task's thread.
    class ProgressWatch {
      public:
        ProgressWatch(const query::Engine& engine, engine::TaskProgress& progress)
            : thread_([&engine, &progress, this](std::stop_token stop) {
                  base::Lock lock(mutex_);
                  while (!stop.stop_requested()) {
                      ended_.wait_for(mutex_, std::chrono::milliseconds(250));
                      progress.share = engine.progress();
                  }
              }) {}
        ~ProgressWatch() {
            thread_.request_stop();
            base::Lock lock(mutex_);
            ended_.notify_all();
        }

      private:
        base::Mutex mutex_;
        base::Condition ended_;
        std::jthread thread_;
    };

    const Registry& registry_;
};

}  // namespace
}  // namespace mogura::plugins

PLUGIN(operator, query) {
    registry.operators.add("query", "SQL over files or a database.", [&registry] {
        return std::make_unique<mogura::plugins::Query>(registry);
    });
}
