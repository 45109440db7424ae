#include "cli/check/finding.h"

#include "base/text.h"

#include <algorithm>
#include <tuple>

namespace mogura::cli::check {
namespace {

const char* name_of(Severity severity) {
    return severity == Severity::kError ? "error" : "warning";
}

// "FILE:LINE:COLUMN: MESSAGE" taken apart; false when the line is none.
bool read_head(const std::string& line, Finding& finding) {
    size_t colon = line.find(": ");
    if (colon == std::string::npos) return false;
    std::vector<std::string> parts = base::split(line.substr(0, colon), ':');
    if (parts.size() != 3 || parts[0].empty()) return false;
    auto row = base::parse_integer(parts[1]);
    auto column = base::parse_integer(parts[2]);
    if (!row || !column) return false;
    finding.file = parts[0];
    finding.mark = {static_cast<int32_t>(*row), static_cast<int32_t>(*column)};
    finding.message = line.substr(colon + 2);
    return true;
}

}  // namespace

Finding finding_at(std::string_view text, const std::string& file, config::Mark mark,
                   Severity severity, std::string message) {
    std::string whole = config::message_with_caret(text, file, mark, message);
    size_t end = whole.find(message);
    std::string excerpt = end == std::string::npos ? "" : whole.substr(end + message.size());
    if (excerpt.starts_with('\n')) excerpt.erase(0, 1);
    if (!excerpt.empty() && !excerpt.ends_with('\n')) excerpt += '\n';
    return {.file = file,
            .mark = mark,
            .severity = severity,
            .message = std::move(message),
            .excerpt = std::move(excerpt)};
}

std::vector<Finding> findings_of(const std::string& file, const std::string& error) {
    std::vector<Finding> findings;
    for (const std::string& line : base::split(error, '\n')) {
        Finding head;
        if (read_head(line, head)) {
            findings.push_back(std::move(head));
        } else if (findings.empty()) {
            std::string message =
                line.starts_with(file + ": ") ? line.substr(file.size() + 2) : line;
            findings.push_back({.file = file, .message = std::move(message)});
        } else {
            findings.back().excerpt += line + "\n";
        }
    }
    return findings;
}

std::string to_text(const Finding& finding) {
    std::string text = finding.file;
    if (finding.mark.line > 0) {
        text += ":" + std::to_string(finding.mark.line) + ":" + std::to_string(finding.mark.column);
    }
    return text + ": " + name_of(finding.severity) + ": " + finding.message + "\n" +
           finding.excerpt;
}

config::Value to_value(const Finding& finding) {
    config::Map map;
    map.append("file", finding.file);
    map.append("line", int64_t{finding.mark.line});
    map.append("column", int64_t{finding.mark.column});
    map.append("severity", name_of(finding.severity));
    map.append("message", finding.message);
    return map;
}

void sort(std::vector<Finding>& findings) {
    std::sort(findings.begin(), findings.end(), [](const Finding& one, const Finding& other) {
        return std::tie(one.file, one.mark.line, one.mark.column, one.severity, one.message) <
               std::tie(other.file, other.mark.line, other.mark.column, other.severity,
                        other.message);
    });
}

}  // namespace mogura::cli::check
