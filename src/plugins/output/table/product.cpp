#include "plugins/output/table/product.h"

#include "base/text.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace mogura::plugins::table {

Result<> Product::run_sql(Connection& connection, std::string_view option,
                          const std::optional<std::string>& sql) {
    if (!sql) return {};
    auto done = connection.execute(*sql);
    if (!done.ok()) return done.error().at(option);
    return {};
}

Result<Transaction> Transaction::begin(Connection& connection) {
    TRY(connection.execute(connection.begin_statement()));
    return Transaction(connection);
}

Transaction::Transaction(Transaction&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)) {}

Transaction::~Transaction() {
    // Nothing can be done about a rollback that fails: the connection is gone, and with it the
    // transaction.
    if (connection_) [[maybe_unused]]
        auto ignored = connection_->execute("ROLLBACK");
}

Result<> Transaction::commit() {
    TRY(connection_->execute("COMMIT"));
    connection_ = nullptr;
    return {};
}

std::string upper(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](unsigned char letter) {
        return static_cast<char>(std::toupper(letter));
    });
    return result;
}

Result<std::string> resolve_among(const std::string& table, const std::vector<std::string>& found) {
    if (found.empty() || std::ranges::find(found, table) != found.end()) return table;
    if (found.size() > 1) {
        return Error(Code::kInvalid, "table: both " + upper(table) + " and " + base::lower(table) +
                                         " exist (write the table's name as it is)");
    }
    return found.front();
}

std::string name_list(const Product& product, const std::vector<FilledColumn>& columns,
                      std::string_view prefix) {
    std::string list;
    for (const FilledColumn& column : columns) {
        if (!list.empty()) list += ", ";
        list.append(prefix).append(product.identifier(column.name));
    }
    return list;
}

}  // namespace mogura::plugins::table
