// Prints rows on standard output, values joined by commas, nothing quoted (embulk 9.2).

#include "plugins/plugins.h"

#include "base/file.h"
#include "base/text.h"

#include <unistd.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

constexpr const char* kDefaultFormat = "%Y-%m-%d %H:%M:%S.%6N %z";

struct Options {
    std::string time_zone;
    bool has_header;
};

Options read(config::Reader& reader) {
    return {
        .time_zone = reader.optional("timezone", "UTC", "Zone in which timestamps are printed."),
        .has_header =
            reader.optional("prints_column_names", false, "A line with the names comes first."),
    };
}

Result<> print(std::string_view text) {
    while (!text.empty()) {
        ssize_t count = ::write(STDOUT_FILENO, text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return base::system_error("standard output", "write");
        text.remove_prefix(static_cast<size_t>(count));
    }
    return {};
}

using Formats = std::vector<std::optional<load::TimestampFormatter>>;  // by column

void append_value(const page::ColumnData& data, size_t row, const Formats& formats, size_t column,
                  std::string& text) {
    switch (data.values.index()) {
        case 0:
            text += data.booleans()[row] ? "true" : "false";
            break;
        case 1:
            load::append_long(text, data.longs()[row]);
            break;
        case 2:
            load::append_double(text, data.doubles()[row]);
            break;
        case 3:
            text += data.texts()[row];
            break;
        default:
            formats[column]->format(data.timestamps()[row], text);
    }
}

class StdoutTask final : public load::TaskOutput {
  public:
    explicit StdoutTask(const Formats& formats) : formats_(formats) {}

    Result<> write(page::Page page) override {
        std::string text;
        for (size_t row = 0; row < page.rows(); ++row) {
            for (size_t column = 0; column < page.columns(); ++column) {
                if (column > 0) text += ',';
                const page::ColumnData& data = page.column(column);
                if (!data.is_null(row)) append_value(data, row, formats_, column, text);
            }
            text += '\n';
        }
        bytes_ += static_cast<int64_t>(text.size());
        return print(text);
    }
    Result<> finish() override { return {}; }
    void abort() noexcept override {}
    int64_t bytes() const override { return bytes_; }

  private:
    const Formats& formats_;
    int64_t bytes_ = 0;
};

class StdoutOutput final : public load::Output {
  public:
    StdoutOutput(Options options, load::Compat compat)
        : options_(std::move(options)), compat_(compat) {}

    Result<> begin(const page::Schema& schema, size_t) override {
        for (const page::Column& column : schema.columns()) {
            formats_.emplace_back();
            if (column.type != page::Type::kTimestamp) continue;
            std::string format = column.format.empty() ? kDefaultFormat : column.format;
            auto compiled = load::TimestampFormatter::compile(format, options_.time_zone, compat_);
            if (!compiled.ok()) return compiled.error().at("out.timezone");
            formats_.back().emplace(*std::move(compiled));
        }
        if (!options_.has_header) return {};
        return print(base::join(schema.names(), ",") + "\n");
    }
    Result<std::unique_ptr<load::TaskOutput>> open(size_t) override {
        return std::make_unique<StdoutTask>(formats_);
    }
    Result<> commit() override { return {}; }
    void rollback() noexcept override {}
    // Tasks one after another: their rows stay together.
    bool is_parallel() const override { return false; }

  private:
    const Options options_;
    const load::Compat compat_;
    Formats formats_;
};

Result<std::unique_ptr<load::Output>> make(const Options& options, const load::Context& context) {
    return std::make_unique<StdoutOutput>(options, context.compat);
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(output, stdout) {
    registry.outputs.add("stdout", "Prints rows on standard output.", read, make);
}
