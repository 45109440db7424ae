// The input http against a server of our own (tests/servers), in whole loads.

#include "base/test_server.h"
#include "plugins/plugins.h"

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "plugins/input/http/brace_expansion.h"
#include "plugins/input/http/link_header.h"
#include "plugins/input/http/mask.h"
#include "plugins/input/http/spool.h"
#include "plugins/remembered_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

namespace fs = std::filesystem;
using base::TestServer;
using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;
using testing::UnorderedElementsAre;

constexpr const char* kLines = "{type: jsonl, columns: [{name: id, type: long}]}";
constexpr const char* kCsv = "{type: csv, skip_header_lines: 1, columns: [{name: id, type: long}]}";
constexpr const char* kItems =
    "{type: json, root: /items, flatten_json_array: true, columns: [{name: id, type: long}]}";

class HttpInputTest : public testing::Test {
  protected:
    HttpInputTest() {
        std::string name = (fs::temp_directory_path() / "http_input_XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        context_.folder = folder_;
        context_.temporary = folder_;
        add_all(registry_);
        log::set_writer([this](std::string_view line) {
            std::lock_guard lock(mutex_);
            log_ += line;
        });
    }
    ~HttpInputTest() override {
        log::set_writer({});
        fs::remove_all(folder_);
    }

    load::Job job(const std::string& path, const std::string& parser, const std::string& more,
                  const std::string& top = "") {
        fs::remove_all(folder_ + "/out");
        fs::create_directories(folder_ + "/out");
        std::string yaml = "in: {type: http, url: \"" + server_.url(path) +
                           "\", parser: " + parser + ", retry_interval: 1" +
                           (more.empty() ? "" : ", " + more) +
                           "}\nout: {type: file, path_prefix: out/, file_ext: csv, formatter: "
                           "{type: csv, header_line: false}}\n" +
                           top;
        auto value =
            config::parse_yaml(yaml, {.dialect = config::Dialect::kEmbulk, .file = "load.yml"});
        if (!value.ok()) {
            ADD_FAILURE() << value.error().message();
            return {};
        }
        return {.config = value->map(), .file = "load.yml"};
    }

    // The rows of all tasks, each task's in order, the tasks joined by '|'; or the failure.
    std::string load(const std::string& path, const std::string& parser,
                     const std::string& more = "", const std::string& top = "") {
        load::Progress progress;
        auto summary = load::run(job(path, parser, more, top), registry_, context_, progress);
        if (!summary.ok()) return summary.error().message();
        EXPECT_EQ(config::to_json(config::Value(summary->diff)), R"({"in":{},"out":{}})");
        rejected_ = summary->rows_rejected;
        bytes_ = summary->bytes_read;
        return rows();
    }
    std::string rows() const {
        std::string rows;
        auto names = base::list_folder(folder_ + "/out");
        for (const std::string& name : *names) {
            auto text = base::read_file(folder_ + "/out/" + name);
            if (!rows.empty()) rows += '|';
            rows += base::replace_all(*text, "\r\n", " ");
        }
        return base::replace_all(rows, "\n", " ");
    }

    // The targets that the server was asked for, since the last call.
    std::vector<std::string> targets() {
        std::vector<std::string> targets;
        for (const config::Value& request : requests()) {
            targets.push_back(request.find("target")->string());
        }
        return targets;
    }
    std::vector<config::Value> requests() {
        std::vector<config::Value> requests;
        std::string all = server_.read("requests");
        for (const std::string& line : base::split(all.substr(seen_), '\n')) {
            if (line.empty()) continue;
            auto request = config::parse_json(line, "requests");
            if (request.ok()) requests.push_back(*std::move(request));
        }
        seen_ = all.size();
        return requests;
    }
    std::string log() {
        std::lock_guard lock(mutex_);
        return log_;
    }

    TestServer server_{MOGURA_SOURCE, "http_server.py"};
    std::string folder_;
    Registry registry_;
    base::SystemClock clock_;
    load::Context context_{.clock = clock_};
    int64_t rejected_ = 0;
    int64_t bytes_ = 0;
    size_t seen_ = 0;
    std::mutex mutex_;
    std::string log_;
};

TEST_F(HttpInputTest, ReadsAnAnswerWithAnyParser) {
    EXPECT_EQ(load("/list/3?as=csv", kCsv), "1 2 3 ");
    EXPECT_EQ(bytes_, 9);
    EXPECT_EQ(load("/list/3?as=lines", kLines), "1 2 3 ");
    EXPECT_EQ(load("/list/3?as=json", kItems), "1 2 3 ");
    EXPECT_EQ(load("/list/0", kLines), "");
    EXPECT_EQ(load("/status/204", kLines), "");
    EXPECT_THAT(log(), HasSubstr("GET " + server_.url("/list/3?as=csv")));
}

TEST_F(HttpInputTest, SendsParamsHeadersAndBasicAuthentication) {
    load("/list/1?a=b", kLines,
         "params: [{name: x y, value: \"1&2\"}, {name: z, values: [1, 2]}], "
         "request_headers: {X-Key: k1, user-agent: me}, charset: utf-8, "
         "basic_auth: {user: me, password: pass}");
    auto sent = requests();
    ASSERT_THAT(sent, SizeIs(1));
    EXPECT_EQ(sent[0].find("target")->string(), "/list/1?a=b&x+y=1%262&z=1&z=2");
    std::string headers = config::to_json(*sent[0].find("headers"));
    EXPECT_THAT(headers, AllOf(HasSubstr(R"(["X-Key","k1"])"), HasSubstr(R"(["user-agent","me"])"),
                               HasSubstr(R"(["Accept-Charset","utf-8"])"),
                               HasSubstr(R"(["Authorization","Basic bWU6cGFzcw=="])")));
    EXPECT_THAT(headers, Not(HasSubstr("Mogura")));

    load("/list/1", kLines, "params: {x: 1, y: [2, 3]}");
    sent = requests();
    EXPECT_EQ(sent[0].find("target")->string(), "/list/1?x=1&y=2&y=3");
    EXPECT_THAT(config::to_json(*sent[0].find("headers")), HasSubstr(R"(["User-Agent","Mogura"])"));
}

TEST_F(HttpInputTest, SendsAFormOrABodyByPost) {
    EXPECT_EQ(load("/list/4", kLines, "method: POST, params: [{name: page, value: 2}]"), "4 ");
    auto sent = requests();
    EXPECT_EQ(config::to_json(*sent[0].find("method")), "\"POST\"");
    EXPECT_EQ(sent[0].find("body")->string(), "page=2");
    EXPECT_THAT(config::to_json(*sent[0].find("headers")),
                HasSubstr(R"(["Content-Type","application/x-www-form-urlencoded"])"));
    EXPECT_EQ(load("/list/4", kLines,
                   "method: post, request_body: '{\"q\":1}', "
                   "request_headers: {Content-Type: application/json}"),
              "1 2 3 ");
    sent = requests();
    EXPECT_EQ(sent[0].find("body")->string(), "{\"q\":1}");
    EXPECT_THAT(config::to_json(*sent[0].find("headers")),
                HasSubstr(R"(["Content-Type","application/json"])"));
    EXPECT_EQ(load("/list/4", kLines, "method: post, pager: {from_param: page, start: 1}"),
              "1 2 3 4 ");
    EXPECT_THAT(targets(), SizeIs(3));
    load("/list/1", kLines, "request_body: x");
    EXPECT_THAT(log(), HasSubstr("in.request_body: not sent"));
}

TEST_F(HttpInputTest, MakesARequestOfEachCombination) {
    EXPECT_EQ(load("/list/9", kLines,
                   "params: [{name: offset, value: \"{0..2}\", expand: true}, "
                   "{name: limit, values: [1, 2], expand: true}]"),
              "1 |2 |3 |1 2 |2 3 |3 4 ");
    EXPECT_THAT(targets(),
                UnorderedElementsAre("/list/9?offset=0&limit=1", "/list/9?offset=1&limit=1",
                                     "/list/9?offset=2&limit=1", "/list/9?offset=0&limit=2",
                                     "/list/9?offset=1&limit=2", "/list/9?offset=2&limit=2"));
}

TEST_F(HttpInputTest, PagesByANumber) {
    // As many as there are, each a task.
    EXPECT_EQ(load("/list/7?as=csv", kCsv, "pager: {from_param: page, start: 1, pages: 4}"),
              "1 2 3 |4 5 6 |7 |");
    EXPECT_THAT(targets(), SizeIs(4));
    EXPECT_EQ(
        load("/list/7", kLines, "pager: {from_param: offset, to_param: to, step: 3, pages: 2}"),
        "1 2 3 |4 5 6 ");
    EXPECT_THAT(targets(), UnorderedElementsAre("/list/7?offset=0&to=2", "/list/7?offset=3&to=5"));
    // Until a page has no rows; a header line is none.
    for (const auto& [as, parser] :
         {std::pair("csv", kCsv), std::pair("lines", kLines), std::pair("json", kItems)}) {
        EXPECT_EQ(
            load("/list/7?as=" + std::string(as), parser, "pager: {from_param: page, start: 1}"),
            "1 2 3 4 5 6 7 ");
        EXPECT_THAT(targets(), SizeIs(4));
    }
    EXPECT_EQ(load("/list/6", kLines, "pager: {from_param: offset, step: 2}, params: {limit: 2}"),
              "1 2 3 4 5 6 ");
    EXPECT_THAT(targets(), ElementsAre("/list/6?limit=2&offset=0", "/list/6?limit=2&offset=2",
                                       "/list/6?limit=2&offset=4", "/list/6?limit=2&offset=6"));
    // Of each combination.
    EXPECT_EQ(load("/list/3", kLines,
                   "params: [{name: limit, values: [1, 2], expand: true}], "
                   "pager: {from_param: page, start: 1}"),
              "1 2 3 |1 2 3 ");
}

TEST_F(HttpInputTest, BadRowsAreRowsOfAPage) {
    const char* odd = "{type: csv, columns: [{name: id, type: timestamp, format: '%Y-%m-%d'}]}";
    load("/list/5", odd, "pager: {from_param: page, start: 1}", "quarantine: bad.jsonl\n");
    EXPECT_THAT(targets(), SizeIs(3));
    EXPECT_EQ(rejected_, 5);
    auto bad = base::read_file(folder_ + "/bad.jsonl");
    EXPECT_THAT(*bad, HasSubstr("{\"source\":\"" + server_.url("/list/5?page=2") +
                                "\",\"offset\":0,\"line\":1,"));
}

TEST_F(HttpInputTest, PagesByTheLinkHeader) {
    EXPECT_EQ(load("/list/7?link=1&as=csv", kCsv, "pager: {next_link: true}"), "1 2 3 4 5 6 7 ");
    EXPECT_THAT(targets(), ElementsAre("/list/7?link=1&as=csv", "/list/7?link=1&as=csv&offset=3",
                                       "/list/7?link=1&as=csv&offset=6"));
    EXPECT_EQ(load("/list/7?link=1", kLines, "pager: {next_link: true, pages: 2}"), "1 2 3 4 5 6 ");
    EXPECT_EQ(load("/list/7", kLines, "pager: {next_link: true}"), "1 2 3 ");
    EXPECT_THAT(load("/list/7?link=1&endless=1", kLines, "pager: {next_link: true}"),
                HasSubstr("the same answer for 100 pages, and one more is named (when they are "
                          "meant so, say how many pages there are: pager.pages)"));
    EXPECT_THAT(
        load("/list/1?link=1&endless=1&limit=1", kLines, "pager: {next_link: true, pages: 150}"),
        SizeIs(300));
    targets();
    EXPECT_THAT(load("/list/7?link=1&stuck=1", kLines, "pager: {next_link: true}"),
                HasSubstr("the server names a next page that was there already"));
}

TEST_F(HttpInputTest, PagesByAFieldOfTheBody) {
    EXPECT_EQ(load("/list/7?as=json", kItems,
                   "pager: {next_field: meta.next, next_param: cursor}, params: {limit: 2}"),
              "1 2 3 4 5 6 7 ");
    EXPECT_THAT(
        targets(),
        ElementsAre("/list/7?as=json&limit=2", "/list/7?as=json&limit=2&cursor=c2",
                    "/list/7?as=json&limit=2&cursor=c4", "/list/7?as=json&limit=2&cursor=c6"));
    EXPECT_EQ(load("/list/5?as=json", kItems, "pager: {next_field: \"$.meta['url']\"}"),
              "1 2 3 4 5 ");
    EXPECT_THAT(targets(), ElementsAre("/list/5?as=json", "/list/5?as=json&offset=3"));
    EXPECT_THAT(load("/list/7?as=json&stuck=1", kItems,
                     "pager: {next_field: meta.next, next_param: cursor}"),
                HasSubstr("the server names a next page that was there already"));
    EXPECT_THAT(load("/x", kLines, "pager: {next_field: a, next_param: b}"),
                HasSubstr("/x: pager.next_field: the answer is no JSON: "));
}

TEST_F(HttpInputTest, TellsAServerThatKnowsNoPages) {
    EXPECT_THAT(load("/list/7?stuck=1", kLines, "pager: {from_param: p, start: 1}"),
                AllOf(StartsWith(server_.url("/list/7?stuck=1&p=2") + ": the same answer as"),
                      HasSubstr("does the server know p?")));
}

TEST_F(HttpInputTest, SendsHeadersToNoOtherServer) {
    TestServer other(MOGURA_SOURCE, "http_server.py");
    std::string path = "/list/7?link=" + other.url("/list/7?token=abcdef");
    std::string failure =
        load(path, kLines, "request_headers: {X-Api-Key: secret-key}, pager: {next_link: true}");
    EXPECT_THAT(failure, HasSubstr("the next page is on another server"));
    EXPECT_THAT(failure, HasSubstr(other.url("/list/7?token=***")));
    EXPECT_EQ(other.read("requests"), "");
    EXPECT_EQ(load(path, kLines, "pager: {next_link: true}"), "1 2 3 1 2 3 ");
}

TEST_F(HttpInputTest, TakesHeadersAlongNoRedirectToAnotherServer) {
    TestServer other(MOGURA_SOURCE, "http_server.py");
    const std::string keys =
        "request_headers: {X-Api-Key: secret-key, Cookie: s=1}, basic_auth: {user: me, password: "
        "pass}, charset: utf-8";
    const std::string key = R"(["X-Api-Key","secret-key"])";
    EXPECT_EQ(load("/to?" + other.url("/list/2"), kLines, keys), "1 2 ");
    std::string seen = other.read("requests");
    EXPECT_THAT(seen,
                AllOf(HasSubstr(R"("method": "GET")"), HasSubstr(R"(["User-Agent", "Mogura"])"),
                      HasSubstr(R"(["Accept-Charset", "utf-8"])")));
    for (const char* name : {"X-Api-Key", "Cookie", "Authorization", "secret-key"}) {
        EXPECT_THAT(seen, Not(HasSubstr(name)));
    }
    EXPECT_THAT(load("/to?" + other.url("/status/401"), kLines, keys),
                HasSubstr(" - 401 Unauthorized of " + other.url("/status/401") +
                          ", which gets neither request_headers nor basic_auth (check"));
    // The same server gets them again.
    requests();
    EXPECT_EQ(load("/to?/to/308?" + server_.url("/list/2"), kLines, keys), "1 2 ");
    auto sent = requests();
    ASSERT_THAT(sent, SizeIs(3));
    EXPECT_THAT(config::to_json(*sent[2].find("headers")),
                AllOf(HasSubstr(key), HasSubstr(R"(["Authorization","Basic)")));
    EXPECT_EQ(load("/to?" + other.url("/to?" + server_.url("/list/2")), kLines, keys), "1 2 ");
    EXPECT_THAT(config::to_json(*requests()[1].find("headers")), HasSubstr(key));
}

TEST_F(HttpInputTest, SendsAPostOnToNoOtherServer) {
    TestServer other(MOGURA_SOURCE, "http_server.py");
    const std::string post =
        "method: post, params: {limit: 2, api_key: secret-key}, request_headers: {X-Api-Key: "
        "k-1234}";
    EXPECT_EQ(load("/to/307?/list/3", kLines, post), "1 2 ");
    auto sent = requests();
    ASSERT_THAT(sent, SizeIs(2));
    EXPECT_EQ(sent[1].find("method")->string(), "POST");
    EXPECT_EQ(sent[1].find("body")->string(), "limit=2&api_key=secret-key");
    EXPECT_THAT(config::to_json(*sent[1].find("headers")),
                AllOf(HasSubstr("x-www-form-urlencoded"), HasSubstr("k-1234")));
    for (const char* status : {"307", "308"}) {
        EXPECT_THAT(load("/to/" + std::string(status) + "?" + other.url("/list/3"), kLines, post),
                    HasSubstr("the server sends the post on to another server, which must not see "
                              "it: " +
                              other.url("/list/3") + " (if it may, that is the url to give)"));
    }
    EXPECT_EQ(other.read("requests"), "");
    // As everywhere, a post that is found elsewhere is fetched from there.
    requests();
    EXPECT_EQ(load("/to/303?/list/1", kLines, post), "1 ");
    sent = requests();
    EXPECT_EQ(sent[1].find("method")->string(), "GET");
    EXPECT_EQ(sent[1].find("body")->string(), "");
    EXPECT_EQ(load("/to/301?" + other.url("/list/1"), kLines, post), "1 ");
    EXPECT_THAT(other.read("requests"),
                AllOf(HasSubstr("GET"), Not(HasSubstr("k-1234")), Not(HasSubstr("secret-key"))));
}

TEST_F(HttpInputTest, FollowsSoManyRedirects) {
    auto redirects = [](int count) {
        std::string path;
        for (int number = 0; number < count; ++number) path += "/to?";
        return path + "/list/1";
    };
    EXPECT_EQ(load(redirects(10), kLines), "1 ");
    EXPECT_THAT(load(redirects(11), kLines),
                AllOf(HasSubstr("redirects again and again"), HasSubstr("another url?)")));
    EXPECT_THAT(load("/to?ftp://127.0.0.1/x", kLines),
                HasSubstr("redirects to what is no http: ftp://127.0.0.1/x (ask it for"));
    EXPECT_THAT(load("/status/302", kLines), HasSubstr("302 Found (ask where it leads)"));
}

TEST_F(HttpInputTest, AsksAgain) {
    EXPECT_EQ(load("/list/1?fail=2", kLines), "1 ");
    EXPECT_THAT(targets(), SizeIs(3));
    EXPECT_THAT(log(), HasSubstr("because=\"503 Service Unavailable: not yet\""));
    EXPECT_THAT(log(), HasSubstr("retry=\"2 of 5\""));
    EXPECT_EQ(load("/list/1?fail=1&status=429&after=0", kLines), "1 ");
    // Half of an answer counts for nothing.
    EXPECT_EQ(load("/list/7?limit=7&cut=2", kLines), "1 2 3 4 5 6 7 ");
    EXPECT_THAT(targets(), SizeIs(5));
    EXPECT_THAT(load("/list/7?limit=7&cut=9", kLines, "max_retries: 0"),
                HasSubstr("(the server broke off: try again later)"));
    targets();
    EXPECT_EQ(load("/list/7?cut=1", kLines, "pager: {from_param: page, start: 1}"),
              "1 2 3 4 5 6 7 ");
    targets();
    std::string failure = load("/list/1?fail=9", kLines, "max_retries: 2");
    EXPECT_THAT(failure, StartsWith("load.yml:1:"));
    EXPECT_THAT(failure, EndsWith("in.url: GET " + server_.url("/list/1?fail=9") +
                                  " - 503 Service Unavailable: not yet (try again later, or raise "
                                  "max_retries or retry_interval)"));
    EXPECT_THAT(targets(), SizeIs(3));
    EXPECT_THAT(load("/list/1?fail=9", kLines, "max_retries: 0"), HasSubstr("503"));
    EXPECT_THAT(targets(), SizeIs(1));
}

TEST_F(HttpInputTest, WaitsAsLongAsTheServerAsks) {
    auto start = clock_.monotonic();
    EXPECT_EQ(load("/list/1?fail=1&status=503&after=1", kLines), "1 ");
    EXPECT_GE(clock_.monotonic() - start, std::chrono::seconds(1));
    EXPECT_THAT(log(), HasSubstr("wait_ms=1000"));
}

TEST_F(HttpInputTest, FailsWithWhatWasAskedAndAnswered) {
    for (auto [status, code, text] : {
             std::tuple(404, Code::kNotFound, "404 Not Found: gone (check url and params)"),
             std::tuple(401, Code::kDenied, "401 Unauthorized: gone (check basic_auth, "),
             std::tuple(403, Code::kDenied, "403 Forbidden: gone (check basic_auth, "),
             std::tuple(400, Code::kInvalid, "400 Bad Request: gone (check url, params"),
             std::tuple(501, Code::kInvalid, "501 Not Implemented: gone"),
         }) {
        load::Progress progress;
        auto done = load::run(job("/status/" + std::to_string(status) + "?body=gone", kLines, ""),
                              registry_, context_, progress);
        ASSERT_FALSE(done.ok());
        EXPECT_EQ(done.error().code(), code);
        EXPECT_THAT(done.error().message(),
                    AllOf(HasSubstr("in.url: GET http://"), HasSubstr(text)));
    }
    EXPECT_THAT(targets(), SizeIs(5));
    std::string long_body = load("/status/400?body=" + std::string(300, 'x'), kLines);
    EXPECT_THAT(long_body, HasSubstr(": " + std::string(200, 'x') + "... (check"));
    EXPECT_THAT(load("/wait/60", kLines, "read_timeout: 500, max_retries: 0"),
                HasSubstr("(raise open_timeout or read_timeout if the server is slow)"));
    EXPECT_EQ(load("/to?" + server_.url("/list/2"), kLines), "1 2 ");
    EXPECT_THAT(load("/list/2", "{type: parquet}"), HasSubstr("must be a local file"));
}

TEST_F(HttpInputTest, SaysThatNobodyAnswers) {
    load::Job nobody = job("/x", kLines, "max_retries: 1");
    nobody.config.find("in")->map().set("url", "http://127.0.0.1:1/x?key=secret-1");
    load::Progress progress;
    auto done = load::run(nobody, registry_, context_, progress);
    ASSERT_FALSE(done.ok());
    EXPECT_EQ(done.error().code(), Code::kUnavailable);
    EXPECT_THAT(done.error().message(),
                AllOf(HasSubstr("in.url: GET http://127.0.0.1:1/x?key=*** - "),
                      HasSubstr("(is the server there, and the host's name right?)")));
    EXPECT_THAT(log(), HasSubstr("retry=\"1 of 1\""));
}

TEST_F(HttpInputTest, ShowsNoSecret) {
    std::string failure =
        load("/status/403?body=no+user+for+tok-12345", kLines,
             "params: [{name: api_key, value: tok-12345}, {name: zone, value: very-secret, secret: "
             "true}, "
             "{name: q, value: shown}], basic_auth: {user: me, password: pass-word}, "
             "request_headers: {X-Auth-Token: head-token}, max_retries: 0");
    EXPECT_THAT(failure, HasSubstr("no user for ***"));
    EXPECT_THAT(failure, HasSubstr("api_key=***&zone=***&q=shown"));
    load("/list/1?fail=1", kLines, "params: {access_token: tok-12345}");
    auto plan = load::plan(job("/list/1", kLines, "params: {access_token: tok-12345}"), registry_,
                           context_);
    ASSERT_TRUE(plan.ok()) << plan.error().message();
    EXPECT_THAT(plan->inputs, ElementsAre(server_.url("/list/1?access_token=***")));
    std::string all = failure + log();
    EXPECT_THAT(all, HasSubstr("http: asking again"));
    for (const char* secret : {"tok-12345", "very-secret", "pass-word", "head-token", "bWU6"}) {
        EXPECT_THAT(all, Not(HasSubstr(secret)));
    }
}

TEST_F(HttpInputTest, KeepsADistanceBetweenRequests) {
    auto start = clock_.monotonic();
    EXPECT_EQ(load("/list/4?limit=1", kLines,
                   "pager: {from_param: page, start: 1, pages: 4}, request_interval: 100"),
              "1 |2 |3 |4 ");
    EXPECT_GE(clock_.monotonic() - start, std::chrono::milliseconds(300));
    start = clock_.monotonic();
    EXPECT_EQ(load("/list/3?limit=1", kLines,
                   "pager: {from_param: page, start: 1, pages: 3}, request_interval: 100, "
                   "interval_includes_response_time: true"),
              "1 |2 |3 ");
    EXPECT_GE(clock_.monotonic() - start, std::chrono::milliseconds(200));
}

TEST_F(HttpInputTest, KeepsLargeAnswersOutOfMemory) {
    const char* text = "{type: csv, columns: [{name: text, type: string}]}";
    std::string rows = load("/large/20000000", text);
    EXPECT_EQ(rows, std::string(20'000'000, 'x') + " ");
    auto names = base::list_folder(folder_);
    ASSERT_TRUE(names.ok());
    EXPECT_THAT(*names, ElementsAre("out"));
    context_.temporary = folder_ + "/none";
    EXPECT_THAT(load("/large/20000000", text, "max_retries: 0"),
                HasSubstr(folder_ + "/none: cannot make a file in"));
}

TEST_F(HttpInputTest, StopsWhileItWaits) {
    load::Progress progress;
    std::stop_source stop;
    std::atomic<bool> is_over = false;
    std::jthread stopper([&] {
        while (!is_over && log().find("asking again") == std::string::npos) {
            std::this_thread::yield();
        }
        stop.request_stop();
    });
    auto done = load::run(job("/list/1?fail=9&after=3000", kLines, ""), registry_, context_,
                          progress, stop.get_token());
    is_over = true;
    ASSERT_FALSE(done.ok());
    EXPECT_EQ(done.error().code(), Code::kCanceled);
}

TEST_F(HttpInputTest, IsGuessedAndPreviewed) {
    auto completed = load::guess(job("/list/50?limit=50", "{}", "params: {token: secret-1}"),
                                 registry_, context_);
    ASSERT_TRUE(completed.ok()) << completed.error().message();
    const config::Value* parser = completed->find("in")->find("parser");
    EXPECT_EQ(parser->find("type")->string(), "json");
    auto preview = load::preview(job("/list/7?as=csv", kCsv, "pager: {from_param: page, start: 1}"),
                                 registry_, context_);
    ASSERT_TRUE(preview.ok()) << preview.error().message();
    EXPECT_EQ(preview->pages[0].rows(), 3u);
    EXPECT_THAT(targets(), SizeIs(2));
}

TEST_F(HttpInputTest, AFailedRunGoesOn) {
    const load::Job pages = job("/list/6?limit=2", kLines,
                                "pager: {from_param: page, start: 1, pages: 4}, max_retries: 0, "
                                "params: {api_key: tok-12345}");
    RememberedState state;
    auto again = [&] {
        load::Progress progress;
        auto done = load::run_resumable(pages, registry_, context_, progress, state.again());
        return done.ok() ? rows() : done.error().message();
    };
    ASSERT_TRUE(base::write_file(server_.folder + "/broken", "page=3").ok());
    EXPECT_THAT(again(), HasSubstr("page=3 - 500 Internal Server Error: broken"));
    EXPECT_THAT(config::to_json(config::Value(state.state())), Not(HasSubstr("tok-12345")));
    EXPECT_THAT(targets(), SizeIs(4));
    ASSERT_TRUE(base::write_file(server_.folder + "/broken", "").ok());
    EXPECT_EQ(again(), "1 2 |3 4 |5 6 |");
    EXPECT_THAT(targets(), ElementsAre("/list/6?limit=2&api_key=tok-12345&page=3"));
    EXPECT_TRUE(state.state().empty());
}

TEST_F(HttpInputTest, ChecksItsOptions) {
    auto failure = [&](const std::string& more) { return load("/x", kLines, more); };
    EXPECT_THAT(failure("params: [{name: a}]"),
                HasSubstr("in.params[0].name: give value (a text) or values"));
    EXPECT_THAT(failure("params: [{value: a}]"), HasSubstr("in.params[0]"));
    EXPECT_THAT(failure("params: [a]"), HasSubstr("params[0] must be a mapping"));
    EXPECT_THAT(failure("params: 1"), HasSubstr("in.params: must be a list"));
    EXPECT_THAT(failure("params: [{name: a, value: '{0..999999}', expand: true}]"),
                HasSubstr("{0..999999} stands for more than 100,000 values"));
    EXPECT_THAT(failure("pager: {pages: 3}"), HasSubstr("in.pager.from_param: give one of"));
    EXPECT_THAT(failure("pager: {from_param: a, next_link: true}"), HasSubstr("give one of"));
    EXPECT_THAT(failure("pager: {from_param: a, pages: 0}"),
                HasSubstr("in.pager.pages: must be 1"));
    EXPECT_THAT(failure("pager: {from_param: a, step: 0}"), HasSubstr("in.pager.step: must be 1"));
    EXPECT_THAT(failure("pager: {next_field: 'a[*]'}"),
                HasSubstr("in.pager.next_field: this JSON"));
    EXPECT_THAT(failure("pager: {from_param: a, pges: 1}"), HasSubstr("pges"));
    EXPECT_THAT(failure("pager: {from_param: a, pages: 100001}"), HasSubstr("100,000 requests"));
    EXPECT_THAT(failure("method: put"), HasSubstr("in.method: must be one of get, post, not put"));
    EXPECT_THAT(failure("basic_auth: me"), HasSubstr("in.basic_auth: must be a mapping"));
    EXPECT_THAT(failure("request_headers: {a: [1]}"), HasSubstr("a must be a text"));
    EXPECT_THAT(failure("read_timeout: -1"), HasSubstr("in.read_timeout: must be 0 or more"));
    EXPECT_THAT(targets(), IsEmpty());
    auto value = config::parse_yaml("{url: example.com}", {});
    config::Reader reader(value->map(), "load.yml", "in");
    auto made = registry_.file_inputs.create("http", reader, false, context_);
    ASSERT_FALSE(made.ok());
    EXPECT_THAT(made.error().message(), HasSubstr("must begin with http:// or https://"));
}

TEST(BraceExpansion, AsInShells) {
    auto expanded = [](const char* pattern) {
        auto texts = web::expand_braces(pattern);
        return texts.ok() ? base::join(*texts, " ") : texts.error().message();
    };
    EXPECT_EQ(expanded(""), "");
    EXPECT_EQ(expanded("plain"), "plain");
    EXPECT_EQ(expanded("{a,b}"), "a b");
    EXPECT_EQ(expanded("x{a,b,}y"), "xay xby xy");
    EXPECT_EQ(expanded("{a,b}{1..3}"), "a1 a2 a3 b1 b2 b3");
    EXPECT_EQ(expanded("{30..28}.0"), "30.0 29.0 28.0");
    EXPECT_EQ(expanded("{-1..1}"), "-1 0 1");
    EXPECT_EQ(expanded("{a{1,2},b}"), "a1 a2 b");
    EXPECT_EQ(expanded("{a}"), "{a}");
    EXPECT_EQ(expanded("{x{a,b}}"), "{xa} {xb}");
    EXPECT_EQ(expanded("{a,b"), "{a,b");
    EXPECT_EQ(expanded("a}b,c"), "a}b,c");
    EXPECT_EQ(expanded("\\{a,b\\}"), "{a,b}");
    EXPECT_EQ(expanded("{a\\,b,c}"), "a,b c");
    EXPECT_EQ(expanded("\\\\{a,b}"), "\\a \\b");
    EXPECT_EQ(expanded("{1..x}"), "{1..x}");
    EXPECT_THAT(expanded("{0..999}{0..999}"), HasSubstr("more than 100,000 values"));
    EXPECT_THAT(expanded("{-9223372036854775808..9223372036854775807}"), HasSubstr("more than"));
}

TEST(LinkHeader, FindsTheRelation) {
    auto next = [](const char* header) { return web::find_link(header, "next").value_or("none"); };
    EXPECT_EQ(next("<https://a/b?c=1,2;3>; rel=\"next\""), "https://a/b?c=1,2;3");
    EXPECT_EQ(next("</p>; rel=prev, </n>; rel=next"), "/n");
    EXPECT_EQ(next("</p>; title=\"a, \\\"b\\\"; rel=next\"; rel=prev, </n>; REL = \"Last Next\""),
              "/n");
    EXPECT_EQ(next("</n>; title=x"), "none");
    EXPECT_EQ(next("</n>; rel=nextish"), "none");
    EXPECT_EQ(next(""), "none");
    EXPECT_EQ(next("<, ;rel=next"), "none");
}

TEST(Mask, HidesWhatIsSecret) {
    web::Mask mask;
    mask.add_name("Zone");
    mask.add_value("p&ss word");
    mask.add_value("abc");  // too short to be hidden everywhere
    EXPECT_EQ(mask.url("https://me:pw@a.example/x?y=1&ACCESS_token=2&zone=3&q#f"),
              "https://***@a.example/x?y=1&ACCESS_token=***&zone=***&q");
    EXPECT_EQ(mask.url("http://a.example/p%26ss%20word?m=p%26ss+word&n=a@b"),
              "http://a.example/***?m=***&n=a@b");
    EXPECT_EQ(mask.text("it was p&ss word, abc"), "it was ***, abc");
    for (const char* name : {"key", "api-key", "Subscription-Key", "X-Auth-Token", "Cookie",
                             "appid", "client_secret", "sig", "Authorization"}) {
        EXPECT_TRUE(mask.is_secret(name)) << name;
    }
    for (const char* name : {"page", "q", "limit", "keyword", "passenger", "author"}) {
        EXPECT_FALSE(mask.is_secret(name)) << name;
    }
}

TEST(Spool, GoesToAFileWhenItIsLarge) {
    std::string folder = testing::TempDir();
    auto spool = std::make_shared<web::Spool>(folder);
    std::string part(300'000, 'a');
    std::string all;
    for (char letter = 'a'; letter < 'k'; ++letter) {
        part[7] = letter;
        ASSERT_TRUE(spool->write(part).ok());
        all += part;
        EXPECT_EQ(spool->is_in_memory(), all.size() <= web::kSpoolMemoryBytes);
        for (int reader = 0; reader < 2; ++reader) {
            auto source = web::Spool::source(spool);
            auto text = base::read_all(*source, all.size() + 1);
            ASSERT_TRUE(text.ok());
            EXPECT_TRUE(*text == all);
        }
    }
    EXPECT_EQ(spool->size_bytes(), 3'000'000);
    web::Spool same(folder);
    ASSERT_TRUE(same.write("x").ok());
    same.clear();
    ASSERT_TRUE(same.write(all).ok());
    EXPECT_EQ(same.hash(), spool->hash());
    ASSERT_TRUE(same.write("x").ok());
    EXPECT_NE(same.hash(), spool->hash());
}

}  // namespace
}  // namespace mogura::plugins
