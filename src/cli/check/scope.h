// What the templates of a task may name, and what to say of the other names.

#pragma once

#include "cli/check/rules.h"

#include <string>
#include <vector>

namespace mogura::cli::check {

struct Unknown {
    Severity severity = Severity::kWarning;
    std::string message;
};

class Scope {
  public:
    Scope(const Place& place, const TaskView& task) : place_(place), task_(task) {}

    bool knows(const std::string& name) const;
    // Parameters may be given when the workflow is started, so only a misspelt variable of Digdag's
    // own is surely an error.
    Unknown unknown(const std::string& name) const;

    // Keys of the mapping that is being read.
    std::vector<std::string>& nested() { return nested_; }

  private:
    bool may_be_stored() const;

    const Place& place_;
    const TaskView& task_;
    std::vector<std::string> nested_;
};

}  // namespace mogura::cli::check
