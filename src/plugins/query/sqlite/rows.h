// The rows of a SQLite statement as pages.
//
// SQLite's values have types, its columns hardly have: the first rows and the declared type decide
// what a column is. A later value that does not fit fails with the row and the column.

#pragma once

#include "base/result.h"
#include "database/database.h"
#include "page/page.h"
#include "query/query.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mogura::plugins {

class SqliteRows final : public query::Rows {
  public:
    // Reads the first rows; all of them when the statement changes something, so that it is done.
    static Result<std::unique_ptr<SqliteRows>> start(std::shared_ptr<database::Sqlite> connection,
                                                     database::SqliteStatement statement);

    const page::Schema& schema() const override { return schema_; }
    Result<bool> next(page::Page& page) override;

  private:
    // A page has no bytes: they become what SQLite's hex() writes.
    struct Blob {
        explicit Blob(std::string_view bytes);
        std::string hex;
    };
    using Cell = std::variant<std::monostate, int64_t, double, std::string_view, Blob>;
    using KeptCell = std::variant<std::monostate, int64_t, double, std::string, Blob>;

    SqliteRows(std::shared_ptr<database::Sqlite> connection, database::SqliteStatement statement)
        : connection_(std::move(connection)), statement_(std::move(statement)) {}

    Result<> read_first_rows();
    void decide_types();
    page::Type type_of(int column) const;
    Cell cell(int column) const;
    Result<> put(page::Builder& builder, size_t column, const Cell& cell) const;

    std::shared_ptr<database::Sqlite> connection_;        // outlives the statement
    std::optional<database::SqliteStatement> statement_;  // nothing at the end
    page::Schema schema_;
    std::vector<std::vector<KeptCell>> first_rows_;
    size_t first_given_ = 0;
    int64_t rows_ = 0;
};

}  // namespace mogura::plugins
