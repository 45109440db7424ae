#include "plugins/output/table/output.h"

#include "base/log.h"
#include "base/text.h"
#include "plugins/output/table/columns.h"
#include "plugins/output/table/names.h"
#include "plugins/output/table/retry.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace mogura::plugins::table {

bool TableOutput::is_shared() const {
    return options_.mode == Mode::kReplace || !product_->has_table_per_task();
}

Result<> TableOutput::begin(const page::Schema& schema, size_t tasks) {
    auto connection = TRY(product_->connect());
    return begin_on(*connection, schema, tasks);
}

Result<> TableOutput::begin_on(Connection& connection, const page::Schema& schema, size_t tasks) {
    if (schema.size() == 0) return Error(Code::kInvalid, options_.table + ": No column.");
    table_ = TRY(connection.resolve_name(options_.table));
    plan_.table = product_->target(table_);
    TRY(plan_columns(connection, schema));
    TRY(plan_merge_keys(connection));
    if (!is_direct(options_.mode)) return create_intermediates(connection, tasks);
    TRY(product_->run_sql(connection, "before_load", options_.before_load));
    return connection.execute(create_table(plan_.table, true));
}

Result<> TableOutput::plan_new_columns(Connection& connection, const page::Schema& schema) {
    for (const page::Column& column : schema.columns()) {
        auto type = TRY(connection.default_type(column.type));
        columns_.push_back({.name = column.name, .type = std::move(type)});
    }
    return {};
}

Result<> TableOutput::plan_columns(Connection& connection, const page::Schema& schema) {
    if (options_.mode != Mode::kReplace) {
        columns_ = TRY(connection.columns(table_));
    }
    exists_ = !columns_.empty();
    if (!exists_) TRY(plan_new_columns(connection, schema));
    std::vector<std::string> names;
    for (const TargetColumn& column : columns_) names.push_back(column.name);
    std::vector<Match> matches;
    if (exists_) {
        matches = TRY(match_columns(schema, names, table_));
    } else {
        for (size_t input = 0; input < schema.size(); ++input) {
            matches.push_back({.input = input, .target = input});
        }
    }
    for (const Match& match : matches) {
        const page::Column& input = schema[match.input];
        TargetColumn& column = columns_[match.target];
        const auto option = options_.columns.find(input.name);
        if (option != options_.columns.end() && option->second.type) {
            column.type = *option->second.type;
        }
        auto coercion = TRY(coercion_of(connection, input, column.type));
        plan_.columns.push_back({match.input, column.name, column.type, std::move(coercion)});
    }
    return {};
}

Result<Coercion> TableOutput::coercion_of(Connection& connection, const page::Column& input,
                                          const std::string& type) const {
    const auto found = options_.columns.find(input.name);
    const ColumnOption option = found == options_.columns.end() ? ColumnOption() : found->second;
    const auto by_type = connection.kind_of_type(type);
    auto kind = kind_of_word(option.value_type);
    if (!kind && !by_type.ok()) return by_type.error().at(table_ + "." + input.name);
    if (!kind) kind = *by_type;
    if (by_type.ok()) {
        kind->is_bit = by_type->is_bit;
        kind->is_instant = by_type->is_instant;
        kind->takes_digits = by_type->takes_digits;
        kind->fraction_digits = by_type->fraction_digits;
    }
    const auto zone =
        TRY(load::find_database_zone(option.time_zone.value_or(options_.default_time_zone)));
    return Coercion::create({.type = input.type,
                             .kind = *kind,
                             .zone = zone,
                             .timestamp_format = option.timestamp_format,
                             .keeps_not_finite = product_->keeps_not_finite()});
}

Result<> TableOutput::plan_merge_keys(Connection& connection) {
    const bool merges = options_.mode == Mode::kMerge || options_.mode == Mode::kMergeDirect;
    if (!merges || !product_->merges_by_keys()) return {};
    plan_.merge_keys = options_.merge_keys.value_or(std::vector<std::string>());
    if (!options_.merge_keys && exists_) {
        plan_.merge_keys = TRY(connection.primary_key(table_));
    }
    if (plan_.merge_keys.empty()) {
        return Error(Code::kInvalid,
                     "Merging mode is used but the target table does not have primary keys. "
                     "Please set merge_keys option. (table " +
                         table_ + ")");
    }
    for (const std::string& key : plan_.merge_keys) {
        const auto has_name = [&](const TargetColumn& column) { return column.name == key; };
        if (std::ranges::find_if(columns_, has_name) == columns_.end()) {
            return Error(Code::kInvalid,
                         "Merge key '" + key + "' does not exist in the target table.");
        }
        const auto fills = [&](const FilledColumn& column) { return column.name == key; };
        if (std::ranges::find_if(plan_.columns, fills) == plan_.columns.end()) {
            return Error(Code::kInvalid, "Merge key '" + key +
                                             "' gets no value: the input has no such column "
                                             "(table " +
                                             table_ + ")");
        }
    }
    return {};
}

