// Everything that is wrong with a file, so that one run reports it all.

#pragma once

#include "base/result.h"
#include "config/config.h"

#include <string>
#include <string_view>
#include <vector>

namespace mogura::workflow {

class Source;

class Problems {
  public:
    // Without a source (mappings that operators generate) the task's name is the only place.
    explicit Problems(const Source* source = nullptr, size_t shown_max = kShownMax)
        : source_(source), shown_max_(shown_max) {}

    // A problem at `mark`; `task` is the full name of the task that it is in, or empty.
    void add(config::Mark mark, std::string_view task, std::string_view message);
    bool empty() const { return count_ == 0; }
    // All of them as one kInvalid error.
    Result<> finish() const;
    const std::vector<std::string>& messages() const { return messages_; }

  private:
    static constexpr size_t kShownMax = 50;

    const Source* source_;
    size_t shown_max_;
    std::vector<std::string> messages_;
    size_t count_ = 0;
};

}  // namespace mogura::workflow
