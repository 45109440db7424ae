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

std::optional<std::string> clock_doubt(const std::string& type, const std::string& text) {
    if (type == "minutes_interval") {
        auto minutes = base::parse_integer(base::trim(text));
        if (!minutes || *minutes < 60) return std::nullopt;
        return "minutes_interval>: " + text +
               " is no part of an hour: runs once an hour (write hourly>: 00:00, or cron>)";
    }
    bool is_hourly = type == "hourly";
    if (!is_hourly && type != "daily" && type != "weekly" && type != "monthly") return std::nullopt;
    std::string_view clock = std::string_view(text).substr(text.find(',') + 1);
    std::vector<std::string> parts = base::split(base::trim(clock), ':');
    if (parts.size() != (is_hourly ? 2 : 3)) return std::nullopt;
    std::vector<int64_t> most = {59, 59};
    if (!is_hourly) most.insert(most.begin(), 23);
    bool is_clock = true;
    for (size_t index = 0; index < parts.size(); ++index) {
        auto number = base::parse_integer(parts[index]);
        is_clock = is_clock && number && *number >= 0 && *number <= most[index];
    }
    if (is_clock) return std::nullopt;
    return type + ">: " + text + " is no time of the " + (is_hourly ? "hour" : "day") +
           ": runs are put off by that much (write it like " + (is_hourly ? "30:00" : "07:00:00") +
           ")";
}

}  // namespace mogura::schedule
