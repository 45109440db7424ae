#include "schedule/types.h"

#include "base/text.h"

namespace mogura::schedule {

Result<std::string> command_text(const config::Value& command, const std::string& type) {
    if (command.is_null()) {
        return Error(Code::kInvalid, "Parameter '" + type + ">' is required but null");
    }
    auto text = command.scalar_text();
    if (!text) {
        return Error(Code::kInvalid, "Expected string type for key '" + type + ">' but got " +
                                         config::to_json(command));
    }
    return *std::move(text);
}

Result<int64_t> command_number(const config::Value& command, const std::string& type) {
    std::string text = TRY(command_text(command, type));
    auto number = base::parse_integer(base::trim(text));
    if (!number || *number < 1) {
        return Error(Code::kInvalid, type + ">: requires a positive number: " + text);
    }
    return *number;
}

std::optional<std::chrono::seconds> parse_clock(std::string_view text, size_t parts) {
    std::vector<std::string> pieces = base::split(text, ':');
    if (pieces.size() != parts) return std::nullopt;
    int64_t seconds = 0;
    for (const std::string& piece : pieces) {
        auto number = base::parse_integer(piece);
        constexpr int64_t kMax = 1'000'000;
        if (!number || *number < 0 || *number > kMax) return std::nullopt;
        seconds = seconds * 60 + *number;
    }
    return std::chrono::seconds(seconds);
}

}  // namespace mogura::schedule
