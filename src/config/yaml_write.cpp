// Writes YAML as SnakeYAML does by default (embulk 1.7.6), without its line wrapping.

#include "base/utf8.h"
#include "config/json.h"
#include "config/yaml.h"
#include "config/yaml_resolve.h"

#include <algorithm>
#include <cmath>

namespace mogura::config {
namespace {

bool is_digit(char character) {
    return character >= '0' && character <= '9';
}

// 2015-01-01 and what follows a date: newer releases of Embulk would read a number.
bool looks_like_date(std::string_view text) {
    size_t dashes = 0;
    size_t digits = 0;
    for (char character : text) {
        if (character == '-' && digits > 0 && dashes < 2) {
            if (dashes == 0 && digits != 4) return false;
            ++dashes;
            digits = 0;
        } else if (is_digit(character)) {
            ++digits;
        } else {
            return dashes == 2 && digits > 0 && digits <= 2;
        }
    }
    return dashes == 2 && digits > 0 && digits <= 2;
}

bool means_something_else(std::string_view text) {
    return !resolve_plain(text, Dialect::kEmbulk).is_string() ||
           !resolve_plain(text, Dialect::kDigdag).is_string() || text == "<<" || text == "=" ||
           looks_like_date(text);
}

// Characters that only double quotes can hold; line ends count when `or_line_ends`.
bool needs_escapes(std::string_view text, bool or_line_ends) {
    for (size_t at = 0; at < text.size();) {
        const size_t length = base::utf8_length(text.substr(at));
        if (length == 0) return true;
        const char32_t character = base::utf8_character(text.substr(at));
        if (character == '\n' ? or_line_ends : character < 0x20) return true;
        if (character >= 0x7F && character < 0xA0) return true;
        if (character == 0x2028 || character == 0x2029 || character == 0xFEFF) return true;
        if (character == 0xFFFE || character == 0xFFFF) return true;
        at += length;
    }
    return false;
}

bool is_plain(std::string_view text, bool in_flow) {
    if (text.empty() || text.front() == ' ' || text.back() == ' ') return false;
    if (text.starts_with("---") || text.starts_with("...")) return false;
    const std::string_view first("#,[]{}&*!|>'\"%@`");
    if (first.find(text[0]) != first.npos) return false;
    for (size_t at = 0; at < text.size(); ++at) {
        const char character = text[at];
        const bool before_blank = at + 1 == text.size() || text[at + 1] == ' ';
        if (at == 0 && (character == '-' || character == '?') && before_blank) return false;
        if (character == ':' && (in_flow || before_blank)) return false;
        if (character == '#' && at > 0 && text[at - 1] == ' ') return false;
        if (in_flow && std::string_view(",?[]{}").find(character) != std::string_view::npos) {
            return false;
        }
    }
    return !means_something_else(text);
}

std::string double_quoted(std::string_view text) {
    std::string result = "\"";
    for (size_t at = 0; at < text.size();) {
        const size_t length = std::max<size_t>(base::utf8_length(text.substr(at)), 1);
        const std::string_view character = text.substr(at, length);
        at += length;
        if (!needs_escapes(character, /*or_line_ends=*/true)) {
            if (character == "\"" || character == "\\") result += '\\';
            result += character;
        } else if (base::utf8_length(character) == 0) {
            result += "\xEF\xBF\xBD";  // YAML holds text only
        } else if (base::utf8_character(character) < 0x20) {
            std::string json;
            append_json_string(json, character);
            result.append(json, 1, json.size() - 2);
        } else {
            constexpr std::string_view kHexadecimal = "0123456789ABCDEF";
            result += "\\u";
            for (int shift = 12; shift >= 0; shift -= 4) {
                result += kHexadecimal[(base::utf8_character(character) >> shift) & 15];
            }
        }
    }
    return result += '"';
}

std::string single_quoted(std::string_view text) {
    std::string result = "'";
    for (char character : text) {
        if (character == '\'') result += '\'';
        result += character;
    }
    return result += '\'';
}

std::string string_text(std::string_view text, bool in_flow) {
    if (needs_escapes(text, /*or_line_ends=*/true)) return double_quoted(text);
    return is_plain(text, in_flow) ? std::string(text) : single_quoted(text);
}

std::string float_text(double number) {
    if (std::isnan(number)) return ".nan";
    if (std::isinf(number)) return number < 0 ? "-.inf" : ".inf";
    std::string text;
    append_json_number(text, number);
    if (text.find_first_of(".e") == text.npos) text += ".0";
    return text;
}

// Several lines that read best as they are.
bool is_literal(const Value& value) {
    if (!value.is_string()) return false;
    const std::string& text = value.string();
    return text.find('\n') != text.npos && text.front() != ' ' && text.front() != '\n' &&
           !needs_escapes(text, /*or_line_ends=*/false);
}

bool is_nested(const Value& value) {
    return value.is_list() || value.is_map();
}
bool breaks_flow(const Value& value) {
    return is_nested(value) || is_literal(value);
}

// Collections of nothing but scalars go on one line.
bool is_flow(const Value& value) {
    if (value.is_list()) return std::ranges::none_of(value.list(), breaks_flow);
    return value.is_map() && std::ranges::none_of(value.map(), [](const Map::Entry& entry) {
               return breaks_flow(entry.value);
           });
}

// Readers look for the colon of a key for 1024 characters only, unless a ? says that it is one.
constexpr size_t kPlainKeyMax = 1000;

std::string key_text(std::string_view key, bool in_flow, size_t indent) {
    const std::string text = string_text(key, in_flow);
    if (text.size() <= kPlainKeyMax) return text + ":";
    return "? " + text + (in_flow ? " :" : "\n" + std::string(indent, ' ') + ":");
}

std::string line_text(const Value& value, bool in_flow);

std::string flow_text(const Value& value) {
    std::string text;
    if (value.is_list()) {
        for (const Value& item : value.list()) {
            text += (text.empty() ? "" : ", ") + line_text(item, /*in_flow=*/true);
        }
        return "[" + text + "]";
    }
    for (const Map::Entry& entry : value.map()) {
        text += (text.empty() ? "" : ", ") + key_text(entry.key, /*in_flow=*/true, 0) + " " +
                line_text(entry.value, /*in_flow=*/true);
    }
    return "{" + text + "}";
}

std::string line_text(const Value& value, bool in_flow) {
    if (is_nested(value)) return flow_text(value);
    if (value.is_string()) return string_text(value.string(), in_flow);
    if (value.is_null()) return "null";
    if (!value.written().empty()) return value.written();
    return value.is_float() ? float_text(value.floating()) : to_json(value);
}

class Writer {
  public:
    // Starts at the end of a line that has `indent` columns already.
    void write_block(const Value& value, size_t indent) {
        if (value.is_list()) {
            write_list(value.list(), indent);
        } else {
            write_map(value.map(), indent);
        }
    }

