// What tables and types are in PostgreSQL's catalogue.

#pragma once

#include "base/result.h"
#include "database/database.h"
#include "page/page.h"
#include "plugins/output/table/product.h"

#include <string>
#include <vector>

namespace mogura::plugins::postgresql {

// From a type as CREATE TABLE spells it; the server knows all spellings. Fails with kInvalid for
// types that values cannot be sent to.
Result<table::ColumnKind> kind_of_type(database::Postgresql& connection, const std::string& type);
// The type that a column of `type` has: serial and the like are words of CREATE TABLE alone.
std::string without_sequence(const std::string& type);
// The type of a new column.
std::string default_type(page::Type type);

// A table of a schema; empty when there is none.
struct TableName {
    std::string schema;
    std::string table;
};
Result<std::vector<table::TargetColumn>> read_columns(database::Postgresql& connection,
                                                      const TableName& name);
// The columns of its primary key, in their order.
Result<std::vector<std::string>> read_primary_key(database::Postgresql& connection,
                                                  const TableName& name);
// Tables of the schema that are called so, or so in upper or lower case.
Result<std::vector<std::string>> find_names(database::Postgresql& connection,
                                            const TableName& name);
// The first column of every row.
Result<std::vector<std::string>> read_list(database::Postgresql& connection,
                                           const std::string& sql);

}  // namespace mogura::plugins::postgresql
