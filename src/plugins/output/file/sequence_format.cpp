#include "plugins/output/file/sequence_format.h"

#include <cstdio>

namespace mogura::plugins {
namespace {

bool is_digit(char letter) {
    return letter >= '0' && letter <= '9';
}

// One "%..." of the format: its parts, and the number that it prints.
class Specifier {
  public:
    Specifier(std::string_view format, size_t& at) : format_(format), at_(at) {}

    Result<std::string> text(int64_t task, int64_t file, int& ordinary) {
        int index = 0;
        size_t begin = at_;
        int number = read_number();
        if (number > 0 && peek() == '$') {
            index = number;
            ++at_;
        } else {
            at_ = begin;
        }
        std::string flags;
        while (std::string_view("-0+ ").find(peek()) != std::string_view::npos && peek() != '\0') {
            flags += format_[at_++];
        }
        int width = read_number();
        char letter = peek();
        if (letter == '\0') return malformed();
        ++at_;
        if (letter == '%') return std::string("%");
        if (letter == 'n') return std::string("\n");
        if (index == 0) index = ++ordinary;
        if (index > 2) return malformed();
        return printed(letter, flags, width, index == 1 ? task : file);
    }

  private:
    static Error malformed() {
        return {Code::kInvalid, "Invalid sequence_format: parameter for file output plugin"};
    }

    char peek() const { return at_ < format_.size() ? format_[at_] : '\0'; }

    int read_number() {
        int number = 0;
        if (peek() == '0') return 0;
        while (is_digit(peek()) && number < 1000) number = number * 10 + (format_[at_++] - '0');
        return number;
    }

    static Result<std::string> printed(char letter, const std::string& flags, int width,
                                       int64_t value) {
        std::string pattern = "%" + flags;
        if (letter == 's' || letter == 'S') {
            pattern = flags.find('-') != std::string::npos ? "%-" : "%";
            letter = 'd';
        }
        if (letter != 'd' && letter != 'x' && letter != 'X' && letter != 'o') return malformed();
        pattern += std::string("*ll") + letter;
        char buffer[1100];
        std::snprintf(buffer, sizeof buffer, pattern.c_str(), width, static_cast<long long>(value));
        return std::string(buffer);
    }

    const std::string_view format_;
    size_t& at_;
};

}  // namespace

Result<std::string> format_sequence(std::string_view format, int64_t task, int64_t file) {
    std::string text;
    int ordinary = 0;
    for (size_t at = 0; at < format.size();) {
        if (format[at] != '%') {
            text += format[at++];
            continue;
        }
        ++at;
        std::string part = TRY(Specifier(format, at).text(task, file, ordinary));
        text += part;
    }
    return text;
}

}  // namespace mogura::plugins
