#include "cli/embulk/properties.h"

#include "base/file.h"
#include "base/text.h"

#include <filesystem>
#include <utility>

namespace mogura::cli::embulk {
namespace {

namespace fs = std::filesystem;

// Of one logical line.
std::string unescaped(std::string_view text) {
    std::string result;
    for (size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '\\' || at + 1 == text.size()) {
            result += text[at];
            continue;
        }
        char next = text[++at];
        result += next == 't' ? '\t' : next == 'n' ? '\n' : next == 'r' ? '\r' : next;
    }
    return result;
}

bool is_blank(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\f';
}

// Where the key ends: at an unescaped blank, = or :.
size_t key_end(std::string_view line) {
    for (size_t at = 0; at < line.size(); ++at) {
        if (line[at] == '\\') {
            ++at;
        } else if (line[at] == '=' || line[at] == ':' || is_blank(line[at])) {
            return at;
        }
    }
    return line.size();
}

void add_line(std::string_view line, Properties& properties) {
    size_t end = key_end(line);
    std::string_view value = line.substr(end);
    auto skip_blanks = [&] {
        while (!value.empty() && is_blank(value[0])) value.remove_prefix(1);
    };
    skip_blanks();
    if (!value.empty() && (value[0] == '=' || value[0] == ':')) value.remove_prefix(1);
    skip_blanks();
    properties[unescaped(line.substr(0, end))] = unescaped(value);
}

bool ends_in_backslash(std::string_view line) {
    size_t count = 0;
    while (count < line.size() && line[line.size() - 1 - count] == '\\') ++count;
    return count % 2 == 1;
}

std::string value_of(const base::Environment& environment, const char* name) {
    auto found = environment.find(name);
    return found == environment.end() ? "" : found->second;
}

// -X, EMBULK_HOME, a .embulk on the way up, ~/.embulk (1.3.2).
Result<fs::path> home_of(const Properties& given, const base::Environment& environment,
                         const fs::path& folder) {
    if (auto found = given.find("embulk_home"); found != given.end()) {
        return folder / found->second;
    }
    std::string named = value_of(environment, "EMBULK_HOME");
    if (!named.empty()) {
        if (!fs::path(named).is_absolute()) {
            return Error(Code::kInvalid, "EMBULK_HOME must be an absolute path, not " + named);
        }
        return fs::path(named);
    }
    std::error_code failure;
    const fs::path user = value_of(environment, "HOME");
    for (fs::path at = folder; !at.empty(); at = at.parent_path()) {
        if (fs::is_regular_file(at / ".embulk/embulk.properties", failure)) return at / ".embulk";
        if (at == user || at == at.root_path()) break;
    }
    return user / ".embulk";
}

}  // namespace

Properties parse_properties(std::string_view text) {
    Properties properties;
    std::string logical;
    for (const std::string& raw : base::split(base::replace_all(text, "\r\n", "\n"), '\n')) {
        std::string_view line = raw;
        while (!line.empty() && is_blank(line[0])) line.remove_prefix(1);
        bool is_fresh = logical.empty();
        if (is_fresh && (line.empty() || line[0] == '#' || line[0] == '!')) continue;
        if (ends_in_backslash(line)) {
            logical.append(line.substr(0, line.size() - 1));
            continue;
        }
        logical.append(line);
        add_line(logical, properties);
        logical.clear();
    }
    if (!logical.empty()) add_line(logical, properties);
    return properties;
}

Result<Properties> all_properties(const Properties& given, const base::Environment& environment,
                                  const std::string& folder) {
    fs::path home = TRY(home_of(given, environment, folder));
    std::string path = (home / "embulk.properties").string();
    Properties properties;
    if (base::file_exists(path)) {
        std::string text = TRY(base::read_file(path));
        properties = parse_properties(text);
    }
    for (const auto& [key, value] : given) properties[key] = value;
    return properties;
}

void apply_to_exec(const Properties& properties, config::Map& config) {
    config::Value* exec = config.find("exec");
    if (exec && !exec->is_map()) return;  // an error that the loader tells
    config::Map filled = exec ? exec->map() : config::Map();
    for (const char* key : {"max_threads", "min_output_tasks", "guess_sample_buffer_bytes",
                            "preview_sample_buffer_bytes"}) {
        auto found = properties.find(key);
        if (found != properties.end() && !filled.find(key)) filled.set(key, found->second);
    }
    if (!filled.empty()) config.set("exec", std::move(filled));
}

}  // namespace mogura::cli::embulk
