#include "workflow/compiler.h"

#include "base/text.h"
#include "workflow/names.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace mogura::workflow {
namespace {

using config::Map;
using config::Mark;
using config::Value;

constexpr std::array<std::string_view, 12> kGroupKeys = {
    "timezone", "schedule", "sla",    "_parallel", "_background", "_after",
    "_error",   "_check",   "_retry", "_export",   "_secrets",    "_disable"};

std::string sample(const Value& value) {
    return config::to_json(value).substr(0, 100);
}

const Map::Entry* find_entry(const Map& map, std::string_view key) {
    auto found = std::find_if(map.begin(), map.end(),
                              [&](const Map::Entry& entry) { return entry.key == key; });
    return found == map.end() ? nullptr : &*found;
}

void append(Map& map, const Map::Entry& entry) {
    map.append(entry.key, entry.value);
    (map.end() - 1)->mark = entry.mark;
}

// Digdag's suggestions: the edit distance is at most half the word's length.
std::string suggestions(std::string_view word) {
    std::vector<std::string> near;
    if (word.size() > kNameBytesMax) return "";
    for (std::string_view key : kGroupKeys) {
        if (base::edit_distance(word, key) <= word.size() / 2) near.emplace_back(key);
    }
    return near.empty() ? "" : " (did you mean [" + base::join(near, ", ") + "]?)";
}

std::string remedy(const Map::Entry& entry) {
    std::string near = suggestions(entry.key);
    return near.empty() ? missing_plus(entry) : near;
}

std::string keys_of(const std::vector<const Map::Entry*>& entries) {
    std::vector<std::string> keys;
    for (const Map::Entry* entry : entries) keys.push_back(entry->key);
    return base::join(keys, ", ").substr(0, 200);
}

// A literal boolean as Digdag reads one (2.9.3).
std::optional<bool> boolean_of(const Value& value) {
    if (value.is_boolean()) return value.boolean();
    if (value.is_integer()) return value.integer() != 0;
    if (!value.is_string()) return std::nullopt;
    std::string_view text = base::trim(value.string());
    if (text == "true" || text == "True") return true;
    if (text == "false" || text == "False" || text.empty()) return false;
    return std::nullopt;
}

}  // namespace

std::string missing_plus(const Map::Entry& entry) {
    const std::string name = "+" + entry.key;
    if (!entry.value.is_map() || entry.key.starts_with('_')) return "";
    const Map& inside = entry.value.map();
    bool has_tasks = std::any_of(inside.begin(), inside.end(), [](const Map::Entry& one) {
        return one.key.starts_with('+') || one.key.ends_with('>');
    });
    if (!has_tasks || task_name_problem(name, /*top_level=*/false)) return "";
    return " (did you mean " + name + "? Names of tasks begin with +)";
}

const Map* mapping_of(const Value& value, Map& joined) {
    if (value.is_map()) return &value.map();
    if (!value.is_list()) return nullptr;
    std::unordered_map<std::string_view, size_t> places;
    for (const Value& item : value.list()) {
        if (!item.is_map()) return nullptr;
        for (const Map::Entry& entry : item.map()) {
            auto [place, is_new] = places.emplace(entry.key, joined.size());
            if (is_new) {
                append(joined, entry);
            } else {
                *(joined.begin() + static_cast<std::ptrdiff_t>(place->second)) = entry;
            }
        }
    }
    return &joined;
}

std::vector<TaskDefinition> Compiler::compile(const std::string& name, const Map& mapping,
                                              Mark mark) {
    add_task(std::nullopt, name, mapping, mark);
    return std::move(tasks_);
}

