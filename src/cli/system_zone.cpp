#include "cli/system_zone.h"

#include <cstdio>
#include <filesystem>

namespace mogura::cli {

base::TimeZone system_zone(const base::Environment& environment) {
    std::string name;
    if (auto found = environment.find("TZ"); found != environment.end()) name = found->second;
    if (name.starts_with(":")) name.erase(0, 1);
    if (name.empty()) {
        std::error_code failure;
        std::string target = std::filesystem::read_symlink("/etc/localtime", failure).string();
        constexpr std::string_view kFolder = "/zoneinfo/";
        size_t place = target.find(kFolder);
        if (!failure && place != std::string::npos) name = target.substr(place + kFolder.size());
    }
    auto zone = base::TimeZone::find(name);
    return zone.ok() ? *zone : base::TimeZone();
}

std::string format_local(base::Instant instant, const base::TimeZone& zone) {
    base::LocalTime local = zone.to_local(instant);
    char text[40];
    std::snprintf(text, sizeof text, "%04d-%02d-%02d %02d:%02d:%02d ", static_cast<int>(local.year),
                  local.month, local.day, local.hour, local.minute, local.second);
    int64_t seconds = std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
    return text + base::format_offset(zone.offset_at(seconds), false);
}

std::string format_distance(base::Instant from, base::Instant to) {
    int64_t seconds = std::chrono::floor<std::chrono::seconds>(to - from).count();
    bool is_past = seconds < 0;
    if (is_past) seconds = -seconds;
    std::string text;
    if (seconds >= 3600) text += std::to_string(seconds / 3600) + "h ";
    if (seconds >= 60) text += std::to_string(seconds / 60 % 60) + "m ";
    text += std::to_string(seconds % 60) + "s";
    return is_past ? text + " ago" : "in " + text;
}

}  // namespace mogura::cli
