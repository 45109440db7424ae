// Plans of outputs beside what a server says that a run sent.

#pragma once

#include "load/load.h"

#include <string>
#include <vector>

namespace mogura::integration {

// The statements, without what differs from run to run: names of intermediate tables become N1,
// N2, ..., rows of an INSERT become dots.
std::vector<std::string> comparable(std::vector<std::string> statements);

// Those of a plan.
std::vector<std::string> statements_of(const load::OutputPlan& plan);

}  // namespace mogura::integration
