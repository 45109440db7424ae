#include "plugins/input/table/input.h"

#include "base/log.h"
#include "base/text.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace mogura::plugins::source {
namespace {

constexpr size_t kPageRows = 8192;
constexpr size_t kPageBytes = 4 << 20;

Result<> run_sql(Source& source, std::string_view option, const std::optional<std::string>& sql) {
    if (!sql) return {};
    auto done = source.execute(*sql);
    if (!done.ok()) return done.error().at(option);
    return {};
}

// "2017-01-01 02:03:04.5+00" as "2017-01-01T02:03:04.500000", and Z behind for an instant.
Result<std::string> timestamp_record(std::string_view text, bool is_instant) {
    if (is_instant && text.ends_with("+00")) text.remove_suffix(3);
    std::string record(text);
    const size_t blank = record.find(' ');
    if (blank != record.npos) record[blank] = 'T';
    if (record.find('.') == record.npos) record += '.';
    const size_t digits = record.size() - record.find('.') - 1;
    if (digits > 6) record.resize(record.size() - (digits - 6));
    if (digits < 6) record.append(6 - digits, '0');
    if (is_instant) record += 'Z';
    return record;
}

}  // namespace

Result<> TableInput::begin() {
    source_ = TRY(connect_());
    TRY(run_sql(*source_, "before_setup", options_.before_setup));
    std::string table;
    if (options_.query.empty()) {
        table = TRY(source_->resolve_name(options_.table));
    }
    if (options_.incremental) {
        incremental_ = options_.incremental_columns;
        if (incremental_.empty() && !table.empty()) {
            incremental_ = TRY(source_->primary_key(table));
            if (incremental_.empty()) {
                return Error(Code::kInvalid, "Primary key is not available at the table '" + table +
                                                 "'. incremental_columns option must be set");
            }
        }
    }
    TRY(plan_statement(table));
    TRY(describe_columns());
    return plan_statement(table);  // now with the last record, by the columns' types
}

// The columns are known only when it runs for the second time.
Result<> TableInput::plan_statement(const std::string& table) {
    if (incremental_.empty()) {
        statement_.sql = plain_statement(options_, *source_, table);
        statement_.shown = statement_.sql;
        return {};
    }
    std::vector<std::string> values;
    if (options_.last_record && columns_.empty()) {
        values.assign(incremental_.size(), "NULL");
    } else if (options_.last_record) {
        values = TRY(last_record_literals());
    }
    if (options_.use_raw_query) {
        statement_ = TRY(raw_statement(options_.query, incremental_, values));
    } else {
        statement_ = incremental_statement(options_, *source_, table, incremental_, values);
    }
    return {};
}

Result<> TableInput::describe_columns() {
    columns_ = TRY(source_->describe(statement_.sql));
    if (columns_.empty()) {
        return Error(Code::kInvalid, "query: the statement gives no rows (it must be a SELECT)");
    }
    std::vector<page::Column> columns;
    for (const SourceColumn& column : columns_) {
        auto converter = TRY(Converter::create(column, options_, compat_));
        columns.push_back(converter.column());
        converters_.push_back(std::move(converter));
    }
    schema_ = page::Schema(std::move(columns));
    return find_incremental_columns();
}

Result<> TableInput::find_incremental_columns() {
    for (const std::string& name : incremental_) {
        const auto is_it = [&](const SourceColumn& column) { return column.name == name; };
        const auto found = std::ranges::find_if(columns_, is_it);
        if (found == columns_.end()) {
            return Error(Code::kInvalid, "Column name '" + name +
                                             "' is in incremental_columns option does not exist "
                                             "(among the selected columns)");
        }
        const auto type = found->value_type;
        if (type != ValueType::kLong && type != ValueType::kString &&
            type != ValueType::kTimestamp) {
            return Error(Code::kUnsupported, "Column type '" + found->native_type +
                                                 "' set at incremental_columns "
                                                 "option is not supported: '" +
                                                 name + "' (integers, texts and timestamps are)");
        }
        incremental_columns_.push_back(static_cast<size_t>(found - columns_.begin()));
    }
    if (options_.last_record && options_.last_record->size() != incremental_.size()) {
        return Error(Code::kInvalid,
                     "Number of values set at last_record must be same with number "
                     "of columns set at incremental_columns");
    }
    return {};
}

