#include "plugins/java_regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <array>
#include <utility>

namespace mogura::plugins {
namespace {

struct FreeMatch {
    void operator()(pcre2_match_data* match) const { pcre2_match_data_free(match); }
};
using Match = std::unique_ptr<pcre2_match_data, FreeMatch>;

PCRE2_SPTR bytes_of(std::string_view text) {
    return reinterpret_cast<PCRE2_SPTR>(text.data());
}

std::string message_of(int number) {
    std::array<PCRE2_UCHAR, 256> buffer{};
    pcre2_get_error_message(number, buffer.data(), buffer.size());
    return reinterpret_cast<const char*>(buffer.data());
}

bool has_intersection(std::string_view pattern) {
    int depth = 0;
    for (size_t at = 0; at < pattern.size(); ++at) {
        if (pattern[at] == '\\') {
            ++at;
        } else if (pattern[at] == '[') {
            ++depth;
        } else if (pattern[at] == ']' && depth > 0) {
            --depth;
        } else if (depth > 0 && pattern.substr(at, 2) == "&&") {
            return true;
        }
    }
    return false;
}

size_t character_size(char first) {
    auto byte = static_cast<unsigned char>(first);
    if (byte < 0xC0) return 1;
    if (byte < 0xE0) return 2;
    return byte < 0xF0 ? 3 : 4;
}

}  // namespace

struct JavaRegex::Code {
    pcre2_code* compiled = nullptr;

    explicit Code(pcre2_code* code) : compiled(code) {}
    Code(const Code&) = delete;
    Code& operator=(const Code&) = delete;
    ~Code() { pcre2_code_free(compiled); }

    Match new_match() const {
        return Match(pcre2_match_data_create_from_pattern(compiled, nullptr));
    }
    // Whether there is a match at or behind `from`.
    Result<bool> search(std::string_view text, size_t from, pcre2_match_data* match) const {
        int found = pcre2_match(compiled, bytes_of(text), text.size(), from, 0, match, nullptr);
        if (found >= 0) return true;
        if (found == PCRE2_ERROR_NOMATCH) return false;
        return Error(code_of(found), "regular expression failed: " + message_of(found));
    }
    static mogura::Code code_of(int error) {
        return error == PCRE2_ERROR_MATCHLIMIT || error == PCRE2_ERROR_DEPTHLIMIT ||
                       error == PCRE2_ERROR_HEAPLIMIT || error == PCRE2_ERROR_JIT_STACKLIMIT
                   ? mogura::Code::kLimit
                   : mogura::Code::kInvalid;
    }
    // Appends the replacement for one match.
    Result<> append(std::string& result, std::string_view replacement, std::string_view text,
                    const size_t* groups) const;
    Result<size_t> group_at(std::string_view replacement, size_t& at) const;
};

// Reads the group behind the dollar sign at `at` and moves behind it.
Result<size_t> JavaRegex::Code::group_at(std::string_view replacement, size_t& at) const {
    uint32_t count = 0;
    pcre2_pattern_info(compiled, PCRE2_INFO_CAPTURECOUNT, &count);
    ++at;
    if (at < replacement.size() && replacement[at] == '{') {
        size_t end = replacement.find('}', at);
        if (end != std::string_view::npos) {
            std::string name(replacement.substr(at + 1, end - at - 1));
            int number = pcre2_substring_number_from_name(
                compiled, reinterpret_cast<PCRE2_SPTR>(name.c_str()));
            if (number > 0) {
                at = end + 1;
                return static_cast<size_t>(number);
            }
        }
    } else if (at < replacement.size() && replacement[at] >= '0' && replacement[at] <= '9') {
        size_t number = static_cast<size_t>(replacement[at] - '0');
        if (number <= count) {
            ++at;
            // More digits belong to the number while there is such a group.
            while (at < replacement.size() && replacement[at] >= '0' && replacement[at] <= '9') {
                size_t longer = number * 10 + static_cast<size_t>(replacement[at] - '0');
                if (longer > count) break;
                number = longer;
                ++at;
            }
            return number;
        }
    }
    return Error(mogura::Code::kInvalid,
                 "no such group in the replacement: " + std::string(replacement));
}

Result<> JavaRegex::Code::append(std::string& result, std::string_view replacement,
                                 std::string_view text, const size_t* groups) const {
    size_t at = 0;
    while (at < replacement.size()) {
        if (replacement[at] == '\\') {
            if (at + 1 == replacement.size()) {
                return Error(mogura::Code::kInvalid,
                             "the replacement ends with a backslash: " + std::string(replacement));
            }
            result += replacement[at + 1];
            at += 2;
        } else if (replacement[at] == '$') {
            size_t group = TRY(group_at(replacement, at));
            size_t begin = groups[2 * group];
            if (begin != PCRE2_UNSET) result += text.substr(begin, groups[2 * group + 1] - begin);
        } else {
            result += replacement[at++];
        }
    }
    return {};
}

JavaRegex::JavaRegex(std::unique_ptr<Code> code) : code_(std::move(code)) {}
JavaRegex::JavaRegex(JavaRegex&&) noexcept = default;
JavaRegex& JavaRegex::operator=(JavaRegex&&) noexcept = default;
JavaRegex::~JavaRegex() = default;

Result<JavaRegex> JavaRegex::compile(std::string_view pattern) {
    if (has_intersection(pattern)) {
        return Error(
            mogura::Code::kUnsupported,
            "intersections of character classes (&&) are not supported: " + std::string(pattern));
    }
    int error = 0;
    size_t place = 0;
    pcre2_code* compiled =
        pcre2_compile(bytes_of(pattern), pattern.size(), PCRE2_UTF | PCRE2_MATCH_INVALID_UTF,
                      &error, &place, nullptr);
    if (!compiled) {
        return Error(mogura::Code::kInvalid, "not a regular expression: " + std::string(pattern) +
                                                 " (" + message_of(error) + " at character " +
                                                 std::to_string(place) + ")");
    }
    pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE);  // without it, matching is only slower
    return JavaRegex(std::make_unique<Code>(compiled));
}

Result<bool> JavaRegex::find(std::string_view text) const {
    Match match = code_->new_match();
    return code_->search(text, 0, match.get());
}

Result<std::string> JavaRegex::replace_all(std::string_view text,
                                           std::string_view replacement) const {
    Match match = code_->new_match();
    std::string result;
    size_t copied = 0;
    size_t from = 0;
    while (from <= text.size()) {
        bool found = TRY(code_->search(text, from, match.get()));
        if (!found) break;
        const size_t* groups = pcre2_get_ovector_pointer(match.get());
        result += text.substr(copied, groups[0] - copied);
        TRY(code_->append(result, replacement, text, groups));
        copied = groups[1];
        from = groups[1];
        if (groups[0] == groups[1]) {  // an empty match: go on behind the next character
            if (from == text.size()) break;
            from += character_size(text[from]);
        }
    }
    result += text.substr(std::min(copied, text.size()));
    return result;
}

}  // namespace mogura::plugins
