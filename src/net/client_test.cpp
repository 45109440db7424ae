// The HTTP and mail clients against servers of our own (tests/servers).

#include "base/test_server.h"
#include "net/net.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace mogura::net {
namespace {

using base::TestCertificate;
using base::TestServer;
using testing::HasSubstr;
using testing::Not;

class ClientTest : public testing::Test {
  protected:
    static std::string folder() {
        static const std::string made = [] {
            std::string name = (std::filesystem::temp_directory_path() / "clientXXXXXX").string();
            return std::string(::mkdtemp(name.data()));
        }();
        return made;
    }
    static const TestCertificate& certificate() {
        static const TestCertificate made = TestCertificate::make(folder());
        return made;
    }
    static void TearDownTestSuite() { std::filesystem::remove_all(folder()); }
};

TEST_F(ClientTest, SendsMethodHeadersAndBodyAsTheyAre) {
    TestServer server(MOGURA_SOURCE, "http_server.py");
    auto answer = send({.method = "PUT",
                        .url = server.url("/a?b=c+d#fragment"),
                        .headers = {{"X-Two", "1"}, {"X-Two", "2"}, {"X-Empty", ""}},
                        .body = std::string("a\0b", 3)});
    ASSERT_TRUE(answer.ok()) << answer.error().message();
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->reason, "OK");
    EXPECT_EQ(answer->body, "hello");
    EXPECT_EQ(answer->header("x-one"), "second");
    EXPECT_EQ(answer->header("x-none"), std::nullopt);
    std::string request = server.read("requests");
    EXPECT_THAT(request, HasSubstr(R"("method": "PUT", "target": "/a?b=c+d")"));
    EXPECT_THAT(request, HasSubstr(R"(["X-Two", "1"], ["X-Two", "2"], ["X-Empty", ""])"));
    EXPECT_THAT(request, HasSubstr(R"("body": "a\u0000b")"));
    EXPECT_THAT(request, Not(HasSubstr("Expect")));
    EXPECT_THAT(request, Not(HasSubstr("Content-Type")));
}

TEST_F(ClientTest, EveryMethodAndStatusIsAnAnswer) {
    TestServer server(MOGURA_SOURCE, "http_server.py");
    for (const char* method : {"GET", "HEAD", "POST", "DELETE", "PATCH", "OPTIONS"}) {
        auto answer = send({.method = method, .url = server.url("/status/404?body=gone")});
        ASSERT_TRUE(answer.ok()) << method << answer.error().message();
        EXPECT_EQ(answer->status, 404) << method;
        EXPECT_EQ(answer->reason, "Not Found");
        EXPECT_EQ(answer->body, std::string_view(method) == "HEAD" ? "" : "gone");
        EXPECT_THAT(server.read("requests"), HasSubstr(std::string("\"method\": \"") + method));
    }
}

TEST_F(ClientTest, FollowsRedirectsAsFarAsAllowed) {
    TestServer server(MOGURA_SOURCE, "http_server.py");
    std::string once = server.url("/to?/end");
    std::string twice = server.url("/to?/to%3F/end");
    EXPECT_EQ(send({.url = once})->status, 302);
    EXPECT_EQ(send({.url = twice, .redirects_max = 2})->body, "hello");
    auto refused = send({.url = twice, .redirects_max = 1});
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code(), Code::kInvalid);
    EXPECT_EQ(send({.method = "POST", .url = once, .body = "x", .redirects_max = 1})->status, 200);
    EXPECT_THAT(server.read("requests"), HasSubstr(R"("method": "GET", "target": "/end")"));
    auto other = send({.url = server.url("/to?file:///etc/passwd"), .redirects_max = 1});
    ASSERT_FALSE(other.ok());
    EXPECT_EQ(other.error().code(), Code::kInvalid);
}

