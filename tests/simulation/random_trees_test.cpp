// Random task trees, run by the engine and by the model: undisturbed, with the engine thrown away
// at a random step, and again and again.
//
//     MOGURA_TREES=100000 simulation_test --gtest_filter='RandomTrees.*'

#include "simulation/model.h"
#include "simulation/world.h"

#include "base/log.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <random>

namespace mogura::simulation {
namespace {

using config::Map;
using config::Value;

class Trees {
  public:
    explicit Trees(uint64_t seed) : random_(seed) {}

    Map workflow() {
        Map top;
        decorate_group(top);
        add_children(top, 0);
        return top;
    }

  private:
    int64_t pick(int64_t most) { return static_cast<int64_t>(random_() % (most + 1)); }
    bool once_in(int64_t times) { return pick(times - 1) == 0; }

    Map parameters() {
        Map map;
        map.set(std::string(1, static_cast<char>('p' + pick(2))), pick(9));
        if (once_in(3)) {
            Map deep;
            deep.set(std::string(1, static_cast<char>('x' + pick(2))), pick(9));
            map.set("deep", deep);
        }
        return map;
    }

    Value retry() {
        int64_t limit = pick(1) + 1;
        if (once_in(2)) return limit;
        Map options;
        options.set("limit", limit);
        options.set("interval", pick(3));
        if (once_in(2)) options.set("interval_type", "exponential");
        return options;
    }

    Value parallel() {
        if (once_in(2)) return true;
        Map limit;
        limit.set("limit", pick(2) + 1);
        return limit;
    }

    void decorate_group(Map& map) {
        if (once_in(3)) map.set("_export", parameters());
        if (once_in(4)) map.set("_retry", retry());
        if (once_in(3)) map.set("_error", once_in(4) ? group(3) : task(3));
        if (once_in(3)) map.set("_parallel", parallel());
    }

    void add_children(Map& map, int depth) {
        const Value* parallel = map.find("_parallel");
        bool is_parallel = parallel && parallel->is_boolean();
        int64_t count = pick(3);
        for (int64_t index = 0; index <= count; ++index) {
            Map child = once_in(3) && depth < 2 ? group(depth + 1) : task(depth);
            if (!parallel && once_in(6)) child.set("_background", true);
            if (is_parallel && index > 0 && once_in(3)) child.set("_after", some_before(index));
            map.set(child_name(index), child);
        }
    }

    static std::string child_name(int64_t index) {
        return "+" + std::string(1, static_cast<char>('a' + index));
    }

    config::List some_before(int64_t index) {
        config::List names = {Value(child_name(pick(index - 1)))};
        int64_t other = pick(index - 1);
        if (child_name(other) != names.front().string()) names.push_back(child_name(other));
        return names;
    }

    Map group(int depth) {
        Map map;
        if (depth < 3) {
            decorate_group(map);
        } else if (once_in(2)) {
            map.set("_retry", retry());
        }
        add_children(map, depth);
        return map;
    }

    Map task(int depth) {
        Map map;
        map.set("act>", nullptr);
        if (once_in(3)) map.set("store", parameters());
        if (once_in(5)) map.set("export", parameters());
        if (once_in(4)) map.set("_export", parameters());
        if (once_in(5)) map.set("polls", pick(2));
        if (once_in(4)) map.set("fail_times", pick(2));
        if (once_in(3)) map.set("_retry", retry());
        if (once_in(8)) map.set("fail", "broken");
        if (once_in(4)) map.set("reset", config::List{"p"});
        if (depth < 2 && once_in(4)) add_generated(map);
        if (depth < 2 && once_in(5)) map.set("_check", task(3));
        if (depth < 3 && once_in(4)) map.set("_error", task(3));
        return map;
    }

    void add_generated(Map& map) {
        Map below = once_in(2) ? group(2) : task(2);
        if (once_in(2)) {
            map.set("sub", below);
            return;
        }
        map.set("times", pick(3));
        map.set("body", below);
        if (once_in(2)) map.set("_parallel", parallel());
    }

    std::mt19937_64 random_;
};

void expect_same(World& world, const Expected& expected) {
    EXPECT_EQ(world.states(), expected.states);
    EXPECT_EQ(world.states(), world.stored_states());
    EXPECT_EQ(world.is_success(), expected.is_success);
    for (const auto& [name, parameters] : expected.seen) {
        EXPECT_EQ(config::to_json(world.seen(name)), config::to_json(parameters)) << name;
    }
}

// Under the sanitizers a share of all.
int64_t trees_wanted() {
    const char* text = std::getenv("MOGURA_TREES");
    return text ? std::atoll(text) : 400;
}

// Every way to run one tree.
void compare(uint64_t seed, engine::Compatibility compatibility) {
    Map workflow = Trees(seed).workflow();
    std::string text = config::to_json(workflow);
    bool is_strict = compatibility == engine::Compatibility::kStrict;
    SCOPED_TRACE((is_strict ? "strict, seed " : "seed ") + std::to_string(seed) + ": " + text);
    Expected expected = expect(workflow, is_strict);
    std::mt19937_64 random(seed);
    World calm(text, compatibility);
    calm.calls_per_turn = static_cast<int>(random() % 3) + 1;
    calm.run();
    expect_same(calm, expected);
    World once(text, compatibility);
    once.calls_per_turn = calm.calls_per_turn;
    once.run_dying_at(static_cast<int>(random() % static_cast<uint64_t>(calm.turns())) + 1);
    expect_same(once, expected);
    World restless(text, compatibility);
    restless.run_dying_every(static_cast<int>(random() % 3) + 2);
    expect_same(restless, expected);
}

TEST(RandomTrees, HoldEveryConstructAndBothEnds) {
    std::map<std::string, int> found;
    int good = 0;
    for (uint64_t seed = 1; seed <= 200; ++seed) {
        Map workflow = Trees(seed).workflow();
        std::string text = config::to_json(workflow);
        for (const char* word :
             {"_background", "_after", "\"limit\"", "_parallel\":true", "times", "sub", "_check",
              "_error", "interval", "reset", "export", "polls"}) {
            if (text.find(word) != std::string::npos) ++found[word];
        }
        if (expect(workflow, false).is_success) ++good;
    }
    EXPECT_EQ(found.size(), 12u);
    for (const auto& [word, count] : found) EXPECT_GT(count, 20) << word;
    EXPECT_GT(good, 40);
    EXPECT_LT(good, 160);
}

// digdag 2.2.9, 2.2.10, 2.2.11, 2.2.12, 2.6.2, 2.6.4, 2.8.4, 2.8.10, 2.8.11
TEST(RandomTrees, EndAsTheModelSaysAlsoWhenKilledAtRandomSteps) {
    log::set_level(log::Level::kError);
    for (int64_t seed = 1; seed <= trees_wanted(); ++seed) {
        compare(static_cast<uint64_t>(seed),
                seed % 3 == 0 ? engine::Compatibility::kStrict : engine::Compatibility::kFixed);
        if (::testing::Test::HasFailure()) return;
    }
}

}  // namespace
}  // namespace mogura::simulation
