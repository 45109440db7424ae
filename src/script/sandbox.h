// One JavaScript helper process, seen from the engine.
//
// Used by one thread at a time. SIGPIPE must be ignored in this process.

#pragma once

#include "base/clock.h"
#include "base/process.h"
#include "base/result.h"
#include "script/message.h"
#include "script/script.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace mogura::script {

class Helper {
  public:
    // Starts the process and waits until it is ready.
    static Result<std::unique_ptr<Helper>> start(const HelperCommand& command);
    ~Helper();  // kills it

    struct Reply {
        // As many as there were in time, in the order of the scripts; a failed one is the last.
        std::vector<Answer> answers;
        enum class End { kComplete, kTimeout, kDied, kPutOff } end = End::kComplete;
        std::chrono::nanoseconds time_taken{0};
    };
    // Unless the end is kComplete the helper is of no more use. A script that gives no answer for a
    // while (kQuick) is asked about again and again: whether it `goes_on`, with a lower priority
    // from then on, or is given up as kPutOff.
    Reply ask(const Job& job, std::chrono::nanoseconds time_max,
              const std::function<bool()>& goes_on);

    // Nothing has been asked so far.
    bool is_fresh() const { return time_zone_.empty(); }
    // Of the last job.
    const std::string& time_zone() const { return time_zone_; }

  private:
    using Deadline = std::chrono::nanoseconds;  // of the monotonic clock

    explicit Helper(base::Process process) : process_(std::move(process)) {}

    Reply::End write(std::string_view bytes, Deadline deadline);
    Reply::End read(Answer& answer, Deadline deadline);
    Reply::End read_in_turns(Answer& answer, Deadline deadline,
                             const std::function<bool()>& goes_on);
    // Waits until the descriptor can be read or written.
    bool wait(int descriptor, short events, Deadline deadline) const;

    base::Process process_;
    base::SystemClock clock_;
    std::string received_;  // not yet decoded
    std::string time_zone_;
};

}  // namespace mogura::script
