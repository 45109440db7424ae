// The SQL of an operator's task (spec digdag 4.0.7): a file of the project with its templates
// evaluated, or {data: "SQL"}.

#pragma once

#include "base/result.h"
#include "engine/engine.h"
#include "query/query.h"

#include <string>

namespace mogura::plugins {

// The command, or `query:` where it is null. `word` ("pg>") stands in messages.
Result<query::Text> statement_text(engine::TaskContext& context, const std::string& word);

}  // namespace mogura::plugins
