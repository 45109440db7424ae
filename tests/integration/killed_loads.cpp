#include "killed_loads.h"

#include "pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <latch>
#include <memory>
#include <thread>
#include <utility>

namespace mogura::integration {

const std::vector<std::string> kModes = {"insert",  "insert_direct", "truncate_insert",
                                         "replace", "merge",         "merge_direct"};

namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

constexpr int64_t kPages = 6;
constexpr int64_t kPageRows = 200;
constexpr int64_t kRows = kPages * kPageRows;
constexpr int64_t kHalf = kPages / 2;
constexpr int64_t kOldLow = 3;      // comes again
constexpr int64_t kOldHigh = 9999;  // does not

bool is_direct(const std::string& mode) {
    return mode.ends_with("_direct");
}

bool merges(const std::string& mode) {
    return mode.starts_with("merge");
}

// Rows 1 to kRows, in pages; before each page the test has its say.
class StepByStep final : public load::Input {
  public:
    explicit StepByStep(std::function<void(int64_t page)> before = nullptr)
        : schema_(numbers(1, 0).schema()), before_(std::move(before)) {}

    Result<> begin() override { return {}; }
    const page::Schema& schema() const override { return schema_; }
    size_t tasks() const override { return 1; }
    Result<> run(size_t, const load::PageSink& sink) override {
        for (int64_t page = 0; page < kPages; ++page) {
            if (before_) before_(page);
            TRY(sink(numbers(page * kPageRows + 1, kPageRows)));
        }
        return {};
    }

  private:
    const page::Schema schema_;
    const std::function<void(int64_t page)> before_;
};

void wait_until(const char* what, const std::function<bool()>& happened) {
    const base::SystemClock clock;
    const base::Instant last = clock.now() + std::chrono::seconds(60);
    while (!happened()) {
        if (clock.now() > last) {
            ADD_FAILURE() << "never happened: " << what;
            return;
        }
        std::this_thread::yield();
    }
}

class KilledLoad {
  public:
    KilledLoad(LoadedServer& server, std::string mode, std::string table,
               const load::Context& context)
        : server_(server), mode_(std::move(mode)), table_(std::move(table)), context_(context) {}

    void make_table() {
        server_.execute("drop table if exists " + table_);
        server_.execute("create table " + table_ + " (id int" +
                        (merges(mode_) ? " primary key" : "") + ", name text)");
        server_.execute("insert into " + table_ + " values (" + std::to_string(kOldLow) +
                        ", 'old'), (" + std::to_string(kOldHigh) + ", 'old')");
    }

    // Small batches, so that rows arrive before the end.
    load::Job job() const {
        config::Map out = server_.connection();
        out.set("type", server_.word());
        out.set("table", table_);
        out.set("mode", mode_);
        out.set("batch_size", 1000);
        out.set("retry_limit", 1);
        out.set("retry_wait", 1);
        if (mode_.starts_with("merge") && server_.word() == "postgresql") {
            out.set("merge_keys", config::List{"id"});
        }
        load::Job job{.config = {}, .file = "load.yml"};
        job.config.set("out", out);
        return job;
    }

    Result<load::Summary> load(std::function<void(int64_t page)> before = nullptr) const {
        StepByStep input(std::move(before));
        load::Progress progress;
        return load::run_from(input, job(), *context_.plugins, context_, progress);
    }

    bool has_rows_on_the_server() {
        if (is_direct(mode_)) {
            return server_.rows("select count(*) from " + table_).front() != "2";
        }
        for (const std::string& table : server_.tables()) {
            if (table.starts_with(table_ + "_0") && table.find("_embulk") != table.npos) {
                return server_.rows("select count(*) from " + table).front() != "0";
            }
        }
        return false;
    }

    void expect_failed(const Result<load::Summary>& ended) const {
        if (ended.ok()) FAIL() << mode_ << " did not notice";
        EXPECT_EQ(ended.error().code(), Code::kUnavailable) << ended.error().message();
        EXPECT_THAT(ended.error().message(), testing::HasSubstr("the connection was lost: "));
    }

    // What the direct modes sent stays: whole batches, in order.
    void expect_as_before() {
        if (!is_direct(mode_)) {
            EXPECT_THAT(stored(), ElementsAre("3|old", "9999|old")) << mode_;
            return;
        }
        const std::string arrived = " from " + table_ + " where name <> 'old'";
        const auto count = server_.rows("select count(*)" + arrived).front();
        EXPECT_EQ(server_.rows("select coalesce(max(id), 0)" + arrived).front(), count);
        EXPECT_LT(std::stoll(count), kRows) << mode_;
        EXPECT_THAT(server_.rows("select name from " + table_ + " where id = 9999"),
                    ElementsAre("old"));
    }

