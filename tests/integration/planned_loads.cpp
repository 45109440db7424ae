#include "planned_loads.h"

#include "pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <regex>

namespace mogura::integration {
namespace {

// Each name by when it came first.
std::string without_names(const std::string& sql, std::map<std::string, std::string>& names) {
    static const std::regex name("[a-z]+_[0-9a-f]{16}_embulk[0-9]*|[0-9a-f]+_embulk_swap_tmp");
    std::string result;
    auto place = sql.begin();
    for (std::sregex_iterator found(sql.begin(), sql.end(), name), end; found != end; ++found) {
        const auto& match = (*found)[0];
        const auto known = names.emplace(match.str(), "N" + std::to_string(names.size() + 1)).first;
        result.append(place, match.first).append(known->second);
        place = match.second;
    }
    return result.append(place, sql.end());
}

}  // namespace

std::vector<std::string> comparable(std::vector<std::string> statements) {
    static const std::regex rows(R"( VALUES \([^?]*\)(, \.\.\.)?( ON DUPLICATE|$))");
    std::map<std::string, std::string> names;
    for (std::string& sql : statements) {
        sql = std::regex_replace(without_names(sql, names), rows, " VALUES ...$2");
        while (sql.ends_with(' ')) sql.pop_back();
    }
    return statements;
}

std::vector<std::string> statements_of(const load::OutputPlan& plan) {
    std::vector<std::string> statements;
    for (const auto& statement : plan.statements) statements.push_back(statement.sql);
    return statements;
}

Result<load::OutputPlan> PlannedServer::plan(const std::string& mode, const config::Map& more,
                                             size_t tasks) {
    auto output = TRY(make(mode, more));
    return output->plan(numbers(1, 1).schema(), tasks);
}

void PlannedServer::expect_as_planned(const std::string& mode, size_t tasks,
                                      const std::string& prepare, const config::Map& more) {
    execute("drop table if exists t");
    if (!prepare.empty()) execute(prepare);
    const auto tables_before = tables();
    Result<load::OutputPlan> planned = load::OutputPlan();
    const auto asked = sent_during([&] { planned = plan(mode, more, tasks); });
    ASSERT_TRUE(planned.ok()) << mode << ": " << planned.error().message();
    EXPECT_THAT(asked, testing::IsEmpty()) << mode;
    EXPECT_EQ(tables(), tables_before) << mode;
    std::vector<page::Page> pages;
    for (size_t task = 0; task < tasks; ++task) {
        pages.push_back(numbers(static_cast<int64_t>(task) * 10, 3));
    }
    const auto sent = sent_during([&] {
        auto output = make(mode, more);
        ASSERT_TRUE(output.ok()) << mode << ": " << output.error().message();
        auto loaded = load_pages(**output, std::move(pages));
        ASSERT_TRUE(loaded.ok()) << mode << ": " << loaded.error().message();
    });
    EXPECT_THAT(comparable(statements_of(*planned)), testing::ElementsAreArray(comparable(sent)))
        << mode << ": " << prepare;
    EXPECT_THAT(sent, testing::Not(testing::IsEmpty()));
}

}  // namespace mogura::integration
