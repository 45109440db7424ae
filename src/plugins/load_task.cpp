#include "plugins/load_task.h"

#include "base/file.h"
#include "base/text.h"
#include "plugins/operator_options.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

namespace mogura::plugins {
namespace {

// Copies the load's counters to the task's until it goes.
class ProgressCopy {
  public:
    ProgressCopy(const load::Progress& from, engine::TaskProgress& to)
        : from_(from), to_(to), thread_([this](const std::stop_token& stop) { run(stop); }) {}
    ~ProgressCopy() {
        thread_.request_stop();
        thread_.join();
        copy();
    }

  private:
    void run(const std::stop_token& stop) {
        constexpr std::chrono::milliseconds kEvery{100};
        std::mutex mutex;
        std::unique_lock lock(mutex);
        while (!stop.stop_requested()) {
            wake_.wait_for(lock, stop, kEvery, [] { return false; });
            copy();
        }
    }

    void copy() {
        int64_t total = from_.bytes_total;
        int64_t bytes = from_.bytes_read;
        to_.rows = from_.rows_read.load();
        to_.bytes = bytes;
        to_.rows_rejected = from_.rows_rejected.load();
        if (total > 0) to_.share = static_cast<double>(bytes) / static_cast<double>(total);
    }

    const load::Progress& from_;
    engine::TaskProgress& to_;
    std::condition_variable_any wake_;
    std::jthread thread_;
};

Result<> put_secrets(config::Value& value, const engine::Secrets& secrets) {
    if (value.is_string()) {
        if (value.string().find("${") == std::string::npos) return {};
        config::Mark mark = value.mark();
        value = TRY(engine::resolve_secrets(secrets, value.string()));
        value.set_mark(mark);
    } else if (value.is_list()) {
        for (config::Value& one : value.list()) TRY(put_secrets(one, secrets));
    } else if (value.is_map()) {
        for (config::Map::Entry& entry : value.map()) {
            entry.key = TRY(engine::resolve_secrets(secrets, entry.key));
            TRY(put_secrets(entry.value, secrets));
        }
    }
    return {};
}

Result<load::Job> job_from_file(const std::string& name, const engine::TaskContext& context) {
    std::string path = (std::filesystem::path(context.work_folder) / name).string();
    std::string text = TRY(base::read_file(path));
    // What stands under the operator's word is seen, too (digdag 4.0.5).
    const config::Value* word = context.parameters.find("_type");
    const config::Map parameters =
        with_defaults(context.parameters, word ? word->scalar_text().value_or("") : std::string());
    script::Scope scope{.parameters = parameters, .time_zone = context.time_zone};
    auto evaluated = context.evaluator.evaluate_text(scope, text);
    if (!evaluated.ok()) return evaluated.error().at(name);
    config::Value value =
        TRY(config::parse_yaml(*evaluated, {.dialect = config::Dialect::kEmbulk, .file = name}));
    if (!value.is_map()) {
        return Error(Code::kInvalid, name + ": expected a mapping with in, filters, out; not " +
                                         std::string(value.kind_name()));
    }
    auto resolved = put_secrets(value, context.secrets);
    if (!resolved.ok()) return resolved.error().at(name);
    return load::Job{.config = value.map(), .file = name};
}

}  // namespace

engine::OperatorOptions load_options() {
    return {.options = {{.name = "_command", .is_required = true, .instead = "config"},
                        {.name = "config",
                         .kind = engine::OptionKind::kMapping,
                         .help = "in, filters and out, without a file."}}};
}

Result<load::Job> load_job_of(const engine::TaskContext& context) {
    const config::Value* command = context.parameters.find("_command");
    if (command && command->is_map()) return load::Job{.config = command->map(), .file = ""};
    const config::Value* inline_config = context.parameters.find("config");
    if ((!command || command->is_null()) && inline_config && inline_config->is_map()) {
        return load::Job{.config = inline_config->map(), .file = ""};
    }
    auto name = command ? command->scalar_text() : std::nullopt;
    if (!name || name->empty()) {
        return Error(Code::kInvalid,
                     "expected the name of a YAML file, or a mapping with in and out");
    }
    return job_from_file(*name, context);
}

namespace {

class LoadTask final : public engine::Operator {
  public:
    explicit LoadTask(const load::Plugins& plugins) : plugins_(plugins) {}
    engine::OperatorOptions options() const override { return load_options(); }

    engine::Outcome run(engine::TaskContext& context) override {
        auto summary = loaded(context);
        if (!summary.ok()) return engine::failed(summary.error().message());
        config::Map report;
        report.set("rows", summary->rows_written);
        report.set("bytes", summary->bytes_read);
        report.set("rejected", summary->rows_rejected);
        config::Map load;
        load.set("rows", summary->rows_written);
        load.set("rejected_rows", summary->rows_rejected);
        load.set("bytes", summary->bytes_read);
        engine::Done done;
        done.store_parameters.set("load", std::move(load));
        done.report = std::move(report);
        print(context, *summary);
        return done;
    }

  private:
    Result<load::Summary> loaded(engine::TaskContext& context) const {
        load::Job job = TRY(load_job_of(context));
        unsigned threads = std::max(1u, std::thread::hardware_concurrency());
        load::Context own{.clock = context.clock,
                          .folder = context.work_folder,
                          .temporary = context.temporary_folder,
                          .threads = static_cast<int>(threads)};
        load::Progress progress;
        ProgressCopy copy(progress, context.progress);
        return load::run(job, plugins_, own, progress, context.stop);
    }

    static void print(engine::TaskContext& context, const load::Summary& summary) {
        if (!context.print) return;
        double seconds = std::chrono::duration<double>(summary.duration).count();
        context.print(base::with_thousands(summary.rows_read) + " rows read, " +
                      base::with_thousands(summary.rows_written) + " written, " +
                      base::with_thousands(summary.rows_rejected) + " rejected; " +
                      base::with_unit_bytes(summary.bytes_read) + "; " +
                      base::with_unit_seconds(seconds) + "\n");
    }

    const load::Plugins& plugins_;
};

}  // namespace

std::unique_ptr<engine::Operator> make_load_task(const load::Plugins& plugins) {
    return std::make_unique<LoadTask>(plugins);
}

}  // namespace mogura::plugins
