#include "load/target.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

namespace mogura::load {
namespace {

// Counts what reaches the file, behind every encoder.
class CountingSink final : public base::ByteSink {
  public:
    CountingSink(std::unique_ptr<base::ByteSink> sink, std::atomic<int64_t>& bytes)
        : sink_(std::move(sink)), bytes_(bytes) {}

    Result<> write(std::string_view bytes) override {
        bytes_ += static_cast<int64_t>(bytes.size());
        return sink_->write(bytes);
    }
    Result<> finish() override { return sink_->finish(); }

  private:
    const std::unique_ptr<base::ByteSink> sink_;
    std::atomic<int64_t>& bytes_;
};

class TextWriter final : public Writer {
  public:
    TextWriter(std::unique_ptr<base::ByteSink> sink, Progress& progress)
        : sink_(std::move(sink)), progress_(progress) {}

    Result<> write(Chunk chunk) override {
        TRY(sink_->write(chunk.text));
        progress_.rows_written += chunk.rows;
        return {};
    }
    Result<> finish() override { return sink_->finish(); }
    void abort() noexcept override { sink_.reset(); }

  private:
    std::unique_ptr<base::ByteSink> sink_;
    Progress& progress_;
};

// Hands pages to a TaskOutput.
class PageWriter final : public Writer {
  public:
    PageWriter(std::unique_ptr<TaskOutput> output, Progress& progress)
        : output_(std::move(output)), progress_(progress) {}

    Result<> write(Chunk chunk) override {
        TRY(output_->write(std::move(chunk.page)));
        progress_.rows_written += chunk.rows;
        count();
        return {};
    }
    Result<> finish() override {
        auto finished = output_->finish();
        count();
        return finished;
    }
    void abort() noexcept override { output_->abort(); }

  private:
    void count() {
        int64_t bytes = output_->bytes();
        progress_.bytes_written += bytes - std::exchange(counted_, bytes);
    }

    const std::unique_ptr<TaskOutput> output_;
    Progress& progress_;
    int64_t counted_ = 0;
};

// The configuration outlives the target: a run reads it again at begin().
class FileTarget final : public Target {
  public:
    FileTarget(std::unique_ptr<FileOutput> output, const PluginConfig& config,
               const Plugins& plugins, const Context& context)
        : output_(std::move(output)), config_(config), plugins_(plugins), context_(context) {}

    Result<> begin(const page::Schema& schema, size_t tasks) override {
        TRY(check_names(tasks));
        std::vector<const config::Map*> maps = TRY(mappings_of(config_, "encoders"));
        for (size_t index = 0; index < maps.size(); ++index) {
            std::string path = config_.path + ".encoders[" + std::to_string(index) + "]";
            PluginConfig place{*maps[index], config_.file, path};
            auto encoder = make_plugin(plugins_.encoders, place, context_);
            if (!encoder.ok()) return encoder.error();
            encoders_.push_back(*std::move(encoder));
        }
        const config::Map* map = TRY(mapping_of(config_, "formatter"));
        PluginConfig place{*map, config_.file, config_.path + ".formatter"};
        formatter_ = TRY(make_plugin(plugins_.formatters, place, schema, context_));
        if (formatter_->file && !encoders_.empty()) {
            return Error(Code::kUnsupported, config_.path +
                                                 ".encoders: this formatter writes packed files "
                                                 "itself (leave encoders out)");
        }
        return {};
    }

    std::string name_of(size_t task) const override { return output_->name_of(task, 0); }
    const Formatter* formatter() const override { return formatter_->text.get(); }

    Result<std::unique_ptr<Writer>> open(size_t task, Progress& progress,
                                         Workers& workers) override {
        if (formatter_->file) return open_local(task, progress);
        std::unique_ptr<base::ByteSink> sink = TRY(output_->open(task, 0));
        sink = std::make_unique<CountingSink>(std::move(sink), progress.bytes_written);
        // The list runs from the file inward (embulk 5.4.0).
        for (const auto& encoder : encoders_) sink = TRY(encoder->wrap(std::move(sink), &workers));
        std::string header = TRY(formatter_->text->header());
        if (!header.empty()) TRY(sink->write(header));
        return std::make_unique<TextWriter>(std::move(sink), progress);
    }

    Result<> commit() override { return output_->publish(); }
    void rollback() noexcept override { output_->discard(); }
    Result<> keep(std::span<const size_t> tasks) override { return output_->keep(tasks); }
    // begin() touches no file.
    Result<OutputPlan> plan(const page::Schema& schema, size_t tasks) override {
        TRY(begin(schema, tasks));
        return OutputPlan();
    }

  private:
    // Two tasks that write to one file at the same time would mix or lose their rows.
    Result<> check_names(size_t tasks) const {
        if (overwrites_files_of_one_name(context_.compat)) return {};
        std::unordered_map<std::string, size_t> task_of;
        for (size_t task = 0; task < tasks; ++task) {
            auto [known, is_new] = task_of.emplace(name_of(task), task);
            if (is_new) continue;
            return Error(Code::kConflict,
                         config_.path + ": tasks " + std::to_string(known->second) + " and " +
                             std::to_string(task) + " would write the same file, " + known->first +
                             " (a %d in sequence_format is the number of the task)");
        }
        return {};
    }

