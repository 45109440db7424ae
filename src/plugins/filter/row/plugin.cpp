// Keeps the rows that fit an expression (`where`) or a list of conditions (embulk 7.3).

#include "plugins/filter/row/expression.h"
#include "plugins/plugins.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

struct Entry {
    std::string column;
    std::optional<Operator> op;
    std::optional<config::Value> argument;
    bool is_negated = false;
    std::optional<std::string> format;
    std::optional<std::string> time_zone;
    std::string place;
};

struct Options {
    std::optional<std::string> where;
    std::string where_place;
    bool is_or = false;
    std::vector<Entry> entries;
    std::string time_zone;
    std::string timestamp_format;
};

std::optional<Operator> find_operator(std::string_view word) {
    struct Spelling {
        std::string_view word;
        Operator op;
    };
    constexpr Spelling kSpellings[] = {
        {"==", Operator::kEqual},
        {"!=", Operator::kNotEqual},
        {">", Operator::kGreater},
        {">=", Operator::kGreaterOrEqual},
        {"<", Operator::kLess},
        {"<=", Operator::kLessOrEqual},
        {"start_with", Operator::kStartWith},
        {"startswith", Operator::kStartWith},
        {"end_with", Operator::kEndWith},
        {"endswith", Operator::kEndWith},
        {"include", Operator::kInclude},
        {"contains", Operator::kInclude},
        {"is null", Operator::kIsNull},
        {"is not null", Operator::kIsNotNull},
    };
    std::string lower = base::lower(word);
    for (const Spelling& spelling : kSpellings) {
        if (spelling.word == lower) return spelling.op;
    }
    return std::nullopt;
}

Entry read_entry(config::Reader& reader) {
    Entry entry;
    entry.column = reader.required<std::string>("column", "Column to look at.");
    auto op = reader.optional("operator", "==",
                              "==, !=, >, >=, <=, <, start_with, end_with, "
                              "include, IS NULL or IS NOT NULL.");
    entry.op = find_operator(op);
    if (!entry.op) reader.problem("operator", "unknown operator: " + op);
    entry.argument = reader.maybe<config::Value>("argument", "What the column is compared with.");
    entry.is_negated = reader.optional("not", false, "Turn the condition around.");
    entry.format = reader.maybe<std::string>("format", "Timestamp format of the argument.");
    entry.time_zone = reader.maybe<std::string>("timezone", "Time zone of the argument.");
    entry.place = reader.place_of("column");
    return entry;
}

Options read(config::Reader& reader) {
    Options options;
    options.where = reader.maybe<std::string>("where", "Expression over columns, as in SQL.");
    options.where_place = reader.place_of("where");
    options.is_or = reader.choice("condition", {"AND", "OR"}, "How conditions are joined.",
                                  /*ignore_case=*/true) == 1;
    options.time_zone = reader.optional("default_timezone", "UTC", "Time zone of timestamps.");
    options.timestamp_format =
        reader.optional("default_timestamp_format", "%Y-%m-%d %H:%M:%S.%N %z", "Timestamp format.");
    auto entries = reader.maybe<std::vector<config::Value>>(
        "conditions", "Maps of column, operator, argument, not, format, timezone.");
    if (!reader.is_manual() && !options.where && !entries) {
        reader.problem("where", "where: or conditions: is required");
    }
    if (options.where || !entries) return options;
    for (size_t index = 0; index < entries->size(); ++index) {
        const config::Value& entry = (*entries)[index];
        if (!entry.is_map()) {
            reader.problem("conditions", "each condition must be a map with column and operator");
            continue;
        }
        config::Reader nested(entry.map(), reader.file(),
                              reader.path() + ".conditions[" + std::to_string(index) + "]");
        options.entries.push_back(read_entry(nested));
        reader.absorb(std::move(nested));
    }
    return options;
}

