// Targets as browsers, curl and the careless send them.

#include "net/http_server.h"
#include "net/request_line.h"

#include <gtest/gtest.h>

namespace mogura::net {
namespace {

using Query = std::vector<std::pair<std::string, std::string>>;

TEST(Request, TakesEveryTargetApart) {
    struct Case {
        std::string target;
        std::string path;
        std::vector<std::string> segments;
        Query query;
    };
    const std::vector<Case> cases = {
        {"/", "/", {}, {}},
        {"", "", {}, {}},
        {"/v1/tables/slots/7", "/v1/tables/slots/7", {"v1", "tables", "slots", "7"}, {}},
        {"//a///b/", "//a///b/", {"a", "b"}, {}},
        {"/a%2Fb/%E6%9D%B1", "/a%2Fb/%E6%9D%B1", {"a/b", "\xE6\x9D\xB1"}, {}},
        {"/a+b", "/a+b", {"a+b"}, {}},
        {"/t?keys=1,2&x", "/t", {"t"}, {{"keys", "1,2"}, {"x", ""}}},
        {"/t?a=b=c&&=v&a=", "/t", {"t"}, {{"a", "b=c"}, {"", "v"}, {"a", ""}}},
        {"/t?a+b=%26+%3D", "/t", {"t"}, {{"a b", "& ="}}},
        {"/t?a=1?b=2", "/t", {"t"}, {{"a", "1?b=2"}}},
        {"/t?", "/t", {"t"}, {}},
        {"/..%2f../x", "/..%2f../x", {"../..", "x"}, {}},
    };
    for (const Case& one : cases) {
        Request request;
        request.target = one.target;
        read_target(request);
        EXPECT_EQ(request.path, one.path) << one.target;
        EXPECT_EQ(request.segments, one.segments) << one.target;
        EXPECT_EQ(request.query, one.query) << one.target;
    }
}

TEST(Request, LeavesBrokenEscapesAsTheyAre) {
    for (std::string text : {"%", "%4", "%zz", "%4z", "100%", "%%"}) {
        EXPECT_EQ(decode_percent(text, false), text);
    }
    EXPECT_EQ(decode_percent("%%41%", false), "%A%");
    EXPECT_EQ(decode_percent("%2541", false), "%41") << "once, not twice";
    EXPECT_EQ(decode_percent("a%00b", false), std::string("a\0b", 3));
    EXPECT_EQ(decode_percent("%e3%81%82", false), "\xE3\x81\x82");
}

TEST(Request, TheFirstValueOfANameCounts) {
    Request request;
    request.target = "/?a=1&a=2&b=";
    read_target(request);
    ASSERT_NE(request.query_value("a"), nullptr);
    EXPECT_EQ(*request.query_value("a"), "1");
    EXPECT_EQ(*request.query_value("b"), "");
    EXPECT_EQ(request.query_value("c"), nullptr);
    EXPECT_EQ(request.header("host"), std::nullopt) << "a request that no server made";
}

}  // namespace
}  // namespace mogura::net
