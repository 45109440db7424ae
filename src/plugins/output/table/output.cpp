#include "plugins/output/table/output.h"

#include "base/log.h"
#include "base/text.h"
#include "plugins/output/table/columns.h"
#include "plugins/output/table/names.h"
#include "plugins/output/table/retry.h"
#include "plugins/output/table/row_failure.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace mogura::plugins::table {
namespace {

std::string text_at(const config::Value& state, const char* key) {
    const config::Value* value = state.find(key);
    return value && value->is_string() ? value->string() : std::string();
}

std::vector<std::string> names_at(const config::Value& state, const char* key) {
    std::vector<std::string> names;
    const config::Value* list = state.find(key);
    if (!list || !list->is_list()) return names;
    for (const config::Value& name : list->list()) {
        if (name.is_string()) names.push_back(name.string());
    }
    return names;
}

// SQLite has no code of its own for it.
bool is_missing(const Error& failure) {
    return failure.code() == Code::kNotFound ||
           failure.message().find("no such table") != std::string::npos;
}

}  // namespace

bool TableOutput::is_shared() const {
    return options_.mode == Mode::kReplace || !product_->has_table_per_task();
}

Result<> TableOutput::begin(const page::Schema& schema, size_t tasks) {
    auto connection = TRY(product_->connect());
    return begin_on(*connection, schema, tasks);
}

Result<> TableOutput::begin_on(Connection& connection, const page::Schema& schema, size_t tasks) {
    TRY(plan_table(connection, schema, tasks));
    if (!is_direct(options_.mode)) return create_intermediates(connection, tasks);
    if (keeps_) TRY(create_intermediates(connection, tasks));
    TRY(product_->run_sql(connection, "before_load", options_.before_load));
    return connection.execute(create_table(plan_.table, true));
}

