#include "script/sandbox_pool.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace mogura::script {
namespace {

constexpr int kHelpersKept = 2;
constexpr std::chrono::milliseconds kPatience{100};

}  // namespace

HelperPool::HelperPool(HelperCommand command, int helpers_max)
    : command_(std::move(command)),
      helpers_max_(std::max(helpers_max, 1)),
      slow_max_(std::max(helpers_max - kHelpersKept, 1)) {}

Result<std::unique_ptr<Helper>> HelperPool::acquire(const std::string& time_zone,
                                                    bool was_put_off) {
    {
        base::Lock lock(mutex_);
        if (was_put_off) {
            wait_for_slow_place();
        } else {
            ++quick_waiting_;
            while (!wait_for_turn()) {
            }
            --quick_waiting_;
        }
        ++at_work_;
        if (auto helper = take_idle(time_zone)) return helper;
    }
    auto helper = Helper::start(command_);
    if (!helper.ok()) leave(was_put_off);
    return helper;
}

bool HelperPool::may_go_on(bool is_slow) {
    base::Lock lock(mutex_);
    if (is_slow) {
        if (slow_ <= slow_max_ || quick_waiting_ == 0) return true;
        --slow_;
        return false;
    }
    if (slow_ >= slow_max_ && quick_waiting_ > 0) return false;
    ++slow_;
    changed_.notify_one();  // a quick one may take another helper
    return true;
}

void HelperPool::release(std::unique_ptr<Helper> helper, Use use) {
    if (!use.is_spent) {
        base::Lock lock(mutex_);
        if (at_work_ - slow_ + static_cast<int>(idle_.size()) <= kHelpersKept) {
            idle_.push_back(std::move(helper));
        }
    }
    helper.reset();  // ends it, unless it was kept
    leave(use.is_slow);
}

bool HelperPool::wait_for_turn() {
    const int kept = std::min(kHelpersKept, helpers_max_);
    auto is_free = [&]() REQUIRES(mutex_) {
        return at_work_ < helpers_max_ && at_work_ - slow_ < kept;
    };
    if (is_free()) return true;
    if (at_work_ >= helpers_max_) {
        changed_.wait(mutex_);
        return is_free();
    }
    const bool something_changed = changed_.wait_for(mutex_, kPatience);
    return is_free() || (!something_changed && at_work_ < helpers_max_);
}

void HelperPool::wait_for_slow_place() {
    while (slow_ >= slow_max_ || at_work_ >= helpers_max_) slow_changed_.wait(mutex_);
    ++slow_;
}

void HelperPool::leave(bool is_slow) {
    base::Lock lock(mutex_);
    --at_work_;
    if (is_slow) --slow_;
    changed_.notify_one();
    slow_changed_.notify_one();
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
