// Columns by formulas over the numbers of a row (embulk 7.9).

#include "base/log.h"
#include "plugins/cell.h"
#include "plugins/entries.h"
#include "plugins/filter/calc/formula.h"
#include "plugins/left_out.h"
#include "plugins/made_columns.h"
#include "plugins/plugins.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

using page::Type;

struct Entry {
    std::string name;
    std::string formula;
    std::optional<std::string> type;  // only of new columns
    std::string place;
};

struct Options {
    std::vector<Entry> columns;
    std::vector<Entry> additions;
};

enum class Kind { kChanged, kNew, kDeclared };

Entry read_entry(config::Reader& reader, Kind kind) {
    reader.follow_embulk();
    Entry entry;
    entry.name = reader.required<std::string>("name", "Name of the column.");
    entry.formula = kind == Kind::kDeclared
                        ? reader.optional("formula", "", "What it is.")
                        : reader.required<std::string>("formula", "What it is.");
    if (kind != Kind::kChanged) {
        entry.type = reader.optional("type", "double", "long or double.");
    }
    entry.place = reader.place_of(entry.formula.empty() ? "name" : "formula");
    return entry;
}

std::vector<Entry> read_list(config::Reader& reader, const char* key, const char* help, Kind kind) {
    auto values = reader.optional(key, std::vector<config::Value>(), help);
    return read_entries(reader, key, values, "each entry must be a map with name and formula",
                        [&](config::Reader& nested) { return read_entry(nested, kind); });
}

// The original has the formulas of new columns in `columns`, too.
void take_formula(config::Reader& reader, Entry& addition, std::vector<Entry>& columns) {
    if (!addition.formula.empty()) return;
    auto found = std::ranges::find(columns, addition.name, &Entry::name);
    if (found == columns.end()) {
        reader.problem("output_columns", "there is no formula of the new column " + addition.name +
                                             " (add {name, formula} to columns)");
        return;
    }
    addition.formula = std::move(found->formula);
    addition.place = std::move(found->place);
    columns.erase(found);
}

Options read(config::Reader& reader) {
    Options options;
    options.columns =
        read_list(reader, "columns", "List of {name, formula}: columns that get another value.",
                  Kind::kChanged);
    options.additions =
        read_list(reader, "output_columns",
                  "List of {name, type, formula}: new columns; the formula may be in columns, too.",
                  Kind::kDeclared);
    for (Entry& entry : options.additions) take_formula(reader, entry, options.columns);
    auto added =
        read_list(reader, "add_columns", "List of {name, formula, type}: new columns.", Kind::kNew);
    std::ranges::move(added, std::back_inserter(options.additions));
    return options;
}

struct Made {
    std::string name;
    Type type = Type::kDouble;
    std::unique_ptr<const Formula> formula;
};

class Calc final : public load::Filter {
  public:
    Calc(page::Schema schema, page::Schema made, std::vector<Made> columns,
         std::vector<size_t> order, bool saturates)
        : schema_(std::move(schema)),
          made_(std::move(made)),
          columns_(std::move(columns)),
          order_(std::move(order)),
          saturates_(saturates) {}

    const page::Schema& schema() const override { return schema_; }

    Result<page::Page> apply(page::Page page) override {
        return apply_with_rejects(std::move(page), [](const load::Reject& row) -> Result<> {
            log::warn(row.warning);
            return {};
        });
    }

    Result<page::Page> apply_with_rejects(page::Page page,
                                          const load::RejectSink& rejects) override {
        const auto make = [&](const page::Page& from, size_t row, page::Builder& builder) {
            return calculate(from, row, builder);
        };
        return with_made_columns(std::move(page), made_, schema_, order_, rejects, make);
    }

  private:
    Result<> calculate(const page::Page& page, size_t row, page::Builder& builder) const {
        for (size_t index = 0; index < columns_.size(); ++index) {
            const Made& column = columns_[index];
            auto value = column.formula->value(page, row);
            if (!value) continue;
            if (column.type != Type::kLong) {
                builder.set_double(index, *value);
            } else if (auto whole = long_of(*value, saturates_)) {
                builder.set_long(index, *whole);
            } else {
                std::string text;
                load::append_double(text, *value);
                return Error(Code::kInvalid, "column " + column.name + ": " + text +
                                                 " is no long (type: double can hold it)");
            }
        }
        return {};
    }

    const page::Schema schema_;
    const page::Schema made_;
    const std::vector<Made> columns_;
    const std::vector<size_t> order_;
    const bool saturates_;
};

Result<Type> numeric(std::string_view name, const std::string& column) {
    if (name == "long") return Type::kLong;
    if (name == "double") return Type::kDouble;
    return Error(Code::kInvalid,
                 "the column " + column + " must be long or double, not " + std::string(name));
}

Result<std::unique_ptr<load::Filter>> make(const Options& options, const page::Schema& input,
                                           const load::Context& context) {
    std::vector<page::Column> columns(input.columns().begin(), input.columns().end());
    std::vector<page::Column> made_columns;
    std::vector<Made> made;
    std::vector<size_t> order(input.size());
    for (size_t index = 0; index < order.size(); ++index) order[index] = index;

    auto add = [&](const Entry& entry, bool is_new) -> Result<> {
        auto known = input.find(entry.name);
        if (is_new && known) {
            return Error(Code::kInvalid, "there is a column of that name already: " + entry.name);
        }
        if (!is_new && !known) {
            return Error(Code::kInvalid, "Column '" + entry.name + "' is not found");
        }
        Type type =
            TRY(numeric(is_new ? *entry.type : page::type_name(input[*known].type), entry.name));
        auto formula = TRY(parse_formula(entry.formula, input));
        if (is_new) {
            columns.push_back({.name = entry.name, .type = type});
            order.push_back(0);
        }
        order[is_new ? order.size() - 1 : *known] = input.size() + made.size();
        made_columns.push_back({.name = entry.name, .type = type});
        made.push_back({entry.name, type, std::move(formula)});
        return {};
    };
    for (const Entry& entry : options.columns) {
        auto added = add(entry, false);
        if (!added.ok()) return added.error().at(entry.place);
    }
    for (const Entry& entry : options.additions) {
        auto added = add(entry, true);
        if (!added.ok()) return added.error().at(entry.place);
    }
    return std::make_unique<Calc>(page::Schema(std::move(columns)),
                                  page::Schema(std::move(made_columns)), std::move(made),
                                  std::move(order), load::saturates_longs(context.compat));
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(filter, calc) {
    registry.filters.add("calc", "Columns by formulas over numbers.", read, make);
}
