#include "script/helper_pool.h"

#include <algorithm>
#include <utility>

namespace mogura::script {

Result<std::unique_ptr<Helper>> HelperPool::acquire(const std::string& time_zone) {
    {
        base::Lock lock(mutex_);
        while (at_work_ >= helpers_max_) changed_.wait(mutex_);
        ++at_work_;
        if (auto helper = take_idle(time_zone)) return helper;
    }
    auto helper = Helper::start(command_);
    if (!helper.ok()) leave();
    return helper;
}

void HelperPool::release(std::unique_ptr<Helper> helper, bool is_spent) {
    if (is_spent) {
        helper.reset();
    } else {
        base::Lock lock(mutex_);
        idle_.push_back(std::move(helper));
    }
    leave();
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
