#include "net/http_server.h"
#include "net/request_line.h"

namespace mogura::net {
namespace {

int hex_digit(char letter) {
    if (letter >= '0' && letter <= '9') return letter - '0';
    if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
    if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
    return -1;
}

void read_query(std::string_view text, Request& request) {
    while (!text.empty()) {
        std::string_view pair = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(text.size(), pair.size() + 1));
        if (pair.empty()) continue;
        size_t equals = pair.find('=');
        std::string_view value =
            equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
        request.query.emplace_back(decode_percent(pair.substr(0, equals), true),
                                   decode_percent(value, true));
    }
}

}  // namespace

std::string decode_percent(std::string_view text, bool plus_is_blank) {
    std::string decoded;
    decoded.reserve(text.size());
    for (size_t index = 0; index < text.size(); ++index) {
        char letter = text[index];
        if (letter == '%' && index + 2 < text.size() && hex_digit(text[index + 1]) >= 0 &&
            hex_digit(text[index + 2]) >= 0) {
            decoded +=
                static_cast<char>(hex_digit(text[index + 1]) * 16 + hex_digit(text[index + 2]));
            index += 2;
        } else {
            decoded += letter == '+' && plus_is_blank ? ' ' : letter;
        }
    }
    return decoded;
}

void read_target(Request& request) {
    std::string_view target = request.target;
    size_t question = target.find('?');
    std::string_view path = target.substr(0, question);
    request.path = path;
    if (question != std::string_view::npos) read_query(target.substr(question + 1), request);
    while (!path.empty()) {
        if (path.front() == '/') path.remove_prefix(1);
        std::string_view segment = path.substr(0, path.find('/'));
        path.remove_prefix(segment.size());
        if (!segment.empty()) request.segments.push_back(decode_percent(segment, false));
    }
}

const std::string* Request::query_value(std::string_view name) const {
    for (const auto& [key, value] : query) {
        if (key == name) return &value;
    }
    return nullptr;
}

std::optional<std::string_view> Request::header(std::string_view name) const {
    return find_header ? find_header(message, name) : std::nullopt;
}

}  // namespace mogura::net
