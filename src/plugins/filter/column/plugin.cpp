// Keeps, adds, drops and reorders columns, also inside JSON columns (embulk 7.4).

#include "plugins/entries.h"
#include "plugins/filter/column/default_value.h"
#include "plugins/filter/column/json_edit.h"
#include "plugins/filter/column/json_path.h"
#include "plugins/plugins.h"
#include "plugins/time_options.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

struct Entry {
    std::string name;
    std::optional<std::string> source;
    std::optional<page::Type> type;
    std::optional<config::Value> fallback;
    load::TimestampParser::Options times;  // of the default
    std::string place;
};

struct Options {
    std::vector<Entry> columns;
    std::vector<Entry> additions;
    std::vector<Entry> drops;
};

Entry read_entry(config::Reader& reader, const load::TimestampParser::Options& usual) {
    Entry entry;
    entry.name = reader.required<std::string>("name", "Column name or JSON path.");
    entry.source = reader.maybe<std::string>("src", "Column or JSON path to take the value from.");
    if (auto type = reader.maybe<std::string>("type", "Type of a new column.")) {
        entry.type = page::find_type(*type);
        if (!entry.type) reader.problem("type", "unknown type: " + *type);
    }
    entry.fallback =
        reader.maybe<config::Value>("default", "Value of a new column, and for nulls.");
    entry.times = read_time_options(reader, usual);
    entry.place = reader.place_of("name");
    return entry;
}

std::vector<Entry> read_list(config::Reader& reader, const char* name, const char* help,
                             const load::TimestampParser::Options& usual) {
    auto values = reader.optional(name, std::vector<config::Value>(), help);
    return read_entries(reader, name, values, "each entry must be a map with name",
                        [&](config::Reader& nested) { return read_entry(nested, usual); });
}

Options read(config::Reader& reader) {
    const load::TimestampParser::Options usual = read_usual_time_options(reader);
    Options options;
    options.columns = read_list(reader, "columns", "Columns to keep, in this order.", usual);
    options.additions = read_list(reader, "add_columns", "Columns to append.", usual);
    options.drops = read_list(reader, "drop_columns", "Columns to drop.", usual);
    if (!options.columns.empty() && !options.drops.empty()) {
        reader.problem("columns", "Either of \"columns\", \"drop_columns\" can be specified.");
    }
    return options;
}

// How one output column comes about.
struct Made {
    page::Column column;
    std::optional<size_t> source;                  // absent: the default in every row
    std::shared_ptr<const DefaultValue> fallback;  // for nulls
    JsonEdit edit = {};
};

Result<std::shared_ptr<const DefaultValue>> fallback_of(const Entry& entry, page::Type type) {
    if (!entry.fallback) return std::shared_ptr<const DefaultValue>();
    auto value = read_default(*entry.fallback, type, entry.times);
    if (!value.ok()) return value.error().at(entry.place);
    return std::make_shared<const DefaultValue>(*std::move(value));
}

// Makes the list of output columns; the paths inside JSON come afterwards.
class Planner {
  public:
    Planner(const Options& options, const page::Schema& input) : options_(options), input_(input) {}

    Result<std::vector<Made>> plan() {
        if (options_.columns.empty()) {
            TRY(pass_input());
        } else {
            for (const Entry& entry : options_.columns) {
                if (!is_json_path(entry.name)) {
                    TRY(make_column(entry, "columns"));
                }
            }
        }
        for (const Entry& entry : options_.additions) {
            if (!is_json_path(entry.name)) {
                TRY(add_column(entry));
            }
        }
        for (const Entry& entry : options_.drops) {
            TRY(drop_path(entry));
        }
        for (const Entry& entry : options_.columns) {
            TRY(keep_path(entry));
        }
        for (const Entry& entry : options_.additions) {
            TRY(add_path(entry));
        }
        return std::move(made_);
    }

  private:
    Result<> pass_input() {
        for (size_t index = 0; index < input_.size(); ++index) {
            auto is_dropped = [&](const Entry& drop) { return drop.name == input_[index].name; };
            if (std::any_of(options_.drops.begin(), options_.drops.end(), is_dropped)) continue;
            made_.push_back({.column = input_[index], .source = index, .fallback = nullptr});
        }
        return {};
    }

