// `${}` in the files that operators read as templates (spec digdag 3.5.4, 4.0.7).

#include "base/file.h"
#include "cli/check/rules.h"
#include "cli/check/scope.h"
#include "cli/check/template_text.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

namespace mogura::cli::check {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kBytesMax = 4 << 20;
constexpr std::array<std::string_view, 12> kOperators = {
    "query", "pg", "mysql", "redshift",    "mail",    "slack",
    "load",  "bq", "td",    "td_for_each", "td_wait", "embulk"};

config::Mark mark_at(const std::string& text, size_t offset) {
    config::Mark mark{1, 1};
    for (size_t at = 0; at < offset; ++at) {
        if (text[at] == '\n') {
            ++mark.line;
            mark.column = 1;
        } else if ((static_cast<unsigned char>(text[at]) & 0xC0) != 0x80) {
            ++mark.column;
        }
    }
    return mark;
}

// Where the file of the command is, below the project; "" when there is nothing to look at.
std::string path_of(const Place& place, const std::string& name) {
    if (name.empty() || name.find('$') != std::string::npos || name.find('\n') != name.npos) {
        return "";
    }
    fs::path path = fs::path(name).is_absolute()
                        ? fs::path(name).lexically_relative(place.files.folder())
                        : (fs::path(place.file.folder) / name).lexically_normal();
    return path.empty() || *path.begin() == ".." ? "" : path.string();
}

// Another task that reads the same file may have told it already.
bool is_told(const std::vector<Finding>& findings, const std::string& path, config::Mark mark,
             const std::string& beginning) {
    return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
        return finding.file == path && finding.mark.line == mark.line &&
               finding.mark.column == mark.column && finding.message.starts_with(beginning);
    });
}

// What stands under the operator's word is seen by its file as if it stood beside it (4.0.5).
void add_names_under(const std::string& word, const Place& place, const TaskView& task,
                     Scope& scope) {
    const auto add = [&](const config::Value* defaults) {
        if (!defaults || !defaults->is_map()) return;
        for (const auto& entry : defaults->map()) scope.nested().push_back(entry.key);
    };
    for (const config::Map::Entry* entry : task.exports) {
        if (entry->key == word) add(&entry->value);
    }
    add(task.mapping.find(word));
    add(place.parameters.find(word));
}

}  // namespace

bool reads_template_file(const std::string& name) {
    return std::find(kOperators.begin(), kOperators.end(), name) != kOperators.end();
}

const config::Value* template_file_of(const config::Map& task) {
    const config::Map::Entry* entry = operator_entry(task);
    if (!entry || !reads_template_file(operator_name(*entry))) return nullptr;
    const config::Value* command = command_of(task);
    if (command && !command->is_null()) return command;
    // Of others it is SQL.
    const config::Value* query = operator_name(*entry) == "query" ? task.find("query") : nullptr;
    bool is_file = query && query->is_string() && query->string().ends_with(".sql");
    return is_file ? query : nullptr;
}

void check_template_files(const Place& place, const TaskView& task) {
    const config::Map::Entry* entry = operator_entry(task.mapping);
    const config::Value* file = template_file_of(task.mapping);
    auto name = file ? file->scalar_text() : std::nullopt;
    if (!entry || !name) return;
    // A folder that the workflow chooses itself is known only when it runs.
    if (task.knows("_workdir") || place.incoming.contains("_workdir")) return;
    const std::string path = path_of(place, *name);
    const std::string whole = place.files.folder() + "/" + path;
    auto size = base::file_size_bytes(whole);
    if (path.empty() || !size.ok() || *size > kBytesMax) return;
    auto text = base::read_file(whole);
    if (!text.ok() || text->find('\0') != std::string::npos) return;
    const std::string word = operator_name(*entry);
    Scope scope(place, task);
    add_names_under(word.starts_with("td_") ? "td" : word, place, task, scope);
    auto tell = [&](size_t offset, const std::string&, Severity severity, std::string message) {
        const config::Mark mark = mark_at(*text, offset);
        message += ", read by ";
        if (is_told(place.findings, path, mark, message)) return;
        place.findings.push_back(finding_at(*text, path, mark, severity, message + task.full_name));
    };
    bool puts_secrets = word == "load" || word == "embulk";
    check_template_text({.text = *text,
                         .scope = scope,
                         .forms = puts_secrets ? Forms::kSecrets : Forms::kLeftAlone,
                         .tell = tell});
}

}  // namespace mogura::cli::check