    void expect_loaded_again() {
        if (mode_ == "insert_direct") {
            server_.execute("delete from " + table_ + " where name <> 'old'");
        }
        auto again = load();
        if (!again.ok()) FAIL() << mode_ << ": " << again.error().message();
        EXPECT_THAT(stored(), ElementsAreArray(wanted())) << mode_;
    }

    const std::string& table() const { return table_; }

  private:
    std::vector<std::string> stored() {
        return server_.rows("select id, name from " + table_ + " order by id, name");
    }

    std::vector<std::string> wanted() const {
        const bool keeps = mode_ != "truncate_insert" && mode_ != "replace";
        std::vector<std::string> rows;
        for (int64_t id = 1; id <= kRows; ++id) {
            const std::string number = std::to_string(id);
            rows.push_back(number + "|name " + number);
            if (id == kOldLow && keeps && !merges(mode_)) rows.push_back(number + "|old");
        }
        if (keeps) rows.push_back(std::to_string(kOldHigh) + "|old");
        return rows;
    }

    LoadedServer& server_;
    const std::string mode_;
    const std::string table_;
    const load::Context& context_;
};

void expect_ended_well(LoadedServer& server, KilledLoad& load, const Result<load::Summary>& ended) {
    load.expect_failed(ended);
    load.expect_as_before();
    EXPECT_THAT(server.tables(), ElementsAre(load.table()));
    load.expect_loaded_again();
    EXPECT_THAT(server.tables(), ElementsAre(load.table()));
}

}  // namespace

void expect_a_load_survives_a_kill(LoadedServer& server, const std::string& mode,
                                   const load::Context& context) {
    KilledLoad load(server, mode, "t", context);
    load.make_table();
    auto ended = load.load([&](int64_t page) {
        if (page != kHalf) return;
        wait_until("rows arrive", [&] { return load.has_rows_on_the_server(); });
        server.kill_loads();
    });
    expect_ended_well(server, load, ended);
}

void expect_a_load_survives_a_late_kill(LoadedServer& server, const std::string& mode,
                                        const load::Context& context) {
    KilledLoad load(server, mode, "t", context);
    load.make_table();
    std::jthread killer;
    auto ended = load.load([&](int64_t page) {
        if (page != kHalf) return;
        wait_until("rows arrive", [&] { return load.has_rows_on_the_server(); });
        server.lock_table(load.table());
        killer = std::jthread([&] {
            wait_until("the load waits", [&] { return server.has_waiting_load(); });
            server.kill_loads();
            server.unlock();
        });
    });
    if (killer.joinable()) killer.join();
    expect_ended_well(server, load, ended);
}

void expect_loads_survive_the_server(LoadedServer& server, const load::Context& context) {
    std::vector<std::unique_ptr<KilledLoad>> loads;
    std::vector<std::string> targets;
    for (const std::string& mode : kModes) {
        targets.push_back("t_" + mode);
        loads.push_back(std::make_unique<KilledLoad>(server, mode, targets.back(), context));
        loads.back()->make_table();
    }
    std::ranges::sort(targets);
    std::vector<Result<load::Summary>> ended(loads.size(), load::Summary());
    std::atomic<size_t> half_done = 0;
    std::latch gone(1);
    {
        std::vector<std::jthread> threads;
        for (size_t index = 0; index < loads.size(); ++index) {
            threads.emplace_back([&, index] {
                ended[index] = loads[index]->load([&](int64_t page) {
                    if (page != kHalf) return;
                    ++half_done;
                    gone.wait();
                });
            });
        }
        wait_until("all are half-way", [&] { return half_done == loads.size(); });
        for (const auto& load : loads) {
            wait_until("rows arrive", [&] { return load->has_rows_on_the_server(); });
        }
        server.vanish();
        gone.count_down();
    }
    server.come_back();
    EXPECT_GT(server.tables().size(), targets.size()) << "nobody was there to drop the tables";
    for (size_t index = 0; index < loads.size(); ++index) {
        loads[index]->expect_failed(ended[index]);
        loads[index]->expect_as_before();
        loads[index]->expect_loaded_again();
    }
    for (const auto& load : loads) {
        auto dropped = load::clean_up(load->job(), *context.plugins, context);
        EXPECT_TRUE(dropped.ok()) << dropped.error().message();
    }
    EXPECT_THAT(server.tables(), ElementsAreArray(targets));
}

}  // namespace mogura::integration
