#include "load/timestamp_zone.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace mogura::load {
namespace {

constexpr int32_t kHour = 3600;
constexpr int32_t kMinute = 60;
constexpr int32_t kOffsetMax = 18 * kHour;

struct Named {
    std::string_view name;
    int32_t offset_seconds;
};

// Java's short ids. The daylight names have the standard offset (6.4.2).
constexpr std::array<Named, 10> kAliases = {{
    {"EST", -5 * kHour},
    {"EDT", -5 * kHour},
    {"CST", -6 * kHour},
    {"CDT", -6 * kHour},
    {"MST", -7 * kHour},
    {"MDT", -7 * kHour},
    {"PST", -8 * kHour},
    {"PDT", -8 * kHour},
    {"HST", -10 * kHour},
    {"Z", 0},
}};

// Zone ids of Java that consist of letters: only these can stand in data (6.4.3).
constexpr std::array<std::pair<std::string_view, const char*>, 31> kRegions = {{
    {"CET", "CET"},
    {"EET", "EET"},
    {"MET", "MET"},
    {"WET", "WET"},
    {"Cuba", "Cuba"},
    {"Egypt", "Egypt"},
    {"Eire", "Eire"},
    {"GB", "GB"},
    {"GMT", "GMT"},
    {"Greenwich", "Greenwich"},
    {"Hongkong", "Hongkong"},
    {"Iceland", "Iceland"},
    {"Iran", "Iran"},
    {"Israel", "Israel"},
    {"Jamaica", "Jamaica"},
    {"Japan", "Japan"},
    {"Kwajalein", "Kwajalein"},
    {"Libya", "Libya"},
    {"NZ", "NZ"},
    {"Navajo", "Navajo"},
    {"PRC", "PRC"},
    {"Poland", "Poland"},
    {"Portugal", "Portugal"},
    {"ROC", "Asia/Taipei"},
    {"ROK", "ROK"},
    {"Singapore", "Singapore"},
    {"Turkey", "Turkey"},
    {"UCT", "UCT"},
    {"UTC", "UTC"},
    {"Universal", "UTC"},
    {"Zulu", "UTC"},
}};

// Ruby's abbreviations and Windows' names, in lower case.
constexpr std::array kAbbreviations = std::to_array<Named>({
    {"utc", 0},
    {"ut", 0},
    {"gmt", 0},
    {"z", 0},
    {"wet", 0},
    {"est", -5 * kHour},
    {"edt", -4 * kHour},
    {"cst", -6 * kHour},
    {"cdt", -5 * kHour},
    {"mst", -7 * kHour},
    {"mdt", -6 * kHour},
    {"pst", -8 * kHour},
    {"pdt", -7 * kHour},
    {"a", 1 * kHour},
    {"b", 2 * kHour},
    {"c", 3 * kHour},
    {"d", 4 * kHour},
    {"e", 5 * kHour},
    {"f", 6 * kHour},
    {"g", 7 * kHour},
    {"h", 8 * kHour},
    {"i", 9 * kHour},
    {"k", 10 * kHour},
    {"l", 11 * kHour},
    {"m", 12 * kHour},
    {"n", -1 * kHour},
    {"o", -2 * kHour},
    {"p", -3 * kHour},
    {"q", -4 * kHour},
    {"r", -5 * kHour},
    {"s", -6 * kHour},
    {"t", -7 * kHour},
    {"u", -8 * kHour},
    {"v", -9 * kHour},
    {"w", -10 * kHour},
    {"x", -11 * kHour},
    {"y", -12 * kHour},
    {"at", -2 * kHour},
    {"brst", -2 * kHour},
    {"ndt", -150 * kMinute},
    {"art", -3 * kHour},
    {"adt", -3 * kHour},
    {"brt", -3 * kHour},
    {"clst", -3 * kHour},
    {"nst", -210 * kMinute},
    {"ast", -4 * kHour},
    {"clt", -4 * kHour},
    {"akdt", -8 * kHour},
    {"ydt", -8 * kHour},
    {"akst", -9 * kHour},
    {"hadt", -9 * kHour},
    {"hdt", -9 * kHour},
    {"yst", -9 * kHour},
    {"ahst", -10 * kHour},
    {"cat", -10 * kHour},
    {"hast", -10 * kHour},
    {"hst", -10 * kHour},
    {"nt", -11 * kHour},
    {"idlw", -12 * kHour},
    {"bst", 1 * kHour},
    {"cet", 1 * kHour},
    {"fwt", 1 * kHour},
    {"met", 1 * kHour},
    {"mewt", 1 * kHour},
    {"mez", 1 * kHour},
    {"swt", 1 * kHour},
    {"wat", 1 * kHour},
    {"west", 1 * kHour},
    {"cest", 2 * kHour},
    {"eet", 2 * kHour},
    {"fst", 2 * kHour},
    {"mest", 2 * kHour},
    {"mesz", 2 * kHour},
    {"sast", 2 * kHour},
    {"sst", 2 * kHour},
    {"wast", 2 * kHour},
    {"bt", 3 * kHour},
    {"eat", 3 * kHour},
    {"eest", 3 * kHour},
    {"msk", 3 * kHour},
    {"msd", 4 * kHour},
    {"ist", 330 * kMinute},
    {"cct", 8 * kHour},
    {"sgt", 8 * kHour},
    {"wadt", 8 * kHour},
    {"jst", 9 * kHour},
    {"kst", 9 * kHour},
    {"east", 10 * kHour},
    {"gst", 10 * kHour},
    {"eadt", 11 * kHour},
    {"idle", 12 * kHour},
    {"nzst", 12 * kHour},
    {"nzt", 12 * kHour},
    {"nzdt", 13 * kHour},
    {"afghanistan", 270 * kMinute},
    {"alaskan", -9 * kHour},
    {"arab", 3 * kHour},
    {"arabian", 4 * kHour},
    {"arabic", 3 * kHour},
    {"atlantic", -4 * kHour},
    {"aus central", 570 * kMinute},
    {"aus eastern", 10 * kHour},
    {"azores", -1 * kHour},
    {"canada central", -6 * kHour},
    {"cape verde", -1 * kHour},
    {"caucasus", 4 * kHour},
    {"cen. australia", 570 * kMinute},
    {"central america", -6 * kHour},
    {"central asia", 6 * kHour},
    {"central europe", 1 * kHour},
    {"central european", 1 * kHour},
    {"central pacific", 11 * kHour},
    {"central", -6 * kHour},
    {"china", 8 * kHour},
    {"dateline", -12 * kHour},
    {"e. africa", 3 * kHour},
    {"e. australia", 10 * kHour},
    {"e. europe", 2 * kHour},
    {"e. south america", -3 * kHour},
    {"eastern", -5 * kHour},
    {"egypt", 2 * kHour},
    {"ekaterinburg", 5 * kHour},
    {"fiji", 12 * kHour},
    {"fle", 2 * kHour},
    {"greenland", -3 * kHour},
    {"greenwich", 0},
    {"gtb", 2 * kHour},
    {"hawaiian", -10 * kHour},
    {"india", 330 * kMinute},
    {"iran", 210 * kMinute},
    {"jerusalem", 2 * kHour},
    {"korea", 9 * kHour},
    {"malay peninsula", 8 * kHour},
    {"mexico", -6 * kHour},
    {"mountain", -7 * kHour},
    {"myanmar", 390 * kMinute},
    {"n. central asia", 6 * kHour},
    {"nepal", 345 * kMinute},
    {"new zealand", 12 * kHour},
    {"newfoundland", -210 * kMinute},
    {"north asia east", 8 * kHour},
    {"north asia", 7 * kHour},
    {"pacific sa", -4 * kHour},
    {"pacific", -8 * kHour},
    {"romance", 1 * kHour},
    {"russian", 3 * kHour},
    {"sa eastern", -3 * kHour},
    {"sa pacific", -5 * kHour},
    {"sa western", -4 * kHour},
    {"samoa", -11 * kHour},
    {"se asia", 7 * kHour},
    {"south africa", 2 * kHour},
    {"sri lanka", 6 * kHour},
    {"taipei", 8 * kHour},
    {"tasmania", 10 * kHour},
    {"tokyo", 9 * kHour},
    {"tonga", 13 * kHour},
    {"us eastern", -5 * kHour},
    {"us mountain", -7 * kHour},
    {"vladivostok", 10 * kHour},
    {"w. australia", 8 * kHour},
    {"w. central africa", 1 * kHour},
    {"w. europe", 1 * kHour},
    {"west asia", 5 * kHour},
    {"west pacific", 10 * kHour},
    {"yakutsk", 9 * kHour},
});

bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}
bool is_letter(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}
bool is_blank(char byte) {
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}
bool is_word(char byte) {
    return is_letter(byte) || is_digit(byte) || byte == '_';
}

