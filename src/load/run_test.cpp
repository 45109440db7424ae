#include "load/load.h"

#include "base/file.h"
#include "base/mutex.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace mogura::load {
namespace {

page::Schema schema() {
    return page::Schema({{.name = "n", .type = page::Type::kLong}});
}

page::Page page_of(int64_t first, int64_t rows) {
    page::Builder builder(schema());
    for (int64_t row = 0; row < rows; ++row) {
        builder.set_long(0, first + row);
        builder.end_row();
    }
    return builder.finish();
}

// Three tasks of some pages each; task `failing` breaks in the middle.
class FakeInput final : public Input {
  public:
    explicit FakeInput(int64_t failing) : failing_(failing) {}
    Result<> begin() override { return {}; }
    const page::Schema& schema() const override { return schema_; }
    size_t tasks() const override { return 3; }
    Result<> run(size_t index, const PageSink& sink) override {
        for (int64_t number = 0; number < 20; ++number) {
            if (static_cast<int64_t>(index) == failing_ && number == 10) {
                return Error(Code::kUnavailable, "task " + std::to_string(index) + " broke");
            }
            TRY(sink(page_of(static_cast<int64_t>(index) * 1000 + number * 10, 10)));
        }
        return {};
    }

  private:
    const int64_t failing_;
    const page::Schema schema_ = load::schema();
};

// What an output saw.
struct Seen {
    std::mutex mutex;
    std::vector<std::vector<int64_t>> tasks;
    int begun = 0, finished = 0, aborted = 0, committed = 0, rolled_back = 0;
};

class FakeTask final : public TaskOutput {
  public:
    FakeTask(Seen& seen, size_t task) : seen_(seen), task_(task) {}
    Result<> write(page::Page page) override {
        std::lock_guard lock(seen_.mutex);
        for (int64_t number : page.column(0).longs()) seen_.tasks[task_].push_back(number);
        return {};
    }
    Result<> finish() override {
        std::lock_guard lock(seen_.mutex);
        ++seen_.finished;
        return {};
    }
    void abort() noexcept override {
        std::lock_guard lock(seen_.mutex);
        ++seen_.aborted;
    }

  private:
    Seen& seen_;
    const size_t task_;
};

class FakeOutput final : public Output {
  public:
    explicit FakeOutput(Seen& seen) : seen_(seen) {}
    Result<> begin(const page::Schema&, size_t tasks) override {
        ++seen_.begun;
        seen_.tasks.resize(tasks);
        return {};
    }
    Result<std::unique_ptr<TaskOutput>> open(size_t task) override {
        return std::make_unique<FakeTask>(seen_, task);
    }
    Result<> commit() override {
        ++seen_.committed;
        return {};
    }
    void rollback() noexcept override { ++seen_.rolled_back; }

  private:
    Seen& seen_;
};

struct NoOptions {};
NoOptions read_nothing(config::Reader&) {
    return {};
}

config::Map map_of(const std::string& json) {
    auto value = config::parse_json(json, "test");
    EXPECT_TRUE(value.ok());
    return value->map();
}

// Every digit is a row.
class Digits final : public StreamParser {
  public:
    const page::Schema& schema() const override { return schema_; }
    Result<> parse(const FileEntry&, base::ByteSource& bytes, const PageSink& sink,
                   const RejectSink& rejects) const override {
        std::string text = TRY(base::read_all(bytes, 100));
        for (char letter : text) {
            if (letter == 'x') {
                TRY(rejects({.reason = "no digit", .text = "x"}));
            } else {
                TRY(sink(page_of(letter - '0', 1)));
            }
        }
        return {};
    }

  private:
    const page::Schema schema_ = load::schema();
};

class RunTest : public testing::Test {
  protected:
    RunTest() {
        plugins_.outputs.add(
            "fake", "", read_nothing,
            [this](const NoOptions&, const Context&) -> Result<std::unique_ptr<Output>> {
                return std::make_unique<FakeOutput>(seen_);
            });
    }