Result<> TableOutput::create_intermediates(Connection& connection, size_t tasks) {
    constexpr int kNamesMax = 100;  // of other loads that began in the same millisecond
    using std::chrono::milliseconds;
    const auto now = clock_.now().time_since_epoch();
    int64_t stamp = std::chrono::duration_cast<milliseconds>(now).count();
    const size_t count = is_shared() ? 1 : tasks;
    for (size_t task = 0; task < count; ++task) {
        for (int names = 0;; ++names, ++stamp) {
            std::optional<TaskNumber> number;
            if (!is_shared()) number = TaskNumber{.task = task, .tasks = tasks};
            const std::string name =
                TRY(intermediate_name(table_, stamp, number, product_->name_bytes_max()));
            auto created = connection.execute(create_table(product_->intermediate(name), false));
            if (created.ok()) {
                intermediates_.push_back(name);
                break;
            }
            if (created.error().code() != Code::kConflict || names >= kNamesMax) {
                return created.error().at("cannot create the intermediate table " + name);
            }
        }
    }
    return {};
}

std::string TableOutput::create_table(const std::string& quoted_name, bool if_not_exists) const {
    std::string sql = if_not_exists ? "CREATE TABLE IF NOT EXISTS " : "CREATE TABLE ";
    sql += quoted_name + " (";
    for (size_t column = 0; column < columns_.size(); ++column) {
        if (column > 0) sql += ", ";
        sql += product_->identifier(columns_[column].name);
        if (!columns_[column].type.empty()) sql += " " + columns_[column].type;
    }
    if (options_.create_table_constraint) sql += ", " + *options_.create_table_constraint;
    sql += ")";
    if (options_.create_table_option) sql += " " + *options_.create_table_option;
    return sql;
}

Result<std::unique_ptr<load::TaskOutput>> TableOutput::open(size_t task) {
    return product_->open(receiver_of(task).table, plan_);
}

Receiver TableOutput::receiver_of(size_t task) const {
    if (is_direct(options_.mode)) return {.table = plan_.table, .is_there = exists_};
    return {.table = product_->intermediate(intermediates_[is_shared() ? 0 : task])};
}

Result<> TableOutput::commit() {
    auto connection = TRY(product_->connect());
    TRY(publish(*connection));
    auto dropped = drop_intermediates(*connection);
    if (!dropped.ok()) {  // the rows are published: the load has succeeded
        log::warn(
            std::string(product_->word()) +
                ": an intermediate table stays behind (mogura load cleanup drops it)",
            {{"table", base::join(intermediates_, ", ")}, {"because", dropped.error().message()}});
    }
    return {};
}

// The rows of all intermediate tables.
std::string TableOutput::source() const {
    const std::string names = name_list(*product_, plan_.columns);
    std::string sql;
    for (const std::string& name : intermediates_) {
        if (!sql.empty()) sql += " UNION ALL ";
        sql += "SELECT " + names + " FROM " + product_->intermediate(name);
    }
    return sql;
}

Result<> TableOutput::publish(Connection& connection) {
    if (options_.mode == Mode::kReplace) {
        bool keeps = false;
        auto replaced = product_->replace(connection,
                                          {.table = table_,
                                           .intermediate = intermediates_.front(),
                                           .create_table = create_table(plan_.table, false)},
                                          keeps);
        if (keeps) intermediates_.clear();
        return replaced;
    }
    if (is_direct(options_.mode)) {
        return product_->run_sql(connection, "after_load", options_.after_load);
    }
    if (!exists_) {
        TRY(connection.execute(create_table(plan_.table, true)));
    }
    if (intermediates_.empty()) return {};
    return retry(product_->word(), options_, options_.retry_limit, is_lock_failure,
                 [&] { return publish_rows(connection); });
}

Result<> TableOutput::publish_rows(Connection& connection) {
    auto transaction = TRY(Transaction::begin(connection));
    if (options_.mode == Mode::kTruncateInsert) {
        TRY(connection.execute("DELETE FROM " + plan_.table));
    }
    TRY(product_->run_sql(connection, "before_load", options_.before_load));
    const bool merges = options_.mode == Mode::kMerge;
    auto moved =
        connection.execute(merges ? product_->merge(plan_, source())
                                  : "INSERT INTO " + plan_.table + " (" +
                                        name_list(*product_, plan_.columns) + ") " + source());
    if (!moved.ok()) return moved.error().at("table " + table_);
    TRY(product_->run_sql(connection, "after_load", options_.after_load));
    return transaction.commit();
}

Result<> TableOutput::drop_intermediates(Connection& connection) {
    while (!intermediates_.empty()) {
        TRY(connection.execute("DROP TABLE IF EXISTS " +
                               product_->intermediate(intermediates_.back())));
        intermediates_.pop_back();
    }
    return {};
}

void TableOutput::rollback() noexcept {
    if (intermediates_.empty()) return;
    auto connection = product_->connect();
    auto dropped = connection.ok() ? drop_intermediates(**connection) : connection.error();
    if (dropped.ok()) return;
    log::warn(
        std::string(product_->word()) +
            ": intermediate tables stay behind (mogura load cleanup drops them)",
        {{"tables", base::join(intermediates_, ", ")}, {"because", dropped.error().message()}});
}

Result<std::vector<std::string>> TableOutput::clean_up() {
    auto connection = TRY(product_->connect());
    const std::string table = TRY(connection->resolve_name(options_.table));
    const auto names = TRY(connection->intermediate_tables());
    std::vector<std::string> dropped;
    for (const std::string& name : names) {
        if (!is_intermediate_of(name, table, product_->name_bytes_max())) continue;
        TRY(connection->execute("DROP TABLE IF EXISTS " + product_->intermediate(name)));
        dropped.push_back(name);
    }
    return dropped;
}

}  // namespace mogura::plugins::table
