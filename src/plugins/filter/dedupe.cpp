// One row of each key: the first or the last one of the input, in the order of the input.

#include "base/text.h"
#include "plugins/plugins.h"
#include "plugins/sql/table_filter.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

struct Options {
    std::vector<std::string> keys;
    bool keeps_last = false;
    std::string memory_limit;
    std::string place;
};

Options read(config::Reader& reader) {
    Options options;
    options.keys = reader.required<std::vector<std::string>>(
        "keys", "Columns that together make a row's key; null equals null.");
    options.keeps_last = reader.choice("keep", {"first", "last"}, "Which row of a key stays.") == 1;
    options.memory_limit = read_memory_limit(reader);
    options.place = reader.place_of("keys");
    if (!reader.is_manual() && options.keys.empty()) {
        reader.problem("keys", "name at least one column");
    }
    return options;
}

// DuckDB's timestamps are cut to microseconds, or end in 2262. So two numbers go through it for
// each: the seconds in its place, the nanoseconds in a column behind all others.
class SplitTimes {
  public:
    explicit SplitTimes(page::Schema whole) : whole_(std::move(whole)) {
        std::vector<page::Column> columns(whole_.columns().begin(), whole_.columns().end());
        for (size_t index = 0; index < whole_.size(); ++index) {
            if (whole_[index].type != page::Type::kTimestamp) continue;
            times_.push_back(index);
            columns[index].type = page::Type::kLong;
            columns.push_back({.name = rest_name(index), .type = page::Type::kLong});
        }
        split_ = page::Schema(std::move(columns));
    }

    const page::Schema& whole() const { return whole_; }
    const page::Schema& split() const { return split_; }
    // Of the column behind all others that belongs to timestamp `index`. Nobody's column has it.
    static std::string rest_name(size_t index) {
        return "\x01nanoseconds of column " + std::to_string(index);
    }

    page::Page split(page::Page page) const {
        const size_t rows = page.rows();
        std::vector<page::ColumnData> columns = columns_of(page);
        for (const size_t index : times_) {
            const page::ColumnData whole = std::move(columns[index]);
            columns[index] = half(whole, [](page::Timestamp time) { return time.seconds; });
            columns.push_back(
                half(whole, [](page::Timestamp time) { return int64_t{time.nanoseconds}; }));
        }
        return {split_, std::move(columns), rows, {page.owners().begin(), page.owners().end()}};
    }

    page::Page join(page::Page page) const {
        const size_t rows = page.rows();
        std::vector<page::ColumnData> columns = columns_of(page);
        for (size_t number = 0; number < times_.size(); ++number) {
            const page::ColumnData seconds = std::move(columns[times_[number]]);
            const page::ColumnData::Longs& rest = columns[whole_.size() + number].longs();
            page::ColumnData time(page::Type::kTimestamp);
            time.timestamps().resize(rows);
            for (size_t row = 0; row < rows; ++row) {
                if (seconds.is_null(row)) continue;
                time.timestamps()[row] = {seconds.longs()[row], static_cast<int32_t>(rest[row])};
            }
            time.validity = seconds.validity;
            columns[times_[number]] = std::move(time);
        }
        columns.erase(columns.begin() + static_cast<ptrdiff_t>(whole_.size()), columns.end());
        return {whole_, std::move(columns), rows, {page.owners().begin(), page.owners().end()}};
    }

  private:
    static std::vector<page::ColumnData> columns_of(page::Page& page) {
        std::vector<page::ColumnData> columns;
        for (size_t index = 0; index < page.columns(); ++index) {
            columns.push_back(std::move(page.column(index)));
        }
        return columns;
    }

    template <typename Part>
    static page::ColumnData half(const page::ColumnData& whole, Part part) {
        page::ColumnData half(page::Type::kLong);
        half.longs().reserve(whole.timestamps().size());
        for (const page::Timestamp& time : whole.timestamps()) half.longs().push_back(part(time));
        half.validity = whole.validity;
        return half;
    }

    const page::Schema whole_;
    page::Schema split_;
    std::vector<size_t> times_;  // columns
};

class JoinedInput final : public load::Input {
  public:
    JoinedInput(std::unique_ptr<load::Input> rows, const SplitTimes& times)
        : rows_(std::move(rows)), times_(times) {}

    Result<> begin() override { return rows_->begin(); }
    const page::Schema& schema() const override { return times_.whole(); }
    size_t tasks() const override { return rows_->tasks(); }
    Result<> run(size_t index, const load::PageSink& sink) override {
        return rows_->run(index,
                          [&](page::Page page) { return sink(times_.join(std::move(page))); });
    }

  private:
    const std::unique_ptr<load::Input> rows_;
    const SplitTimes& times_;
};

class Dedupe final : public load::WholeFilter {
  public:
    Dedupe(SplitTimes times, std::unique_ptr<load::WholeFilter> table)
        : times_(std::move(times)), table_(std::move(table)) {}

    const page::Schema& schema() const override { return times_.whole(); }
    Result<> take(page::Page page) override { return table_->take(times_.split(std::move(page))); }
    Result<std::unique_ptr<load::Input>> give(std::stop_token stop) override {
        auto rows = TRY(table_->give(std::move(stop)));
        return std::make_unique<JoinedInput>(std::move(rows), times_);
    }

  private:
    const SplitTimes times_;
    const std::unique_ptr<load::WholeFilter> table_;
};

std::string quoted(const std::string& name) {
    return "\"" + base::replace_all(name, "\"", "\"\"") + "\"";
}

Result<std::unique_ptr<load::WholeFilter>> make(const Options& options, const page::Schema& input,
                                                const load::Context& context) {
    std::vector<std::string> keys;
    for (const std::string& key : options.keys) {
        const auto index = input.find(key);
        if (!index) {
            return Error(Code::kInvalid, options.place + ": there is no column '" + key + "'" +
                                             base::did_you_mean(key, input.names()));
        }
        keys.push_back(quoted(key));
        if (input[*index].type == page::Type::kTimestamp) {
            keys.push_back(quoted(SplitTimes::rest_name(*index)));
        }
    }
    TableOptions table{.text = {.sql = "SELECT * FROM input QUALIFY row_number() OVER "
                                       "(PARTITION BY " +
                                       base::join(keys, ", ") + " ORDER BY rowid" +
                                       (options.keeps_last ? " DESC" : "") + ") = 1 ORDER BY rowid",
                                .file = {}},
                       .memory_limit = options.memory_limit,
                       .place = options.place};
    SplitTimes times(input);
    auto filter = TRY(make_table_filter(table, times.split(), context));
    return std::make_unique<Dedupe>(std::move(times), std::move(filter));
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(filter, dedupe) {
    registry.whole_filters.add("dedupe", "One row of each key, spilling to disk.", read, make);
}