    Result<Summary> run(int64_t failing, const std::string& json) {
        FakeInput input(failing);
        Job job{.config = map_of(json), .file = "load.yml"};
        return run_from(input, job, plugins_, Context{.clock = clock_}, progress_);
    }

    void add_digits() {
        plugins_.parsers.add(
            "digits", "", read_nothing,
            [](const NoOptions&, const Context&) -> Result<std::unique_ptr<Parser>> {
                auto parser = std::make_unique<Parser>();
                parser->stream = std::make_unique<Digits>();
                return parser;
            });
    }

    base::SystemClock clock_;
    Plugins plugins_;
    Progress progress_;
    Seen seen_;
};

TEST_F(RunTest, KeepsTheOrderOfATask) {
    auto summary = run(-1, R"({"out":{"type":"fake"}})");
    ASSERT_TRUE(summary.ok()) << summary.error().message();
    EXPECT_EQ(summary->rows_written, 600);
    ASSERT_EQ(seen_.tasks.size(), 3u);
    for (size_t task = 0; task < 3; ++task) {
        ASSERT_EQ(seen_.tasks[task].size(), 200u);
        for (size_t row = 0; row < 200; ++row) {
            EXPECT_EQ(seen_.tasks[task][row], static_cast<int64_t>(task * 1000 + row));
        }
    }
    EXPECT_EQ(seen_.committed, 1);
    EXPECT_EQ(seen_.rolled_back, 0);
}

TEST_F(RunTest, RunsTheOtherTasksWhenOneFails) {
    auto summary = run(1, R"({"out":{"type":"fake"}})");
    ASSERT_FALSE(summary.ok());
    EXPECT_EQ(summary.error().message(), "task 1 broke");
    EXPECT_EQ(seen_.finished, 2);
    EXPECT_EQ(seen_.aborted, 1);
    EXPECT_EQ(seen_.committed, 0);
    EXPECT_EQ(seen_.rolled_back, 1);
    EXPECT_EQ(seen_.tasks[2].size(), 200u);
}

TEST_F(RunTest, ScattersOnlyWhenAsked) {
    auto summary = run(-1, R"({"out":{"type":"fake"},"exec":{"min_output_tasks":5}})");
    ASSERT_TRUE(summary.ok());
    ASSERT_EQ(seen_.tasks.size(), 6u);
    EXPECT_EQ(seen_.tasks[0].size(), 100u);
    EXPECT_EQ(seen_.tasks[1].size(), 100u);
}

TEST_F(RunTest, FailsOnUnknownPluginsBeforeAnythingHappens) {
    auto summary = run(-1, R"({"out":{"type":"fak"}})");
    ASSERT_FALSE(summary.ok());
    EXPECT_NE(summary.error().message().find("unknown output: fak (did you mean fake?)"),
              std::string::npos)
        << summary.error().message();
    summary = run(-1, R"({"out":{"type":"fake"},"filters":[{"type":"nothing"}]})");
    ASSERT_FALSE(summary.ok());
    EXPECT_NE(summary.error().message().find(
                  "unknown filter: nothing (plugins in Java or Ruby cannot be loaded; built in "),
              std::string::npos)
        << summary.error().message();
    EXPECT_EQ(seen_.begun, 0);
}

TEST_F(RunTest, TakesPluginNamesInMappings) {
    EXPECT_TRUE(run(-1, R"({"out":{"type":{"source":"maven","group":"x","name":"fake"}}})").ok());
    auto summary = run(-1, R"({"out":{"type":null}})");
    ASSERT_FALSE(summary.ok());
    EXPECT_NE(summary.error().message().find("{type: \"null\"}"), std::string::npos);
}

class Nowhere final : public base::ByteSink {
  public:
    Result<> write(std::string_view) override { return {}; }
    Result<> finish() override { return {}; }
};

class NamedFiles final : public FileOutput {
  public:
    explicit NamedFiles(std::string kept) : kept_(std::move(kept)) {}
    std::string name_of(size_t task, size_t) const override {
        return task < 2 ? std::to_string(task) : kept_;
    }
    Result<std::unique_ptr<base::ByteSink>> open(size_t, size_t) override {
        return std::make_unique<Nowhere>();
    }
    std::string local_path(size_t, size_t) const override { return ""; }
    Result<> publish() override { return {}; }
    void discard() noexcept override {}

