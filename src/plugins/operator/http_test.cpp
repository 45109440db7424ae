// http>, http_call> and slack> against a server of our own (tests/servers).

#include "base/log.h"
#include "base/test_server.h"
#include "plugins/operator/operator_bench.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mogura::plugins {
namespace {

using base::TestCertificate;
using base::TestServer;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class HttpTest : public testing::Test {
  protected:
    // `rest`: more members; URL stands for the server.
    std::string json(const std::string& path, const std::string& rest = "") {
        return "{\"_command\":\"" + server.url(path) + "\"" + rest + "}";
    }
    engine::Outcome get(const std::string& path, const std::string& rest = "") {
        return bench.run("http", json(path, rest));
    }
    // The members of the last request as JSON.
    std::string last() const {
        std::string all = server.read("requests");
        if (all.empty()) return "";
        size_t begin = all.rfind('\n', all.size() - 2);
        return all.substr(begin == std::string::npos ? 0 : begin + 1);
    }

    TestServer server{MOGURA_SOURCE, "http_server.py"};
    Bench bench;
};

// digdag 4.12.2, 4.12.3a
TEST_F(HttpTest, SendsQueryAndHeaders) {
    struct Case {
        const char* options;
        const char* sent;
    };
    for (const Case& one : {
             Case{R"(,"query":{"a":"b c","d":1,"é":true})", "/x?y=1&a=b+c&d=1&%C3%A9=true"},
             Case{R"(,"query":"a=b c&d=%2F&e")", "/x?y=1&a=b+c&d=%2F&e"},
             Case{R"(,"query":"{\"a\":\"&\"}")", "/x?y=1&a=%26"},
             Case{R"(,"http":{"query":{"q":1}})", "/x?y=1&q=1"},
         }) {
        EXPECT_EQ(message(get("/x?y=1", one.options)), "no failure");
        EXPECT_THAT(last(), HasSubstr(std::string("\"target\": \"") + one.sent + "\""));
    }
    get("/x", R"(,"headers":[{"X-One":"first"},{"X-One":2}],"method":"OPTIONS")");
    EXPECT_THAT(last(), HasSubstr(R"("method": "OPTIONS")"));
    EXPECT_THAT(last(), HasSubstr(R"(["X-One", "first"], ["X-One", "2"])"));
    EXPECT_THAT(last(), HasSubstr(R"(["User-Agent", "Mogura"])"));
    bench.compatibility = engine::Compatibility::kStrict;
    get("/x", "");
    EXPECT_THAT(last(), HasSubstr(R"(["User-Agent", "Digdag/0.10.6 Jetty/9.3.11.v20160721"])"));
    bench.compatibility = engine::Compatibility::kFixed;

    EXPECT_THAT(message(get("/x", R"(,"query":{"a":[1]})")), HasSubstr("key 'query'"));
    EXPECT_THAT(message(get("/x", R"(,"query":[1])")), HasSubstr("key 'query'"));
    EXPECT_THAT(message(get("/x", R"(,"headers":{"A":"b"})")), HasSubstr("key 'headers'"));
    EXPECT_THAT(message(get("/x", R"(,"headers":["A: b"])")), HasSubstr("headers: not a mapping"));
    EXPECT_THAT(message(bench.run("http", R"({"_command":"example.com"})")),
                StartsWith("not a URI with http:// or https://: example.com"));
}

// digdag 4.12.3
TEST_F(HttpTest, SendsContentByItsFormat) {
    struct Case {
        const char* options;
        const char* type;
        const char* body;  // as JSON writes it
    };
    for (const Case& one : {
             Case{R"("content":{"k":[1,"x"],"n":null})", "application/json",
                  R"({\"k\":[1,\"x\"],\"n\":null})"},
             Case{R"("content":[1])", "application/json", "[1]"},
             Case{R"("content":"plain words")", "plain/text", "plain words"},
             Case{R"("content":12)", "plain/text", "12"},
             Case{R"("content":"x","content_format":"json")", "application/json", R"(\"x\")"},
             Case{R"("content":{"a":"b c","d":1},"content_format":"form")",
                  "application/x-www-form-urlencoded", "a=b+c&d=1"},
             Case{R"("content":"<x/>","content_type":"application/xml")", "application/xml",
                  "<x/>"},
             Case{R"("content":{"a":"${secret:s}"})", "application/json", R"({\"a\":\"$\\\\1\"})"},
         }) {
        bench.secrets.values = {{"s", "$\\1"}};
        EXPECT_EQ(message(get("/x", std::string(R"(,"method":"POST",)") + one.options)),
                  "no failure");
        EXPECT_THAT(last(), HasSubstr(std::string("[\"Content-Type\", \"") + one.type + "\"]"));
        EXPECT_THAT(last(), HasSubstr(std::string("\"body\": \"") + one.body + "\"}"));
    }
    for (auto [options, text] : {
             std::pair(R"("content":{"a":{"b":1}},"content_format":"form")", "key 'content'"),
             std::pair(R"("content":{},"content_format":"text")",
                       "Invalid content format for objects: 'text' (config)"),
             std::pair(R"("content":[1],"content_format":"form")",
                       "Invalid content format for arrays: 'form' (config)"),
             std::pair(R"("content":1,"content_format":"xml")",
                       "Invalid content format for scalars: 'xml' (config)"),
         }) {
        EXPECT_THAT(message(get("/x", std::string(R"(,"method":"POST",)") + options)),
                    HasSubstr(text));
    }
}

// digdag 4.12.5, 4.12.7
TEST_F(HttpTest, StoresTheStatusAndOnWishTheContent) {
    EXPECT_EQ(stored(get("/status/204")), R"({"http":{"last_status":204}})");
    auto outcome = get("/x", R"(,"store_content":true)");
    EXPECT_EQ(stored(outcome), R"({"http":{"last_status":200,"last_content":"hello"}})");
    EXPECT_THAT(std::get<engine::Done>(outcome).reset_store_parameters,
                testing::ElementsAre("http.last_status", "http.last_content"));
    EXPECT_EQ(stored(get("/to?/x", R"(,"follow_redirects":false)")),
              R"({"http":{"last_status":302}})");
    EXPECT_EQ(stored(get("/to?/x")), R"({"http":{"last_status":200}})");
    EXPECT_THAT(message(get("/large/65537", R"(,"store_content":true)")),
                HasSubstr("too large to be stored: 65537 bytes"));
    bench.settings["config.http.max_stored_response_content_size"] = "4";
    EXPECT_THAT(message(get("/x", R"(,"store_content":true)")), HasSubstr("too large"));
    bench.settings["config.http.max_redirects"] = "x";
    EXPECT_THAT(message(get("/x")), HasSubstr("not a number"));
}

// digdag 4.12.5
TEST_F(HttpTest, FailsOrTriesAgain) {
    EXPECT_EQ(message(get("/status/404?body=" + std::string(300, 'x'))),
              "HTTP 4XX Client Error: GET " + server.url("/status/404?body=") +
                  std::string(300, 'x') + " - 404 Not Found: " + std::string(200, 'x'));
    EXPECT_THAT(message(get("/status/500", R"(,"retry":false)")),
                StartsWith("HTTP 5XX Server Error: GET "));
    EXPECT_THAT(message(get("/status/503", R"(,"method":"POST")")),
                StartsWith("HTTP 5XX Server Error: POST "));
    EXPECT_THAT(message(bench.run("http", R"({"_command":"http://127.0.0.1:1/","retry":false})")),
                StartsWith("HTTP request failed: GET http://127.0.0.1:1/ - "));
    for (const char* path : {"/status/500", "/status/429"}) {
        auto outcome = get(path);
        for (int tries = 1; tries < 4; ++tries) {
            auto* again = std::get_if<engine::Again>(&outcome);
            ASSERT_TRUE(again) << message(outcome);
            EXPECT_EQ(config::to_json(again->state),
                      "{\"request\":{\"retry\":" + std::to_string(tries) + "}}");
            bench.state = again->state;
            outcome = bench.call("http");
        }
    }
    auto limited = get("/status/429", R"(,"method":"POST")");
    EXPECT_TRUE(std::holds_alternative<engine::Again>(limited));
    auto refused = bench.run("http", R"({"_command":"http://127.0.0.1:1/"})");
    EXPECT_TRUE(std::holds_alternative<engine::Again>(refused));
    EXPECT_EQ(stored(bench.run_to_the_end("http", json("/flaky/2/a"))),
              R"({"http":{"last_status":200}})");
    auto slow = get("/wait/5", R"(,"timeout":1,"retry":false)");
    EXPECT_THAT(message(slow), HasSubstr("imed out"));
}

// digdag 4.12.1, 4.12.4, 4.12.6, 7.5
TEST_F(HttpTest, KeepsSecretsOutOfMessages) {
    bench.secrets.values = {{"path", "status/404"}, {"http.user", "me"}, {"http.password", "p:w"}};
    EXPECT_EQ(message(get("/${secret:path}")),
              "HTTP 4XX Client Error: GET http://*** - 404 Not Found: ");
    EXPECT_THAT(last(), HasSubstr(R"(["Authorization", "Basic bWU6cDp3"])"));
    bench.secrets.values["http.authorization"] = "Bearer x";
    EXPECT_EQ(message(get("/x")), "no failure");
    EXPECT_THAT(last(), HasSubstr(R"(["Authorization", "Bearer x"])"));
    bench.secrets.values["http.uri"] = server.url("/from_secret");
    EXPECT_EQ(message(get("/x")), "no failure");
    EXPECT_THAT(last(), HasSubstr("/from_secret"));
    bench.secrets.values["http.uri"] = "http://nowhere.invalid/";
    EXPECT_EQ(message(get("/x", R"(,"retry":false)")),
              "HTTP request failed: GET http://*** - the request failed");
    EXPECT_EQ(message(bench.run("http", R"({"_command":"http://h/","method":"${secret:no}",)"
                                        R"("headers":[{"A":"${secret:none}"}]})")),
              "Secret not found for key: 'none'");
}

// digdag 4.12.6, 7.5
TEST_F(HttpTest, KeepsSecretsOfTheQueryOutOfMessages) {
    bench.secrets.values = {{"q", "hidden \"x"}};
    EXPECT_EQ(
        message(get("/status/404?a=1", R"(,"query":{"token":"${secret:q}"})")),
        "HTTP 4XX Client Error: GET " + server.url("/status/404?a=1&***") + " - 404 Not Found: ");
    EXPECT_THAT(last(), HasSubstr("token=hidden+%22x"));
    EXPECT_THAT(message(get("/status/404", R"(,"query":"t=${secret:q}")")),
                HasSubstr("/status/404?*** - 404"));
    EXPECT_EQ(
        message(bench.run("http", R"({"_command":"http://me:hidden@127.0.0.1:)" + server.port +
                                      R"(/status/404?m=a@b"})")),
        "HTTP 4XX Client Error: GET " + server.url("/status/404?m=a@b") + " - 404 Not Found: ");
    EXPECT_THAT(message(get("/status/404", R"(,"query":{"a":"b"})")),
                HasSubstr("/status/404?a=b - 404"));
    for (const char* options :
         {R"("query":{"a":["${secret:q}"]})", R"("query":["${secret:q}"])",
          R"("query":"{\"a\":[\"${secret:q}\"]}")",
          R"("method":"POST","content":{"a":["${secret:q}"]},"content_format":"form")"}) {
        std::string failure = message(get("/x", std::string(",") + options));
        EXPECT_THAT(failure, HasSubstr("for key '"));
        EXPECT_THAT(failure, Not(HasSubstr("hidden")));
    }
    EXPECT_THAT(
        message(bench.run("http", R"({"_command":"nowhere","query":{"token":"${secret:q}"}})")),
        Not(HasSubstr("hidden")));
}

// digdag 4.12.2
TEST_F(HttpTest, TakesMethodsInSmallLetters) {
    EXPECT_EQ(message(get("/x", R"(,"method":"post","content":"y")")), "no failure");
    EXPECT_THAT(last(), HasSubstr(R"("method": "POST")"));
    auto outcome = get("/status/500", R"(,"method":"options")");
    EXPECT_TRUE(std::holds_alternative<engine::Again>(outcome)) << message(outcome);
}

// digdag 4.12.8
TEST_F(HttpTest, TakesTheProxyOfTheEnvironment) {
    const std::string proxy = "http://127.0.0.1:" + server.port;
    const char* plain = R"({"_command":"http://nowhere.invalid/a","store_content":true,)"
                        R"("retry":false})";
    const char* secure = R"({"_command":"https://nowhere.invalid/a","retry":false})";
    for (const char* name : {"http_proxy", "HTTP_PROXY"}) {
        bench.environment = {{name, " " + proxy}, {"https_proxy", "http://127.0.0.1:1"}};
        EXPECT_THAT(stored(bench.run("http", plain)), HasSubstr("proxied")) << name;
    }
    // The server of this test does not know CONNECT; which one was asked can be told.
    for (const char* name : {"https_proxy", "HTTPS_PROXY"}) {
        bench.environment = {{name, "http://127.0.0.1:1"}, {"http_proxy", proxy}};
        EXPECT_THAT(message(bench.run("http", secure)), HasSubstr("127.0.0.1 port 1")) << name;
    }
    bench.environment = {{"HTTP_PROXY", "http://127.0.0.1:1"}};
    EXPECT_THAT(message(bench.run("http", secure)), HasSubstr("127.0.0.1 port 1"));
    EXPECT_THAT(message(bench.run("http_call", plain)), HasSubstr("127.0.0.1 port 1"));
    bench.settings = {{"config.http.proxy.enabled", "true"},
                      {"config.http.proxy.host", "127.0.0.1"},
                      {"config.http.proxy.port", server.port}};
    EXPECT_THAT(stored(bench.run("http", plain)), HasSubstr("proxied"));
}

// digdag 2.5
TEST_F(HttpTest, WaitsBetweenTriesAreThoseOfOneTryOfARetry) {
    bench.run("http", json("/status/500"));
    bench.state = config::parse_json(R"({"request":{"retry":9},"retry_count":1})", "")->map();
    auto outcome = bench.call("http");
    auto* again = std::get_if<engine::Again>(&outcome);
    ASSERT_TRUE(again) << message(outcome);
    EXPECT_EQ(config::to_json(*again->state.find("request")), R"({"retry":1})");
}

// digdag 4.12.2, 4.12.8
TEST_F(HttpTest, KnowsCertificatesAndProxies) {
    TestCertificate certificate = TestCertificate::make(bench.folder);
    TestServer secure(MOGURA_SOURCE, "http_server.py",
                      {"--tls", certificate.certificate, certificate.key});
    std::string begin = "{\"_command\":\"" + secure.url("/", "https") + "\"";
    EXPECT_THAT(message(bench.run("http", begin + R"(,"retry":true})")), HasSubstr("certificate"));
    EXPECT_EQ(stored(bench.run("http", begin + R"(,"insecure":true})")),
              R"({"http":{"last_status":200}})");
    std::string proxied = R"({"_command":"http://nowhere.invalid/a","store_content":true)";
    std::string proxy =
        R"(,"proxy":{"enabled":true,"host":"127.0.0.1","port":)" + server.port + "}}";
    EXPECT_THAT(stored(bench.run("http", proxied + proxy)), HasSubstr("proxied"));
    bench.settings = {{"config.http.proxy.enabled", "true"},
                      {"config.http.proxy.host", "127.0.0.1"},
                      {"config.http.proxy.port", server.port},
                      {"config.http.user_agent", "Mine/1"}};
    EXPECT_THAT(stored(bench.run("http", proxied + "}")), HasSubstr("proxied"));
    EXPECT_THAT(last(), HasSubstr(R"(["User-Agent", "Mine/1"])"));
    bench.compatibility = engine::Compatibility::kStrict;
    EXPECT_THAT(stored(bench.run("http", proxied + "}")), HasSubstr("proxied"));
    EXPECT_THAT(last(), HasSubstr(R"(["User-Agent", "Mine/1 Jetty/9.3.11.v20160721"])"));
    bench.compatibility = engine::Compatibility::kFixed;
    bench.settings["config.http.allow_user_proxy"] = "false";
    EXPECT_THAT(message(bench.run("http", proxied + proxy)), HasSubstr("allow_user_proxy"));
}

// digdag 4.13
TEST_F(HttpTest, CallRunsWhatTheServerSays) {
    auto call = [&](const std::string& query, const std::string& rest = "") {
        return bench.run("http_call", json("/type?" + query, rest));
    };
    std::string tasks = "body=%7B%22%2Bx%22:%7B%22echo%3E%22:%22${v}%22%7D%7D";
    EXPECT_EQ(subtasks(call("type=application/json&" + tasks)), R"({"+x":{"echo>":"${v}"}})");
    EXPECT_EQ(subtasks(call("type=Application/JSON;charset=utf-8&" + tasks)),
              R"({"+x":{"echo>":"${v}"}})");
    EXPECT_EQ(subtasks(call("type=application/x-yaml&body=%2Bx:%0A%20%20echo%3E:%20y%0A")),
              R"({"+x":{"echo>":"y"}})");
    EXPECT_EQ(
        subtasks(call(tasks, R"(,"content_type_override":"application/json; charset=utf-8")")),
        R"({"+x":{"echo>":"${v}"}})");
    EXPECT_EQ(message(call(tasks)),
              "Content-Type must be set in the HTTP response but not set (config)");
    EXPECT_EQ(message(call("type=text/html&" + tasks)),
              "Unsupported Content-Type (expected application/json or application/x-yaml): "
              "text/html (config)");
    EXPECT_THAT(message(call("type=application/json&body=%2Bx:%20y")), HasSubstr("http_call.dig"));
    EXPECT_THAT(message(call("type=application/x-yaml&body=foo:%201")),
                HasSubstr("Workflow 'http_call' includes unknown keys: [foo]"));
    EXPECT_FALSE(base::file_exists(bench.folder + "/http_call.dig"));
    bench.settings["config.http_call.max_response_content_size"] = "10";
    EXPECT_THAT(message(call("type=application/json&" + tasks)), HasSubstr("larger than"));
    bench.secrets.values["http.uri"] = "http://nowhere.invalid/";
    bench.settings.clear();
    EXPECT_EQ(subtasks(call("type=application/json&" + tasks)), R"({"+x":{"echo>":"${v}"}})");
}

// digdag 4.21.1
TEST_F(HttpTest, SlackPostsThePayload) {
    bench.write("message.yml", "text: |\n  day ${day} is done\nusername: ${who}\n");
    bench.secrets.values = {{"hook", server.url("/hook")}};
    std::string options = R"(,"webhook_url":"${secret:hook}","day":"é","who":"Mogura"})";
    EXPECT_EQ(message(bench.run("slack", R"({"_command":"message.yml")" + options)), "no failure");
    EXPECT_THAT(last(), HasSubstr("application/x-www-form-urlencoded"));
    EXPECT_THAT(last(), HasSubstr("payload=%7B%22text%22%3A%22day+%C3%A9+is+done%5Cn%22%2C"
                                  "%22username%22%3A%22Mogura%22%7D"));
    EXPECT_EQ(
        message(bench.run("slack", R"({"message":"{attachments: []}","slack":{"webhook_url":")" +
                                       server.url("/b") + "\"}}")),
        "no failure");
    for (const char* text : {"just words", "{username: x}", "[text]"}) {
        EXPECT_THAT(message(bench.run("slack", std::string(R"({"message":")") + text +
                                                   R"(","webhook_url":"http://h/"})")),
                    HasSubstr("'text' or 'attachments' is required"));
    }
    EXPECT_EQ(message(bench.run("slack", R"({"message":"text: x"})")),
              "Parameter 'webhook_url' is required but not set (config)");
    EXPECT_EQ(message(bench.run("slack", R"({"_command":"none.yml","webhook_url":"http://h/"})")),
              "File not found: none.yml (config)");
}

// digdag 4.21.2
TEST_F(HttpTest, SlackTriesAgainAndThenFails) {
    auto post = [&](const std::string& path) {
        return R"({"message":"text: x","webhook_url":")" + server.url(path) + "\"}";
    };
    EXPECT_EQ(message(bench.run_to_the_end("slack", post("/flaky/3/s"))), "no failure");
    EXPECT_EQ(
        message(bench.run_to_the_end("slack", post("/status/500?body=broken"))),
        "slack>: no answer but failures in 10 tries, the last: POST http://*** - 500 Internal "
        "Server Error: broken");
    // A retried task has its ten tries again.
    bench.state = config::parse_json(R"({"slack_tries":9,"retry_count":1})", "")->map();
    auto retried = bench.call("slack");
    EXPECT_TRUE(std::holds_alternative<engine::Again>(retried)) << message(retried);
    EXPECT_EQ(message(bench.run("slack", post("/status/403?body=no"))),
              "HTTP 4XX Client Error: POST http://*** - 403 Forbidden: no");
    bench.compatibility = engine::Compatibility::kStrict;
    std::string logged;
    log::set_writer([&](std::string_view line) { logged += line; });
    EXPECT_EQ(message(bench.run("slack", post("/status/500?body=broken"))), "no failure");
    EXPECT_EQ(message(bench.run("slack", post("/status/403"))), "no failure");
    log::set_writer({});
    EXPECT_THAT(logged, HasSubstr("500 Internal Server Error: broken"));
    EXPECT_THAT(logged, HasSubstr("403 Forbidden"));
    EXPECT_THAT(logged, Not(HasSubstr("tried again")));
}

}  // namespace
}  // namespace mogura::plugins