Result<std::vector<std::string>> TableInput::last_record_literals() const {
    std::vector<std::string> literals;
    for (size_t index = 0; index < incremental_.size(); ++index) {
        const SourceColumn& column = columns_[incremental_columns_[index]];
        const config::Value& value = (*options_.last_record)[index];
        const auto text = value.scalar_text();
        if (!text) {
            return Error(Code::kInvalid,
                         "last_record: the value for '" + column.name + "' must be a scalar");
        }
        if (column.value_type == ValueType::kLong) {
            if (!base::parse_integer(*text)) {
                return Error(Code::kInvalid, "last_record: '" + column.name +
                                                 "' is a column of integers, not: " + *text);
            }
            literals.push_back(*text);
        } else if (column.value_type == ValueType::kTimestamp) {
            literals.push_back(source_->timestamp_literal(*text));
        } else {
            literals.push_back(source_->literal(*text));
        }
    }
    return literals;
}

Result<> TableInput::run(size_t, const load::PageSink& sink) {
    TRY(source_->execute(source_->begin_statement()));
    TRY(run_sql(*source_, "before_select", options_.before_select));
    TRY(read_rows(sink));
    TRY(run_sql(*source_, "after_select", options_.after_select));
    TRY(source_->execute("COMMIT"));
    return finish_last_record();
}

Result<> TableInput::read_rows(const load::PageSink& sink) {
    log::info("SQL: " + statement_.shown);
    if (!statement_.parameters.empty()) {
        log::info("Parameters: [" + base::join(statement_.parameters, ", ") + "]");
    }
    const auto start = clock_.monotonic();
    TRY(source_->start(statement_.sql));
    page::Builder builder(schema_);
    Cells cells;
    while (true) {
        const bool found = TRY(source_->next(cells));
        if (!found) break;
        TRY(add_row(cells, builder));
        if (builder.rows() < kPageRows && builder.size_bytes() < kPageBytes) continue;
        TRY(sink(builder.finish()));
    }
    if (builder.rows() > 0) TRY(sink(builder.finish()));
    const std::chrono::duration<double> taken = clock_.monotonic() - start;
    log::info("Fetched " + base::with_thousands(rows_) + " rows.", {{"seconds", taken.count()}});
    return {};
}

Result<> TableInput::add_row(const Cells& cells, page::Builder& builder) {
    ++rows_;
    for (size_t column = 0; column < converters_.size(); ++column) {
        if (!cells[column]) continue;  // a column without a call is null
        auto put = converters_[column].put(*cells[column], builder, column);
        if (!put.ok()) return put.error().at("row " + base::with_thousands(rows_));
    }
    builder.end_row();
    keep_last(cells);
    return {};
}

void TableInput::keep_last(const Cells& cells) {
    last_.resize(incremental_columns_.size());
    for (size_t index = 0; index < incremental_columns_.size(); ++index) {
        const auto& cell = cells[incremental_columns_[index]];
        if (!cell) {
            last_[index].reset();
        } else if (last_[index]) {
            last_[index]->assign(*cell);
        } else {
            last_[index] = std::string(*cell);
        }
    }
}

Result<> TableInput::finish_last_record() {
    last_record_ = options_.last_record;
    if (rows_ == 0 || incremental_.empty()) return {};
    config::List record;
    for (size_t index = 0; index < incremental_.size(); ++index) {
        if (!last_[index]) {
            return Error(Code::kInvalid,
                         "incremental_columns can't include null values but the last row is null "
                         "at column '" +
                             incremental_[index] + "'");
        }
        auto value = TRY(recorded(index, *last_[index]));
        record.push_back(std::move(value));
    }
    last_record_ = std::move(record);
    return {};
}

Result<config::Value> TableInput::recorded(size_t incremental, const std::string& text) const {
    const SourceColumn& column = columns_[incremental_columns_[incremental]];
    if (column.value_type == ValueType::kLong) {
        const auto number = base::parse_integer(text);
        if (!number) {
            return Error(Code::kInvalid, "column " + column.name + ": this is no integer: " + text);
        }
        return config::Value(*number);
    }
    bool is_moment =
        column.value_type == ValueType::kTimestamp && !source_->keeps_timestamp_texts();
    if (!is_moment) return config::Value(text);
    auto record = TRY(timestamp_record(text, column.is_instant));
    return config::Value(std::move(record));
}

config::Map TableInput::diff() const {
    config::Map diff;
    if (options_.incremental && last_record_) diff.set("last_record", *last_record_);
    return diff;
}

}  // namespace mogura::plugins::source