bool ends_word(std::string_view text, size_t at) {
    return at >= text.size() || !is_word(text[at]);
}

bool starts_with_word(std::string_view text, std::string_view lower_word) {
    if (text.size() < lower_word.size()) return false;
    for (size_t index = 0; index < lower_word.size(); ++index) {
        char byte = text[index];
        if (byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte + ('a' - 'A'));
        if (byte != lower_word[index]) return false;
    }
    return true;
}

size_t skip_digits(std::string_view text, size_t at) {
    while (at < text.size() && is_digit(text[at])) ++at;
    return at;
}

int32_t number_of(std::string_view digits) {
    int32_t number = 0;
    for (char digit : digits.substr(0, 6)) number = number * 10 + (digit - '0');
    return number;
}

// "9", "09", "930", "0930", "93000": groups of two from the right.
std::optional<int32_t> grouped_offset(std::string_view digits) {
    size_t first = digits.size() % 2 == 1 ? 1 : 2;
    int32_t hours = number_of(digits.substr(0, first));
    int32_t minutes = digits.size() > first ? number_of(digits.substr(first, 2)) : 0;
    int32_t seconds = digits.size() > first + 2 ? number_of(digits.substr(first + 2, 2)) : 0;
    if (minutes > 59 || seconds > 59) return std::nullopt;
    return hours * kHour + minutes * kMinute + seconds;
}

