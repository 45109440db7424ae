// The pages of one request, each known only when the one before it was read.

#pragma once

#include "plugins/input/http/client.h"
#include "plugins/input/http/options.h"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace mogura::plugins::web {

using Values = std::vector<std::pair<std::string, std::string>>;

// Every combination of the params' choices, the first param's changing fastest.
Result<std::vector<Values>> combinations_of(const std::vector<Param>& params);

// One page to ask for.
struct Step {
    int64_t page = 1;                        // from 1
    int64_t number = 0;                      // Pager::Kind::kNumber: the value of from_param
    std::optional<std::string> cursor = {};  // kField: the value of next_param
    std::string url = {};  // kLink, or kField without next_param: the whole address
};

// The request of a step; `values` are those of its combination.
net::HttpRequest request_of(const Options& options, const Values& values, const Step& step);

class Course {
  public:
    // The options outlive it.
    explicit Course(const Options& options) : options_(&options) {
        if (options.pager) step_.number = options.pager->start;
    }

    const Step& step() const { return step_; }
    // The answer to the step: remembers what it says about the next one.
    Result<> learn(const Answer& answer);
    // Goes on to the next step; false at the end. `rows`: that came from the last answer.
    Result<bool> advance(int64_t rows);

  private:
    Result<bool> advance_number(int64_t rows);
    Result<> learn_field(const Answer& answer);
    Result<> follow(const std::string& link, const std::string& base);
    Result<> check_new(const std::string& next);

    const Options* options_;
    Step step_;
    std::string shown_;  // the address of the last answer
    uint64_t hash_ = 0;  // of its body
    bool repeats_ = false;
    int64_t repetitions_ = 0;   // so often the answer was that of the page before, the last times
    std::optional<Step> next_;  // what it says
    std::unordered_set<size_t> seen_;
};

}  // namespace mogura::plugins::web
