// mail> and notify> against servers of our own (tests/servers).

#include "base/test_server.h"
#include "plugins/operator/operator_bench.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace mogura::plugins {
namespace {

using base::TestServer;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string mail_json(const TestServer& server, const std::string& rest) {
    return R"({"mail":{"host":"127.0.0.1","port":)" + server.port + R"(,"from":"Me <me@a>"},)" +
           rest + "}";
}

// digdag 4.11.1, 4.11.2, 4.0.7
TEST(Mail, SendsAFileToEverybody) {
    TestServer server(MOGURA_SOURCE, "smtp_server.py");
    Bench bench;
    bench.write("body.txt", "day ${day}\n");
    bench.write("out/a.csv", "1,2\n");
    auto outcome = bench.run("mail", mail_json(server, R"("_command":"body.txt","day":"é",
        "subject":"Done","to":["a@b","C <c@d>"],"cc":["e@f"],"bcc":["g@h"],
        "attach_files":[{"path":"out/a.csv","content_type":"text/csv"},
                        {"path":"body.txt","filename":"b.txt"}])"));
    ASSERT_EQ(message(outcome), "no failure");
    std::string mail = server.read("1.json");
    EXPECT_THAT(mail, HasSubstr(R"("from": "<me@a>", "to": ["<a@b>", "<c@d>", "<e@f>", "<g@h>"])"));
    EXPECT_THAT(mail, HasSubstr(R"(From: Me <me@a>\nSender: Me <me@a>\nTo: a@b,\n C <c@d>\n)"
                                R"(Cc: e@f\nSubject: Done\n)"));
    EXPECT_THAT(mail, Not(HasSubstr("Bcc")));
    EXPECT_THAT(
        mail,
        HasSubstr(
            R"(text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nZGF5IMOpCg==\n)"));
    EXPECT_THAT(
        mail,
        HasSubstr(
            R"(Content-Type: text/csv\nContent-Disposition: attachment; filename=\"a.csv\"\n)"));
    EXPECT_THAT(mail, HasSubstr(R"(filename=\"b.txt\"\n)"));
}

// digdag 4.11.1 to 4.11.4
TEST(Mail, TakesItsTextAndServerFromSeveralPlaces) {
    TestServer server(MOGURA_SOURCE, "smtp_server.py", {"--user", "me:pass"});
    Bench bench;
    bench.secrets.values = {{"mail.username", "me"}, {"mail.password", "pass"}};
    EXPECT_EQ(message(bench.run("mail", mail_json(server, R"("body":"<b>","subject":"s","to":"a@b",
                                                             "html":true,"password":"ignored")"))),
              "no failure");
    EXPECT_THAT(server.read("1.json"), HasSubstr("text/html"));
    EXPECT_THAT(server.read("1.json"), HasSubstr(R"("user": "me")"));
    // The installation's.
    bench.secrets.values = {};
    bench.settings = {{"config.mail.host", "127.0.0.1"}, {"config.mail.port", server.port},
                      {"config.mail.from", "us@a"},      {"config.mail.subject", "From us"},
                      {"config.mail.username", "me"},    {"config.mail.password", "pass"}};
    EXPECT_EQ(message(bench.run("mail", R"({"_command":{"data":"x"},"to":"a@b"})")), "no failure");
    EXPECT_THAT(server.read("2.json"), HasSubstr(R"(From: us@a\n)"));
    EXPECT_THAT(server.read("2.json"), HasSubstr(R"(Subject: From us\n)"));
    // Its password is never sent to a host that the task names.
    EXPECT_THAT(message(bench.run("mail", mail_json(server, R"("body":"x","to":"a@b")"))),
                StartsWith("Sending mail failed: 127.0.0.1:" + server.port));
    bench.secrets.values = {{"mail.host", "127.0.0.1"},
                            {"mail.port", server.port},
                            {"mail.username", "me"},
                            {"mail.password", "wrong"}};
    EXPECT_THAT(message(bench.run("mail", R"({"body":"x","to":"a@b"})")),
                StartsWith("Sending mail failed: "));
    bench.secrets.values["mail.password"] = "pass";
    EXPECT_EQ(message(bench.run("mail", R"({"body":"x","to":"a@b"})")), "no failure");
    bench.compatibility = engine::Compatibility::kStrict;
    EXPECT_EQ(message(bench.run("mail", R"({"body":"x","to":"a@b"})")),
              "Parameter 'port' is required but not set (config)");
}

// digdag 4.11.2, 4.11.4, 2.9.4, 4.0.7
TEST(Mail, SaysWhatIsMissing) {
    Bench bench;
    bench.write("body.txt", "x");
    struct Case {
        const char* json;
        const char* text;
    };
    for (const Case& one : {
             Case{R"({"body":"x","to":"a@b"})", "Missing SMTP configuration"},
             Case{R"({"to":"a@b"})", "Parameter 'body' is required but not set"},
             Case{R"({"_command":"none.txt"})", "File not found: none.txt (config)"},
             Case{R"({"_command":"../body.txt"})", "must not be outside of project path"},
             Case{R"({"body":"x","host":"h","port":1,"to":"a@b","from":"a@b"})",
                  "Parameter 'subject' is required"},
             Case{R"({"body":"x","host":"h","port":1,"to":"a@b","subject":"s"})",
                  "Parameter 'from' is required"},
             Case{R"({"body":"x","host":"h","port":1,"from":"a@b","subject":"s"})",
                  "Parameter 'to' is required"},
             Case{R"({"body":"x","host":"h","port":"x","from":"a@b","subject":"s","to":"a@b"})",
                  "port: not a port: x"},
             Case{R"({"body":"x","host":"h","from":"a@b","subject":"s","to":"a@b","cc":"c@d"})",
                  "Expected array type for key 'cc'"},
             Case{R"({"body":"x","host":"h","from":"a@b","subject":"s","to":"a@b",
                      "attach_files":[{"path":"none"}]})",
                  "File not found: none"},
             Case{R"({"body":"x","host":"h","from":"a@b","subject":"s","to":"a@b",
                      "attach_files":["body.txt"]})",
                  "attach_files: not a mapping"},
         }) {
        EXPECT_THAT(message(bench.run("mail", one.json)), HasSubstr(one.text)) << one.json;
    }
}

