#include "workflow/top_level.h"

#include "base/text.h"
#include "workflow/compiler.h"
#include "workflow/names.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <vector>

namespace mogura::workflow {
namespace {

using config::Map;

constexpr std::array<std::string_view, 8> kTopLevelKeys = {
    "timezone", "_export", "schedule", "sla", "_error", "_check", "_retry", "_parallel"};

// What to do instead, for keys that people try (1.5.1).
std::string remedy(const Map::Entry& entry) {
    const std::string& key = entry.key;
    if (key.ends_with('>')) return " (an operator belongs into a task: +task: {" + key + " ...})";
    if (key.size() > kNameBytesMax) return "";
    const std::vector<std::string> known(kTopLevelKeys.begin(), kTopLevelKeys.end());
    constexpr size_t kSlip = 2;
    auto near = base::nearest(key, known);
    bool is_slip = near && base::edit_distance(key, *near) <= kSlip;
    std::string plus = is_slip ? "" : missing_plus(entry);
    return plus.empty() ? base::did_you_mean(key, known) : plus;
}

}  // namespace

void check_top_level(Map& file, const std::string& name, Problems& problems,
                     UnknownKeys unknown_keys) {
    std::vector<std::string> unknown;
    std::vector<config::Mark> places;
    std::vector<std::string> remedies;
    for (const Map::Entry& entry : file) {
        if (entry.key.starts_with('+')) {
            // A name that is wrong anywhere is reported by the compiler.
            if (task_name_problem(entry.key, /*top_level=*/false)) continue;
            if (auto found = task_name_problem(entry.key, /*top_level=*/true)) {
                problems.add(entry.mark, "", *found);
            }
        } else if (std::find(kTopLevelKeys.begin(), kTopLevelKeys.end(), entry.key) ==
                   kTopLevelKeys.end()) {
            places.push_back(entry.mark);
            unknown.push_back(entry.key);
            remedies.push_back(remedy(entry));
        }
    }
    for (const std::string& key : unknown) file.erase(key);
    size_t step = unknown_keys == UnknownKeys::kApart ? 1 : unknown.size();
    for (size_t index = 0; index < unknown.size(); index += step) {
        const std::span<const std::string> told(unknown.data() + index, step);
        problems.add(places[index], "",
                     "Workflow '" + name + "' includes unknown keys: [" +
                         base::join(told, ", ").substr(0, 500) + "]" + remedies[index]);
    }
}

base::TimeZone time_zone_of(const Map& file, Problems& problems) {
    const config::Value* value = file.find("timezone");
    if (!value || value->is_null()) return {};
    auto zone = base::TimeZone::find(value->scalar_text().value_or(config::to_json(*value)));
    if (zone.ok()) return *std::move(zone);
    problems.add(value->mark(), "", "timezone: " + zone.error().message());
    return {};
}

}  // namespace mogura::workflow