Result<> TableOutput::plan_table(Connection& connection, const page::Schema& schema, size_t tasks) {
    if (schema.size() == 0) return Error(Code::kInvalid, options_.table + ": No column.");
    table_ = TRY(connection.resolve_name(options_.table));
    plan_.table = product_->target(table_);
    tasks_ = tasks;
    TRY(plan_columns(connection, schema));
    TRY(plan_merge_keys(connection));
    return check_engine(connection);
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

// replace puts another table in the place.
Result<> TableOutput::check_engine(Connection& connection) const {
    if (!exists_ || options_.mode == Mode::kReplace) return {};
    const std::string engine = TRY(connection.engine_without_transactions(table_));
    if (engine.empty()) return {};
    if (keeps_) {
        return Error(Code::kUnsupported,
                     "table " + table_ + ": its engine " + engine +
                         " has no transactions, so a later run could not tell what has arrived "
                         "(leave -r out, or ALTER TABLE ... ENGINE=InnoDB)");
    }
    log::warn(std::string(product_->word()) + ": the table " + table_ + " has the engine " +
              engine + ", which has no transactions: a load that fails may leave some of its rows" +
              (options_.mode == Mode::kTruncateInsert ? " and none of the old ones" : "") +
              " (ALTER TABLE ... ENGINE=InnoDB, or mode: replace)");
    return {};
}

Result<> TableOutput::create_intermediates(Connection& connection, size_t tasks) {
    constexpr int kNamesMax = 100;  // of other loads that began in the same millisecond
    using std::chrono::milliseconds;
    const auto now = clock_.now().time_since_epoch();
    stamp_ = std::chrono::duration_cast<milliseconds>(now).count();
    for (int names = 0;; ++names, ++stamp_) {
        TRY(name_intermediates(tasks));
        if (keeps_) TRY(announce_(state()));
        auto created = create_all(connection, tasks);
        if (created.ok()) return {};
        if (created.error().code() != Code::kConflict || names >= kNamesMax) return created;
        TRY(drop_intermediates(connection));
    }
}

Result<> TableOutput::name_intermediates(size_t tasks) {
    intermediates_.clear();
    const size_t bytes_max = product_->name_bytes_max();
    size_t count = is_shared() ? 1 : tasks;
    if (is_direct(options_.mode)) count = 0;
    for (size_t task = 0; task < count; ++task) {
        std::optional<TaskNumber> number;
        if (!is_shared()) number = TaskNumber{.task = task, .tasks = tasks};
        auto name = TRY(intermediate_name(table_, stamp_, number, bytes_max));
        intermediates_.push_back(std::move(name));
    }
    if (!keeps_) return {};
    const TaskNumber marks{.task = tasks, .tasks = tasks + 1};
    const TaskNumber published{.task = tasks + 1, .tasks = tasks + 2};
    marks_ = TRY(intermediate_name(table_, stamp_, marks, bytes_max));
    published_marks_ = TRY(intermediate_name(table_, stamp_, published, bytes_max));
    return {};
}

// On failure `intermediates_` has those that are there.
Result<> TableOutput::create_all(Connection& connection, size_t tasks) {
    for (size_t created = 0; created < intermediates_.size(); ++created) {
        const std::string name = intermediates_[created];
        auto made = connection.execute(create_table(product_->intermediate(name), false));
        if (made.ok()) continue;
        intermediates_.resize(created);
        return made.error().at("cannot create the intermediate table " + name);
    }
    return keeps_ ? create_marks(connection, tasks) : Result<>();
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
    return product_->open(receiver_of(task).table, plan_, TaskMark());
}

Receiver TableOutput::receiver_of(size_t task) const {
    if (is_direct(options_.mode)) return {.table = plan_.table, .is_there = exists_};
    return {.table = product_->intermediate(intermediates_[is_shared() ? 0 : task])};
}

Result<> TableOutput::commit() {
    auto connection = TRY(product_->connect());
    TRY(publish(*connection));
    if (keeps_) return {};  // settle() drops
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

std::string TableOutput::published_statement() const {
    if (marks_.empty()) return "";
    return update_mark(product_->intermediate(marks_), kWholeLoad, true, {});
}

void TableOutput::find_failed_row(Connection& connection, const Error& failure) {
    const bool is_of_one_task = !is_shared() || tasks_ == 1;
    if (!is_about_row(failure) || !is_of_one_task) return;
    std::vector<std::string> tables;
    for (const std::string& name : intermediates_) tables.push_back(product_->intermediate(name));
    failed_row_ = connection.failed_row(failure, tables);
}

Result<> TableOutput::publish(Connection& connection) {
    if (options_.mode == Mode::kReplace) return replace(connection);
    if (is_published_) return {};
    if (is_direct(options_.mode)) return publish_directly(connection);
    if (!exists_) {
        TRY(connection.execute(create_table(plan_.table, true)));
    }
    if (intermediates_.empty()) return {};
    return retry(product_->word(), options_, options_.retry_limit, is_lock_failure,
                 [&] { return publish_rows(connection); });
}

Result<> TableOutput::publish_directly(Connection& connection) {
    TRY(product_->run_sql(connection, "after_load", options_.after_load));
    if (marks_.empty()) return {};
    return connection.execute(published_statement());
}

// Where the replacement is no part of a transaction, the renamed table of marks says that it
// happened, and its mark that after_load did.
Result<> TableOutput::replace(Connection& connection) {
    if (is_published_) {
        if (has_after_load_) return {};
        TRY(product_->run_sql(connection, "after_load", options_.after_load));
        return connection.execute(published_statement());
    }
    Replacement replacement{.table = table_,
                            .intermediate = intermediates_.front(),
                            .create_table = create_table(plan_.table, false)};
    if (keeps_) {
        const bool renames = !product_->replaces_in_transaction();
        if (renames) {
            replacement.marks = marks_;
            replacement.published_marks = published_marks_;
        }
        const std::string& marks = renames ? published_marks_ : marks_;
        replacement.published = update_mark(product_->intermediate(marks), kWholeLoad, true, {});
    }
    bool keeps = false;
    auto replaced = product_->replace(connection, replacement, keeps);
    if (keeps) intermediates_.clear();
    if (replaced.ok() && !replacement.marks.empty()) marks_ = published_marks_;
    return replaced;
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
    if (!moved.ok()) {
        find_failed_row(connection, moved.error());
        return about_row(moved.error()).at("table " + table_);
    }
    if (!marks_.empty()) TRY(connection.execute(published_statement()));
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
    if (!marks_.empty()) intermediates_.push_back(std::exchange(marks_, ""));
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
    product_->keep();
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

// ---- for a later run

Result<> TableOutput::begin(const page::Schema& schema, size_t tasks, const config::Value& earlier,
                            const Announce& announce) {
    keeps_ = true;
    announce_ = announce;
    product_->keep();
    if (earlier.is_null()) {
        arrived_.resize(tasks);
        return begin(schema, tasks);
    }
    auto connection = TRY(product_->connect());
    TRY(plan_table(*connection, schema, tasks));
    return begin_again(*connection, earlier, tasks);
}

Result<> TableOutput::create_marks(Connection& connection, size_t tasks) {
    const std::string marks = product_->intermediate(marks_);
    auto created =
        connection.execute(table::create_marks(marks, product_->transactional_table_option()));
    if (!created.ok()) return created.error().at("cannot create the table of marks " + marks_);
    for (const std::string& sql : insert_marks(marks, tasks)) TRY(connection.execute(sql));
    return {};
}

config::Value TableOutput::state() const {
    config::List names;
    for (const std::string& name : intermediates_) names.emplace_back(name);
    config::Map state;
    state.set("table", table_);
    state.set("mode", mode_word(options_.mode));
    state.set("intermediate_tables", std::move(names));
    state.set("marks", marks_);
    state.set("published_marks", published_marks_);
    return state;
}

Result<> TableOutput::begin_again(Connection& connection, const config::Value& earlier,
                                  size_t tasks) {
    const std::string table = text_at(earlier, "table");
    const std::string mode = text_at(earlier, "mode");
    if (table != table_ || mode != mode_word(options_.mode)) {
        return Error(Code::kConflict, "resume: the earlier run loaded into " + table + " by " +
                                          mode + " (remove the resume state to begin anew)");
    }
    marks_ = text_at(earlier, "marks");
    published_marks_ = text_at(earlier, "published_marks");
    intermediates_ = names_at(earlier, "intermediate_tables");
    const std::vector<std::string> marks = TRY(read_marks(connection));
    arrived_.resize(tasks);
    for (const std::string& line : marks) {
        const auto mark = parse_mark(line);
        if (!mark || mark->task >= static_cast<int64_t>(tasks)) continue;
        if (mark->task >= 0) {
            arrived_[static_cast<size_t>(mark->task)] = mark->kept;
        } else if (mark->kept.is_finished) {
            is_published_ = true;
        } else {
            has_after_load_ = false;
        }
    }
    return {};
}

// Under the one name, or, where the rows are published already, under the other. A server may still
// be at the last COMMIT of a process that is gone: it has changed a mark, so this waits for it.
Result<std::vector<std::string>> TableOutput::read_marks(Connection& connection) {
    const auto read = [&](const std::string& name) {
        return connection.list(select_marks(product_->intermediate(name)) +
                               std::string(product_->waiting_read()));
    };
    auto marks = read(marks_);
    if (marks.ok() || !is_missing(marks.error())) return marks;
    if (options_.mode == Mode::kReplace) {
        auto published = read(published_marks_);
        if (published.ok()) {
            marks_ = published_marks_;
            is_published_ = true;
        }
        if (published.ok() || !is_missing(published.error())) return published;
    }
    return Error(Code::kConflict,
                 "resume: the table " + marks_ +
                     ", in which the earlier run noted what had arrived, is not there any more: "
                     "look into " +
                     table_ + " whether its rows are, and remove the resume state to begin anew");
}

Result<> TableOutput::restart(size_t task, std::vector<load::Kept>& kept) {
    if (kept[task] == load::Kept()) return {};
    if (is_direct(options_.mode)) {
        return Error(Code::kConflict,
                     "resume: rows of task " + std::to_string(task) + " are in " + table_ +
                         " already, and its input cannot be read from there on (take those rows "
                         "out, and remove the resume state to begin anew)");
    }
    auto connection = TRY(product_->connect());
    auto transaction = TRY(Transaction::begin(*connection));
    TRY(connection->execute("DELETE FROM " + receiver_of(task).table));
    for (size_t each = 0; each < kept.size(); ++each) {
        if (each != task && !is_shared()) continue;
        const std::string marks = product_->intermediate(marks_);
        TRY(connection->execute(update_mark(marks, static_cast<int64_t>(each), false, {})));
        kept[each] = {};
    }
    return transaction.commit();
}

Result<std::unique_ptr<load::TaskOutput>> TableOutput::open(size_t task,
                                                            const load::Position& from) {
    return product_->open(receiver_of(task).table, plan_,
                          TaskMark(product_->intermediate(marks_), task, from));
}

void TableOutput::leave() noexcept {
    log::info(std::string(product_->word()) +
              ": what has arrived stays for the next run in tables that are called " + table_ +
              "_..._embulk (mogura load cleanup drops them)");
}

void TableOutput::settle(const config::Value& state) noexcept {
    product_->keep();
    marks_ = text_at(state, "marks");
    intermediates_ = names_at(state, "intermediate_tables");
    intermediates_.push_back(text_at(state, "published_marks"));
    rollback();
}

}  // namespace mogura::plugins::table
