// The browsers of this little world: first people's, then the known robots'.

#pragma once

#include <string>
#include <vector>

namespace ad_delivery {

constexpr int kHumanAgents = 160;
constexpr int kBotAgents = 24;

// `kHumanAgents` texts of browsers, then `kBotAgents` texts of robots.
const std::vector<std::string>& user_agents();

inline bool is_bot_agent(int user_agent) {
    return user_agent >= kHumanAgents;
}

}  // namespace ad_delivery