    Result<> add_column(const Entry& entry) {
        for (const Made& other : made_) {
            if (other.column.name == entry.name) {
                return Error(Code::kInvalid, entry.place + ": add_columns: there is a column '" +
                                                 entry.name +
                                                 "' already (drop it, or take another "
                                                 "name)");
            }
        }
        return make_column(entry, "add_columns");
    }

    Result<> make_column(const Entry& entry, const std::string& list) {
        bool is_addition = list == "add_columns";
        std::optional<size_t> source;
        if (entry.source) {
            source = input_.find(*entry.source);
        } else if (!is_addition) {
            source = input_.find(entry.name);
        }
        if (!source && (!entry.type || !entry.fallback)) {
            std::string wanted = entry.source ? *entry.source : is_addition ? "null" : entry.name;
            return Error(Code::kInvalid, entry.place + ": " + list + ": Column src '" + wanted +
                                             "' is not found in inputSchema. Column '" +
                                             entry.name +
                                             "' does not have \"type\" and \"default\"");
        }
        Made made;
        made.column = source ? input_[*source] : page::Column{.name = {}, .type = *entry.type};
        made.column.name = entry.name;
        made.source = source;
        made.fallback = TRY(fallback_of(entry, made.column.type));
        made_.push_back(std::move(made));
        return {};
    }

    // The JSON columns that a path is about; none when the path's column is not in the output.
    Result<std::vector<Made*>> targets(const Entry& entry, const JsonPath& path) {
        std::vector<Made*> found;
        for (Made& made : made_) {
            if (made.column.name != path.column) continue;
            if (made.column.type != page::Type::kJson) {
                return Error(Code::kInvalid, entry.place + ": not a json column: " + path.column);
            }
            found.push_back(&made);
        }
        return found;
    }

    static Result<JsonPath> path_of(const Entry& entry, const std::string& text) {
        auto path = parse_json_path(text);
        if (!path.ok()) return path.error().at(entry.place);
        auto checked = check_index_is_last(*path, text);
        if (!checked.ok()) return checked.error().at(entry.place);
        return path;
    }

    static Result<JsonLeaf> leaf_of(const Entry& entry, const JsonPath& path) {
        JsonLeaf leaf{.steps = path.steps, .source = std::nullopt, .fallback = std::nullopt};
        if (entry.source) {
            JsonPath source = TRY(path_of(entry, *entry.source));
            if (source.column != path.column) {
                return Error(
                    Code::kInvalid,
                    entry.place + ": src must be in the same json column: " + *entry.source);
            }
            leaf.source = source.steps;
        }
        if (entry.fallback) {
            auto value = read_default(*entry.fallback, entry.type.value_or(page::Type::kString),
                                      entry.times);
            if (!value.ok()) return value.error().at(entry.place);
            auto json = value->json();
            if (!json.ok()) return json.error().at(entry.place);
            leaf.fallback = *std::move(json);
        }
        return leaf;
    }

    Result<> drop_path(const Entry& entry) {
        if (!is_json_path(entry.name)) return {};
        JsonPath path = TRY(path_of(entry, entry.name));
        std::vector<Made*> found = TRY(targets(entry, path));
        for (Made* made : found) {
            if (!path.steps.empty()) made->edit.drop(path.steps);
        }
        return {};
    }

    Result<> keep_path(const Entry& entry) {
        if (!is_json_path(entry.name)) return {};
        JsonPath path = TRY(path_of(entry, entry.name));
        std::vector<Made*> found = TRY(targets(entry, path));
        if (found.empty()) {
            return Error(Code::kInvalid, entry.place + ": columns: the json column '" +
                                             path.column + "' itself must be listed, too");
        }
        for (Made* made : found) {
            JsonLeaf leaf = TRY(leaf_of(entry, path));
            made->edit.keep(std::move(leaf));
        }
        return {};
    }

