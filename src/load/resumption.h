// What the run before left, and what this one leaves (embulk 1.7.10 to 1.7.13); nothing of it when
// nobody asked.
//
// The order of calls: begin, take_over, then leave or forget. One thread at a time uses one.

#pragma once

#include "base/result.h"
#include "config/config.h"
#include "load/origin.h"
#include "load/resume.h"
#include "load/target.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace mogura::load {

class Resumption {
  public:
    // `document`: the state, read and written; must outlive this. None: nobody asked.
    explicit Resumption(config::Map* document) : document_(document) {}

    // Begins the input, as the run before did when there was one.
    Result<> begin(Origin& origin, Progress& progress);
    bool is_again() const { return earlier_.has_value(); }

    // Marks in `state` what the run before finished. The tasks must be those of that run (1.7.13).
    Result<> take_over(ResumeState& state) const;

    // Of a run that failed; `keeps` when its tasks began and what they finished can stay.
    void leave(Target& target, const ResumeState& state, bool keeps);
    void forget();

  private:
    // Output tasks.
    std::vector<size_t> newly_finished(const ResumeState& state) const;

    config::Map* const document_;
    std::optional<ResumeState> earlier_ = {};
};

}  // namespace mogura::load