// The part of an offset behind its sign: digits[(:|,|.)digits[:digits]].
std::optional<int32_t> offset_of(std::string_view text) {
    size_t hours_end = skip_digits(text, 0);
    if (hours_end == text.size()) return grouped_offset(text);
    int32_t hours = number_of(text.substr(0, hours_end));
    std::string_view rest = text.substr(hours_end + 1);
    if (text[hours_end] != ':') {  // a fraction of an hour
        double fraction = 0;
        double scale = kHour;
        for (char digit : rest) fraction += (digit - '0') * (scale /= 10);
        return hours * kHour + static_cast<int32_t>(fraction + 0.5);
    }
    size_t minutes_end = skip_digits(rest, 0);
    int32_t minutes = number_of(rest.substr(0, minutes_end));
    int32_t seconds = minutes_end < rest.size() ? number_of(rest.substr(minutes_end + 1)) : 0;
    if (minutes > 59 || seconds > 59) return std::nullopt;
    return hours * kHour + minutes * kMinute + seconds;
}

// [gmt|utc|ut](+|-)offset; `length` 0 when the text is no offset.
ZoneMatch read_offset(std::string_view text, ZoneText& zone, size_t& length) {
    size_t at = 0;
    for (std::string_view prefix : {"gmt", "utc", "ut"}) {
        if (starts_with_word(text, prefix)) {
            at = prefix.size();
            break;
        }
    }
    if (at >= text.size() || (text[at] != '+' && text[at] != '-')) return ZoneMatch::kNoZone;
    bool is_west = text[at] == '-';
    size_t begin = ++at;
    at = skip_digits(text, at);
    if (at == begin) return ZoneMatch::kNoZone;
    if (at + 1 < text.size() && (text[at] == ':' || text[at] == ',' || text[at] == '.') &&
        is_digit(text[at + 1])) {
        bool is_clock = text[at] == ':';
        at = skip_digits(text, at + 1);
        if (is_clock && at + 1 < text.size() && text[at] == ':' && is_digit(text[at + 1])) {
            at = skip_digits(text, at + 1);
        }
    }
    length = at;
    auto offset = offset_of(text.substr(begin, at - begin));
    if (!offset || *offset > kOffsetMax) return ZoneMatch::kUnknown;
    zone.offset_seconds = is_west ? -*offset : *offset;
    return ZoneMatch::kMatch;
}