TEST_F(ClientTest, HasLimitsOfTimeAndSize) {
    TestServer server(MOGURA_SOURCE, "http_server.py");
    auto slow = send({.url = server.url("/wait/5"), .time_max = std::chrono::milliseconds(100)});
    ASSERT_FALSE(slow.ok());
    EXPECT_EQ(slow.error().code(), Code::kTimeout);
    auto large = send({.url = server.url("/large/2000"), .body_bytes_max = 1024});
    ASSERT_FALSE(large.ok());
    EXPECT_EQ(large.error().code(), Code::kLimit);
    EXPECT_EQ(large.error().message(), "the answer is larger than 1.0 KiB");
    std::stop_source stop;
    stop.request_stop();
    auto stopped = send({.url = server.url("/wait/5"), .stop = stop.get_token()});
    ASSERT_FALSE(stopped.ok());
    EXPECT_EQ(stopped.error().code(), Code::kCanceled);
}

// Fails behind so many bytes.
class SmallSink final : public base::ByteSink {
  public:
    explicit SmallSink(size_t bytes_max) : bytes_max_(bytes_max) {}
    Result<> write(std::string_view bytes) override {
        size += bytes.size();
        if (size <= bytes_max_) return {};
        return Error(Code::kLimit, "the sink is full");
    }
    Result<> finish() override { return Error(Code::kInternal, "nobody asked for it"); }

    size_t size = 0;

  private:
    const size_t bytes_max_;
};

TEST_F(ClientTest, GivesTheBodyToASink) {
    TestServer server(MOGURA_SOURCE, "http_server.py");
    SmallSink sink(40'000'000);
    auto answer = send({.url = server.url("/large/30000000"), .body_bytes_max = 10, .sink = &sink});
    ASSERT_TRUE(answer.ok()) << answer.error().message();
    EXPECT_EQ(sink.size, 30'000'000u);
    EXPECT_EQ(answer->body, "");
    SmallSink small(1000);
    auto full = send({.url = server.url("/large/30000000"), .sink = &small});
    ASSERT_FALSE(full.ok());
    EXPECT_EQ(full.error().message(), "the sink is full");
    SmallSink unused(0);
    auto missing = send({.url = server.url("/status/404?body=gone"), .sink = &unused});
    ASSERT_TRUE(missing.ok()) << missing.error().message();
    EXPECT_EQ(missing->body, "gone");
    SmallSink behind(5);
    auto moved = send({.url = server.url("/to?/end"), .redirects_max = 1, .sink = &behind});
    ASSERT_TRUE(moved.ok()) << moved.error().message();
    EXPECT_EQ(behind.size, 5u);
    EXPECT_EQ(moved->url, server.url("/end"));
}

TEST_F(ClientTest, WaitsNotForSilence) {
    TestServer server(MOGURA_SOURCE, "http_server.py");
    auto silent = send({.url = server.url("/wait/60"),
                        .time_max = std::chrono::milliseconds(0),
                        .connect_max = std::chrono::milliseconds(5000),
                        .silence_max = std::chrono::seconds(1)});
    ASSERT_FALSE(silent.ok());
    EXPECT_EQ(silent.error().code(), Code::kTimeout) << silent.error().message();
}

TEST(Url, LinksLeadSomewhere) {
    const std::string base = "http://one.example:8080/a/b?c=d#e";
    for (auto [link, target] : {
             std::pair("https://two.example/x?y", "https://two.example/x?y"),
             std::pair("//two.example/x", "http://two.example/x"),
             std::pair("/x", "http://one.example:8080/x"),
             std::pair("x", "http://one.example:8080/a/x"),
             std::pair("../x", "http://one.example:8080/x"),
             std::pair("?page=2", "http://one.example:8080/a/b?page=2"),
             std::pair("?q=a b", "http://one.example:8080/a/b?q=a+b"),
         }) {
        auto resolved = resolve_link(base, link);
        ASSERT_TRUE(resolved.ok()) << link << ": " << resolved.error().message();
        EXPECT_EQ(*resolved, target);
    }
    auto no_base = resolve_link("no url", "/x");
    ASSERT_FALSE(no_base.ok());
    EXPECT_EQ(no_base.error().code(), Code::kInvalid);
}

