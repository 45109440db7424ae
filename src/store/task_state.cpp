#include "store/store.h"

#include <array>

namespace mogura::store {

std::string_view state_name(TaskState state) {
    static constexpr std::array<std::string_view, 10> kNames = {
        "blocked", "ready",   "retry_waiting", "group_retry_waiting",
        "running", "planned", "group_error",   "success",
        "error",   "canceled"};
    return kNames[static_cast<size_t>(state)];
}

bool is_done(TaskState state) {
    return state >= TaskState::kGroupError;
}

std::string_view status_name(const Attempt& attempt) {
    if (attempt.is_done && attempt.is_success) return "success";
    if (attempt.is_done) return attempt.cancel_requested ? "killed" : "error";
    return "running";
}

}  // namespace mogura::store
