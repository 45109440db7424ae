// TableOutput::plan(): a run whose statements are kept instead of sent, so that a plan cannot say
// anything else than what a run does. Only what tasks send for their rows is listed by the
// products.

#include "base/text.h"
#include "plugins/output/table/output.h"

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

namespace mogura::plugins::table {
namespace {

using Step = load::OutputPlan::Step;

using Names = std::set<std::string, std::less<>>;

// They have different names of `tables` in one place, and are the same otherwise.
bool differ_in_table(std::string_view one, std::string_view other, const Names& tables) {
    if (tables.empty() || one.size() != other.size() || one == other) return false;
    const size_t size = tables.begin()->size();  // they are numbered with leading zeros
    const auto begin = static_cast<size_t>(std::ranges::mismatch(one, other).in1 - one.begin());
    for (size_t place = begin + 1 - std::min(begin + 1, size); place <= begin; ++place) {
        if (!tables.contains(one.substr(place, size))) continue;
        return tables.contains(other.substr(place, size)) &&
               one.substr(place + size) == other.substr(place + size);
    }
    return false;
}

// Asks what is there, and changes nothing.
class AskingConnection final : public Connection {
  public:
    explicit AskingConnection(Connection& server) : server_(server) {}

    Result<> execute(const std::string& sql) override {
        statements_.push_back(sql);
        return {};
    }
    std::string begin_statement() const override { return server_.begin_statement(); }
    Result<std::string> resolve_name(const std::string& table) override {
        return server_.resolve_name(table);
    }
    Result<std::vector<TargetColumn>> columns(const std::string& table) override {
        return server_.columns(table);
    }
    Result<std::vector<std::string>> primary_key(const std::string& table) override {
        return server_.primary_key(table);
    }
    Result<std::string> default_type(page::Type type) override {
        return server_.default_type(type);
    }
    Result<ColumnKind> kind_of_type(const std::string& type) override {
        return server_.kind_of_type(type);
    }
    Result<std::string> engine_without_transactions(const std::string& table) override {
        return server_.engine_without_transactions(table);
    }
    Result<std::vector<std::string>> list(const std::string& sql) override {
        return server_.list(sql);
    }
    Result<std::vector<std::string>> intermediate_tables() override {
        return server_.intermediate_tables();
    }

    // Moves what was kept since the last call to `told`. `tables` are those of the tasks.
    void tell(Step step, const Names& tables, load::OutputPlan& told) {
        std::string last;
        for (std::string& sql : std::exchange(statements_, {})) {
            const bool is_again = differ_in_table(sql, last, tables);
            last = sql;
            told.statements.push_back({.step = step, .sql = std::move(sql), .is_again = is_again});
        }
    }

  private:
    Connection& server_;
    std::vector<std::string> statements_;
};

std::string with_type(const TargetColumn& column) {
    return column.type.empty() ? column.name : column.name + " " + column.type;
}

bool has_name(const std::vector<TargetColumn>& columns, const std::string& name) {
    return std::ranges::find(columns, name, &TargetColumn::name) != columns.end();
}

}  // namespace

Result<load::OutputPlan> TableOutput::plan(const page::Schema& schema, size_t tasks) {
    auto server = TRY(product_->connect_to_ask());
    AskingConnection connection(*server);
    load::OutputPlan told;
    TRY(begin_on(connection, schema, tasks));
    const Names tables(intermediates_.begin(), intermediates_.end());
    connection.tell(Step::kBegin, tables, told);
    TRY(tell_rows(*server, tasks, told));
    TRY(publish(connection));
    TRY(drop_intermediates(connection));
    connection.tell(Step::kCommit, tables, told);
    TRY(tell_columns(*server, schema, told));
    if (!tables.empty()) {
        told.notes.emplace_back("names of intermediate tables carry the time of the run");
    }
    return told;
}

Result<> TableOutput::tell_rows(Connection& connection, size_t tasks,
                                load::OutputPlan& told) const {
    const bool is_one_table = is_direct(options_.mode) || is_shared();
    const size_t receivers = is_one_table ? std::min<size_t>(tasks, 1) : tasks;
    for (size_t task = 0; task < receivers; ++task) {
        auto rows = TRY(product_->plan_rows(connection, receiver_of(task), plan_));
        for (std::string& sql : rows.statements) {
            told.statements.push_back(
                {.step = Step::kRows, .sql = std::move(sql), .is_again = task > 0});
        }
        if (task > 0) continue;
        for (std::string& note : rows.notes) told.notes.push_back(std::move(note));
    }
    return {};
}

Result<> TableOutput::tell_columns(Connection& connection, const page::Schema& schema,
                                   load::OutputPlan& told) const {
    told.target = std::string(product_->word()) + " table " + table_ + ", mode " +
                  std::string(mode_word(options_.mode));
    if (exists_) {
        for (size_t input = 0; input < schema.size(); ++input) {
            const auto& filled = plan_.columns;
            if (std::ranges::find(filled, input, &FilledColumn::input) != filled.end()) continue;
            told.cut.push_back(schema[input].name);
        }
        tell_unfilled(told);
        return {};
    }
    std::vector<TargetColumn> replaced;
    if (options_.mode == Mode::kReplace) {
        replaced = TRY(connection.columns(table_));
    }
    for (const TargetColumn& column : columns_) {
        if (!has_name(replaced, column.name)) told.added.push_back(with_type(column));
    }
    for (const TargetColumn& column : replaced) {
        if (!has_name(columns_, column.name)) told.dropped.push_back(with_type(column));
    }
    told.target += replaced.empty() ? " (new)" : "";
    if (!replaced.empty()) {
        told.notes.emplace_back(
            "the table is made anew, with the columns and types of the first CREATE TABLE: its "
            "keys, indexes and defaults go");
    }
    return {};
}

void TableOutput::tell_unfilled(load::OutputPlan& told) const {
    std::vector<std::string> names;
    for (const TargetColumn& column : columns_) {
        const auto& filled = plan_.columns;
        if (std::ranges::find(filled, column.name, &FilledColumn::name) != filled.end()) continue;
        names.push_back(column.name);
    }
    if (names.empty()) return;
    told.notes.push_back("get no value, so their default or NULL in new rows: " +
                         base::join(names, ", "));
}

}  // namespace mogura::plugins::table