    std::string yaml;

  private:
    static bool is_block(const Value& value) { return is_nested(value) && !is_flow(value); }

    void start_line(bool first, size_t indent) {
        if (!first) yaml.append(indent, ' ');
    }

    void write_list(const List& items, size_t indent) {
        for (const Value& item : items) {
            start_line(&item == items.data(), indent);
            yaml += '-';
            if (is_block(item)) {
                yaml += ' ';
                write_block(item, indent + 2);
            } else {
                write_line(item, indent + 2);
            }
        }
    }

    void write_map(const Map& members, size_t indent) {
        for (const Map::Entry& member : members) {
            start_line(&member == &*members.begin(), indent);
            yaml += key_text(member.key, /*in_flow=*/false, indent);
            if (is_block(member.value)) {
                // Dashes stand right below their key.
                const size_t inner = member.value.is_list() ? indent : indent + 2;
                yaml.append("\n").append(inner, ' ');
                write_block(member.value, inner);
            } else {
                write_line(member.value, indent + 2);
            }
        }
    }

    // The rest of a line; a literal's own lines follow below it.
    void write_line(const Value& value, size_t indent) {
        if (!is_literal(value)) {
            yaml += " " + line_text(value, /*in_flow=*/false) + "\n";
            return;
        }
        std::string_view text = value.string();
        yaml += !text.ends_with('\n') ? " |-\n" : text.ends_with("\n\n") ? " |+\n" : " |\n";
        while (!text.empty()) {
            const std::string_view line = text.substr(0, text.find('\n'));
            if (!line.empty()) yaml.append(indent, ' ').append(line);
            yaml += '\n';
            text.remove_prefix(std::min(line.size() + 1, text.size()));
        }
    }
};

}  // namespace

std::string to_yaml(const Value& value) {
    Writer writer;
    if (is_nested(value) && !is_flow(value)) {
        writer.write_block(value, 0);
        return writer.yaml;
    }
    return line_text(value, /*in_flow=*/false) + "\n";
}

}  // namespace mogura::config
