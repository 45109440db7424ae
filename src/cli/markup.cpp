#include "cli/markup.h"

#include "base/utf8.h"

namespace mogura::cli {

std::string markup_escaped(std::string_view text) {
    constexpr const char* kReplacement = "\xEF\xBF\xBD";
    std::string result;
    while (!text.empty()) {
        size_t length = base::utf8_length(text);
        char c = text[0];
        bool is_control =
            static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' && c != '\r';
        if (length == 0 || is_control) {
            result += kReplacement;
            length = 1;
        } else if (c == '&') {
            result += "&amp;";
        } else if (c == '<') {
            result += "&lt;";
        } else if (c == '>') {
            result += "&gt;";
        } else if (c == '"') {
            result += "&quot;";
        } else if (c == '\'') {
            result += "&#39;";
        } else {
            result += text.substr(0, length);
        }
        text.remove_prefix(length);
    }
    return result;
}

}  // namespace mogura::cli
