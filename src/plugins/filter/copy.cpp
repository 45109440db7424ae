// Sends a copy of every row to another output, through filters of its own (embulk 7.11).
//
// Each copy is a load of its own in this process: it begins with the first page, has written
// everything before the main output commits, and commits behind it.

#include "base/queue.h"
#include "plugins/plugins.h"

#include <pthread.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

constexpr size_t kPagesMax = 8;  // a copy that is slow holds the main load back

struct Branch {
    std::string name;
    config::Map config;  // filters, out, exec
};

struct Options {
    std::vector<Branch> branches;
    std::string place;
};

void read_branch(config::Reader& reader, const config::Value& value, const std::string& path,
                 size_t index, Options& options) {
    const config::Value* out = value.find("out");
    if (!value.is_map() || !out || !out->is_map()) {
        reader.problem(path, "each copy must be a map with out in it");
        return;
    }
    const config::Value* name = value.find("name");
    std::string text = name ? name->scalar_text().value_or("") : "";
    options.branches.push_back(
        {text.empty() ? "copy " + std::to_string(index + 1) : text, value.map()});
}

Options read(config::Reader& reader) {
    Options options;
    options.place = reader.place_of("copy");
    auto copies =
        reader.maybe<std::vector<config::Value>>("copy", "List of {name, exec, filters, out}.");
    auto single = reader.maybe<config::Value>("config", "One copy, the old way.");
    if (!reader.is_manual() && !copies && !single) {
        reader.problem("copy", "Field 'copy' is required but not set");
    }
    for (size_t index = 0; copies && index < copies->size(); ++index) {
        read_branch(reader, (*copies)[index], "copy", index, options);
    }
    if (single) read_branch(reader, *single, "config", 0, options);
    return options;
}

page::Page copy_of(const page::Page& page) {
    std::vector<page::ColumnData> columns;
    for (size_t index = 0; index < page.columns(); ++index) columns.push_back(page.column(index));
    return {page.schema(), std::move(columns), page.rows(),
            std::vector<page::Owner>(page.owners().begin(), page.owners().end())};
}

// The rows of the main load, as an input.
class PassedRows final : public load::Input {
  public:
    PassedRows(page::Schema schema, base::Queue<page::Page>& pages)
        : schema_(std::move(schema)), pages_(pages) {}

    Result<> begin() override { return {}; }
    const page::Schema& schema() const override { return schema_; }
    size_t tasks() const override { return 1; }
    Result<> run(size_t, const load::PageSink& sink) override {
        while (auto page = pages_.pop()) TRY(sink(*std::move(page)));
        return {};
    }

  private:
    const page::Schema schema_;
    base::Queue<page::Page>& pages_;
};

// One copy under way.
class Copying {
  public:
    Copying(const Branch& branch, page::Schema schema, const load::Context& context)
        : name_(branch.name), context_(context), input_(std::move(schema), pages_) {
        job_.config = branch.config;
        context_.before_commit = [this] { return wait_for_leave(); };
        thread_ = std::jthread([this](const std::stop_token& stop) {
            ::pthread_setname_np(::pthread_self(), "load-copy");
            auto summary =
                load::run_from(input_, job_, *context_.plugins, context_, progress_, stop);
            pages_.abandon();
            std::lock_guard lock(mutex_);
            if (!summary.ok()) failure_ = Result<>(summary.error());
            stage_ = Stage::kEnded;
            turn_.notify_all();
        });
    }

    // Without commit(): the copy is stopped and rolled back.
    ~Copying() {
        thread_.request_stop();
        pages_.abandon();
        allow(false);
    }

    Result<> add(const page::Page& page) {
        if (pages_.push(copy_of(page))) return {};
        return failure();
    }

    // All rows have passed. Waits until they are written; they are not visible yet.
    Result<> finish() {
        pages_.close();
        {
            std::unique_lock lock(mutex_);
            turn_.wait(lock, [&] { return stage_ != Stage::kWriting; });
        }
        return failure();
    }

    Result<> commit() {
        allow(true);
        thread_.join();
        auto failed = failure();
        if (failed.ok()) return {};
        return Error(failed.error().code(),
                     failed.error().message() + " (the load's own output is in place)");
    }

  private:
    enum class Stage { kWriting, kWritten, kEnded };

    Result<> wait_for_leave() {
        std::unique_lock lock(mutex_);
        stage_ = Stage::kWritten;
        turn_.notify_all();
        turn_.wait(lock, [&] { return may_commit_.has_value(); });
        if (*may_commit_) return {};
        return Error(Code::kCanceled, "the load that this is a copy of has failed");
    }

    void allow(bool may_commit) {
        std::lock_guard lock(mutex_);
        if (!may_commit_) may_commit_ = may_commit;
        turn_.notify_all();
    }

    Result<> failure() {
        std::lock_guard lock(mutex_);
        if (failure_.ok()) return {};
        return failure_.error().at(name_);
    }

    const std::string name_;
    load::Context context_;
    base::Queue<page::Page> pages_{kPagesMax};
    PassedRows input_;
    load::Job job_;
    load::Progress progress_;
    std::mutex mutex_;
    std::condition_variable turn_;
    Stage stage_ = Stage::kWriting;
    std::optional<bool> may_commit_;
    Result<> failure_;
    std::jthread thread_;
};

class Copy final : public load::Filter {
  public:
    Copy(page::Schema schema, std::vector<Branch> branches, const load::Context& context)
        : schema_(std::move(schema)), branches_(std::move(branches)), context_(context) {}

    const page::Schema& schema() const override { return schema_; }

    Result<page::Page> apply(page::Page page) override {
        if (context_.is_preview) return page;
        begin();
        for (const auto& copying : copies_) TRY(copying->add(page));
        return page;
    }

    Result<> finish() override {
        if (context_.is_preview) return {};
        begin();
        for (const auto& copying : copies_) TRY(copying->finish());
        return {};
    }

    // Behind the main output: a load that fails leaves no copies.
    Result<> commit() override {
        for (const auto& copying : copies_) TRY(copying->commit());
        return {};
    }

    // They are those of the tasks that ran last.
    bool keeps_rows() const override { return true; }

  private:
    // With the first page, not before: a load that fails earlier writes nothing.
    void begin() {
        std::call_once(begun_, [this] {
            for (const Branch& branch : branches_) {
                copies_.push_back(std::make_unique<Copying>(branch, schema_, context_));
            }
        });
    }

    const page::Schema schema_;
    const std::vector<Branch> branches_;
    const load::Context context_;
    std::once_flag begun_;
    std::vector<std::unique_ptr<Copying>> copies_;
};

Result<std::unique_ptr<load::Filter>> make(const Options& options, const page::Schema& input,
                                           const load::Context& context) {
    if (!context.plugins)
        return Error(Code::kUnsupported, options.place + ": copy has no meaning here");
    return std::make_unique<Copy>(input, options.branches, context);
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(filter, copy) {
    registry.filters.add("copy", "Send a copy of every row to another output.", read, make);
}
