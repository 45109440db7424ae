#include "cli/log_level.h"

#include <map>

namespace mogura::cli {

Result<log::Level> log_level_of(const std::string& word) {
    static const std::map<std::string, log::Level> kLevels = {{"error", log::Level::kError},
                                                              {"warn", log::Level::kWarn},
                                                              {"info", log::Level::kInfo},
                                                              {"debug", log::Level::kDebug},
                                                              {"trace", log::Level::kDebug}};
    auto found = kLevels.find(word);
    if (found == kLevels.end()) return Error(Code::kInvalid, "Unknown log level '" + word + "'");
    return found->second;
}

void set_log_level_of(std::span<const std::string> arguments) {
    for (size_t index = 1; index < arguments.size(); ++index) {
        const std::string& option = arguments[index - 1];
        if (option != "-l" && option != "--log-level") continue;
        auto level = log_level_of(arguments[index]);
        if (level.ok()) log::set_level(*level);
    }
}

}  // namespace mogura::cli