constexpr const char* kNotify = R"({"_command":"it is done","project_id":1,"session_id":2,
    "session_uuid":"u","session_time":"2024-03-10T00:00:00+00:00"})";

// digdag 9.9.1, 9.9.3, 9.9.4
TEST(Notify, PostsThePayload) {
    TestServer server(MOGURA_SOURCE, "http_server.py");
    Bench bench;
    EXPECT_EQ(message(bench.run("notify", kNotify)), "no failure");  // there is nobody to tell
    bench.settings = {{"notification.type", "http"},
                      {"notification.http.url", server.url("/n")},
                      {"notification.http.headers.X-Key", "k"}};
    EXPECT_EQ(message(bench.run("notify", kNotify)), "no failure");
    std::string request = server.read("requests");
    EXPECT_THAT(request, HasSubstr(R"("method": "POST", "target": "/n")"));
    EXPECT_THAT(request, HasSubstr(R"(["X-Key", "k"])"));
    EXPECT_THAT(request,
                HasSubstr(R"(\"message\":\"it is done\",\"site_id\":0,\"project_id\":1,)"
                          R"(\"project_name\":null,\"workflow_name\":\"w\",\"revision\":null,)"
                          R"(\"attempt_id\":1,\"session_id\":2,\"task_name\":\"+w+t\",)"
                          R"(\"timezone\":\"UTC\",\"session_uuid\":\"u\",)"
                          R"(\"session_time\":\"2024-03-10T00:00:00+00:00\",)"
                          R"(\"workflow_definition_id\":null})"));
    bench.settings["notification.http.url"] = server.url("/status/500");
    bench.settings["notification.retries"] = "2";
    EXPECT_THAT(message(bench.run_to_the_end("notify", kNotify)),
                HasSubstr("the server answered 500"));
    std::string all = server.read("requests");
    EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 4);  // the first, and three of these
    bench.settings["notification.http.url"] = "";
    EXPECT_THAT(message(bench.run("notify", kNotify)),
                HasSubstr("notification.http.url is not set"));
    bench.settings["notification.type"] = "pigeon";
    EXPECT_THAT(message(bench.run("notify", kNotify)), HasSubstr("not pigeon"));
}

// digdag 9.9.5
TEST(Notify, GivesThePayloadToACommand) {
    Bench bench;
    bench.settings = {{"notification.type", "shell"},
                      {"notification.shell.command", "echo loud; cat >payload.json"}};
    EXPECT_EQ(message(bench.run("notify", kNotify)), "no failure");
    EXPECT_THAT(*base::read_file(bench.folder + "/payload.json"), HasSubstr("it is done"));
    EXPECT_EQ(bench.printed, "");
    EXPECT_TRUE(base::list_folder(bench.folder + "/.digdag/tmp")->empty());
    bench.settings["notification.retries"] = "0";
    bench.settings["notification.shell.command"] = "exit 3";
    EXPECT_THAT(message(bench.run("notify", kNotify)), HasSubstr("ended with code 3"));
    bench.settings["notification.shell.command"] = "sleep 60";
    bench.settings["notification.shell.timeout"] = "100";
    EXPECT_THAT(message(bench.run("notify", kNotify)), HasSubstr("still running after 100 ms"));
}

// digdag 9.9.6
TEST(Notify, SendsMail) {
    TestServer server(MOGURA_SOURCE, "smtp_server.py");
    Bench bench;
    bench.settings = {
        {"notification.type", "mail"},           {"notification.mail.host", "127.0.0.1"},
        {"notification.mail.port", server.port}, {"notification.mail.from", "us@a"},
        {"notification.mail.to", "a@b, c@d"},    {"notification.mail.bcc", "e@f"}};
    EXPECT_EQ(message(bench.run("notify", kNotify)), "no failure");
    EXPECT_THAT(server.read("1.json"), HasSubstr(R"("to": ["<a@b>", "<c@d>", "<e@f>"])"));
    EXPECT_THAT(server.read("1.json"), HasSubstr(R"(Subject: Digdag Notification\n)"));
    bench.write("template.txt", "<${message}> of ${workflow_name}");
    bench.settings["notification.mail.body_template_file"] = bench.folder + "/template.txt";
    bench.settings["notification.mail.html"] = "true";
    EXPECT_EQ(message(bench.run("notify", kNotify)), "no failure");
    EXPECT_THAT(server.read("2.json"), HasSubstr("text/html"));
    EXPECT_THAT(server.read("2.json"), HasSubstr("PGl0IGlzIGRvbmU+IG9mIHc="));
    bench.settings.erase("notification.mail.to");
    EXPECT_THAT(message(bench.run("notify", kNotify)), HasSubstr("must be set"));
}

}  // namespace
}  // namespace mogura::plugins
