#include "simulation/model.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

namespace mogura::simulation {
namespace {

using config::Map;
using config::Value;

// What a task left behind for those after it: itself first, then its children.
struct Trace {
    Map store;
    std::vector<std::string> reset;
    Map error;
    std::vector<Trace> below;
};

void apply(Map& parameters, const Trace& trace) {
    for (const std::string& name : trace.reset) parameters.erase(name);
    config::merge(parameters, trace.store);
    for (const Trace& child : trace.below) apply(parameters, child);
}

void collect_errors(Map& error, const Trace& trace) {
    for (const Trace& child : trace.below) {
        config::merge(error, child.error);
        collect_errors(error, child);
    }
}

Map map_at(const Map& map, const char* name) {
    const Value* value = map.find(name);
    return value && value->is_map() ? value->map() : Map{};
}

int64_t integer_at(const Map& map, const char* name) {
    const Value* value = map.find(name);
    return value && value->is_integer() ? value->integer() : 0;
}

bool is_true_at(const Map& map, const char* name) {
    const Value* value = map.find(name);
    return value && value->is_boolean() && value->boolean();
}

int64_t retries_of(const Map& config) {
    const Value* retry = config.find("_retry");
    if (retry && retry->is_map()) return integer_at(retry->map(), "limit");
    return integer_at(config, "_retry");
}

// A task of a group, and the places of those that must succeed before it (1.7).
struct Child {
    std::string name;
    Map config;
    std::vector<size_t> upstreams;
};

std::vector<Child> children_of(const Map& group) {
    std::vector<Child> children;
    for (const auto& entry : group) {
        if (entry.key.starts_with("+")) children.push_back({entry.key, entry.value.map(), {}});
    }
    return children;
}

// 1.7.6
void wait_for_the_named(std::vector<Child>& children) {
    for (Child& child : children) {
        const Value* after = child.config.find("_after");
        if (!after) continue;
        for (const Value& name : after->list()) {
            for (size_t place = 0; place < children.size(); ++place) {
                if (children[place].name == name.string()) child.upstreams.push_back(place);
            }
        }
        std::sort(child.upstreams.begin(), child.upstreams.end());
    }
}

// 1.7.3: everyone waits for the whole chunk before.
void wait_for_chunks(std::vector<Child>& children, size_t size) {
    for (size_t place = size; place < children.size(); ++place) {
        size_t begin = place / size * size;
        for (size_t before = begin - size; before < begin; ++before) {
            children[place].upstreams.push_back(before);
        }
    }
}

// 1.7.1, 1.7.7
void wait_in_order(std::vector<Child>& children) {
    std::vector<size_t> waited_for;
    for (size_t place = 0; place < children.size(); ++place) {
        if (!is_true_at(children[place].config, "_background")) {
            children[place].upstreams = waited_for;
            waited_for.clear();
        }
        waited_for.push_back(place);
    }
}

std::vector<Child> ordered_children(const Map& group) {
    std::vector<Child> children = children_of(group);
    const Value* parallel = group.find("_parallel");
    if (parallel && parallel->is_map()) {
        wait_for_chunks(children, static_cast<size_t>(integer_at(parallel->map(), "limit")));
    } else if (parallel && parallel->is_boolean() && parallel->boolean()) {
        wait_for_the_named(children);
    } else {
        wait_in_order(children);
    }
    return children;
}

// All that stand in front of a child, each behind its own upstreams (2.8.4).
void add_upstreams(const std::vector<Child>& children, size_t child, std::vector<size_t>& order) {
    for (size_t upstream : children[child].upstreams) {
        if (std::find(order.begin(), order.end(), upstream) != order.end()) continue;
        add_upstreams(children, upstream, order);
        order.push_back(upstream);
    }
}

// What loop> makes of its body (4.3.2).
Map unrolled(const Map& config) {
    Map loop;
    if (const Value* parallel = config.find("_parallel")) loop.set("_parallel", *parallel);
    for (int64_t index = 0; index < integer_at(config, "times"); ++index) {
        Map body = map_at(config, "body");
        Map exports = map_at(body, "_export");
        exports.set("i", index);
        body.set("_export", exports);
        loop.set("+loop-" + std::to_string(index), body);
    }
    return loop;
}

class Model {
  public:
    Expected& result;
    bool is_strict;

    // Everything that a task or group leads to. False when it ended in an error state. `is_first`:
    // it was not made by the retry of a group.
    bool run(const std::string& name, const Map& config, const Map& parameters, bool is_first,
             Trace& trace) {
        return config.find("act>") ? run_task(name, config, parameters, is_first, trace)
                                   : run_group(name, config, parameters, is_first, trace);
    }

  private:
    bool end(const std::string& name, const char* state) {
        result.states[name] = state;
        return std::string_view(state) == "success";
    }