  private:
    const std::string kept_;
};

class NoText final : public Formatter {
  public:
    Result<std::string> header() const override { return std::string(); }
    Result<> format(const page::Page&, std::string&) const override { return {}; }
};

TEST_F(RunTest, RefusesTasksWithOneFile) {  // embulk 5.3.8
    std::string third;
    plugins_.file_outputs.add(
        "files", "", read_nothing,
        [&](const NoOptions&, const Context&) -> Result<std::unique_ptr<FileOutput>> {
            return std::make_unique<NamedFiles>(third);
        });
    plugins_.formatters.add("none", "", read_nothing,
                            [](const NoOptions&, const page::Schema&,
                               const Context&) -> Result<std::unique_ptr<AnyFormatter>> {
                                auto formatter = std::make_unique<AnyFormatter>();
                                formatter->text = std::make_unique<NoText>();
                                return formatter;
                            });
    const std::string out =
        R"({"out":{"type":"files","formatter":{"type":"none"}},"exec":{"compat":)";
    third = "1";
    auto summary = run(-1, out + R"("fixed"}})");
    ASSERT_FALSE(summary.ok());
    EXPECT_EQ(summary.error().code(), Code::kConflict);
    EXPECT_EQ(summary.error().message(),
              "out: tasks 1 and 2 would write the same file, 1 (a %d in sequence_format is the "
              "number of the task)");
    EXPECT_EQ(progress_.rows_read, 0);
    EXPECT_TRUE(run(-1, out + R"("strict","min_output_tasks":1}})").ok());
    third = "2";
    EXPECT_TRUE(run(-1, out + R"("fixed"}})").ok());
}

// embulk 1.9.2, 13.1: how many outputs three tasks have on eight processors.
TEST_F(RunTest, ScattersUnaskedOnlyWhenStrict) {
    struct Row {
        Compat usual;
        const char* exec;
        size_t outputs;
    };
    const Row rows[] = {
        {Compat::kFixed, "{}", 3},
        {Compat::kStrict, "{}", 9},
        {Compat::kStrict, R"({"min_output_tasks":1})", 3},
        {Compat::kStrict, R"({"min_output_tasks":4})", 6},
        {Compat::kStrict, R"({"compat":"fixed"})", 3},
        {Compat::kFixed, R"({"compat":"strict"})", 9},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.exec);
        FakeInput input(-1);
        Job job{.config = map_of(R"({"out":{"type":"fake"},"exec":)" + std::string(row.exec) + "}"),
                .file = "load.yml"};
        Context context{.clock = clock_, .compat = row.usual, .threads = 8};
        Progress progress;
        auto summary = run_from(input, job, plugins_, context, progress);
        ASSERT_TRUE(summary.ok()) << summary.error().message();
        EXPECT_EQ(seen_.tasks.size(), row.outputs);
    }
}

TEST_F(RunTest, ChecksExec) {
    struct Row {
        const char* exec;
        Compat usual;
        const char* message;
    };
    const Row rows[] = {
        {"[1]", Compat::kFixed, "exec must be an object (a mapping), not list"},
        {"null", Compat::kFixed, ""},
        {"null", Compat::kStrict, "exec must be an object (a mapping), not null"},
        {R"({"compat":"loose"})", Compat::kFixed,
         "exec.compat: must be strict or fixed, not loose"},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.exec);
        FakeInput input(-1);
        Job job{.config = map_of(R"({"out":{"type":"fake"},"exec":)" + std::string(row.exec) + "}"),
                .file = "load.yml"};
        Progress progress;
        auto summary =
            run_from(input, job, plugins_, {.clock = clock_, .compat = row.usual}, progress);
        EXPECT_EQ(summary.ok(), *row.message == '\0');
        if (summary.ok()) continue;
        EXPECT_NE(summary.error().message().find(row.message), std::string::npos)
            << summary.error().message();
    }
}

