// Rows into a serving snapshot: one file that is replaced when every row is there.

#include "snapshot/snapshot.h"
#include "base/leftovers.h"
#include "base/mutex.h"
#include "base/text.h"
#include "base/time_zone.h"
#include "plugins/plugins.h"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace mogura::plugins {
namespace {

struct Options {
    std::string path;
    std::string table;
    std::string key;
    std::string place = {};  // of the key
};

Options read(config::Reader& reader) {
    Options options{
        .path = reader.required<std::string>("path", "File to write; replaced in one step."),
        .table = reader.optional("table", "", "The table's name; default: the file's name."),
        .key =
            reader.required<std::string>("key", "Column to look rows up by: a long or a string."),
        .place = reader.place_of("key"),
    };
    if (options.table.empty()) options.table = std::filesystem::path(options.path).stem().string();
    return options;
}

// One builder for the rows of all tasks.
class Rows {
  public:
    explicit Rows(snapshot::Builder builder) : builder_(std::move(builder)) {}

    Result<> add(const page::Page& page) {
        base::Lock lock(mutex_);
        return builder_.add(page);
    }
    Result<> write(const std::string& path) {
        base::Lock lock(mutex_);
        return builder_.write(path);
    }

  private:
    base::Mutex mutex_;
    snapshot::Builder builder_ GUARDED_BY(mutex_);
};

class SnapshotTask final : public load::TaskOutput {
  public:
    explicit SnapshotTask(Rows& rows) : rows_(rows) {}

    Result<> write(page::Page page) override { return rows_.add(page); }
    Result<> finish() override { return {}; }
    void abort() noexcept override {}  // the whole load rolls back

  private:
    Rows& rows_;
};

class SnapshotOutput final : public load::Output {
  public:
    SnapshotOutput(Options options, const load::Context& context)
        : options_(std::move(options)),
          path_(
              (std::filesystem::path(context.folder) / options_.path).lexically_normal().string()),
          clock_(context.clock) {}

    Result<> begin(const page::Schema& schema, size_t) override {
        auto builder = snapshot::Builder::create(
            schema, {.table = options_.table, .key = options_.key, .created_at = clock_.now()});
        if (!builder.ok()) return placed(builder.error());
        rows_ = std::make_unique<Rows>(*std::move(builder));
        return {};
    }

    Result<std::unique_ptr<load::TaskOutput>> open(size_t) override {
        return std::make_unique<SnapshotTask>(*rows_);
    }

    Result<> commit() override {
        const std::filesystem::path place(path_);
        base::remove_unfinished(place.parent_path().string(), [&](std::string_view name) {
            return name == place.filename().string();
        });
        auto written = rows_->write(path_);
        rows_.reset();
        return written;
    }

    void rollback() noexcept override { rows_.reset(); }

    Result<load::OutputPlan> plan(const page::Schema& schema, size_t tasks) override {
        TRY(begin(schema, tasks));
        rows_.reset();
        load::OutputPlan plan;
        plan.target = "snapshot " + path_ + ", table " + options_.table + ", key " + options_.key;
        if (!std::filesystem::exists(path_)) {
            plan.target += " (new)";
            tell_change(page::Schema(), schema, plan);
            return plan;
        }
        auto old = snapshot::Table::open(path_);
        if (!old.ok()) {
            plan.notes.push_back("replaces what is no snapshot: " + old.error().message());
            return plan;
        }
        tell_change((*old)->schema(), schema, plan);
        plan.notes.push_back("replaces the generation of " +
                             base::format_iso((*old)->created_at(), base::TimeZone()) + ", " +
                             base::with_thousands(static_cast<int64_t>((*old)->rows())) + " rows");
        return plan;
    }

  private:
    static std::string with_type(const page::Column& column) {
        return column.name + " " + std::string(page::type_name(column.type));
    }
    static void tell_change(const page::Schema& old, const page::Schema& schema,
                            load::OutputPlan& plan) {
        for (const page::Column& column : schema.columns()) {
            if (!old.find(column.name)) plan.added.push_back(with_type(column));
        }
        for (const page::Column& column : old.columns()) {
            if (!schema.find(column.name)) plan.dropped.push_back(with_type(column));
        }
    }

    // What it says of the key begins with its name.
    Error placed(const Error& error) const {
        constexpr std::string_view kKey = "key: ";
        if (!error.message().starts_with(kKey)) return error;
        return Error(error.code(), error.message().substr(kKey.size())).at(options_.place);
    }

    const Options options_;
    const std::string path_;
    const base::Clock& clock_;
    std::unique_ptr<Rows> rows_;
};

Result<std::unique_ptr<load::Output>> make(const Options& options, const load::Context& context) {
    return std::make_unique<SnapshotOutput>(options, context);
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(output, snapshot) {
    registry.outputs.add("snapshot", "A file for `mogura serve`: rows by key.", read, make);
}