Compiler::Child Compiler::add_task(std::optional<size_t> parent, const std::string& name,
                                   const Map& mapping, Mark mark) {
    Child child{.index = tasks_.size()};
    TaskDefinition& task = tasks_.emplace_back();
    task.name = name;
    task.full_name = (parent ? tasks_[*parent].full_name : prefix_) + name;
    task.parent = parent;

    Entries operators;
    Entries subtasks;
    bool has_type = false;
    for (const Map::Entry& entry : mapping) {
        if (entry.key == "_disable" && read_boolean(child.index, entry)) {
            task.is_group = true;
            task.config = Map();
            task.config.append("_disable", true);
            return child;
        }
    }
    for (const Map::Entry& entry : mapping) {
        if (entry.key.starts_with('+')) {
            subtasks.push_back(&entry);
        } else if (entry.key == "_after") {
            child.after = entry;
        } else if (entry.key == "_background") {
            child.background = entry;
        } else {
            append(task.config, entry);
            if (entry.key == "_type") has_type = true;
            if (entry.key.ends_with('>')) operators.push_back(&entry);
        }
    }
    check_blocks(child.index);
    task.is_group = !has_type && operators.empty();
    if (task.is_group) {
        check_group(child.index);
        add_subtasks(child.index, subtasks);
    } else {
        check_operator(child.index, mark, operators, subtasks);
    }
    return child;
}

void Compiler::add_subtasks(size_t group, const Entries& subtasks) {
    std::vector<Child> children;
    for (const Map::Entry* entry : subtasks) {
        if (auto found = task_name_problem(entry->key, /*top_level=*/false)) {
            problem(group, entry->mark, *found);
        }
        Map joined;
        const Map* mapping = mapping_of(entry->value, joined);
        if (mapping) {
            children.push_back(add_task(group, entry->key, *mapping, entry->mark));
        } else {
            problem(group, entry->mark,
                    "Parameter '" + entry->key + "' must be an object or array of objects");
        }
    }
    const Parallel parallel = parallel_of(group);
    if (parallel.on) {
        link_parallel(children, parallel.limit);
    } else {
        link_sequence(children);
    }
}

void Compiler::check_operator(size_t task, Mark mark, const Entries& operators,
                              const Entries& subtasks) {
    if (!subtasks.empty()) {
        problem(task, subtasks[0]->mark, "A task can't have subtasks: " + keys_of(subtasks));
    }
    if (operators.size() > 1) {
        problem(task, operators[1]->mark.line > 0 ? operators[1]->mark : mark,
                "A task can't have more than one operator: " + keys_of(operators));
    }
}

void Compiler::check_group(size_t task) {
    for (const Map::Entry& entry : tasks_[task].config) {
        if (std::find(kGroupKeys.begin(), kGroupKeys.end(), entry.key) != kGroupKeys.end())
            continue;
        problem(task, entry.mark,
                "Task '" + tasks_[task].full_name + "' contains invalid keys: '" +
                    entry.key.substr(0, kNameBytesMax) + "'" + remedy(entry));
    }
}

// 1.5.0, 1.6.9, 1.6.10
void Compiler::check_blocks(size_t task) {
    const Map::Entry* exported = find_entry(tasks_[task].config, "_export");
    if (exported && !exported->value.is_null() && !exported->value.is_map()) {
        problem(task, exported->mark, "Parameter '_export' must be an object");
    }
    const Map::Entry* error = find_entry(tasks_[task].config, "_error");
    if (!error) return;
    if (error->value.is_null()) {
        problem(task, error->mark, "Parameter '_error' is required but null");
    } else if (!error->value.is_map()) {
        problem(task, error->mark, "Parameter '_error' must be an object");
    } else {
        Compiler(tasks_[task].full_name, problems_)
            .compile("^error", error->value.map(), error->mark);
    }
}

// 1.7.2 to 1.7.5
Compiler::Parallel Compiler::parallel_of(size_t group) {
    const Map::Entry* entry = find_entry(tasks_[group].config, "_parallel");
    if (!entry || entry->value.is_null()) return {};
    if (entry->value.is_map()) return limit_of(group, *entry);
    if (entry->value.is_boolean() || entry->value.is_string()) {
        return {.on = read_boolean(group, *entry)};
    }
    problem(group, entry->mark, "Invalid _parallel format: " + sample(entry->value));
    return {};
}