TEST(Url, QueriesGoBehindWhatIsThere) {
    EXPECT_EQ(with_query("http://a/b", ""), "http://a/b");
    EXPECT_EQ(with_query("http://a/b", "c=d"), "http://a/b?c=d");
    EXPECT_EQ(with_query("http://a/b?x#f?", "c=d"), "http://a/b?x&c=d#f?");
    EXPECT_EQ(with_query("http://a/b#f?", "c=d"), "http://a/b?c=d#f?");
}

TEST(RetryAfter, IsSecondsOrADate) {
    base::Instant now{std::chrono::seconds(784'111'777)};  // Sun, 06 Nov 1994 08:49:37 GMT
    auto seconds = [&](const char* text) {
        HttpAnswer answer;
        answer.headers.emplace_back("Retry-After", text);
        auto wait = retry_after(answer, now);
        return wait ? wait->count() : -1;
    };
    EXPECT_EQ(seconds("7"), 7);
    EXPECT_EQ(seconds("-7"), 0);
    EXPECT_EQ(seconds("Sun, 06 Nov 1994 08:50:07 GMT"), 30);
    EXPECT_EQ(seconds("Sun, 06 Nov 1994 08:00:00 GMT"), 0);
    EXPECT_EQ(seconds("soon"), -1);
    EXPECT_EQ(retry_after({}, now), std::nullopt);
}

TEST(Url, AUserStaysOnTheServer) {
    const std::string base = "https://me:p%40ss@a.example/x?y";
    EXPECT_EQ(*resolve_link(base, "/z"), "https://me:p%40ss@a.example/z");
    EXPECT_EQ(*resolve_link(base, "https://A.example:443/z"), "https://me:p%40ss@A.example:443/z");
    EXPECT_EQ(*resolve_link(base, "https://you@a.example/z"), "https://you@a.example/z");
    EXPECT_EQ(*resolve_link(base, "http://a.example/z"), "http://a.example/z");
    EXPECT_EQ(*resolve_link(base, "//b.example/z"), "https://b.example/z");
}

TEST(Url, ServersAreTheSameOrNot) {
    EXPECT_TRUE(*is_same_server("http://a.example/x", "http://A.example:80/y?z"));
    EXPECT_TRUE(*is_same_server("https://a.example", "https://a.example:443/"));
    EXPECT_FALSE(*is_same_server("http://a.example", "https://a.example"));
    EXPECT_FALSE(*is_same_server("http://a.example", "http://b.a.example"));
    EXPECT_FALSE(*is_same_server("http://a.example", "http://a.example:8080"));
    EXPECT_FALSE(is_same_server("http://a.example", "a.example:x").ok());
}

TEST_F(ClientTest, RefusesWhatWouldAddLines) {
    for (const HttpRequest& request :
         {HttpRequest{.url = "http://127.0.0.1:1/\r\nX: y"},
          HttpRequest{.method = "GET\n", .url = "http://127.0.0.1:1/"},
          HttpRequest{.url = "http://127.0.0.1:1/", .headers = {{"X", "a\r\nY: b"}}},
          HttpRequest{.url = "file:///etc/passwd"}, HttpRequest{.url = "http://"}}) {
        auto answer = send(request);
        ASSERT_FALSE(answer.ok());
        EXPECT_EQ(answer.error().code(), Code::kInvalid) << answer.error().message();
    }
    auto nobody = send({.url = "http://127.0.0.1:1/"});
    ASSERT_FALSE(nobody.ok());
    EXPECT_EQ(nobody.error().code(), Code::kUnavailable);
}

