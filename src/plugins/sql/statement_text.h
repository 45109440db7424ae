// The SQL of an operator's task (spec digdag 4.0.7): a file of the project with its templates
// evaluated, or a text that stands in the task itself: {data: "SQL"}, or `query:` without a
// command.

#pragma once

#include "base/result.h"
#include "engine/engine.h"
#include "query/query.h"

#include <string>

namespace mogura::plugins {

// What `query:` holds: the SQL itself as in the original, or for query> also the name of a file,
// which ends in .sql.
enum class QueryOption { kSql, kSqlOrFile };

// The command, or `query:` where it is null. `name` ("pg") stands in messages, and names the
// mapping of defaults, which may hold `query:` as well.
Result<query::Text> statement_text(engine::TaskContext& context, const std::string& name,
                                   QueryOption option);

}  // namespace mogura::plugins
