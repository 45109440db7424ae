#include "plugins/output/table/batch_sender.h"

#include "base/mutex.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>
#include <stdexcept>
#include <string>
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
        return [this](const std::string& batch, const std::string&) { return take(batch); };
    }

  private:
    mutable base::Mutex mutex_;
    std::vector<std::string> arrived_ GUARDED_BY(mutex_);
};

Result<> send(BatchSender& sender, std::string batch) {
    auto sent = sender.send(batch);
    EXPECT_TRUE(batch.empty() || !sent.ok());
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
    std::string last = "last";
    ASSERT_TRUE(sender.finish(last).ok());
    batches.push_back("last");
    EXPECT_EQ(server.arrived(), batches);
    EXPECT_EQ(sender.bytes(), 10 + 90 * 2 + 4);
}

TEST(BatchSender, SendsNothingWhereNothingCame) {
    Server server;
    BatchSender sender(server.taker());
    std::string none;
    ASSERT_TRUE(sender.finish(none).ok());
    EXPECT_THAT(server.arrived(), ElementsAre());
}

TEST(BatchSender, FormsABatchWhileAnotherIsOnItsWay) {
    std::latch formed(1);
    BatchSender sender([&](const std::string&) -> Result<> {
        formed.wait();
        return {};
    });
    ASSERT_TRUE(send(sender, "one").ok());  // does not wait
    formed.count_down();
    std::string none;
    ASSERT_TRUE(sender.finish(none).ok());
}

TEST(BatchSender, TakesLessWhenTheServerHasNothingToDo) {
    std::latch formed(1);
    BatchSender sender([&](const std::string&) -> Result<> {
        formed.wait();
        return {};
    });
    std::string small = "not worth it";
    ASSERT_TRUE(sender.offer(small).ok());
    EXPECT_EQ(small, "not worth it");
    std::string one(1 << 20, '1');
    ASSERT_TRUE(sender.offer(one).ok());
    EXPECT_EQ(one, "");
    std::string two(1 << 20, '2');
    ASSERT_TRUE(sender.offer(two).ok());
    EXPECT_EQ(two.size(), 1 << 20);
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
        std::string last = "last";
        EXPECT_FALSE(sender.finish(last).ok());
        sender.abort();
        EXPECT_THAT(server.arrived(), ElementsAre("one"));
        EXPECT_EQ(sender.bytes(), 3);
    }
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
