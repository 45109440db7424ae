#include "cli/check/task_walk.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace mogura::cli::check {
namespace {

using config::Map;
using config::Value;

constexpr std::array<std::string_view, 4> kBlocks = {"_do", "_else_do", "_error", "_check"};

class Walk {
  public:
    explicit Walk(const Visit& visit) : visit_(visit) {}

    void walk(const std::string& name, const Map& mapping, config::Mark mark, bool is_conditional) {
        if (is_disabled(mapping)) return;
        size_t outside = names_.size();
        size_t exports_outside = exports_.size();
        if (const Value* exported = mapping.find("_export"); exported && exported->is_map()) {
            for (const Map::Entry& entry : exported->map()) {
                names_.push_back(entry.key);
                exports_.push_back(&entry);
            }
        }
        size_t inherited = names_.size();
        for (const Map::Entry& entry : mapping) names_.push_back(entry.key);
        visit_({name, mapping, mark, is_conditional, names_, exports_});
        names_.resize(inherited);  // a task's own keys are not its children's
        walk_inside(name, mapping, is_conditional);
        names_.resize(outside);
        exports_.resize(exports_outside);
    }

  private:
    static bool is_disabled(const Map& mapping) {
        const Value* disabled = mapping.find("_disable");
        auto text = disabled ? disabled->scalar_text() : std::nullopt;
        return text == "true" || text == "True";
    }

    void walk_inside(const std::string& name, const Map& mapping, bool is_conditional) {
        for (const Map::Entry& entry : mapping) {
            if (entry.key.starts_with('+')) {
                walk_value(name + entry.key, entry, is_conditional);
                continue;
            }
            for (std::string_view block : kBlocks) {
                if (entry.key == block) walk_block(name, mapping, entry, is_conditional);
            }
        }
    }

    void walk_block(const std::string& name, const Map& mapping, const Map::Entry& entry,
                    bool is_conditional) {
        size_t outside = names_.size();
        if (entry.key == "_do") add_loop_names(mapping);
        if (entry.key == "_error") names_.push_back("error");
        bool always = entry.key == "_check" || (entry.key == "_do" && !mapping.find("if>"));
        std::string suffix =
            entry.key == "_do" || entry.key == "_else_do" ? "^sub" : "^" + entry.key.substr(1);
        walk_value(name + suffix, entry, is_conditional || !always);
        names_.resize(outside);
    }

    void add_loop_names(const Map& mapping) {
        names_.emplace_back("i");
        names_.emplace_back("range");
        const Value* each = mapping.find("for_each>");
        if (!each || !each->is_map()) return;
        for (const Map::Entry& entry : each->map()) names_.push_back(entry.key);
    }

    // A mapping, or a list of mappings that are one (1.6.1).
    void walk_value(const std::string& name, const Map::Entry& entry, bool is_conditional) {
        if (entry.value.is_map()) {
            walk(name, entry.value.map(), entry.mark, is_conditional);
        } else if (entry.value.is_list()) {
            Map joined;
            for (const Value& item : entry.value.list()) {
                if (!item.is_map()) return;
                for (const Map::Entry& one : item.map()) {
                    set(joined, one);
                }
            }
            walk(name, joined, entry.mark, is_conditional);
        }
    }

    static void set(Map& map, const Map::Entry& entry) {
        auto same = std::find_if(map.begin(), map.end(),
                                 [&](const Map::Entry& one) { return one.key == entry.key; });
        if (same != map.end()) {
            *same = entry;
        } else {
            map.append(entry.key, entry.value);
            (map.end() - 1)->mark = entry.mark;
        }
    }

    const Visit& visit_;
    std::vector<std::string> names_;
    std::vector<const Map::Entry*> exports_;
};

// What `sla:` runs when the workflow is late, as a file that has the same exports.
Map late_tasks(const Map& file, const Map& sla) {
    Map tasks;
    if (const Value* exported = file.find("_export")) tasks.append("_export", *exported);
    for (const Map::Entry& entry : sla) {
        const auto& options = sla_options();
        bool is_option = std::find(options.begin(), options.end(), entry.key) != options.end();
        if (is_option || tasks.find(entry.key)) continue;
        tasks.append(entry.key, entry.value);
        (tasks.end() - 1)->mark = entry.mark;
    }
    return tasks;
}

}  // namespace

bool TaskView::knows(std::string_view name) const {
    return std::find(names.begin(), names.end(), name) != names.end();
}

const Map::Entry* TaskView::exported(std::string_view name) const {
    auto found = std::find_if(exports.rbegin(), exports.rend(),
                              [&](const Map::Entry* entry) { return entry->key == name; });
    return found == exports.rend() ? nullptr : *found;
}

const std::vector<std::string>& sla_options() {
    static const std::vector<std::string> kOptions = {"time", "duration", "alert", "fail"};
    return kOptions;
}

void walk_tasks(const std::string& root_name, const Map& file, const Visit& visit) {
    Walk(visit).walk(root_name, file, {}, false);
    const Value* sla = file.find("sla");
    if (!sla || !sla->is_map()) return;
    Map tasks = late_tasks(file, sla->map());
    Walk(visit).walk(root_name + "^sla", tasks, sla->mark(), true);
}

const Map::Entry* operator_entry(const Map& task) {
    const Map::Entry* found = nullptr;
    for (const Map::Entry& entry : task) {
        if (entry.key == "_type") return &entry;
        if (!found && entry.key.ends_with('>')) found = &entry;
    }
    return found;
}

std::string operator_name(const Map::Entry& entry) {
    if (entry.key == "_type") return entry.value.scalar_text().value_or("");
    return entry.key.substr(0, entry.key.size() - 1);
}

const Value* command_of(const Map& task) {
    const Map::Entry* entry = operator_entry(task);
    if (!entry) return nullptr;
    return entry->key == "_type" ? task.find("_command") : &entry->value;
}

}  // namespace mogura::cli::check
