#include "server/server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <utility>

namespace mogura::server {
namespace {

using std::chrono::seconds;

Generation table_of(int64_t rows, const std::string& column = "value") {
    page::Builder page(page::Schema(
        {{.name = "id", .type = page::Type::kLong}, {.name = column, .type = page::Type::kLong}}));
    for (int64_t row = 0; row < rows; ++row) {
        page.set_long(0, row);
        page.set_long(1, rows);
        page.end_row();
    }
    page::Page built = page.finish();
    auto builder = snapshot::Builder::create(built.schema(), {.table = "t", .key = "id"});
    EXPECT_TRUE(builder->add(built).ok());
    return *builder->build();
}

// Gives what a test has put into `next`.
class FakeSource final : public TableSource {
  public:
    explicit FakeSource(std::shared_ptr<Result<Generation>> next) : next_(std::move(next)) {}
    Result<Generation> load() override { return *next_; }
    std::string describe() const override { return "fake"; }

  private:
    std::shared_ptr<Result<Generation>> next_;
};

class Serving : public ::testing::Test {
  protected:
    Serving() {
        tables.add({.name = "slots", .refresh = seconds(10), .max_shrink_percent = 20},
                   std::make_unique<FakeSource>(next));
    }

    void refresh() {
        tables.step(clock.now());
        clock.advance(seconds(10));
    }

    std::string get(const std::string& path, int status = 200) {
        net::Request request;
        request.target = path;
        size_t question = path.find('?');
        request.path = path.substr(0, question);
        std::string_view rest = std::string_view(request.path).substr(1);
        while (!rest.empty()) {
            std::string_view segment = rest.substr(0, rest.find('/'));
            request.segments.emplace_back(segment);
            rest.remove_prefix(std::min(rest.size(), segment.size() + 1));
        }
        if (question != std::string::npos)
            request.query.emplace_back("keys", path.substr(path.find('=') + 1));
        net::Response response = api.handle(request);
        EXPECT_EQ(response.status, status) << path << response.body;
        return response.body;
    }

    base::FakeClock clock{base::Instant(seconds(1'000'000))};
    std::shared_ptr<Result<Generation>> next = std::make_shared<Result<Generation>>(table_of(10));
    Tables tables{clock};
    Api api{tables, clock};
};

TEST_F(Serving, IsHealthyOnlyWithItsFirstGeneration) {
    get("/healthz", 503);
    get("/v1/tables/slots/1", 503);
    refresh();
    get("/healthz");
    EXPECT_EQ(get("/v1/tables/slots/1"), "{\"id\":1,\"value\":10}\n");
    get("/v1/tables/slots/11", 404);
    get("/v1/tables/other/1", 404);
    get("/v2", 404);
}

TEST_F(Serving, AnswersManyKeysAtOnce) {
    refresh();
    EXPECT_EQ(get("/v1/tables/slots?keys=3,99,x"),
              "{\"rows\":{\"3\":{\"id\":3,\"value\":10}},\"missing\":[\"99\",\"x\"]}\n");
}

TEST_F(Serving, AnswersAKeyOnceThatIsAskedForTwice) {
    refresh();
    EXPECT_EQ(get("/v1/tables/slots?keys=3,3,99,99,3"),
              "{\"rows\":{\"3\":{\"id\":3,\"value\":10}},\"missing\":[\"99\"]}\n");
}

TEST_F(Serving, KeepsTheOldGenerationWhenRowsFall) {
    refresh();
    *next = table_of(7);
    refresh();
    EXPECT_EQ(tables.current(0)->table->rows(), 10u);
    EXPECT_NE(get("/v1/tables").find("the row count fell from 10 to 7"), std::string::npos);
    *next = Generation();  // the source has nothing newer: the reason stays
    refresh();
    EXPECT_NE(tables.status(0).last_error.find("fell from 10 to 7"), std::string::npos);
    *next = table_of(8);
    refresh();
    EXPECT_EQ(tables.current(0)->table->rows(), 8u);
    EXPECT_EQ(tables.status(0).generation, 2u);
    EXPECT_EQ(tables.status(0).last_error, "");
}

TEST_F(Serving, KeepsTheOldGenerationWhenTheSchemaChangesOrTheSourceFails) {
    refresh();
    *next = table_of(10, "other");
    refresh();
    EXPECT_NE(tables.status(0).last_error.find("the schema changed"), std::string::npos);
    *next = Error(Code::kUnavailable, "cannot reach MySQL");
    refresh();
    EXPECT_EQ(tables.status(0).last_error, "cannot reach MySQL");
    EXPECT_EQ(tables.status(0).failures, 2u);
    EXPECT_EQ(get("/v1/tables/slots/1"), "{\"id\":1,\"value\":10}\n");
}

TEST_F(Serving, CountsForPrometheus) {
    refresh();
    get("/v1/tables/slots/1");
    get("/v1/tables/slots/99", 404);
    std::string text = get("/metrics");
    EXPECT_NE(text.find("mogura_lookups_total{result=\"hit\"} 1\n"), std::string::npos) << text;
    EXPECT_NE(text.find("mogura_requests_total{route=\"row\",status=\"4xx\"} 1\n"),
              std::string::npos);
    EXPECT_NE(text.find("mogura_table_rows{table=\"slots\"} 10\n"), std::string::npos);
}

TEST_F(Serving, SwapsWhileLookupsRun) {
    *next = table_of(10);
    refresh();
    std::atomic<bool> done = false;
    std::jthread reader([&] {
        while (!done) {
            Generation table = tables.current(0)->table;
            auto row = table->find(int64_t{9});
            EXPECT_EQ(row->long_at(1), static_cast<int64_t>(table->rows()));
        }
    });
    for (int64_t rows = 10; rows < 200; ++rows) {
        *next = table_of(rows);
        refresh();
    }
    done = true;
}

}  // namespace
}  // namespace mogura::server
