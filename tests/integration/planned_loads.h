// Plans of outputs beside what a server says that a run sent.

#pragma once

#include "config/config.h"
#include "load/load.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace mogura::integration {

// The statements, without what differs from run to run: names of intermediate tables become N1,
// N2, ..., rows of an INSERT become dots.
std::vector<std::string> comparable(std::vector<std::string> statements);

// Those of a plan.
std::vector<std::string> statements_of(const load::OutputPlan& plan);

// An output into the table t, and the server behind it.
class PlannedServer {
  public:
    virtual ~PlannedServer() = default;
    virtual Result<std::unique_ptr<load::Output>> make(const std::string& mode,
                                                       const config::Map& more) = 0;
    virtual void execute(const std::string& sql) = 0;
    virtual std::vector<std::string> tables() = 0;
    // What other sessions send meanwhile, without what only asks.
    virtual std::vector<std::string> sent_during(const std::function<void()>& work) = 0;

    Result<load::OutputPlan> plan(const std::string& mode, const config::Map& more = {},
                                  size_t tasks = 1);
    // The tables are as `prepare` (SQL, may be empty) leaves them, before the plan and before the
    // run.
    void expect_as_planned(const std::string& mode, size_t tasks, const std::string& prepare,
                           const config::Map& more);
};

}  // namespace mogura::integration