Compiler::Parallel Compiler::limit_of(size_t group, const Map::Entry& entry) {
    Parallel parallel{.on = true};
    const Value* limit = entry.value.map().find("limit");
    if (!limit || limit->is_null()) {
        problem(group, entry.mark,
                "Parameter 'limit' is required but " + std::string(limit ? "null" : "not set") +
                    " (write _parallel: {limit: 5})");
        return parallel;
    }
    std::optional<int64_t> number;
    if (limit->is_integer()) number = limit->integer();
    if (limit->is_float()) number = static_cast<int64_t>(std::clamp(limit->floating(), -1e9, 1e9));
    if (limit->is_string()) {
        std::string_view text = base::trim(limit->string());
        number = text.empty() ? 0 : base::parse_integer(text);
    }
    if (!number) {
        problem(group, limit->mark(),
                "Expected integer (int) type for key 'limit' but got " + sample(*limit));
    }
    parallel.limit = static_cast<size_t>(std::max<int64_t>(number.value_or(0), 0));
    return parallel;
}

// A background task waits for nobody; the next task in the foreground waits for all before it up
// to the last one in the foreground (1.7.7).
void Compiler::link_sequence(const std::vector<Child>& children) {
    std::vector<size_t> before;
    for (const Child& child : children) {
        if (child.after) {
            problem(child.index, child.after->mark,
                    "Setting \"_after\" option is invalid if its parent task doesn't have "
                    "\"_parallel: true\" option");
        }
        if (child.background && read_boolean(child.index, *child.background)) {
            before.push_back(child.index);
        } else {
            tasks_[child.index].upstreams = std::move(before);
            before = {child.index};
        }
    }
}

void Compiler::link_parallel(const std::vector<Child>& children, size_t limit) {
    std::unordered_map<std::string, size_t> earlier;
    for (size_t place = 0; place < children.size(); ++place) {
        const Child& child = children[place];
        if (child.background && read_boolean(child.index, *child.background)) {
            problem(child.index, child.background->mark,
                    "Setting \"_background: true\" option is invalid (unnecessary) if its parent "
                    "task has \"_parallel: true\" option");
        }
        if (limit > 0 && place >= limit) {
            const size_t chunk_start = place - place % limit;
            for (size_t up = chunk_start - limit; up < chunk_start; ++up) {
                tasks_[child.index].upstreams.push_back(children[up].index);
            }
        }
        if (child.after) link_after(children, place, earlier);
        earlier.emplace(tasks_[child.index].name, child.index);
    }
}

std::string Compiler::after_remedy(const std::vector<Child>& children, size_t place,
                                   const std::string& name) const {
    std::vector<std::string> earlier;
    for (size_t other = 0; other < children.size(); ++other) {
        const std::string& known = tasks_[children[other].index].name;
        if (other < place) {
            earlier.push_back(known);
        } else if (known == name) {
            return other == place ? " (it is this task itself)"
                                  : " (_after names tasks that stand above it)";
        }
    }
    if (name.size() > kNameBytesMax) return "";
    return base::did_you_mean(name.starts_with('+') ? name : "+" + name, earlier);
}

void Compiler::link_after(const std::vector<Child>& children, size_t place,
                          const std::unordered_map<std::string, size_t>& earlier) {
    const Child& child = children[place];
    const Value& names = child.after->value;
    if (names.is_null()) return;
    if (!names.is_list()) {
        return problem(child.index, child.after->mark,
                       "Expected array type for key '_after' but got " + sample(names) +
                           " (write _after: [+task])");
    }
    std::vector<size_t>& upstreams = tasks_[child.index].upstreams;
    for (const Value& name : names.list()) {
        const std::string text = name.scalar_text().value_or(sample(name));
        auto found = earlier.find(text);
        if (found == earlier.end()) {
            problem(child.index, name.mark(),
                    "Dependency task '" + text + "' does not exist" +
                        (name.is_integer() ? " (YAML takes +1 for a number: write \"+1\")"
                                           : after_remedy(children, place, text)));
        } else if (std::find(upstreams.begin(), upstreams.end(), found->second) ==
                   upstreams.end()) {
            upstreams.push_back(found->second);
        }
    }
}

bool Compiler::read_boolean(size_t task, const Map::Entry& entry) {
    if (entry.value.is_null()) return false;
    auto boolean = boolean_of(entry.value);
    if (!boolean) {
        problem(task, entry.mark,
                "Expected 'true' or 'false' for key '" + entry.key + "' but got " +
                    sample(entry.value));
    }
    return boolean.value_or(false);
}

void Compiler::problem(size_t task, Mark mark, std::string_view message) {
    problems_.add(mark, tasks_[task].full_name, message);
}

}  // namespace mogura::workflow
