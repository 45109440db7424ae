#include "planned_loads.h"

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

}  // namespace mogura::integration
