#include "load/target.h"

#include "base/file.h"
#include "base/log.h"

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
    // `plain`: the local file whose bytes are just those that are written, behind the first `bytes`
    // of them; empty where another run could not go on in the file's middle.
    TextWriter(std::unique_ptr<base::ByteSink> sink, Progress& progress, std::string plain,
               int64_t bytes)
        : sink_(std::move(sink)), progress_(progress), plain_(std::move(plain)), bytes_(bytes) {}

    Result<> write(Chunk chunk) override {
        TRY(sink_->write(chunk.text));
        bytes_ += static_cast<int64_t>(chunk.text.size());
        progress_.rows_written += chunk.rows;
        return {};
    }
    Result<> finish() override { return sink_->finish(); }
    void abort() noexcept override { sink_.reset(); }
    Result<std::optional<Kept>> save(const Position& position) override {
        if (plain_.empty()) return std::optional<Kept>();
        TRY(base::sync_file(plain_));
        return std::optional<Kept>({.position = position, .file = plain_, .bytes = bytes_});
    }

  private:
    std::unique_ptr<base::ByteSink> sink_;
    Progress& progress_;
    const std::string plain_;
    int64_t bytes_;
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
    void mark(const Position& position) override { output_->mark(position); }
    RowRange failed_rows() const override { return output_->failed_rows(); }

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

    Result<std::unique_ptr<Writer>> open(size_t task, const Kept& from, Progress& progress,
                                         Workers& workers) override {
        if (formatter_->file) return open_local(task, progress);
        if (!from.position.is_beginning()) return open_behind(task, from, progress);
        std::unique_ptr<base::ByteSink> sink = TRY(output_->open(task, 0));
        sink = std::make_unique<CountingSink>(std::move(sink), progress.bytes_written);
        // The list runs from the file inward (embulk 5.4.0).
        for (const auto& encoder : encoders_) sink = TRY(encoder->wrap(std::move(sink), &workers));
        std::string header = TRY(formatter_->text->header());
        if (!header.empty()) TRY(sink->write(header));
        return std::make_unique<TextWriter>(std::move(sink), progress,
                                            encoders_.empty() ? plain_file(task) : "",
                                            static_cast<int64_t>(header.size()));
    }

    Result<> commit() override { return output_->publish(); }
    void rollback() noexcept override { output_->discard(); }
    // begin() touches no file.
    Result<OutputPlan> plan(const page::Schema& schema, size_t tasks) override {
        TRY(begin(schema, tasks));
        return OutputPlan();
    }

    bool can_keep() const override { return output_->can_adopt(); }
    Result<std::vector<Kept>> begin_kept(const page::Schema& schema, size_t tasks,
                                         const Earlier& earlier) override {
        TRY(begin(schema, tasks));
        is_kept_ = true;
        std::vector<Kept> kept(tasks);
        for (size_t task = 0; task < std::min(tasks, earlier.kept.size()); ++task) {
            const Kept& before = earlier.kept[task];
            if (before.file.empty()) continue;
            auto adopted = output_->adopt(task, 0,
                                          {.path = before.file,
                                           .bytes = before.bytes,
                                           .may_be_published = earlier.is_publishing});
            if (adopted.ok()) {
                kept[task] = before;
            } else {
                log::warn("task " + std::to_string(task) +
                          " begins anew: " + adopted.error().message());
            }
        }
        return kept;
    }
    Result<Kept> finished(size_t task) override {
        const std::string path = output_->local_path(task, 0);
        TRY(base::sync_file(path));
        const int64_t bytes = TRY(base::file_size_bytes(path));
        return Kept{.is_finished = true, .file = path, .bytes = bytes};
    }

  private:
    std::string plain_file(size_t task) const {
        return is_kept_ ? output_->local_path(task, 0) : "";
    }

    Result<std::unique_ptr<Writer>> open_behind(size_t task, const Kept& from, Progress& progress) {
        std::string path = plain_file(task);
        std::unique_ptr<base::ByteSink> sink = TRY(base::open_sink_behind(path, from.bytes));
        sink = std::make_unique<CountingSink>(std::move(sink), progress.bytes_written);
        return std::make_unique<TextWriter>(std::move(sink), progress, std::move(path), from.bytes);
    }

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
    bool is_kept_ = false;
    std::vector<std::unique_ptr<Encoder>> encoders_;
    std::unique_ptr<AnyFormatter> formatter_;
};

class PageTarget final : public Target {
  public:
    explicit PageTarget(std::unique_ptr<Output> output) : output_(std::move(output)) {}

    Result<> begin(const page::Schema& schema, size_t tasks) override {
        return output_->begin(schema, tasks);
    }
    Result<std::unique_ptr<Writer>> open(size_t task, const Kept& from, Progress& progress,
                                         Workers&) override {
        std::unique_ptr<TaskOutput> output =
            TRY(is_kept_ ? output_->keeping()->open(task, from.position) : output_->open(task));
        return std::make_unique<PageWriter>(std::move(output), progress);
    }
    Result<> commit() override { return output_->commit(); }
    TaskRow failed_row() const override { return output_->failed_row(); }
    void rollback() noexcept override { output_->rollback(); }

    bool can_keep() const override { return output_->keeping() != nullptr; }
    Result<std::vector<Kept>> begin_kept(const page::Schema& schema, size_t tasks,
                                         const Earlier& earlier) override {
        TRY(output_->keeping()->begin(schema, tasks, earlier.output, earlier.announce));
        is_kept_ = true;
        return output_->keeping()->arrived();
    }
    Result<> restart(size_t task, std::vector<Kept>& kept) override {
        return output_->keeping()->restart(task, kept);
    }
    config::Value state() const override { return output_->keeping()->state(); }
    void leave() noexcept override { output_->keeping()->leave(); }
    void settle(const config::Value& state) noexcept override { output_->keeping()->settle(state); }
    config::Map diff() const override { return output_->diff(); }
    bool is_parallel() const override { return output_->is_parallel(); }
    Result<OutputPlan> plan(const page::Schema& schema, size_t tasks) override {
        return output_->plan(schema, tasks);
    }

  private:
    const std::unique_ptr<Output> output_;
    bool is_kept_ = false;
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
    Result<std::unique_ptr<Writer>> open(size_t, const Kept&, Progress&, Workers&) override {
        return std::make_unique<WholeWriter>(filter_);
    }
    Result<> commit() override { return {}; }
    void rollback() noexcept override {}
    bool is_parallel() const override { return false; }
    Result<OutputPlan> plan(const page::Schema&, size_t) override { return OutputPlan(); }

  private:
    WholeFilter& filter_;
};

}  // namespace

Result<> Target::restart(size_t task, std::vector<Kept>& kept) {
    kept[task] = {};
    return {};
}

Result<> FileOutput::adopt(size_t, size_t, const Begun&) {
    return Error(Code::kUnsupported, "this output cannot go on from a failed run");
}

Result<std::vector<Kept>> Target::begin_kept(const page::Schema&, size_t, const Earlier&) {
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
