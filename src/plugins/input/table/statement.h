// The SELECT of an input: built from a table, or the user's with the last record in it.

#pragma once

#include "base/result.h"
#include "plugins/input/table/options.h"
#include "plugins/input/table/source.h"

#include <string>
#include <vector>

namespace mogura::plugins::source {

struct Statement {
    std::string sql;                      // with the values in it
    std::string shown;                    // with ? where a value stands
    std::vector<std::string> parameters;  // those values, in their order
};

// The whole table or query, without regard to the last record: what describes the columns.
std::string plain_statement(const Options& options, const Source& source, const std::string& table);

// `values` are the last record as literals of the source, one for each of `incremental` (columns);
// empty when there is none.
Statement incremental_statement(const Options& options, const Source& source,
                                const std::string& table,
                                const std::vector<std::string>& incremental,
                                const std::vector<std::string>& values);

// The user's query with each :column replaced. Fails with kInvalid when one is not there.
Result<Statement> raw_statement(const std::string& query,
                                const std::vector<std::string>& incremental,
                                const std::vector<std::string>& values);

}  // namespace mogura::plugins::source
