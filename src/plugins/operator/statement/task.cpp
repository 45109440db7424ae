#include "plugins/operator/statement/task.h"

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "plugins/command_text.h"
#include "plugins/input/table/rows.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <random>
#include <stop_token>
#include <string>

namespace mogura::plugins::statement {
namespace {

constexpr const char* kQueryId = "query_id";
constexpr const char* kTries = "lock_tries";

// "5ea70c1d-....", as the original names its queries.
std::string random_id() {
    std::random_device random;
    std::string id;
    for (const int digits : {8, 4, 4, 4, 12}) {
        if (!id.empty()) id += '-';
        for (int digit = 0; digit < digits; ++digit) id += "0123456789abcdef"[random() & 15];
    }
    return id;
}

// 1, 2, 4, ... 1200 s.
std::chrono::seconds wait_for_lock(int64_t tries) {
    constexpr int64_t kSecondsMax = 1200;
    return std::chrono::seconds(std::min(kSecondsMax, int64_t{1} << std::min<int64_t>(tries, 11)));
}

bool is_syntax_problem(const Error& error) {
    return error.code() == Code::kInvalid &&
           base::lower(error.message()).find("syntax") != std::string::npos;
}

// CSV beside its place, renamed when it is complete.
Result<int64_t> write_csv(query::Rows& rows, const std::string& path,
                          engine::TaskProgress& progress) {
    const std::string unfinished = path + ".unfinished";
    const std::string folder = std::filesystem::path(path).parent_path().string();
    TRY(base::make_folders(folder.empty() ? "." : folder));
    auto sink = TRY(base::open_sink(unfinished));
    std::string text;
    query::append_csv_header(text, rows.schema());
    int64_t bytes = 0;
    auto flush = [&]() -> Result<> {
        TRY(sink->write(text));
        bytes += static_cast<int64_t>(text.size());
        text.clear();
        return {};
    };
    auto written = query::each_page(rows, [&](page::Page page) {
        query::append_csv(text, page);
        progress.rows += static_cast<int64_t>(page.rows());
        return flush();
    });
    if (written.ok()) written = flush();
    if (written.ok()) written = sink->finish();
    std::error_code failure;
    if (!written.ok()) {
        sink.reset();
        std::filesystem::remove(unfinished, failure);
        return written.error();
    }
    std::filesystem::rename(unfinished, path, failure);
    if (failure) {
        return Error(Code::kUnavailable, path + ": cannot replace it: " + failure.message());
    }
    return bytes;
}

std::string statement_of(const Settings& settings, const source::Source& source) {
    if (!settings.create_table.empty()) {
        const std::string table = quoted_table(source, settings.create_table);
        return "DROP TABLE IF EXISTS " + table + "; CREATE TABLE " + table + " AS\n" +
               settings.text.sql;
    }
    if (!settings.insert_into.empty()) {
        return "INSERT INTO " + quoted_table(source, settings.insert_into) + "\n" +
               settings.text.sql;
    }
    return settings.text.sql;
}

}  // namespace

engine::Outcome StatementTask::run(engine::TaskContext& context) {
    auto outcome = work(context);
    if (outcome.ok()) return *std::move(outcome);
    const Error& error = outcome.error();
    if (is_syntax_problem(error)) return engine::failed_config(error.message());
    return engine::failed(error.message());
}

Result<engine::Outcome> StatementTask::work(engine::TaskContext& context) {
    const auto settings = TRY(read_settings(context, words_));
    if (!settings.download_file.empty()) TRY(place_in_project(context, settings.download_file));
    if (!settings.only_reads() && settings.strict_transaction && !context.state.find(kQueryId)) {
        // The number is stored before anything happens, so that a second try knows it.
        config::Map state;
        state.set(kQueryId, random_id());
        return engine::Outcome(engine::Again{.at = context.clock.now(), .state = std::move(state)});
    }
    auto source = TRY(connect_(settings.server));
    std::stop_callback stop(context.stop, [&] { source->cancel(); });
    if (settings.only_reads()) return read(context, settings, *source);
    return write(context, settings, *source);
}

Result<engine::Outcome> StatementTask::read(engine::TaskContext& context, const Settings& settings,
                                            source::Source& source) {
    using As = source::SourceRows::As;
    TRY(source.run(source.begin_read_only_statement()));
    const As as = settings.last_results ? As::kValues : As::kTexts;
    auto rows = source::SourceRows::start(source, settings.text.sql, as);
    if (!rows.ok()) {
        const std::string& message = rows.error().message();
        const bool writes = message.find("read-only transaction") != message.npos ||
                            message.find("READ ONLY transaction") != message.npos ||
                            message.find("data-modifying") != message.npos ||
                            message.find("gives no rows") != message.npos;  // INSERT, CREATE ...
        if (!writes) return rows.error();
        const char* mode = settings.last_results ? "store_last_results" : "download_file";
        return Error(Code::kInvalid, "Query must be read-only if " + std::string(mode) +
                                         " is set [" + message + "]");
    }
    auto done = TRY(deliver(context, settings, **rows));
    TRY(source.run("COMMIT"));
    return engine::Outcome(std::move(done));
}

Result<engine::Done> StatementTask::deliver(engine::TaskContext& context, const Settings& settings,
                                            query::Rows& rows) const {
    engine::Done done;
    if (settings.last_results) {
        config::Map results;
        auto limits = TRY(last_results_limits(context.surroundings.settings, words_.name));
        auto stored = TRY(last_results(rows, *settings.last_results, limits));
        results.set("last_results", std::move(stored));
        done.store_parameters.set(words_.name, std::move(results));
        return done;
    }
    const std::string path = TRY(place_in_project(context, settings.download_file));
    const int64_t bytes = TRY(write_csv(rows, path, context.progress));
    context.progress.bytes = bytes;
    done.report.set("bytes", bytes);
    done.report.set("rows", context.progress.rows.load());
    return done;
}

Result<engine::Outcome> StatementTask::write(engine::TaskContext& context, const Settings& settings,
                                             source::Source& source) {
    const std::string sql = statement_of(settings, source);
    if (!settings.strict_transaction) {
        TRY(source.run(sql));
        return engine::Outcome(engine::Done());
    }
    const std::string query_id = context.state.find(kQueryId)->scalar_text().value_or("");
    Status status(source, dialect_, settings, query_id);
    TRY(status.prepare());
    const Ran ran = TRY(status.run([&] { return source.run(sql); }));
    if (ran == Ran::kLocked) {
        const config::Value* value = context.state.find(kTries);
        const int64_t tries = value && value->is_integer() ? value->integer() : 0;
        config::Map state = context.state;
        state.set(kTries, tries + 1);
        log::info(words_.name + ">: the query runs somewhere else already; waiting",
                  {{"query_id", query_id}});
        return engine::Outcome(engine::Again{.at = context.clock.now() + wait_for_lock(tries),
                                             .state = std::move(state)});
    }
    if (ran == Ran::kBefore) {
        log::info(words_.name + ">: the query is completed according to the status table; skipped",
                  {{"query_id", query_id}});
    }
    auto cleaned = status.clean_up();  // the statement is done whatever becomes of old rows
    if (!cleaned.ok()) {
        log::warn(words_.name + ">: old rows of the status table stay",
                  {{"because", cleaned.error().message()}});
    }
    return engine::Outcome(engine::Done());
}

}  // namespace mogura::plugins::statement