TEST_F(ClientTest, ChecksCertificates) {
    TestServer server(MOGURA_SOURCE, "http_server.py",
                      {"--tls", certificate().certificate, certificate().key});
    auto unknown = send({.url = server.url("/", "https")});
    ASSERT_FALSE(unknown.ok());
    EXPECT_EQ(unknown.error().code(), Code::kDenied) << unknown.error().message();
    auto known =
        send({.url = server.url("/", "https"), .authorities_file = certificate().certificate});
    ASSERT_TRUE(known.ok()) << known.error().message();
    EXPECT_EQ(known->body, "hello");
    EXPECT_EQ(send({.url = server.url("/", "https"), .verifies_certificate = false})->status, 200);
}

TEST_F(ClientTest, GoesThroughAProxy) {
    TestServer proxy(MOGURA_SOURCE, "http_server.py");
    auto answer = send({.url = "http://nowhere.invalid/x", .proxy = proxy.url("")});
    ASSERT_TRUE(answer.ok()) << answer.error().message();
    EXPECT_EQ(answer->body, "proxied");
    EXPECT_THAT(proxy.read("requests"), HasSubstr(R"("target": "http://nowhere.invalid/x")"));
}

TEST(Encode, FormsAndPaths) {
    EXPECT_EQ(encode_form("a b&c=d/é*~"), "a+b%26c%3Dd%2F%C3%A9*%7E");
    EXPECT_EQ(encode_percent("a b*~"), "a%20b%2A~");
    for (auto [text, encoded] : {std::pair("", ""), std::pair("f", "Zg=="), std::pair("fo", "Zm8="),
                                 std::pair("foo", "Zm9v"), std::pair("foob", "Zm9vYg==")}) {
        EXPECT_EQ(encode_base64(text), encoded);
    }
    EXPECT_EQ(encode_base64("\xff\xfe\xfd"), "//79");
}

constexpr MailServer server_at(uint16_t port) {
    MailServer server;
    server.host = "localhost";
    server.port = port;
    return server;
}

TEST_F(ClientTest, MailGoesToAllRecipients) {
    TestServer smtp(MOGURA_SOURCE, "smtp_server.py");
    MailServer server = server_at(static_cast<uint16_t>(std::stoi(smtp.port)));
    auto sent =
        send_mail(server, {"a@b", {"c@d", "e@f"}}, "Subject: x\r\n\r\n.dot\r\n..\r\nend\r\n");
    ASSERT_TRUE(sent.ok()) << sent.error().message();
    std::string mail = smtp.read("1.json");
    EXPECT_THAT(mail, HasSubstr(R"("from": "<a@b>", "to": ["<c@d>", "<e@f>"], "user": null)"));
    EXPECT_THAT(mail, HasSubstr(R"("tls": false, "data": "Subject: x\n\n.dot\n..\nend")"));
    EXPECT_FALSE(send_mail(server, {"a@b", {"c@d>\r\nDATA"}}, "x").ok());
    EXPECT_FALSE(send_mail(server, {"a@b", {}}, "x").ok());
}

TEST_F(ClientTest, MailSignsInOverTls) {
    for (std::string how : {"--starttls", "--tls"}) {
        TestServer smtp(MOGURA_SOURCE, "smtp_server.py",
                        {how, certificate().certificate, certificate().key, "--user", "me:pass"});
        MailServer server = server_at(static_cast<uint16_t>(std::stoi(smtp.port)));
        server.is_tls = how == "--tls";
        server.user = "me";
        server.password = "pass";
        auto unknown = send_mail(server, {"a@b", {"c@d"}}, "x\r\n");
        ASSERT_FALSE(unknown.ok());
        EXPECT_EQ(unknown.error().code(), Code::kDenied) << unknown.error().message();
        server.authorities_file = certificate().certificate;
        auto sent = send_mail(server, {"a@b", {"c@d"}}, "x\r\n");
        ASSERT_TRUE(sent.ok()) << how << ": " << sent.error().message();
        EXPECT_THAT(smtp.read("1.json"), HasSubstr(R"("user": "me", "tls": true)"));
        server.password = "wrong";
        auto denied = send_mail(server, {"a@b", {"c@d"}}, "x\r\n");
        ASSERT_FALSE(denied.ok());
        EXPECT_EQ(denied.error().code(), Code::kDenied) << denied.error().message();
        EXPECT_THAT(denied.error().message(), Not(HasSubstr("wrong")));
    }
}

TEST_F(ClientTest, MailSaysWhatTheServerRefused) {
    TestServer smtp(MOGURA_SOURCE, "smtp_server.py", {"--refuse", "nobody@"});
    MailServer server = server_at(static_cast<uint16_t>(std::stoi(smtp.port)));
    auto refused = send_mail(server, {"a@b", {"nobody@d"}}, "x\r\n");
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code(), Code::kInvalid);
    EXPECT_THAT(refused.error().message(), HasSubstr("550"));
    server.port = 1;
    auto nobody = send_mail(server, {"a@b", {"c@d"}}, "x\r\n");
    ASSERT_FALSE(nobody.ok());
    EXPECT_EQ(nobody.error().code(), Code::kUnavailable);
}

TEST(MailMessage, IsAscii) {
    base::Instant now{std::chrono::seconds(1'710'028'800)};
    std::string text = format({.from = "Mogura é <a@b>",
                               .to = {"c@d", "e@f"},
                               .cc = {"g@h"},
                               .subject = "日本\r\nBcc: x@y",
                               .body = "é"},
                              now, "1-2");
    EXPECT_EQ(text,
              "Date: Sun, 10 Mar 2024 00:00:00 +0000\r\n"
              "From: =?UTF-8?B?TW9ndXJhIMOp?= <a@b>\r\n"
              "Sender: =?UTF-8?B?TW9ndXJhIMOp?= <a@b>\r\n"
              "To: c@d,\r\n e@f\r\n"
              "Cc: g@h\r\n"
              "Subject: =?UTF-8?B?5pel5pysICBCY2M6IHhAeQ==?=\r\n"
              "Message-ID: <1-2@mogura>\r\n"
              "MIME-Version: 1.0\r\n"
              "Content-Type: text/plain; charset=utf-8\r\n"
              "Content-Transfer-Encoding: base64\r\n\r\nw6k=\r\n");
    EXPECT_EQ(address_of("Mogura <a@b>"), "a@b");
    EXPECT_EQ(address_of(" a@b "), "a@b");
}

TEST(MailMessage, CarriesFiles) {
    std::string text = format({.from = "a@b",
                               .to = {"c@d"},
                               .subject = std::string(60, 'x') + "日本日本日本日本",
                               .body = "<b>",
                               .is_html = true,
                               .attachments = {{.name = "a.csv", .bytes = "1,2\n"},
                                               {.name = "é \".txt",
                                                .content_type = "text/plain",
                                                .bytes = std::string(100, 'y')}}},
                              {}, "id");
    EXPECT_THAT(text,
                HasSubstr("Content-Type: multipart/mixed; boundary=\"=_aWQ\"\r\n\r\n--=_aWQ\r\n"
                          "Content-Type: text/html; charset=utf-8\r\n"));
    EXPECT_THAT(text,
                HasSubstr("Content-Type: application/octet-stream\r\n"
                          "Content-Disposition: attachment; filename=\"a.csv\"\r\n"
                          "Content-Transfer-Encoding: base64\r\n\r\nMSwyCg==\r\n--=_aWQ\r\n"));
    EXPECT_THAT(text, HasSubstr("filename*=UTF-8''%C3%A9%20%22.txt\r\n"));
    EXPECT_TRUE(text.ends_with("\r\n--=_aWQ--\r\n"));
    for (size_t begin = 0; begin < text.size();) {
        size_t end = text.find("\r\n", begin);
        EXPECT_LE(end - begin, 78u) << text.substr(begin, end - begin);
        begin = end + 2;
    }
}

}  // namespace
}  // namespace mogura::net
