#include "store/store.h"

#include "database/database.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace mogura::store {
namespace {

class Folder {
  public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "storeXXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    std::string file(const std::string& name) const { return path_ + "/" + name; }

  private:
    std::string path_;
};

Attempt wanted(const std::string& retry_name = "") {
    Attempt attempt;
    attempt.session.project = "shop";
    attempt.session.workflow = "daily";
    attempt.session.time = base::Instant(std::chrono::seconds(86'400));
    attempt.retry_name = retry_name;
    attempt.parameters.set("a", 1);
    attempt.definition = "d1";
    return attempt;
}

Task full_task(int64_t id) {
    Task task;
    task.id = TaskId{id};
    if (id > 1) task.parent = TaskId{1};
    task.full_name = "+daily+step" + std::to_string(id);
    task.is_group = id == 1;
    task.state = TaskState::kPlanned;
    task.flags = {.delayed_error = true, .is_initial = true};
    for (int64_t up = 2; up < id; ++up) task.upstreams.push_back(TaskId{up});
    task.config.set("sh>", "true");
    task.export_parameters.set("x", 1.5);
    task.store_parameters.set("y", config::List{1, "two", nullptr});
    task.reset_store_parameters = {"a.b"};
    task.subtask_config.set("echo>", "hello");
    task.state_parameters.set("retry_count", 2);
    task.error.set("message", "no");
    task.report.set("rows", 12);
    task.retry_count = 3;
    task.retry_at = base::Instant(std::chrono::microseconds(5'000'001));
    task.started_at = base::Instant(std::chrono::seconds(4));
    task.updated_at = base::Instant(std::chrono::seconds(6));
    return task;
}

void expect_equal(const Task& one, const Task& other) {
    EXPECT_EQ(one.id, other.id);
    EXPECT_EQ(one.parent, other.parent);
    EXPECT_EQ(one.full_name, other.full_name);
    EXPECT_EQ(one.is_group, other.is_group);
    EXPECT_EQ(one.state, other.state);
    EXPECT_EQ(one.flags.delayed_error, other.flags.delayed_error);
    EXPECT_EQ(one.flags.is_initial, other.flags.is_initial);
    EXPECT_EQ(one.upstreams, other.upstreams);
    EXPECT_EQ(one.config, other.config);
    EXPECT_EQ(one.export_parameters, other.export_parameters);
    EXPECT_EQ(one.store_parameters, other.store_parameters);
    EXPECT_EQ(one.reset_store_parameters, other.reset_store_parameters);
    EXPECT_EQ(one.subtask_config, other.subtask_config);
    EXPECT_EQ(one.state_parameters, other.state_parameters);
    EXPECT_EQ(one.error, other.error);
    EXPECT_EQ(one.report, other.report);
    EXPECT_EQ(one.retry_count, other.retry_count);
    EXPECT_EQ(one.retry_at, other.retry_at);
    EXPECT_EQ(one.started_at, other.started_at);
    EXPECT_EQ(one.updated_at, other.updated_at);
}

void keeps_everything(Store& store, const std::function<std::unique_ptr<Store>()>& again) {
    Attempt attempt = *store.start_attempt(wanted(), {}, {});
    EXPECT_EQ(store.start_attempt(wanted(), {}, {}).error().code(), Code::kConflict);
    Task root = full_task(1);
    Task leaf = full_task(4);
    Changes changes{.attempt = attempt.id, .inserted = {&root, &leaf}};
    ASSERT_TRUE(store.commit(changes).ok());
    leaf.state = TaskState::kSuccess;
    leaf.store_parameters.set("z", "new");
    ASSERT_TRUE(store.commit({.attempt = attempt.id, .updated = {&leaf}}).ok());

    auto opened = again();
    Store& reader = opened ? *opened : store;
    auto tasks = *reader.tasks(attempt.id);
    ASSERT_EQ(tasks.size(), 2u);
    expect_equal(tasks[0], root);
    expect_equal(tasks[1], leaf);
    auto unfinished = *reader.unfinished();
    ASSERT_EQ(unfinished.size(), 1u);
    EXPECT_EQ(unfinished[0].parameters, attempt.parameters);
    EXPECT_EQ(unfinished[0].session.uuid, attempt.session.uuid);
    EXPECT_EQ(unfinished[0].session.uuid.size(), 36u);

    Changes finished{.attempt = attempt.id, .finished_success = true};
    ASSERT_TRUE(store.commit(finished).ok());
    EXPECT_TRUE(store.unfinished()->empty());
    Attempt second = *store.start_attempt(wanted("again"), {}, {});
    EXPECT_EQ(second.session.id, attempt.session.id);
    EXPECT_EQ(store.attempts("shop", "daily")->size(), 2u);
    EXPECT_EQ(store.attempts("shop", "daily", attempt.session.time)->size(), 2u);
    EXPECT_TRUE(store.attempts("shop", "daily", base::Instant{})->empty());
    EXPECT_TRUE(store.attempts("shop", "daily")->front().is_success);
    ASSERT_TRUE(store.forget_done_tasks("shop", "daily").ok());
    EXPECT_TRUE(store.tasks(attempt.id)->empty());
}

void keeps_what_was_taken_over(Store& store, const std::function<std::unique_ptr<Store>()>& again) {
    ResumedTask task;
    task.full_name = "+daily+a";
    task.updated_at = base::Instant(std::chrono::microseconds(1234));
    task.export_parameters.set("e", 1);
    task.store_parameters.set("s", "text");
    Attempt attempt = *store.start_attempt(wanted(), {}, {task});
    auto opened = again();
    Store& reader = opened ? *opened : store;
    auto resumed = *reader.resumed_tasks(attempt.id);
    ASSERT_EQ(resumed.size(), 1u);
    EXPECT_EQ(resumed[0].full_name, task.full_name);
    EXPECT_EQ(resumed[0].export_parameters, task.export_parameters);
    EXPECT_EQ(resumed[0].store_parameters, task.store_parameters);
    EXPECT_EQ(resumed[0].updated_at, task.updated_at);
    Attempt other = *store.start_attempt(wanted("again"), {}, {});
    EXPECT_TRUE(store.resumed_tasks(other.id)->empty());
}

TEST(Memory, KeepsWhatAnAttemptTakesOver) {
    auto store = open_memory();
    keeps_what_was_taken_over(*store, [] { return nullptr; });
}

TEST(Sqlite, KeepsWhatAnAttemptTakesOver) {
    Folder folder;
    auto store = std::move(*open_sqlite(folder.file("mogura.db")));
    keeps_what_was_taken_over(*store,
                              [&] { return std::move(*open_sqlite(folder.file("mogura.db"))); });
}

// digdag 2.10.10
TEST(Attempts, HaveAWordForTheirStatus) {
    Attempt attempt;
    EXPECT_EQ(status_name(attempt), "running");
    attempt.cancel_requested = true;
    EXPECT_EQ(status_name(attempt), "running");
    attempt.is_done = true;
    EXPECT_EQ(status_name(attempt), "killed");
    attempt.cancel_requested = false;
    EXPECT_EQ(status_name(attempt), "error");
    attempt.is_success = true;
    attempt.cancel_requested = true;  // it was too late
    EXPECT_EQ(status_name(attempt), "success");
}

// digdag 2.10.1, 2.10.2
TEST(Memory, KeepsRowsAndRefusesASecondAttemptOfTheSameName) {
    auto store = open_memory();
    keeps_everything(*store, [] { return nullptr; });
}

TEST(Sqlite, KeepsRowsForTheNextProcess) {
    Folder folder;
    auto store = open_sqlite(folder.file("mogura.db"));
    ASSERT_TRUE(store.ok());
    keeps_everything(**store, [&] { return std::move(*open_sqlite(folder.file("mogura.db"))); });
}

void knows_the_newest(Store& store) {
    EXPECT_FALSE(store.newest_attempt("shop", "daily")->has_value());
    Attempt later = wanted();
    later.session.time += std::chrono::hours(24);
    ASSERT_TRUE(store.start_attempt(later, {}, {}).ok());
    Attempt newest = *store.start_attempt(wanted(), {}, {});
    Attempt other = wanted();
    other.session.workflow = "hourly";
    ASSERT_TRUE(store.start_attempt(other, {}, {}).ok());
    auto found = *store.newest_attempt("shop", "daily");
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->id, newest.id);
    EXPECT_EQ(found->session.time, newest.session.time);
    EXPECT_FALSE(store.newest_attempt("other", "daily")->has_value());
}

// digdag 2.2.14
void forgets_the_tasks_of_one(Store& store) {
    Task root = full_task(1);
    Attempt one = *store.start_attempt(wanted(), {&root}, {});
    Attempt two = *store.start_attempt(wanted("again"), {&root}, {});
    ASSERT_TRUE(store.commit({.attempt = one.id, .finished_success = true}).ok());
    ASSERT_TRUE(store.forget_tasks(one.id).ok());
    EXPECT_TRUE(store.tasks(one.id)->empty());
    EXPECT_EQ(store.tasks(two.id)->size(), 1u);
    EXPECT_EQ(store.attempts("shop", "daily")->size(), 2u);
}

// digdag 5.4.2
void knows_how_far_schedules_are(Store& store,
                                 const std::function<std::unique_ptr<Store>()>& again) {
    const base::Instant first(std::chrono::seconds(1000)), second(std::chrono::seconds(2000));
    ASSERT_TRUE(store.start_attempt(wanted(), {}, {}).ok());  // no schedule has started it
    EXPECT_EQ(*store.last_scheduled("shop", "daily"), std::nullopt);
    ASSERT_TRUE(store.set_last_scheduled("shop", "daily", first).ok());
    ASSERT_TRUE(store.set_last_scheduled("shop", "hourly", second).ok());
    ASSERT_TRUE(store.set_last_scheduled("shop", "daily", second).ok());
    ASSERT_TRUE(store.set_last_scheduled("shop", "hourly", first).ok());
    auto opened = again();
    Store& reader = opened ? *opened : store;
    EXPECT_EQ(*reader.last_scheduled("shop", "daily"), second);
    EXPECT_EQ(*reader.last_scheduled("shop", "hourly"), first);
    EXPECT_EQ(*reader.last_scheduled("other", "daily"), std::nullopt);
}

TEST(Memory, KnowsWhatASchedulerNeeds) {
    knows_the_newest(*open_memory());
    forgets_the_tasks_of_one(*open_memory());
    auto store = open_memory();
    knows_how_far_schedules_are(*store, [] { return nullptr; });
}

TEST(Sqlite, KnowsWhatASchedulerNeeds) {
    Folder folder;
    knows_the_newest(**open_sqlite(folder.file("one.db")));
    forgets_the_tasks_of_one(**open_sqlite(folder.file("two.db")));
    auto store = std::move(*open_sqlite(folder.file("three.db")));
    knows_how_far_schedules_are(*store,
                                [&] { return std::move(*open_sqlite(folder.file("three.db"))); });
}

// Their schedulers went on behind the newest session.
TEST(Sqlite, TakesOverStoresOfOlderVersions) {
    Folder folder;
    const std::string path = folder.file("mogura.db");
    Attempt later = wanted();
    later.session.time += std::chrono::hours(24);
    {
        auto store = std::move(*open_sqlite(path));
        ASSERT_TRUE(store->start_attempt(later, {}, {}).ok());
        ASSERT_TRUE(store->start_attempt(wanted(), {}, {}).ok());
    }
    {
        auto older = std::move(*database::Sqlite::open(path, database::Sqlite::Mode::kReadWrite));
        ASSERT_TRUE(older->execute("DROP TABLE schedules").ok());
    }
    auto store = std::move(*open_sqlite(path));
    EXPECT_EQ(*store->last_scheduled("shop", "daily"), later.session.time);
    EXPECT_EQ(*store->last_scheduled("shop", "hourly"), std::nullopt);
}

// digdag 2.10.3: of 64 bits
TEST(Sqlite, IdsGrowBeyondThirtyTwoBits) {
    constexpr int64_t kLarge = int64_t{1} << 40;
    Folder folder;
    const std::string path = folder.file("mogura.db");
    {
        ASSERT_TRUE((*open_sqlite(path))->start_attempt(wanted(), {}, {}).ok());
    }
    {
        auto database =
            std::move(*database::Sqlite::open(path, database::Sqlite::Mode::kReadWrite));
        const std::string large = std::to_string(kLarge);
        ASSERT_TRUE(database->execute("UPDATE sessions SET id = " + large).ok());
        ASSERT_TRUE(
            database->execute("UPDATE attempts SET id = " + large + ", session_id = " + large)
                .ok());
    }
    auto store = std::move(*open_sqlite(path));
    Task root = full_task(1);
    root.id = TaskId{kLarge};
    Attempt next = wanted();
    next.session.workflow = "hourly";
    next = *store->start_attempt(next, {&root}, {});
    EXPECT_EQ(next.id, AttemptId{kLarge + 1});
    EXPECT_EQ(next.session.id, SessionId{kLarge + 1});
    auto tasks = *store->tasks(next.id);
    ASSERT_EQ(tasks.size(), 1u);
    EXPECT_EQ(tasks[0].id, TaskId{kLarge});
    EXPECT_EQ((*store->attempts("shop", "daily"))[0].id, AttemptId{kLarge});
}

TEST(Sqlite, AFailedCommitChangesNothing) {
    Folder folder;
    auto store = std::move(*open_sqlite(folder.file("mogura.db")));
    Attempt attempt = *store->start_attempt(wanted(), {}, {});
    Task first = full_task(1);
    Task twice = full_task(1);
    EXPECT_FALSE(store->commit({.attempt = attempt.id, .inserted = {&first, &twice}}).ok());
    EXPECT_TRUE(store->tasks(attempt.id)->empty());
}

}  // namespace
}  // namespace mogura::store