    Result<std::unique_ptr<Writer>> open_local(size_t task, Progress& progress) {
        std::string path = output_->local_path(task, 0);
        if (path.empty()) {
            return Error(Code::kUnsupported,
                         config_.path + ".formatter: this format needs an output with local files");
        }
        std::unique_ptr<TaskOutput> output = TRY(formatter_->file->open(path));
        return std::make_unique<PageWriter>(std::move(output), progress);
    }

    const std::unique_ptr<FileOutput> output_;
    const PluginConfig config_;
    const Plugins& plugins_;
    const Context& context_;
    std::vector<std::unique_ptr<Encoder>> encoders_;
    std::unique_ptr<AnyFormatter> formatter_;
};

class PageTarget final : public Target {
  public:
    explicit PageTarget(std::unique_ptr<Output> output) : output_(std::move(output)) {}

    Result<> begin(const page::Schema& schema, size_t tasks) override {
        return output_->begin(schema, tasks);
    }
    Result<std::unique_ptr<Writer>> open(size_t task, Progress& progress, Workers&) override {
        std::unique_ptr<TaskOutput> output = TRY(output_->open(task));
        return std::make_unique<PageWriter>(std::move(output), progress);
    }
    Result<> commit() override { return output_->commit(); }
    void rollback() noexcept override { output_->rollback(); }
    Result<> keep(std::span<const size_t> tasks) override { return output_->keep(tasks); }
    config::Map diff() const override { return output_->diff(); }
    bool is_parallel() const override { return output_->is_parallel(); }
    Result<OutputPlan> plan(const page::Schema& schema, size_t tasks) override {
        return output_->plan(schema, tasks);
    }

  private:
    const std::unique_ptr<Output> output_;
};

class WholeWriter final : public Writer {
  public:
    explicit WholeWriter(WholeFilter& filter) : filter_(filter) {}
    Result<> write(Chunk chunk) override { return filter_.take(std::move(chunk.page)); }
    Result<> finish() override { return {}; }
    void abort() noexcept override {}

  private:
    WholeFilter& filter_;
};

class WholeTarget final : public Target {
  public:
    explicit WholeTarget(WholeFilter& filter) : filter_(filter) {}
    Result<> begin(const page::Schema&, size_t) override { return {}; }
    Result<std::unique_ptr<Writer>> open(size_t, Progress&, Workers&) override {
        return std::make_unique<WholeWriter>(filter_);
    }
    Result<> commit() override { return {}; }
    void rollback() noexcept override {}
    Result<> keep(std::span<const size_t>) override {
        return Error(Code::kUnsupported, "a filter of all rows keeps none of them");
    }
    bool is_parallel() const override { return false; }
    Result<OutputPlan> plan(const page::Schema&, size_t) override { return OutputPlan(); }

  private:
    WholeFilter& filter_;
};

}  // namespace

Result<> FileOutput::keep(std::span<const size_t>) {
    return Error(Code::kUnsupported, "this output cannot go on from a failed run");
}

Result<> Output::keep(std::span<const size_t>) {
    return Error(Code::kUnsupported, "this output cannot go on from a failed run");
}

Result<OutputPlan> Output::plan(const page::Schema&, size_t) {
    return OutputPlan();
}

Result<> check_target(const PluginConfig& config, const Plugins& plugins) {
    std::string name = TRY(plugin_name(config));
    if (plugins.outputs.has(name)) return {};
    if (!plugins.file_outputs.has(name)) {
        std::vector<std::string> known = plugins.outputs.names();
        std::ranges::copy(plugins.file_outputs.names(), std::back_inserter(known));
        return unknown_plugin(config, "output", name, known);
    }
    std::vector<const config::Map*> encoders = TRY(mappings_of(config, "encoders"));
    for (size_t index = 0; index < encoders.size(); ++index) {
        std::string path = config.path + ".encoders[" + std::to_string(index) + "]";
        PluginConfig encoder{*encoders[index], config.file, path};
        TRY(check_plugin(plugins.encoders, encoder));
    }
    const config::Map* formatter = TRY(mapping_of(config, "formatter"));
    return check_plugin(plugins.formatters,
                        PluginConfig{*formatter, config.file, config.path + ".formatter"});
}

std::unique_ptr<Target> target_of(WholeFilter& filter) {
    return std::make_unique<WholeTarget>(filter);
}

Result<std::unique_ptr<Target>> make_target(const PluginConfig& config, const Plugins& plugins,
                                            const Context& context) {
    TRY(check_target(config, plugins));
    std::string name = TRY(plugin_name(config));
    if (plugins.outputs.has(name)) {
        std::unique_ptr<Output> output = TRY(make_plugin(plugins.outputs, config, context));
        return std::make_unique<PageTarget>(std::move(output));
    }
    std::unique_ptr<FileOutput> output = TRY(make_plugin(plugins.file_outputs, config, context));
    return std::make_unique<FileTarget>(std::move(output), config, plugins, context);
}

}  // namespace mogura::load