// Rows 0 to 9; every third is a bad one.
class BadInput final : public Input {
  public:
    Result<> begin() override { return {}; }
    const page::Schema& schema() const override { return schema_; }
    size_t tasks() const override { return 1; }
    std::string name_of(size_t task) const override { return "shelf " + std::to_string(task); }
    Result<> run(size_t task, const PageSink& sink) override {
        return run_with_rejects(task, sink, [](Reject) { return Result<>(); });
    }
    Result<> run_with_rejects(size_t, const PageSink& sink, const RejectSink& rejects) override {
        for (int64_t row = 0; row < 10; ++row) {
            if (row % 3 == 2) {
                TRY(rejects({.line = row + 1, .reason = "no number", .text = "?"}));
            } else {
                TRY(sink(page_of(row, 1)));
            }
        }
        return {};
    }

  private:
    const page::Schema schema_ = load::schema();
};

TEST_F(RunTest, InputsMayHaveBadRows) {
    BadInput input;
    std::string folder = testing::TempDir() + "/run_test.XXXXXX";
    ASSERT_TRUE(::mkdtemp(folder.data()));
    Job job{.config = map_of(R"({"out":{"type":"fake"},"quarantine":"bad_rows.jsonl"})"),
            .file = "load.yml"};
    Context context{.clock = clock_, .folder = folder};
    auto summary = run_from(input, job, plugins_, context, progress_);
    ASSERT_TRUE(summary.ok()) << summary.error().message();
    EXPECT_EQ(seen_.tasks[0], (std::vector<int64_t>{0, 1, 3, 4, 6, 7, 9}));
    EXPECT_EQ(summary->rows_rejected, 3);
    auto kept = base::read_file(folder + "/bad_rows.jsonl");
    ASSERT_TRUE(kept.ok());
    EXPECT_TRUE(kept->starts_with(
        R"({"source":"shelf 0","offset":0,"line":3,"reason":"no number","text":"?","task":0})"))
        << *kept;
    job.config.set("max_rejected_rows", 2);
    EXPECT_EQ(run_from(input, job, plugins_, context, progress_).error().code(), Code::kLimit);
    std::filesystem::remove_all(folder);
}

// Two listings, each of up to three pages of digits; a page without rows is the last.
class Listings final : public FileInput {
  public:
    explicit Listings(std::vector<std::string>& asked) : asked_(asked) {}
    Result<std::vector<FileEntry>> files() override {
        return std::vector<FileEntry>{{.name = "a1"}, {.name = "b1"}};
    }
    Result<std::unique_ptr<base::ByteSource>> open(const FileEntry& file) override {
        static const std::map<std::string, std::string> kPages = {
            {"a1", "12"}, {"a2", "x"}, {"a3", "3"}, {"b1", "45"}, {"b2", ""}, {"b3", "6"}};
        return std::make_unique<base::TextSource>(kPages.at(file.name));
    }
    Result<std::optional<FileEntry>> next(const FileEntry& file, int64_t rows) override {
        std::lock_guard lock(mutex_);
        asked_.push_back(file.name + ":" + std::to_string(rows));
        if (file.name == failing) return Error(Code::kUnavailable, "no page behind " + file.name);
        if (rows == 0 || file.name[1] == '3') return std::optional<FileEntry>();
        std::string name{file.name[0], static_cast<char>(file.name[1] + 1)};
        return std::optional<FileEntry>({.name = std::move(name)});
    }
    config::Map diff(const std::vector<FileEntry>&) const override { return {}; }

    std::string failing;

