#include "plugins/input/table/statement.h"

#include <algorithm>
#include <numeric>

namespace mogura::plugins::source {
namespace {

// Text with values in it, and the same with ? for people.
class Text {
  public:
    void add(std::string_view text) {
        statement_.sql += text;
        statement_.shown += text;
    }
    void add_value(const std::string& literal) {
        statement_.sql += literal;
        statement_.shown += '?';
        statement_.parameters.push_back(literal);
    }
    Statement take() { return std::move(statement_); }

  private:
    Statement statement_;
};

// (c1 > ?) OR (c1 = ? AND c2 > ?) ...
void add_condition(Text& text, const Source& source, const std::vector<std::string>& columns,
                   const std::vector<std::string>& values) {
    for (size_t last = 0; last < columns.size(); ++last) {
        text.add(last > 0 ? " OR (" : "(");
        for (size_t column = 0; column <= last; ++column) {
            if (column > 0) text.add(" AND ");
            text.add(source.identifier(columns[column]));
            text.add(column < last ? " = " : " > ");
            text.add_value(values[column]);
        }
        text.add(")");
    }
}

std::string head(const Options& options, const Source& source, const std::string& table) {
    return "SELECT " + options.select + " FROM " + source.identifier(table);
}

bool is_word_letter(char letter) {
    return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_';
}

}  // namespace

std::string plain_statement(const Options& options, const Source& source,
                            const std::string& table) {
    if (!options.query.empty()) return options.query;
    std::string sql = head(options, source, table);
    if (options.where) sql += " WHERE " + *options.where;
    if (options.order_by) sql += " ORDER BY " + *options.order_by;
    return sql;
}

Statement incremental_statement(const Options& options, const Source& source,
                                const std::string& table,
                                const std::vector<std::string>& incremental,
                                const std::vector<std::string>& values) {
    Text text;
    text.add(head(options, source, table));
    if (values.empty()) {
        if (options.where) text.add(" WHERE " + *options.where);
    } else {
        text.add(" WHERE ");
        if (options.where) text.add("(" + *options.where + ") AND ");
        text.add("(");
        add_condition(text, source, incremental, values);
        text.add(")");
    }
    text.add(" ORDER BY ");
    for (size_t column = 0; column < incremental.size(); ++column) {
        if (column > 0) text.add(", ");
        text.add(source.identifier(incremental[column]));
    }
    return text.take();
}

Result<Statement> raw_statement(const std::string& query,
                                const std::vector<std::string>& incremental,
                                const std::vector<std::string>& values) {
    // Longest names first: :id is the beginning of :id2.
    std::vector<size_t> order(incremental.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::ranges::sort(order, [&](size_t one, size_t other) {
        return incremental[one].size() > incremental[other].size();
    });
    std::vector<bool> found(incremental.size());
    Text text;
    for (size_t place = 0; place < query.size();) {
        const auto fits = [&](size_t column) {
            const std::string& name = incremental[column];
            const size_t end = place + 1 + name.size();
            return query.compare(place + 1, name.size(), name) == 0 &&
                   (end >= query.size() || !is_word_letter(query[end]));
        };
        // "::name" is a cast of PostgreSQL's.
        const bool may_begin = query[place] == ':' && (place == 0 || query[place - 1] != ':');
        const auto column = may_begin ? std::ranges::find_if(order, fits) : order.end();
        if (column == order.end()) {
            text.add(std::string_view(query).substr(place, 1));
            ++place;
            continue;
        }
        found[*column] = true;
        text.add_value(values[*column]);
        place += 1 + incremental[*column].size();
    }
    const auto missing = std::ranges::find(found, false);
    if (missing != found.end()) {
        const auto column = static_cast<size_t>(missing - found.begin());
        return Error(Code::kInvalid, "query: Column \":" + incremental[column] +
                                         "\" doesn't exist in query string");
    }
    return text.take();
}

}  // namespace mogura::plugins::source
