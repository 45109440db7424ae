// pg> and redshift> differ in words only.

#pragma once

#include "plugins/operator/statement/task.h"

#include <memory>

namespace mogura::plugins::statement {

std::unique_ptr<engine::Operator> make_postgresql_task(Words words, bool has_table_per_statement);

}  // namespace mogura::plugins::statement
