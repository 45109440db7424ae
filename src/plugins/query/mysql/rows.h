// The rows of a MySQL statement as pages, with the types that the server names.
//
// Integers and DECIMALs without a fraction (what SUM gives for integers) are long, other DECIMALs
// and floats double, TINYINT(1) and BIT(1) boolean, dates timestamps (UTC), zero dates null, bytes
// (BINARY, BLOB) what HEX() writes, all others text.

#pragma once

#include "base/result.h"
#include "database/database.h"
#include "page/page.h"
#include "query/query.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mogura::plugins {

class MysqlRows final : public query::Rows {
  public:
    MysqlRows(std::shared_ptr<database::Mysql> connection, database::MysqlRows rows);

    const page::Schema& schema() const override { return schema_; }
    Result<bool> next(page::Page& page) override;
    // Takes everything from the server now, so that the connection is free.
    Result<> read_all();

  private:
    Result<bool> read(page::Page& page);
    Result<> put(page::Builder& builder, size_t column, std::string_view text) const;

    std::shared_ptr<database::Mysql> connection_;  // outlives the rows
    std::optional<database::MysqlRows> rows_;      // nothing at the end
    page::Schema schema_;
    std::deque<page::Page> read_;
    int64_t row_ = 0;
};

}  // namespace mogura::plugins
