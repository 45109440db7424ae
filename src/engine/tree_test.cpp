#include "engine/tree.h"

#include <gtest/gtest.h>

namespace mogura::engine {
namespace {

using store::TaskState;

workflow::TaskDefinition task(const std::string& name, bool is_group,
                              std::optional<size_t> parent) {
    workflow::TaskDefinition definition;
    definition.name = name;
    definition.full_name = parent ? "+w" + name : name;
    definition.is_group = is_group;
    definition.parent = parent;
    return definition;
}

// +w with one task, which is running.
class RunningTask : public testing::Test {
  protected:
    RunningTask() {
        EXPECT_TRUE(tree_.plant({task("+w", true, {}), task("+a", false, 0)}, now_).ok());
        tree_.settle(now_);
        EXPECT_EQ(tree_.take_ready().size(), 1u);
        tree_.run(node(), now_);
    }
    Node& node() { return tree_.at(store::TaskId{2}); }

    base::Instant now_{std::chrono::seconds(1'700'000'000)};
    TaskTree tree_{TaskTree::Settings{}};
};

// digdag 2.2.15
TEST_F(RunningTask, LateResultsAreIgnored) {
    tree_.succeed(node(), {}, now_);
    EXPECT_EQ(node().row.state, TaskState::kSuccess);
    tree_.fail(node(), {}, now_);
    tree_.wait(node(), now_, {}, now_);
    tree_.succeed(node(), {.store_parameters = {}}, now_);
    EXPECT_EQ(node().row.state, TaskState::kSuccess);
    EXPECT_EQ(node().row.retry_count, 0);
}

// digdag 2.2.4
TEST_F(RunningTask, KeepsTheTimeOfItsFirstStart) {
    base::Instant begin = now_;
    tree_.wait(node(), now_ + std::chrono::seconds(5), {}, now_);
    now_ += std::chrono::seconds(5);
    tree_.wake(node(), now_);
    tree_.run(node(), now_);
    EXPECT_EQ(node().row.started_at, begin);
    EXPECT_EQ(node().row.retry_count, 1);
}

// digdag 2.2.9
TEST_F(RunningTask, CanceledTasksEndCanceledWhateverTheyReturn) {
    tree_.cancel(now_);
    tree_.fail(node(), {}, now_);
    tree_.settle(now_);
    EXPECT_EQ(node().row.state, TaskState::kCanceled);
    EXPECT_EQ(tree_.root().row.state, TaskState::kCanceled);
}

}  // namespace
}  // namespace mogura::engine
