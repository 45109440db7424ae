// What a table's column is in MySQL, and tables as CREATE TABLE spells them.

#pragma once

#include "base/result.h"
#include "database/database.h"
#include "page/page.h"
#include "plugins/output/table/product.h"

#include <string>
#include <string_view>
#include <vector>

namespace mogura::plugins::mysql {

// From a type as CREATE TABLE spells it: "int(10) unsigned", "VARCHAR(20)". Fails with kInvalid
// for types that values cannot be sent to.
Result<table::ColumnKind> kind_of_type(std::string_view type);
// The type of a new column. `text_attributes` go behind types of text.
std::string default_type(page::Type type, const std::string& text_attributes);
// What makes a text column of the database hold every text: its own collation when that is one of
// utf8mb4, else utf8mb4.
Result<std::string> text_attributes(database::Mysql& connection);

// The columns of an existing table; empty when there is none.
Result<std::vector<table::TargetColumn>> read_columns(database::Mysql& connection,
                                                      const std::string& table);
// The columns of its primary key, in their order.
Result<std::vector<std::string>> read_primary_key(database::Mysql& connection,
                                                  const std::string& table);
// Tables of the connection's database that are called so, whatever the case of the letters is.
Result<std::vector<std::string>> find_names(database::Mysql& connection, const std::string& table);
// The first column of every row.
Result<std::vector<std::string>> read_list(database::Mysql& connection, const std::string& sql);

}  // namespace mogura::plugins::mysql
