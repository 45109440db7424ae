#include "simulation/model.h"

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

struct Child {
    std::string name;
    Map config;
};

class Model {
  public:
    Expected& result;

    // Everything that a task or group leads to. False when it ended in an error state.
    bool run(const std::string& name, const Map& config, const Map& parameters, Trace& trace) {
        return config.find("act>") ? run_task(name, config, parameters, trace)
                                   : run_group(name, config, parameters, trace);
    }

  private:
    bool end(const std::string& name, const char* state) {
        result.states[name] = state;
        return std::string_view(state) == "success";
    }

    bool run_group(const std::string& name, const Map& config, const Map& outside, Trace& trace) {
        Map inside = outside;
        config::merge(inside, map_at(config, "_export"));
        int64_t tries = integer_at(config, "_retry");
        while (true) {
            if (run_children(name, config, inside, trace)) return end(name, "success");
            if (tries-- <= 0) break;
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
        run(name + "^error", block, inside, below);
        trace.below.push_back(std::move(below));
    }

    static std::vector<std::vector<Child>> chunks(const Map& config) {
        std::vector<Child> children;
        for (const auto& entry : config) {
            if (entry.key.starts_with("+")) children.push_back({entry.key, entry.value.map()});
        }
        size_t size = 1;
        if (const Value* parallel = config.find("_parallel")) {
            size = parallel->is_map() ? static_cast<size_t>(integer_at(parallel->map(), "limit"))
                                      : children.size() + 1;
        }
        std::vector<std::vector<Child>> result;
        for (size_t index = 0; index < children.size(); ++index) {
            if (index % size == 0) result.emplace_back();
            result.back().push_back(children[index]);
        }
        return result;
    }

    void block(const std::string& name, const Map& config) {
        result.states[name] = "blocked";
        for (const auto& entry : config) {
            if (entry.key.starts_with("+")) block(name + entry.key, entry.value.map());
        }
    }

    bool run_children(const std::string& name, const Map& config, Map parameters, Trace& trace) {
        bool good = true;
        for (const auto& chunk : chunks(config)) {
            size_t first = trace.below.size();
            for (const Child& child : chunk) {
                if (!good) block(name + child.name, child.config);
            }
            if (!good) continue;
            bool chunk_good = true;
            for (const Child& child : chunk) {
                Trace below;
                if (!run(name + child.name, child.config, parameters, below)) chunk_good = false;
                trace.below.push_back(std::move(below));
            }
            for (size_t i = first; i < trace.below.size(); ++i) apply(parameters, trace.below[i]);
            good = chunk_good;
        }
        return good;
    }

    bool run_task(const std::string& name, const Map& config, const Map& outside, Trace& trace) {
        Map inside = outside;
        config::merge(inside, map_at(config, "_export"));
        int64_t retries = integer_at(config, "_retry");
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
            if (generated(name, config, below, trace)) return end(name, "success");
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

    bool generated(const std::string& name, const Map& config, const Map& inside, Trace& trace) {
        Map parameters = inside;
        bool good = true;
        if (const Value* sub = config.find("sub")) {
            Trace below;
            good = run(name + "^sub", sub->map(), parameters, below);
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
        good = run(name + "^check", check->map(), parameters, below);
        trace.below.push_back(std::move(below));
        return good;
    }
};

}  // namespace

Expected expect(const Map& workflow) {
    Expected expected;
    Model model{expected};
    Trace trace;
    expected.is_success = model.run("+w", workflow, {}, trace);
    if (!expected.is_success) expected.states["+w^failure-alert"] = "success";
    return expected;
}

}  // namespace mogura::simulation
