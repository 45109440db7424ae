// Random task trees, run by the engine and by the model, without a death and with many.

#include "simulation/model.h"
#include "simulation/world.h"

#include "base/log.h"

#include <gtest/gtest.h>

#include <cstdlib>
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

    void decorate_group(Map& map) {
        if (once_in(3)) map.set("_export", parameters());
        if (once_in(4)) map.set("_retry", pick(1) + 1);
        if (once_in(3)) map.set("_error", task(3));
        if (once_in(3)) {
            Map limit;
            limit.set("limit", pick(2) + 1);
            map.set("_parallel", once_in(2) ? Value(true) : Value(limit));
        }
    }

    void add_children(Map& map, int depth) {
        int64_t count = pick(3);
        for (int64_t index = 0; index <= count; ++index) {
            std::string name = "+" + std::string(1, static_cast<char>('a' + index));
            map.set(name, once_in(3) && depth < 2 ? group(depth + 1) : task(depth));
        }
    }

    Map group(int depth) {
        Map map;
        decorate_group(map);
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
        if (once_in(3)) map.set("_retry", pick(2));
        if (once_in(8)) map.set("fail", "broken");
        if (once_in(4)) map.set("reset", config::List{"p"});
        if (depth < 2 && once_in(4)) map.set("sub", once_in(2) ? group(2) : task(2));
        if (depth < 2 && once_in(5)) map.set("_check", task(3));
        if (depth < 3 && once_in(4)) map.set("_error", task(3));
        return map;
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

int64_t trees_wanted() {
    const char* text = std::getenv("SIMULATION_TREES");
    return text ? std::atoll(text) : 600;
}

TEST(RandomTrees, EndAsTheModelSaysAlsoWhenKilledAgainAndAgain) {
    log::set_level(log::Level::kError);
    for (int64_t seed = 1; seed <= trees_wanted(); ++seed) {
        Map workflow = Trees(static_cast<uint64_t>(seed)).workflow();
        std::string text = config::to_json(workflow);
        SCOPED_TRACE("seed " + std::to_string(seed) + ": " + text);
        Expected expected = expect(workflow);
        World calm(text);
        calm.run();
        expect_same(calm, expected);
        World restless(text);
        restless.run_dying_every(2);
        expect_same(restless, expected);
        World sometimes(text);
        sometimes.run_dying_every(3);
        expect_same(sometimes, expected);
        if (::testing::Test::HasFailure()) return;
    }
}

}  // namespace
}  // namespace mogura::simulation
