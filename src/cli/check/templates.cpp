// `${}` in the values of a task (spec digdag chapter 3).

#include "cli/check/rules.h"
#include "cli/check/scope.h"
#include "cli/check/template_text.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace mogura::cli::check {
namespace {

// Keys that are read before anything is evaluated, or that hold tasks of their own (3.5).
constexpr std::array<std::string_view, 11> kNotEvaluated = {
    "schedule", "sla",    "timezone", "_parallel", "_retry",  "_background",
    "_after",   "_error", "_check",   "_do",       "_else_do"};
// Keys in which operators put secrets (7.5).
constexpr std::array<std::string_view, 4> kHttpSecrets = {"query", "headers", "content",
                                                          "_command"};

template <size_t kSize>
bool has(const std::array<std::string_view, kSize>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

class TemplateCheck {
  public:
    TemplateCheck(const Place& place, const TaskView& task)
        : place_(place), task_(task), scope_(place, task) {
        const config::Map::Entry* entry = operator_entry(task.mapping);
        if (entry) operator_ = operator_name(*entry);
    }

    void run() {
        bool is_group = operator_.empty();
        for (const auto& entry : task_.mapping) {
            bool is_operator = entry.key == operator_ + ">" || entry.key == "_command";
            if (entry.key.starts_with('+')) continue;
            // Beside an operator these two are evaluated (1.7.5, 2.5.7).
            bool is_late = !is_group && (entry.key == "_parallel" || entry.key == "_retry");
            if (has(kNotEvaluated, entry.key) && !is_late) continue;
            forms_ = forms_of(entry.key, is_operator);
            is_shell_ = operator_ == "sh" && is_operator;
            walk(entry.value, entry.mark);
        }
    }

  private:
    Forms forms_of(const std::string& key, bool is_operator) const {
        bool puts_secrets = key == "_env" || (operator_ == "sh" && is_operator);
        if (operator_ == "http" || operator_ == "http_call") {
            puts_secrets = puts_secrets || is_operator || has(kHttpSecrets, key);
        }
        if (operator_ == "slack") puts_secrets = puts_secrets || key == "webhook_url";
        return puts_secrets ? Forms::kSecrets : Forms::kLeftAlone;
    }

    void walk(const config::Value& value, config::Mark outer) {
        config::Mark mark = value.mark().line > 0 ? value.mark() : outer;
        if (value.is_string()) return check(value.string(), mark);
        if (value.is_list()) {
            for (const config::Value& item : value.list()) walk(item, mark);
        } else if (value.is_map()) {
            size_t outside = scope_.nested().size();
            for (const auto& entry : value.map()) {
                walk(entry.value, entry.mark);
                scope_.nested().push_back(entry.key);
            }
            scope_.nested().resize(outside);
        }
    }

    void check(const std::string& text, config::Mark mark) {
        size_t cursor = 0;
        std::optional<size_t> told;  // where in the text
        auto tell = [&](size_t offset, const std::string& words, Severity severity,
                        std::string message) {
            if (told && *told != offset) ++cursor;
            told = offset;
            place_.add(mark_of(words, mark, cursor), severity, std::move(message));
        };
        check_template_text({.text = text,
                             .scope = scope_,
                             .forms = forms_,
                             .is_shell = is_shell_,
                             .has_usual_shell = is_shell_ && !task_.knows("shell"),
                             .tell = tell});
    }

    // Where the words stand in the file, at the value's place or behind it. `cursor`: where the
    // ones before were found, since the same words may stand there twice.
    config::Mark mark_of(const std::string& words, config::Mark mark, size_t& cursor) const {
        if (mark.line <= 0) return mark;
        config::Mark own = mark;
        const std::string& text = place_.file.inspection.locate(own).text;
        size_t start = 0;
        for (int32_t line = 1; line < own.line && start != std::string::npos; ++line) {
            size_t end = text.find('\n', start);
            start = end == std::string::npos ? end : end + 1;
        }
        if (start == std::string::npos) return mark;
        constexpr size_t kNear = 20'000;
        size_t found = text.find(words, std::max(start, cursor));
        if (found == std::string::npos) found = text.find(words, start);
        if (found == std::string::npos || found > start + kNear) return mark;
        cursor = found;
        size_t newline = found == 0 ? std::string::npos : text.rfind('\n', found - 1);
        size_t line_start = newline == std::string::npos ? 0 : newline + 1;
        mark.line +=
            static_cast<int32_t>(std::count(text.begin() + static_cast<ptrdiff_t>(start),
                                            text.begin() + static_cast<ptrdiff_t>(found), '\n'));
        mark.column = 1;
        for (size_t at = line_start; at < found; ++at) {
            if ((static_cast<unsigned char>(text[at]) & 0xC0) != 0x80) ++mark.column;
        }
        return mark;
    }

    const Place& place_;
    const TaskView& task_;
    Scope scope_;
    std::string operator_;
    Forms forms_ = Forms::kLeftAlone;
    bool is_shell_ = false;
};

}  // namespace

void check_templates(const Place& place, const TaskView& task) {
    TemplateCheck(place, task).run();
}

}  // namespace mogura::cli::check
