#include "plugins/input/http/mask.h"

#include "base/text.h"
#include "net/net.h"

#include <algorithm>
#include <array>

namespace mogura::plugins::web {
namespace {

constexpr std::string_view kMask = "***";
constexpr size_t kValueBytesMin = 4;
constexpr std::array<std::string_view, 11> kParts = {
    "token",   "secret",    "password",      "passwd", "appid", "credential",
    "session", "signature", "authorization", "cookie", "jwt"};
constexpr std::array<std::string_view, 5> kWords = {"sig", "auth", "pwd", "pass", "code"};

// The parameters of a query, secret values masked.
std::string masked_query(std::string_view query, const Mask& mask) {
    std::vector<std::string> pairs = base::split(query, '&');
    for (std::string& pair : pairs) {
        size_t equals = pair.find('=');
        if (equals == std::string::npos) continue;
        std::string name = net::decode_percent(pair.substr(0, equals), /*plus_is_blank=*/true);
        if (mask.is_secret(name)) pair = pair.substr(0, equals + 1).append(kMask);
    }
    return base::join(pairs, "&");
}

}  // namespace

void Mask::add_name(const std::string& name) {
    names_.insert(base::lower(name));
}

void Mask::add_value(const std::string& value) {
    if (value.size() < kValueBytesMin) return;
    values_.push_back(value);
    for (std::string encoded : {net::encode_form(value), net::encode_percent(value)}) {
        if (encoded != value) values_.push_back(std::move(encoded));
    }
    std::ranges::sort(values_, [](const std::string& one, const std::string& other) {
        return one.size() > other.size();  // what holds another goes first
    });
}

bool Mask::is_secret(std::string_view name) const {
    std::string word = base::lower(name);
    if (names_.contains(word)) return true;
    std::erase_if(word, [](char letter) { return letter == '_' || letter == '-'; });
    bool has_part = std::ranges::any_of(
        kParts, [&](std::string_view part) { return word.find(part) != std::string::npos; });
    return has_part || word.ends_with("key") || std::ranges::find(kWords, word) != kWords.end();
}

std::string Mask::url(std::string_view url) const {
    std::string_view rest = url.substr(0, url.find('#'));
    std::string shown;
    size_t scheme = rest.find("://");
    size_t host = scheme == std::string_view::npos ? 0 : scheme + 3;
    size_t path = std::min(rest.find_first_of("/?", host), rest.size());
    size_t user = rest.substr(0, path).rfind('@');
    shown = rest.substr(0, host);
    if (user != std::string_view::npos && user >= host) {
        shown.append(kMask).append("@");
        host = user + 1;
    }
    size_t question = std::min(rest.find('?', host), rest.size());
    shown += rest.substr(host, question - host);
    if (question < rest.size()) shown += "?" + masked_query(rest.substr(question + 1), *this);
    return text(std::move(shown));
}

std::string Mask::text(std::string text) const {
    for (const std::string& value : values_) text = base::replace_all(text, value, kMask);
    return text;
}

}  // namespace mogura::plugins::web
