#include "cli/waits.h"

namespace mogura::cli {

std::vector<std::string> Waits::add(const Attempt& waiting, const Attempt& other) {
    workflows_[waiting.id] = waiting.workflow;
    workflows_[other.id] = other.workflow;
    std::vector<std::string> circle = {waiting.workflow};
    std::set<int64_t> seen;
    if (find_way(other.id, waiting.id, seen, circle)) return circle;
    others_[waiting.id].insert(other.id);
    return {};
}

void Waits::remove(const Attempt& waiting, const Attempt& other) {
    auto found = others_.find(waiting.id);
    if (found == others_.end()) return;
    found->second.erase(other.id);
    if (found->second.empty()) others_.erase(found);
}

void Waits::keep(const std::set<int64_t>& attempts) {
    auto is_over = [&](int64_t id) { return !attempts.contains(id); };
    std::erase_if(workflows_, [&](const auto& one) { return is_over(one.first); });
    for (auto& [waiting, others] : others_) std::erase_if(others, is_over);
    std::erase_if(others_,
                  [&](const auto& one) { return is_over(one.first) || one.second.empty(); });
}

bool Waits::find_way(int64_t from, int64_t to, std::set<int64_t>& seen,
                     std::vector<std::string>& way) const {
    if (!seen.insert(from).second) return false;
    way.push_back(workflows_.at(from));
    if (from == to) return true;
    auto found = others_.find(from);
    if (found != others_.end()) {
        for (int64_t next : found->second) {
            if (find_way(next, to, seen, way)) return true;
        }
    }
    way.pop_back();
    return false;
}

}  // namespace mogura::cli
