// `${}` in the values of a task (spec digdag chapter 3).

#include "base/text.h"
#include "cli/check/rules.h"
#include "script/script.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace mogura::cli::check {
namespace {

// 2.11
constexpr std::array<std::string_view, 8> kVariables = {
    "timezone",   "session_uuid",       "session_id", "project_id",
    "attempt_id", "retry_attempt_name", "task_name",  "_project_path"};
constexpr std::array<std::string_view, 4> kTimes = {"session_", "last_executed_session_",
                                                    "last_session_", "next_session_"};
constexpr std::array<std::string_view, 6> kTimeParts = {"time",       "date",      "date_compact",
                                                        "local_time", "tz_offset", "unixtime"};
// What operators store.
constexpr std::array<std::string_view, 10> kStored = {"load", "query",    "http", "pg",  "td",
                                                      "bq",   "redshift", "mail", "emr", "error"};
// Keys that are read before anything is evaluated, or that hold tasks of their own (3.5).
constexpr std::array<std::string_view, 11> kNotEvaluated = {
    "schedule", "sla",    "timezone", "_parallel", "_retry",  "_background",
    "_after",   "_error", "_check",   "_do",       "_else_do"};

template <size_t kSize>
bool has(const std::array<std::string_view, kSize>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool has_word(std::string_view text, std::string_view word) {
    auto belongs = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
    for (size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
        size_t end = at + word.size();
        bool is_whole =
            (at == 0 || !belongs(text[at - 1])) && (end == text.size() || !belongs(text[end]));
        if (is_whole) return true;
    }
    return false;
}

class TemplateCheck {
  public:
    TemplateCheck(const Place& place, const TaskView& task) : place_(place), task_(task) {
        const config::Map::Entry* entry = operator_entry(task.mapping);
        is_shell_ = entry && operator_name(*entry) == "sh";
    }

    void run() {
        for (const auto& entry : task_.mapping) {
            if (entry.key.starts_with('+') || has(kNotEvaluated, entry.key)) continue;
            walk(entry.value, entry.mark);
        }
    }

  private:
    void walk(const config::Value& value, config::Mark outer) {
        config::Mark mark = value.mark().line > 0 ? value.mark() : outer;
        if (value.is_string()) return check(value.string(), mark);
        if (value.is_list()) {
            for (const config::Value& item : value.list()) walk(item, mark);
        } else if (value.is_map()) {
            size_t outside = nested_.size();
            for (const auto& entry : value.map()) {
                walk(entry.value, entry.mark);
                nested_.push_back(entry.key);
            }
            nested_.resize(outside);
        }
    }

    void check(const std::string& text, config::Mark mark) {
        if (!script::has_template(text)) return;
        script::Inspection inspection = script::inspect_template(text);
        for (const script::InspectedExpression& expression : inspection.expressions) {
            std::string whole = "${" + expression.text + "}";
            if (!expression.problem.empty()) {
                place_.add(mark_of(whole, mark), Severity::kError,
                           shown(whole) + " is not JavaScript: " + expression.problem +
                               shell_hint(expression.text));
            }
            for (const std::string& name : expression.names) {
                if (!is_known(name)) add_unknown(name, mark_of(whole, mark));
            }
        }
        if (inspection.unclosed) {
            place_.add(mark_of(text.substr(*inspection.unclosed, 20), mark), Severity::kWarning,
                       "'${' is never closed: the rest of the text stays as it is");
        }
    }

    void add_unknown(const std::string& name, config::Mark mark) {
        std::vector<std::string> known = task_.names;
        for (const char* variable :
             {"session_time", "session_date", "session_date_compact", "session_local_time",
              "session_unixtime", "session_tz_offset", "session_uuid", "session_id", "task_name",
              "timezone", "attempt_id", "project_id"}) {
            known.emplace_back(variable);
        }
        for (const auto& entry : place_.parameters) known.push_back(entry.key);
        known.insert(known.end(), place_.incoming.begin(), place_.incoming.end());
        std::string near = base::did_you_mean(name, known);
        place_.add(mark, near.empty() ? Severity::kWarning : Severity::kError,
                   "nothing defines the parameter " + name + near +
                       (near.empty() ? " (no _export, loop or script; give it with -p)" : "") +
                       shell_hint(name));
    }

    bool is_known(const std::string& name) const {
        auto contains = [&](const std::vector<std::string>& names) {
            return std::find(names.begin(), names.end(), name) != names.end();
        };
        if (contains(task_.names) || contains(nested_) || place_.incoming.contains(name) ||
            place_.parameters.find(name) || has(kVariables, name) || has(kStored, name)) {
            return true;
        }
        for (std::string_view prefix : kTimes) {
            bool needs_schedule = prefix == "last_session_" || prefix == "next_session_";
            if (name.starts_with(prefix) && has(kTimeParts, name.substr(prefix.size()))) {
                return !needs_schedule || place_.has_schedule;
            }
        }
        return has_word(place_.files.scripts(), name);
    }

    // Capitals in a script are the shell's more often than ours.
    std::string shell_hint(const std::string& text) const {
        size_t end = 0;
        while (end < text.size() &&
               (std::isupper(static_cast<unsigned char>(text[end])) || text[end] == '_' ||
                std::isdigit(static_cast<unsigned char>(text[end])))) {
            ++end;
        }
        if (!is_shell_ || end == 0) return "";
        return " (the shell's own variable is $" + text.substr(0, end) + ", without braces)";
    }

    // Where the words stand in the file, at the value's place or behind it.
    config::Mark mark_of(const std::string& words, config::Mark mark) const {
        const std::string& text = place_.file.text;
        if (mark.line <= 0) return mark;
        size_t start = 0;
        for (int32_t line = 1; line < mark.line && start != std::string::npos; ++line) {
            size_t end = text.find('\n', start);
            start = end == std::string::npos ? end : end + 1;
        }
        if (start == std::string::npos) return mark;
        constexpr size_t kNear = 20'000;
        size_t found = text.find(words, start);
        if (found == std::string::npos || found > start + kNear) return mark;
        size_t newline = found == 0 ? std::string::npos : text.rfind('\n', found - 1);
        size_t line_start = newline == std::string::npos ? 0 : newline + 1;
        config::Mark exact = mark;
        exact.line +=
            static_cast<int32_t>(std::count(text.begin() + static_cast<ptrdiff_t>(start),
                                            text.begin() + static_cast<ptrdiff_t>(found), '\n'));
        exact.column = 1;
        for (size_t at = line_start; at < found; ++at) {
            if ((static_cast<unsigned char>(text[at]) & 0xC0) != 0x80) ++exact.column;
        }
        return exact;
    }

    static std::string shown(const std::string& text) {
        constexpr size_t kShownMax = 60;
        std::string line = base::replace_all(text, "\n", " ");
        return line.size() <= kShownMax ? line : line.substr(0, kShownMax) + "...";
    }

    const Place& place_;
    const TaskView& task_;
    bool is_shell_ = false;
    std::vector<std::string> nested_;
};

}  // namespace

void check_templates(const Place& place, const TaskView& task) {
    TemplateCheck(place, task).run();
}

}  // namespace mogura::cli::check
