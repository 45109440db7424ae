#include "plugins/output/table/marks.h"

#include "base/text.h"

#include <algorithm>
#include <utility>

namespace mogura::plugins::table {
namespace {

std::string mark_text(int64_t task, bool is_finished, const load::Position& position) {
    return "'" + std::to_string(task) + (is_finished ? " 1 " : " 0 ") +
           load::position_text(position) + "'";
}

}  // namespace

std::string create_marks(const std::string& marks, std::string_view table_option) {
    std::string sql = "CREATE TABLE " + marks +
                      " (task BIGINT NOT NULL PRIMARY KEY, place VARCHAR(200) NOT NULL)";
    if (!table_option.empty()) sql.append(" ").append(table_option);
    return sql;
}

std::vector<std::string> insert_marks(const std::string& marks, size_t tasks) {
    constexpr int64_t kRowsMax = 1000;
    std::vector<std::string> statements;
    const auto count = static_cast<int64_t>(tasks);
    for (int64_t first = kWholeLoad; first < count; first += kRowsMax) {
        std::string sql = "INSERT INTO " + marks + " (task, place) VALUES ";
        for (int64_t task = first; task < std::min(first + kRowsMax, count); ++task) {
            if (task > first) sql += ", ";
            sql += "(" + std::to_string(task) + ", " + mark_text(task, false, {}) + ")";
        }
        statements.push_back(std::move(sql));
    }
    return statements;
}

std::string update_mark(const std::string& marks, int64_t task, bool is_finished,
                        const load::Position& position) {
    return "UPDATE " + marks + " SET place = " + mark_text(task, is_finished, position) +
           " WHERE task = " + std::to_string(task);
}

std::string select_marks(const std::string& marks) {
    return "SELECT place FROM " + marks + " ORDER BY task";
}

std::optional<Mark> parse_mark(std::string_view text) {
    const size_t first = text.find(' ');
    const size_t second = first == text.npos ? first : text.find(' ', first + 1);
    if (second == text.npos) return std::nullopt;
    const auto task = base::parse_integer(text.substr(0, first));
    const std::string_view finished = text.substr(first + 1, second - first - 1);
    const auto position = load::parse_position(text.substr(second + 1));
    if (!task || !position || (finished != "0" && finished != "1")) return std::nullopt;
    return Mark{.task = *task, .kept = {.is_finished = finished == "1", .position = *position}};
}

std::string TaskMark::statement(bool is_finished) const {
    if (marks_.empty()) return "";
    return update_mark(marks_, task_, is_finished, position_);
}

}  // namespace mogura::plugins::table