    Result<> add_path(const Entry& entry) {
        if (!is_json_path(entry.name)) return {};
        JsonPath path = TRY(path_of(entry, entry.name));
        if (!entry.source && (!entry.type || !entry.fallback)) {
            return Error(Code::kInvalid, entry.place +
                                             ": add_columns: Column src 'null' is not found "
                                             "in inputSchema. Column '" +
                                             entry.name +
                                             "' does not have \"type\" and \"default\"");
        }
        std::vector<Made*> found = TRY(targets(entry, path));
        if (found.empty()) {
            return Error(Code::kInvalid,
                         entry.place + ": Column '" + path.column + "' is not found");
        }
        for (Made* made : found) {
            JsonLeaf leaf = TRY(leaf_of(entry, path));
            if (!leaf.steps.empty()) made->edit.add(std::move(leaf));
        }
        return {};
    }

    const Options& options_;
    const page::Schema& input_;
    std::vector<Made> made_;
};

page::ColumnData constant(const DefaultValue& value, size_t rows) {
    page::ColumnData column(value.type);
    std::visit([&](auto& values) { values.resize(rows); }, column.values);
    for (size_t row = 0; row < rows; ++row) value.put(column, row);
    return column;
}

void fill_nulls(page::ColumnData& column, const DefaultValue& value, size_t rows) {
    if (!column.validity.has_nulls()) return;
    for (size_t row = 0; row < rows; ++row) {
        if (column.is_null(row)) value.put(column, row);
    }
    column.validity = {};
}

Result<> edit_json(page::ColumnData& column, const JsonEdit& edit, size_t rows,
                   page::Arena& arena) {
    std::string text;
    for (size_t row = 0; row < rows; ++row) {
        if (column.is_null(row)) continue;
        size_t used = 0;
        load::Json value = TRY(load::parse_json_value(column.texts()[row], used));
        text.clear();
        load::append_json(edit.apply(std::move(value)), text);
        column.texts()[row] = arena.keep(text);
    }
    return {};
}

class ColumnFilter final : public load::Filter {
  public:
    ColumnFilter(page::Schema schema, std::vector<Made> made)
        : schema_(std::move(schema)), made_(std::move(made)) {
        // The last output that takes a source column may have it; the others get copies.
        is_last_use_.assign(made_.size(), true);
        for (size_t index = 0; index < made_.size(); ++index) {
            for (size_t later = index + 1; later < made_.size(); ++later) {
                if (made_[later].source == made_[index].source) is_last_use_[index] = false;
            }
        }
    }

    const page::Schema& schema() const override { return schema_; }

    Result<page::Page> apply(page::Page page) override {
        std::vector<page::ColumnData> columns;
        std::vector<page::Owner> owners(page.owners().begin(), page.owners().end());
        for (size_t index = 0; index < made_.size(); ++index) {
            const Made& made = made_[index];
            if (made.fallback) owners.push_back(made.fallback);
            if (!made.source) {
                columns.push_back(constant(*made.fallback, page.rows()));
                continue;
            }
            if (is_last_use_[index]) {
                columns.push_back(std::move(page.column(*made.source)));
            } else {
                columns.push_back(page.column(*made.source));
            }
            if (made.fallback) fill_nulls(columns.back(), *made.fallback, page.rows());
            if (made.edit.is_empty()) continue;
            auto arena = std::make_shared<page::Arena>();
            auto edited = edit_json(columns.back(), made.edit, page.rows(), *arena);
            if (!edited.ok()) return edited.error().at("column " + made.column.name);
            owners.push_back(std::move(arena));
        }
        return page::Page(schema_, std::move(columns), page.rows(), std::move(owners));
    }

  private:
    const page::Schema schema_;
    const std::vector<Made> made_;
    std::vector<bool> is_last_use_;
};

Result<std::unique_ptr<load::Filter>> make(const Options& options, const page::Schema& input,
                                           const load::Context&) {
    std::vector<Made> made = TRY(Planner(options, input).plan());
    std::vector<page::Column> columns;
    for (const Made& one : made) columns.push_back(one.column);
    return std::make_unique<ColumnFilter>(page::Schema(std::move(columns)), std::move(made));
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(filter, column) {
    registry.filters.add("column", "Keep, add, drop and reorder columns.", read, make);
}