    bool run_group(const std::string& name, const Map& config, const Map& outside, bool is_first,
                   Trace& trace) {
        Map inside = outside;
        config::merge(inside, map_at(config, "_export"));
        int64_t tries = is_first || !is_strict ? retries_of(config) : 0;
        for (int64_t pass = 0; pass <= tries; ++pass) {
            if (run_children(name, config, inside, is_first && pass == 0, trace)) {
                return end(name, "success");
            }
        }
        return end_with_children(name, config, inside, trace);
    }

    void run_error(const std::string& name, const Map& config, const Map& inside, const Map& error,
                   const Map& stores, Trace& trace) {
        const Value* body = config.find("_error");
        if (!body) return;
        Map block = body->map();
        Map exports = stores;
        config::merge(exports, map_at(block, "_export"));
        exports.set("error", error);
        block.set("_export", exports);
        Trace below;
        run(name + "^error", block, inside, true, below);
        trace.below.push_back(std::move(below));
    }

    void block(const std::string& name, const Map& config) {
        result.states[name] = "blocked";
        for (const Child& child : children_of(config)) block(name + child.name, child.config);
    }

    // One pass over a group's children.
    bool run_children(const std::string& name, const Map& config, const Map& inside, bool is_first,
                      Trace& trace) {
        std::vector<Child> children = ordered_children(config);
        std::vector<Trace> traces(children.size());
        std::vector<bool> good(children.size());
        for (size_t place = 0; place < children.size(); ++place) {
            const Child& child = children[place];
            bool may_run = std::all_of(child.upstreams.begin(), child.upstreams.end(),
                                       [&](size_t upstream) { return good[upstream]; });
            if (!may_run) {
                block(name + child.name, child.config);
                continue;
            }
            std::vector<size_t> before;
            add_upstreams(children, place, before);
            Map parameters = inside;
            for (size_t upstream : before) apply(parameters, traces[upstream]);
            good[place] = run(name + child.name, child.config, parameters, is_first, traces[place]);
        }
        for (Trace& one : traces) trace.below.push_back(std::move(one));
        return std::find(good.begin(), good.end(), false) == good.end();
    }

    bool run_task(const std::string& name, const Map& config, const Map& outside, bool is_first,
                  Trace& trace) {
        Map inside = outside;
        config::merge(inside, map_at(config, "_export"));
        int64_t retries = retries_of(config);
        int64_t fail_times = integer_at(config, "fail_times");
        // Counts the task's own failures and those of its subtasks together.
        for (int64_t tries = 0;; ++tries) {
            result.seen[name] = inside;
            if (tries < fail_times || config.find("fail")) {
                if (tries < retries) continue;
                trace.error.set("message",
                                tries < fail_times ? Value("not yet") : *config.find("fail"));
                run_error(name, config, inside, trace.error, {}, trace);
                return end(name, "error");
            }
            trace.store = map_at(config, "store");
            trace.reset.clear();
            if (config.find("reset")) trace.reset = {"p"};
            Map below = inside;
            config::merge(below, map_at(config, "export"));
            for (const std::string& name_gone : trace.reset) below.erase(name_gone);
            config::merge(below, trace.store);
            if (run_generated(name, config, below, is_first, trace)) return end(name, "success");
            if (tries < retries) continue;
            return end_with_children(name, config, below, trace);
        }
    }

    bool end_with_children(const std::string& name, const Map& config, const Map& inside,
                           Trace& trace) {
        Map error;
        collect_errors(error, trace);
        Map stores;
        for (const Trace& child : trace.below) apply(stores, child);
        run_error(name, config, inside, error, stores, trace);
        return end(name, "group_error");
    }

    bool run_generated(const std::string& name, const Map& config, const Map& inside, bool is_first,
                       Trace& trace) {
        Map parameters = inside;
        bool good = true;
        Map sub = map_at(config, "sub");
        if (config.find("times")) sub = unrolled(config);
        if (!sub.empty()) {
            Trace below;
            good = run(name + "^sub", sub, parameters, is_first, below);
            apply(parameters, below);
            trace.below.push_back(std::move(below));
        }
        const Value* check = config.find("_check");
        if (!check) return good;
        if (!good) {
            block(name + "^check", check->map());
            return false;
        }
        Trace below;
        good = run(name + "^check", check->map(), parameters, is_first, below);
        trace.below.push_back(std::move(below));
        return good;
    }
};

}  // namespace

Expected expect(const Map& workflow, bool is_strict) {
    Expected expected;
    Model model{expected, is_strict};
    Trace trace;
    expected.is_success = model.run("+w", workflow, {}, true, trace);
    if (!expected.is_success) expected.states["+w^failure-alert"] = "success";
    return expected;
}

}  // namespace mogura::simulation
