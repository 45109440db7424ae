// What loop>, for_each> and for_range> share: one group of generated tasks, each the `_do` block
// with parameters of its own (spec digdag 4.3 to 4.5).

#pragma once

#include "base/result.h"
#include "config/config.h"

#include <string>
#include <string_view>

namespace mogura::engine {

// A block of tasks beside an operator, such as `_do`, as it stands in the file. Empty when it is
// not there; written without a value it is an error (1.5.0).
Result<config::Map> task_block(const config::Map& parameters, std::string_view name);

class Repeated {
  public:
    // Reads `_do` (required) and `_parallel` of the task.
    static Result<Repeated> read(const config::Map& parameters);

    // One more task; `exports` override what `_do` exports.
    void add(std::string name, const config::Map& exports);
    // The mapping for Done::subtask_config; empty when nothing was added.
    config::Map take() &&;

  private:
    config::Map body_;
    config::Map group_;
    bool any_ = false;
};

}  // namespace mogura::engine
