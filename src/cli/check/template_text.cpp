#include "cli/check/template_text.h"

#include "base/text.h"
#include "cli/check/near_miss.h"
#include "script/script.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace mogura::cli::check {
namespace {

std::string shown(const std::string& text) {
    constexpr size_t kShownMax = 60;
    std::string line = base::replace_all(text, "\n", " ");
    return line.size() <= kShownMax ? line : line.substr(0, kShownMax) + "...";
}

// The name that an expression of the shell begins with: "VAR" of "VAR:-x", of "#VAR".
std::string shell_name(std::string_view expression) {
    if (expression.starts_with('#') || expression.starts_with('!')) expression.remove_prefix(1);
    size_t end = 0;
    while (end < expression.size() &&
           (std::isalnum(static_cast<unsigned char>(expression[end])) || expression[end] == '_')) {
        ++end;
    }
    bool is_name = end > 0 && !std::isdigit(static_cast<unsigned char>(expression[0]));
    return is_name ? std::string(expression.substr(0, end)) : "";
}

std::string shell_hint(const std::string& name) {
    return name.empty() ? "" : " (the shell's own variable is $" + name + ", without braces)";
}

void check_expression(const TemplateText& subject, const script::InspectedExpression& expression) {
    const std::string whole = "${" + expression.text + "}";
    const std::string first = subject.is_shell ? shell_name(expression.text) : "";
    if (!expression.problem.empty()) {
        subject.tell(
            expression.offset, whole, Severity::kError,
            shown(whole) + " is not JavaScript: " + expression.problem + shell_hint(first));
    }
    for (const std::string& name : expression.names) {
        if (subject.scope.knows(name)) continue;
        Unknown unknown = subject.scope.unknown(name);
        subject.tell(expression.offset, whole, unknown.severity,
                     unknown.message + (name == first ? shell_hint(name) : ""));
    }
}

// Whether "${" behind this text means something to a shell: it is not quoted and in no comment, as
// far as that is plain to see.
bool shell_reads_on(std::string_view before) {
    return before.find_first_of("'#\\") == std::string_view::npos &&
           before.find("<<") == before.npos;
}

void check_form(const TemplateText& subject, const script::InspectedForm& form) {
    if (form.word == "secret") return;
    static const std::vector<std::string> kKnown = {"secret"};
    auto near = near_miss(form.word, kKnown);
    if (subject.forms == Forms::kSecrets) {
        std::string remedy = near ? hint(near)
                             : subject.is_shell
                                 ? shell_hint(form.word) + "; a default needs a script of its own"
                                 : "";
        subject.tell(
            form.offset, form.text, Severity::kError,
            shown(form.text) + " fails the task: only ${secret:KEY} has a colon there" + remedy);
    } else if (near) {
        subject.tell(form.offset, form.text, Severity::kWarning,
                     shown(form.text) + " stays as it is" + hint(near));
    }
}

}  // namespace

void check_template_text(const TemplateText& subject) {
    if (!script::has_template(subject.text)) return;
    script::Inspection inspection = script::inspect_template(subject.text);
    for (const auto& expression : inspection.expressions) check_expression(subject, expression);
    for (const auto& form : inspection.forms) check_form(subject, form);
    if (!inspection.unclosed) return;
    size_t start = *inspection.unclosed;
    bool fails =
        subject.has_usual_shell && shell_reads_on(std::string_view(subject.text).substr(0, start));
    subject.tell(start, subject.text.substr(start, 20),
                 fails ? Severity::kError : Severity::kWarning,
                 fails ? "'${' is never closed: the shell gets it as it is and cannot read it"
                       : "'${' is never closed: the rest of the text stays as it is");
}

}  // namespace mogura::cli::check
