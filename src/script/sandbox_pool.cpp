#include "script/sandbox_pool.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace mogura::script {
namespace {

constexpr int kHelpersKept = 2;
constexpr std::chrono::milliseconds kPatience{100};

}  // namespace

Result<std::unique_ptr<Helper>> HelperPool::acquire(const std::string& time_zone) {
    {
        base::Lock lock(mutex_);
        while (!wait_for_turn()) {
        }
        ++at_work_;
        if (auto helper = take_idle(time_zone)) return helper;
    }
    auto helper = Helper::start(command_);
    if (!helper.ok()) leave();
    return helper;
}

void HelperPool::release(std::unique_ptr<Helper> helper, bool is_spent) {
    if (!is_spent) {
        base::Lock lock(mutex_);
        if (at_work_ + static_cast<int>(idle_.size()) <= kHelpersKept) {
            idle_.push_back(std::move(helper));
        }
    }
    helper.reset();  // ends it, unless it was kept
    leave();
}

bool HelperPool::wait_for_turn() {
    const int kept = std::min(kHelpersKept, helpers_max_);
    if (at_work_ < kept) return true;
    if (at_work_ >= helpers_max_) {
        changed_.wait(mutex_);
        return at_work_ < kept;
    }
    const bool something_changed = changed_.wait_for(mutex_, kPatience);
    return at_work_ < kept || (!something_changed && at_work_ < helpers_max_);
}

void HelperPool::leave() {
    base::Lock lock(mutex_);
    --at_work_;
    changed_.notify_one();
}

std::unique_ptr<Helper> HelperPool::take_idle(const std::string& time_zone) {
    if (idle_.empty()) return nullptr;
    auto chosen = std::find_if(idle_.begin(), idle_.end(), [&](const auto& helper) {
        return helper->time_zone() == time_zone;
    });
    if (chosen == idle_.end()) chosen = idle_.end() - 1;
    auto helper = std::move(*chosen);
    idle_.erase(chosen);
    return helper;
}

}  // namespace mogura::script