// Words before "standard time" or "daylight time"; 0 when there are none.
size_t long_name_length(std::string_view text) {
    size_t run = 0;
    while (run < text.size() && (is_letter(text[run]) || text[run] == '.' || is_blank(text[run]))) {
        ++run;
    }
    constexpr size_t kSuffix = sizeof("standard time") - 1;
    if (run <= kSuffix || !ends_word(text, run)) return 0;
    for (size_t begin = run - kSuffix; begin > 0; --begin) {
        std::string_view rest = text.substr(begin);
        if ((starts_with_word(rest, "standard") || starts_with_word(rest, "daylight")) &&
            is_blank(rest[8]) && starts_with_word(rest.substr(9), "time") &&
            ends_word(text, begin + kSuffix)) {
            return begin + kSuffix;
        }
    }
    return 0;
}

size_t short_name_length(std::string_view text) {
    size_t end = 0;
    while (end < text.size() && is_letter(text[end])) ++end;
    if (end == 0 || !ends_word(text, end)) return 0;
    if (end + 4 <= text.size() && is_blank(text[end]) &&
        starts_with_word(text.substr(end + 1), "dst") && ends_word(text, end + 4)) {
        return end + 4;
    }
    return end;
}

const base::TimeZone* find_region(std::string_view name) {
    static const auto* const regions = [] {
        auto* found = new std::map<std::string_view, base::TimeZone>();
        for (const auto& [id, region] : kRegions) {
            if (auto zone = base::TimeZone::find(region); zone.ok()) found->emplace(id, *zone);
        }
        return found;
    }();
    auto found = regions->find(name);
    return found == regions->end() ? nullptr : &found->second;
}

std::optional<int32_t> find_abbreviation(std::string_view name) {
    std::string lower = base::lower(name);
    int32_t extra = 0;
    for (auto [suffix, seconds] :
         {Named{" standard time", 0}, Named{" daylight time", kHour}, Named{" dst", kHour}}) {
        if (lower.size() > suffix.size() && lower.ends_with(suffix)) {
            lower.resize(lower.size() - suffix.size());
            extra = seconds;
            break;
        }
    }
    for (const Named& known : kAbbreviations) {
        if (known.name == lower) return known.offset_seconds + extra;
    }
    return std::nullopt;
}

std::optional<int32_t> find_alias(std::string_view name) {
    for (const Named& alias : kAliases) {
        if (alias.name == name) return alias.offset_seconds;
    }
    return std::nullopt;
}

Result<base::TimeZone> find_java_zone(std::string_view name) {
    if (auto offset = find_alias(name)) return base::TimeZone::fixed(std::chrono::seconds(*offset));
    return base::TimeZone::find(name == "ROC" ? "Asia/Taipei" : name);
}

}  // namespace

ZoneMatch read_zone(std::string_view text, ZoneText& zone, size_t& length) {
    length = 0;
    zone = {};
    if (ZoneMatch match = read_offset(text, zone, length); match != ZoneMatch::kNoZone)
        return match;
    length = long_name_length(text);
    if (length == 0) length = short_name_length(text);
    if (length == 0) return ZoneMatch::kNoZone;

    std::string_view name = text.substr(0, length);
    if (name == "UTC" || name == "GMT") return ZoneMatch::kMatch;
    if (auto offset = find_alias(name)) {
        zone.offset_seconds = *offset;
        return ZoneMatch::kMatch;
    }
    if (const base::TimeZone* region = find_region(name)) {
        zone.region = region;
        return ZoneMatch::kMatch;
    }
    auto offset = find_abbreviation(name);
    if (!offset) return ZoneMatch::kUnknown;
    zone.offset_seconds = *offset;
    return ZoneMatch::kMatch;
}

Result<base::TimeZone> find_configured_zone(std::string_view name) {
    auto zone = find_java_zone(name);
    if (zone.ok()) return zone;
    if (auto offset = find_abbreviation(name)) {
        return base::TimeZone::fixed(std::chrono::seconds(*offset));
    }
    return zone;
}

Result<base::TimeZone> find_database_zone(std::string_view name) {
    auto zone = find_java_zone(name);
    if (zone.ok()) return zone;
    return Error(Code::kInvalid,
                 "\"" + std::string(name) +
                     "\" is not recognized as a timezone name: " + zone.error().message());
}

}  // namespace mogura::load
