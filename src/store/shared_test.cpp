// Shared parameters and locks, in memory and in the store's file.

#include "database/database.h"
#include "store/locks.h"
#include "store/shared_parameters.h"
#include "store/store.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace mogura::store {
namespace {

using namespace std::chrono_literals;

constexpr base::Instant kNow{std::chrono::seconds(1'710'028'800)};

class Folder {
  public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "sharedXXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    std::string file() const { return path_ + "/store.db"; }

  private:
    std::string path_;
};

// digdag 4.14.2, 4.14.3
TEST(SharedParameters, LiveForNinetyDays) {
    auto parameters = shared_parameters_in("");
    ASSERT_TRUE(parameters->set({{"a", "1"}, {"b", "é"}}, kNow).ok());
    ASSERT_TRUE(parameters->set({{"a", "2"}}, kNow + 24h).ok());
    using Found = std::map<std::string, std::string>;
    EXPECT_EQ(*parameters->get({"a", "b", "c"}, kNow + 48h), (Found{{"a", "2"}, {"b", "é"}}));
    EXPECT_EQ(*parameters->get({"a", "b"}, kNow + 90 * 24h), (Found{{"a", "2"}}));
    EXPECT_EQ(*parameters->get({"a", "b"}, kNow + 91 * 24h), Found{});
}

TEST(SharedParameters, StandInTheFileForOthers) {
    Folder folder;
    auto store = open_sqlite(folder.file());
    ASSERT_TRUE(store.ok());
    ASSERT_TRUE(shared_parameters_in(folder.file())->set({{"a", "1"}}, kNow).ok());
    EXPECT_EQ(shared_parameters_in(folder.file())->get({"a"}, kNow)->at("a"), "1");
    EXPECT_FALSE(shared_parameters_in(folder.file() + "/x")->set({}, kNow).ok());
}

// digdag 4.21.4
TEST(Locks, HaveAsManyHoldersAsTheLimit) {
    auto locks = locks_in("");
    auto take = [&](const char* holder, int64_t limit = 2) {
        return locks->acquire({.name = "l", .holder = holder, .holders_max = limit}, kNow);
    };
    EXPECT_TRUE(*take("a"));
    EXPECT_TRUE(*take("a"));
    EXPECT_TRUE(*take("b"));
    EXPECT_FALSE(*take("c"));
    EXPECT_TRUE(*locks->acquire({.name = "other", .holder = "d"}, kNow));
    auto differs = take("c", 3);
    ASSERT_FALSE(differs.ok());
    EXPECT_EQ(differs.error().message(),
              "the lock l is held with a limit of 2, not 3: all tasks must name the same limit");
    EXPECT_TRUE(locks->release("a")->was_held);
    EXPECT_FALSE(locks->release("a")->was_held);
    EXPECT_TRUE(*take("c"));
}

// digdag 4.21.4
TEST(Locks, GoWhenTheirTimeIsOver) {
    auto locks = locks_in("");
    EXPECT_TRUE(*locks->acquire({.name = "l", .holder = "a", .life = 60s}, kNow));
    EXPECT_FALSE(*locks->acquire({.name = "l", .holder = "b"}, kNow + 59s));
    EXPECT_TRUE(*locks->acquire({.name = "l", .holder = "b"}, kNow + 60s));
    auto released = locks->release("a");
    EXPECT_FALSE(released->was_held);
    EXPECT_EQ(released->expired_name, "l");
    EXPECT_EQ(released->life, 60s);
    EXPECT_EQ(locks->release("a")->expired_name, "");
    // Nobody wanted it meanwhile.
    EXPECT_TRUE(*locks->acquire({.name = "m", .holder = "a", .life = 60s}, kNow));
    EXPECT_TRUE(locks->release("a")->was_held);
}

// digdag 4.21.4
TEST(Locks, OfARunningProcessStay) {
    Folder folder;
    auto locks = locks_in(folder.file());
    const LockRequest lasting{
        .name = "l", .holder = "a", .attempt = 1, .life = 60s, .lasts_while_running = true};
    EXPECT_TRUE(*locks->acquire(lasting, kNow));
    EXPECT_FALSE(*locks->acquire({.name = "l", .holder = "b"}, kNow + 60s));
    EXPECT_FALSE(*locks->acquire({.name = "l", .holder = "b"}, kNow + 1h));
    EXPECT_TRUE(locks->release("a")->was_held);
    EXPECT_TRUE(*locks->acquire({.name = "l", .holder = "b"}, kNow + 1h));

    // As if another process had taken it that is gone now, until this one goes on with its attempt.
    EXPECT_TRUE(*locks->acquire(
        {.name = "k", .holder = "a", .attempt = 1, .life = 60s, .lasts_while_running = true},
        kNow));
    auto file = database::Sqlite::open(folder.file(), database::Sqlite::Mode::kReadWrite);
    ASSERT_TRUE((*file)->execute("UPDATE locks SET process = 'x y 1 1' WHERE holder = 'a'").ok());
    ASSERT_TRUE(locks->adopt(1).ok());
    EXPECT_FALSE(*locks->acquire({.name = "k", .holder = "c"}, kNow + 1h));
    ASSERT_TRUE((*file)->execute("UPDATE locks SET process = 'x y 1 1' WHERE holder = 'a'").ok());
    EXPECT_FALSE(*locks->acquire({.name = "k", .holder = "c"}, kNow + 1h + 59s));
    EXPECT_TRUE(*locks->acquire({.name = "k", .holder = "c"}, kNow + 1h + 60s));
}

TEST(Locks, FindTheirTableAsAnEarlierVersionLeftIt) {
    Folder folder;
    auto file = database::Sqlite::open(folder.file(), database::Sqlite::Mode::kReadWrite);
    ASSERT_TRUE((*file)
                    ->execute("CREATE TABLE locks (holder TEXT PRIMARY KEY, name TEXT NOT NULL,"
                              " attempt_id INTEGER NOT NULL, holders_max INTEGER NOT NULL,"
                              " ends_with_attempt INTEGER NOT NULL, expires_at INTEGER NOT NULL)"
                              " WITHOUT ROWID; INSERT INTO locks VALUES ('a', 'l', 1, 1, 1, " +
                              std::to_string((kNow + 1h).time_since_epoch().count()) + ")")
                    .ok());
    auto locks = locks_in(folder.file());
    EXPECT_FALSE(*locks->acquire({.name = "l", .holder = "b"}, kNow));
    EXPECT_TRUE(*locks->acquire({.name = "l", .holder = "b"}, kNow + 1h));
}

// digdag 4.21.4
TEST(Locks, GoWithTheirAttempt) {
    Folder folder;
    auto store = open_sqlite(folder.file());
    ASSERT_TRUE(store.ok());
    Attempt wanted;
    wanted.session.project = "p";
    wanted.session.workflow = "w";
    wanted.time_zone = "UTC";
    auto attempt = (*store)->start_attempt(wanted, {}, {});
    ASSERT_TRUE(attempt.ok()) << attempt.error().message();
    auto id = static_cast<int64_t>(attempt->id);
    auto locks = locks_in(folder.file());
    EXPECT_TRUE(*locks->acquire({.name = "l", .holder = "a", .attempt = id}, kNow));
    EXPECT_TRUE(*locks->acquire({.name = "m",
                                 .holder = "b",
                                 .attempt = id,
                                 .ends_with_attempt = false,
                                 .lasts_while_running = true},
                                kNow));
    EXPECT_FALSE(*locks->acquire({.name = "l", .holder = "c"}, kNow));
    ASSERT_TRUE(
        (*store)->commit({.attempt = attempt->id, .finished_success = false, .at = kNow}).ok());
    EXPECT_TRUE(*locks->acquire({.name = "l", .holder = "c"}, kNow));
    EXPECT_FALSE(*locks->acquire({.name = "m", .holder = "c"}, kNow));
    EXPECT_TRUE(*locks->acquire({.name = "m", .holder = "c"}, kNow + 1h));
}

}  // namespace
}  // namespace mogura::store