  private:
    std::mutex mutex_;
    std::vector<std::string>& asked_;
};

TEST_F(RunTest, AFileMayTellOfTheNextOne) {
    std::vector<std::string> asked;
    std::string failing;
    plugins_.file_inputs.add(
        "listings", "", read_nothing,
        [&](const NoOptions&, const Context&) -> Result<std::unique_ptr<FileInput>> {
            auto input = std::make_unique<Listings>(asked);
            input->failing = failing;
            return input;
        });
    add_digits();
    Job job{.config = map_of(R"({"in":{"type":"listings","parser":{"type":"digits"}},)"
                             R"("out":{"type":"fake"}})"),
            .file = "load.yml"};
    auto summary = load::run(job, plugins_, Context{.clock = clock_}, progress_);
    ASSERT_TRUE(summary.ok()) << summary.error().message();
    ASSERT_EQ(seen_.tasks.size(), 2u);
    EXPECT_EQ(seen_.tasks[0], (std::vector<int64_t>{1, 2, 3}));
    EXPECT_EQ(seen_.tasks[1], (std::vector<int64_t>{4, 5}));
    std::ranges::sort(asked);
    EXPECT_EQ(asked, (std::vector<std::string>{"a1:2", "a2:1", "a3:1", "b1:2", "b2:0"}));
    failing = "a2";
    summary = load::run(job, plugins_, Context{.clock = clock_}, progress_);
    ASSERT_FALSE(summary.ok());
    EXPECT_EQ(summary.error().message(), "no page behind a2");
}

// An input that waits for something that never comes.
class WaitingInput final : public FileInput {
  public:
    WaitingInput(std::stop_token stop, std::atomic<bool>& waits)
        : stop_(std::move(stop)), waits_(waits) {}
    Result<std::vector<FileEntry>> files() override {
        return std::vector<FileEntry>{{.name = "a"}};
    }
    Result<std::unique_ptr<base::ByteSource>> open(const FileEntry&) override {
        base::Lock lock(mutex_);
        waits_ = true;
        while (!stop_.stop_requested()) condition_.wait_for(mutex_, std::chrono::milliseconds(50));
        return Error(Code::kCanceled, "it was told");
    }
    config::Map diff(const std::vector<FileEntry>&) const override { return {}; }

  private:
    const std::stop_token stop_;
    std::atomic<bool>& waits_;
    base::Mutex mutex_;
    base::Condition condition_;
};

TEST_F(RunTest, InputsThatWaitHearOfTheStop) {
    std::atomic<bool> waits = false;
    plugins_.file_inputs.add(
        "waiting", "", read_nothing,
        [&](const NoOptions&, const Context& context) -> Result<std::unique_ptr<FileInput>> {
            return std::make_unique<WaitingInput>(context.stop, waits);
        });
    add_digits();
    Job job{.config = map_of(R"({"in":{"type":"waiting","parser":{"type":"digits"}},)"
                             R"("out":{"type":"fake"}})"),
            .file = "load.yml"};
    std::stop_source source;
    std::jthread stopper([&] {
        while (!waits) std::this_thread::yield();
        source.request_stop();
    });
    auto summary =
        load::run(job, plugins_, Context{.clock = clock_}, progress_, source.get_token());
    ASSERT_FALSE(summary.ok());
    EXPECT_EQ(summary.error().message(), "it was told");
}

TEST_F(RunTest, StopsWhenAsked) {
    FakeInput input(-1);
    Job job{.config = map_of(R"({"out":{"type":"fake"}})"), .file = "load.yml"};
    std::stop_source source;
    source.request_stop();
    auto summary =
        run_from(input, job, plugins_, Context{.clock = clock_}, progress_, source.get_token());
    ASSERT_FALSE(summary.ok());
    EXPECT_EQ(summary.error().code(), Code::kCanceled);
    EXPECT_EQ(seen_.rolled_back, 1);
}

}  // namespace
}  // namespace mogura::load