Result<Literal> timestamp_literal(const Entry& entry, const std::string& text,
                                  const Options& options) {
    auto parser = TRY(
        load::TimestampParser::compile({.format = entry.format.value_or(options.timestamp_format),
                                        .time_zone = entry.time_zone.value_or(options.time_zone)}));
    Literal literal{.type = Literal::Type::kTimestamp};
    if (!parser.parse(text, literal.timestamp)) {
        return Error(Code::kInvalid, parser.explain(text));
    }
    return literal;
}

Result<Literal> literal_of(const Entry& entry, page::Type type, const Options& options) {
    if (!entry.argument) return Error(Code::kInvalid, "argument: is required for this operator");
    switch (type) {
        case page::Type::kBoolean: {
            bool boolean = TRY(config::convert<bool>(*entry.argument));
            return Literal{.type = Literal::Type::kBoolean, .boolean = boolean};
        }
        case page::Type::kLong:
        case page::Type::kDouble: {
            double number = TRY(config::convert<double>(*entry.argument));
            Literal literal{.type = Literal::Type::kNumber, .number = number};
            auto text = entry.argument->scalar_text();
            if (text) literal.integer = base::parse_integer(*text);
            return literal;
        }
        case page::Type::kTimestamp: {
            auto text = TRY(config::convert<std::string>(*entry.argument));
            return timestamp_literal(entry, text, options);
        }
        default: {
            auto text = TRY(config::convert<std::string>(*entry.argument));
            return Literal{.type = Literal::Type::kString, .text = text};
        }
    }
}

Result<ConditionPtr> condition_of(const Entry& entry, const Options& options,
                                  const page::Schema& schema, const Comparing& comparing) {
    size_t column = TRY(find_condition_column(schema, entry.column));
    Literal literal;
    if (entry.op != Operator::kIsNull && entry.op != Operator::kIsNotNull) {
        literal = TRY(literal_of(entry, schema[column].type, options));
    }
    ConditionPtr condition = TRY(make_comparison(schema, column, *entry.op, literal, comparing));
    return entry.is_negated ? make_not(std::move(condition)) : std::move(condition);
}

// nullptr when there is no condition: every row stays.
Result<ConditionPtr> join_entries(const Options& options, const page::Schema& schema,
                                  const Comparing& comparing) {
    ConditionPtr joined;
    for (const Entry& entry : options.entries) {
        auto condition = condition_of(entry, options, schema, comparing);
        if (!condition.ok()) return condition.error().at(entry.place);
        if (!joined) {
            joined = *std::move(condition);
        } else if (options.is_or) {
            joined = make_or(std::move(joined), *std::move(condition));
        } else {
            joined = make_and(std::move(joined), *std::move(condition));
        }
    }
    return joined;
}

class RowFilter final : public load::Filter {
  public:
    RowFilter(page::Schema schema, ConditionPtr condition)
        : schema_(std::move(schema)), condition_(std::move(condition)) {}

    const page::Schema& schema() const override { return schema_; }
    Result<page::Page> apply(page::Page page) override {
        if (!condition_) return page;
        RowMask mask = TRY(condition_->test(page));
        return std::move(page).filter(mask);
    }

  private:
    const page::Schema schema_;
    const ConditionPtr condition_;
};

Result<std::unique_ptr<load::Filter>> make(const Options& options, const page::Schema& input,
                                           const load::Context& context) {
    // Only `where` has the defect with null numbers.
    Comparing comparing{.nulls_are_zero = load::compares_null_numbers_as_zero(context.compat) &&
                                          options.where.has_value(),
                        .longs_as_doubles = load::compares_longs_as_doubles(context.compat)};
    if (!options.where) {
        ConditionPtr condition = TRY(join_entries(options, input, comparing));
        return std::make_unique<RowFilter>(input, std::move(condition));
    }
    auto condition = parse_condition(*options.where, input, comparing);
    if (!condition.ok()) return condition.error().at(options.where_place);
    return std::make_unique<RowFilter>(input, *std::move(condition));
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(filter, row) {
    registry.filters.add("row", "Keep the rows that fit a condition.", read, make);
}
