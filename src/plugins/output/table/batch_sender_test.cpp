#include "plugins/output/table/batch_sender.h"

#include "base/mutex.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins::table {
namespace {

using testing::ElementsAre;

// Keeps what arrives; fails at the batch "bad".
class Server {
  public:
    Result<> take(const std::string& batch) {
        if (batch == "bad") return Error(Code::kConflict, "refused");
        if (batch == "bug") throw std::logic_error("oops");
        base::Lock lock(mutex_);
        arrived_.push_back(batch);
        return {};
    }
    std::vector<std::string> arrived() const {
        base::Lock lock(mutex_);
        return arrived_;
    }
    BatchSender::Send taker() {
        return [this](const RowBatch& batch, int64_t&) { return take(batch.bytes); };
    }

  private:
    mutable base::Mutex mutex_;
    std::vector<std::string> arrived_ GUARDED_BY(mutex_);
};

Result<> send(BatchSender& sender, std::string bytes, int64_t rows = 1) {
    RowBatch batch{.bytes = std::move(bytes), .rows = rows};
    auto sent = sender.send(batch);
    EXPECT_TRUE(batch.bytes.empty() || !sent.ok());
    return sent;
}

TEST(BatchSender, SendsInOrder) {
    Server server;
    BatchSender sender(server.taker());
    std::vector<std::string> batches;
    for (int number = 0; number < 100; ++number) {
        batches.push_back(std::to_string(number));
        ASSERT_TRUE(send(sender, batches.back()).ok());
    }
    RowBatch last{.bytes = "last", .rows = 1};
    ASSERT_TRUE(sender.finish(last).ok());
    batches.push_back("last");
    EXPECT_EQ(server.arrived(), batches);
    EXPECT_EQ(sender.bytes(), 10 + 90 * 2 + 4);
}

TEST(BatchSender, SendsNothingWhereNothingCame) {
    Server server;
    BatchSender sender(server.taker());
    RowBatch none;
    ASSERT_TRUE(sender.finish(none).ok());
    EXPECT_THAT(server.arrived(), ElementsAre());
}

TEST(BatchSender, SendsAMarkWithoutRows) {
    std::vector<std::string> marks;
    BatchSender sender([&](const RowBatch& batch, int64_t&) -> Result<> {
        marks.push_back(batch.bytes + "|" + batch.mark);
        return {};
    });
    RowBatch batch{.bytes = "rows", .rows = 1, .mark = "one"};
    ASSERT_TRUE(sender.send(batch).ok());
    EXPECT_EQ(batch.mark, "");
    batch.mark = "all";
    ASSERT_TRUE(sender.finish(batch).ok());
    EXPECT_THAT(marks, ElementsAre("rows|one", "|all"));
}

TEST(BatchSender, FormsABatchWhileAnotherIsOnItsWay) {
    std::latch formed(1);
    BatchSender sender([&](const RowBatch&, int64_t&) -> Result<> {
        formed.wait();
        return {};
    });
    ASSERT_TRUE(send(sender, "one").ok());  // does not wait
    formed.count_down();
    RowBatch none;
    ASSERT_TRUE(sender.finish(none).ok());
}

TEST(BatchSender, TakesLessWhenTheServerHasNothingToDo) {
    std::latch formed(1);
    BatchSender sender([&](const RowBatch&, int64_t&) -> Result<> {
        formed.wait();
        return {};
    });
    RowBatch small{.bytes = "not worth it", .rows = 1};
    ASSERT_TRUE(sender.offer(small).ok());
    EXPECT_EQ(small.bytes, "not worth it");
    RowBatch one{.bytes = std::string(1 << 20, '1'), .rows = 1};
    ASSERT_TRUE(sender.offer(one).ok());
    EXPECT_EQ(one.bytes, "");
    RowBatch two{.bytes = std::string(1 << 20, '2'), .rows = 1};
    ASSERT_TRUE(sender.offer(two).ok());
    EXPECT_EQ(two.bytes.size(), 1 << 20);
    formed.count_down();
    ASSERT_TRUE(sender.finish(two).ok());
    EXPECT_EQ(sender.bytes(), 2 << 20);
}

TEST(BatchSender, SendsNothingBehindAFailure) {
    for (const std::string wrong : {"bad", "bug"}) {
        Server server;
        BatchSender sender(server.taker());
        ASSERT_TRUE(send(sender, "one").ok());
        ASSERT_TRUE(send(sender, wrong).ok());
        EXPECT_FALSE(send(sender, "two").ok());
        EXPECT_FALSE(send(sender, "three").ok());
        RowBatch last{.bytes = "last", .rows = 1};
        EXPECT_FALSE(sender.finish(last).ok());
        sender.abort();
        EXPECT_THAT(server.arrived(), ElementsAre("one"));
        EXPECT_EQ(sender.bytes(), 3);
    }
}

TEST(BatchSender, TellsWhichOfAllRowsAFailureIsAbout) {
    int64_t row = 37;
    Code code = Code::kInvalid;
    BatchSender::Send fails = [&](const RowBatch& batch, int64_t& failed_row) -> Result<> {
        if (batch.bytes != "bad") return {};
        failed_row = row;
        return Error(code, "refused");
    };
    auto failed_rows = [&] {
        BatchSender sender(fails);
        EXPECT_TRUE(send(sender, "one", 1000).ok());
        EXPECT_TRUE(send(sender, "two", 500).ok());
        RowBatch last{.bytes = "bad", .rows = 100};
        EXPECT_FALSE(sender.finish(last).ok());
        return std::pair(sender.failed_rows().first, sender.failed_rows().last);
    };
    EXPECT_EQ(failed_rows(), std::pair(int64_t{1537}, int64_t{1537}));
    row = 0;  // the server does not say which
    EXPECT_EQ(failed_rows(), std::pair(int64_t{1501}, int64_t{1600}));
    code = Code::kUnavailable;  // not the fault of any row
    EXPECT_EQ(failed_rows(), std::pair(int64_t{0}, int64_t{0}));
}

TEST(BatchSender, WaitsForTheBatchOnItsWayWhenItEnds) {
    Server server;
    {
        BatchSender sender(server.taker());
        ASSERT_TRUE(send(sender, "one").ok());
    }
    EXPECT_THAT(server.arrived(), ElementsAre("one"));
    {
        BatchSender sender(server.taker());
        ASSERT_TRUE(send(sender, "two").ok());
        sender.abort();
        EXPECT_THAT(server.arrived(), ElementsAre("one", "two"));
    }
}

}  // namespace
}  // namespace mogura::plugins::table
