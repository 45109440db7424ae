#include "snapshot/snapshot.h"

#include "base/file.h"
#include "plugins/plugins.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace mogura::plugins {
namespace {

class SnapshotOutputTest : public testing::Test {
  protected:
    SnapshotOutputTest()
        : folder_(testing::TempDir() + "snapshot_output_" + std::to_string(getpid())) {
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
        context_.folder = folder_;
        add_output_snapshot(registry_);
    }
    ~SnapshotOutputTest() override { std::filesystem::remove_all(folder_); }

    Result<std::unique_ptr<load::Output>> make(config::Map options) {
        config::Reader reader(options, "load.yml", "out");
        return registry_.outputs.create("snapshot", reader, false, context_);
    }
    std::unique_ptr<load::Output> make_slots() {
        config::Map options;
        options.set("path", "slots.snapshot");
        options.set("key", "id");
        return *make(std::move(options));
    }

    static page::Schema schema() {
        return page::Schema({{.name = "id", .type = page::Type::kLong},
                             {.name = "name", .type = page::Type::kString}});
    }
    static page::Page page_of(int64_t first, int64_t rows) {
        page::Builder builder(schema());
        for (int64_t id = first; id < first + rows; ++id) {
            builder.set_long(0, id);
            builder.set_text(1, "name " + std::to_string(id));
            builder.end_row();
        }
        return builder.finish();
    }
    std::string path() const { return folder_ + "/slots.snapshot"; }

    std::string folder_;
    base::SystemClock clock_;
    load::Context context_{.clock = clock_};
    Registry registry_;
};

TEST_F(SnapshotOutputTest, CollectsTheRowsOfAllTasks) {
    auto output = make_slots();
    ASSERT_TRUE(output->begin(schema(), 2).ok());
    {
        std::vector<std::jthread> threads;
        for (size_t task = 0; task < 2; ++task) {
            threads.emplace_back([&output, task] {
                auto writer = output->open(task);
                for (int64_t part = 0; part < 10; ++part) {
                    int64_t first = static_cast<int64_t>(task) * 1000 + part * 10;
                    EXPECT_TRUE((*writer)->write(page_of(first, 10)).ok());
                }
                EXPECT_TRUE((*writer)->finish().ok());
            });
        }
    }
    EXPECT_FALSE(base::file_exists(path()));
    ASSERT_TRUE(output->commit().ok());
    auto table = snapshot::Table::open(path());
    ASSERT_TRUE(table.ok());
    EXPECT_EQ((*table)->name(), "slots");
    EXPECT_EQ((*table)->rows(), 200u);
    EXPECT_EQ((*table)->find(int64_t{1099})->text_at(1), "name 1099");
}

TEST_F(SnapshotOutputTest, LeavesTheOldFileWhenALoadFails) {
    ASSERT_TRUE(base::write_file(path(), "old").ok());
    auto rolled_back = make_slots();
    ASSERT_TRUE(rolled_back->begin(schema(), 1).ok());
    auto writer = rolled_back->open(0);
    ASSERT_TRUE((*writer)->write(page_of(0, 10)).ok());
    (*writer)->abort();
    rolled_back->rollback();
    EXPECT_EQ(*base::read_file(path()), "old");

    auto twice = make_slots();
    ASSERT_TRUE(twice->begin(schema(), 1).ok());
    writer = twice->open(0);
    ASSERT_TRUE((*writer)->write(page_of(0, 10)).ok());
    ASSERT_TRUE((*writer)->write(page_of(9, 1)).ok());
    EXPECT_EQ(twice->commit().error().message(), "two rows have the same key: id = 9");
    EXPECT_EQ(*base::read_file(path()), "old");
}

TEST_F(SnapshotOutputTest, PlansWhichGenerationItReplaces) {
    auto plan = make_slots()->plan(schema(), 2);
    ASSERT_TRUE(plan.ok()) << plan.error().message();
    EXPECT_EQ(plan->target, "snapshot " + path() + ", table slots, key id (new)");
    EXPECT_EQ(plan->added, (std::vector<std::string>{"id long", "name string"}));
    EXPECT_TRUE(std::filesystem::is_empty(folder_));

    auto output = make_slots();
    ASSERT_TRUE(output->begin(schema(), 1).ok());
    ASSERT_TRUE((*output->open(0))->write(page_of(0, 3)).ok());
    ASSERT_TRUE(output->commit().ok());
    plan = make_slots()->plan(schema().select(std::vector<size_t>{0}), 2);
    EXPECT_TRUE(plan->added.empty());
    EXPECT_EQ(plan->dropped, std::vector<std::string>{"name string"});
    ASSERT_EQ(plan->notes.size(), 1u);
    EXPECT_TRUE(plan->notes[0].starts_with("replaces the generation of 20")) << plan->notes[0];
    EXPECT_TRUE(plan->notes[0].ends_with(", 3 rows")) << plan->notes[0];
    EXPECT_FALSE(
        make_slots()->plan(schema().select(std::vector<size_t>{1}), 1).ok());  // as the run: no key
}

TEST_F(SnapshotOutputTest, WantsAPathAndAKeyOfTheSchema) {
    EXPECT_FALSE(make(config::Map()).ok());
    config::Map options;
    options.set("path", "x.snapshot");
    options.set("key", "nam");
    auto output = make(std::move(options));
    EXPECT_EQ((*output)->begin(schema(), 1).error().message(),
              "load.yml: out.key: the table has no such column: nam (did you mean name?)");
}

}  // namespace
}  // namespace mogura::plugins
