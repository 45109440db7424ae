// The Redis client against a real server in a folder of its own.

#include "base/file.h"
#include "base/process.h"
#include "database/database.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <thread>

namespace mogura::database {
namespace {

uint16_t free_port() {
    base::Descriptor socket(::socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
}

class RedisTest : public testing::Test {
  protected:
    void SetUp() override {
        std::string name = (std::filesystem::temp_directory_path() / "redisXXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        options_.port = free_port();
        options_.host = "127.0.0.1";
        options_.password = "pass word";
        base::Command command;
        command.arguments = {"redis-server",  "--port",         std::to_string(options_.port),
                             "--bind",        "127.0.0.1",      "--dir",
                             folder_,         "--save",         "",
                             "--requirepass", options_.password};
        command.environment = base::current_environment();
        command.output = base::Stream::null();
        auto started = base::Process::start(command);
        ASSERT_TRUE(started.ok()) << started.error().message();
        server_.emplace(std::move(*started));
    }
    void TearDown() override {
        if (server_) {
            EXPECT_TRUE(server_->kill(SIGKILL).ok());
            EXPECT_TRUE(server_->wait().ok());
        }
        std::filesystem::remove_all(folder_);
    }
    std::unique_ptr<Redis> connect() {
        for (int tries = 0; tries < 500; ++tries) {
            auto made = Redis::connect(options_);
            if (made.ok()) return *std::move(made);
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        ADD_FAILURE() << "redis-server does not start";
        return nullptr;
    }

    RedisOptions options_;
    std::optional<base::Process> server_;
    std::string folder_;
};

TEST_F(RedisTest, SetsAndGetsAnyBytes) {
    auto redis = connect();
    ASSERT_TRUE(redis);
    std::string odd("\r\n$3\0é", 8);
    std::string large(3'000'000, 'x');
    auto written = redis->set({{"a", odd}, {"b", large}, {"c", ""}}, std::chrono::seconds(60));
    ASSERT_TRUE(written.ok()) << written.error().message();
    auto values = redis->get({"a", "none", "b", "c"});
    ASSERT_TRUE(values.ok()) << values.error().message();
    EXPECT_THAT(*values, testing::ElementsAre(odd, std::nullopt, large, ""));
    EXPECT_TRUE(redis->get({})->empty());
    ASSERT_TRUE(redis->set({{"a", "soon gone"}}, std::chrono::seconds(1)).ok());
    for (int tries = 0; tries < 500 && redis->get({"a"})->at(0); ++tries) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    EXPECT_EQ(redis->get({"a"})->at(0), std::nullopt);
    auto refused = redis->set({{"a", "x"}}, std::chrono::seconds(-1));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code(), Code::kInvalid);
}

TEST_F(RedisTest, SaysWhatIsWrong) {
    ASSERT_TRUE(connect());
    RedisOptions wrong = options_;
    wrong.password = "wrong";
    auto denied = Redis::connect(wrong);
    ASSERT_FALSE(denied.ok());
    EXPECT_EQ(denied.error().code(), Code::kDenied);
    EXPECT_THAT(denied.error().message(), testing::HasSubstr("WRONGPASS"));
    wrong.password = "";
    auto redis = Redis::connect(wrong);
    ASSERT_TRUE(redis.ok());
    EXPECT_THAT((*redis)->get({"a"}).error().message(), testing::HasSubstr("NOAUTH"));
    wrong.port = free_port();
    auto nobody = Redis::connect(wrong);
    ASSERT_FALSE(nobody.ok());
    EXPECT_EQ(nobody.error().code(), Code::kUnavailable);
    EXPECT_THAT(nobody.error().message(), testing::HasSubstr("127.0.0.1:"));
}

TEST_F(RedisTest, NoticesAServerThatIsGone) {
    auto redis = connect();
    ASSERT_TRUE(redis);
    ASSERT_TRUE(server_->kill(SIGSTOP).ok());
    RedisOptions slow = options_;
    slow.time_max = std::chrono::milliseconds(50);
    auto late = Redis::connect(slow);
    ASSERT_FALSE(late.ok());
    EXPECT_EQ(late.error().code(), Code::kTimeout);
    ASSERT_TRUE(server_->kill(SIGKILL).ok());
    ASSERT_TRUE(server_->wait().ok());
    server_.reset();
    auto lost = redis->get({"a"});
    ASSERT_FALSE(lost.ok());
    EXPECT_EQ(lost.error().code(), Code::kUnavailable);
}

}  // namespace
}  // namespace mogura::database
