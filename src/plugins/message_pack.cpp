#include "plugins/message_pack.h"

#include "load/load.h"
#include "plugins/parser/csv/lines.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

using nlohmann::json;

constexpr int8_t kTimestampType = -1;
constexpr int64_t kSecondsMin = -62'135'596'800;  // of the years 1 to 9999
constexpr int64_t kSecondsMax = 253'402'300'799;

uint64_t big_endian(std::string_view bytes) {
    uint64_t number = 0;
    for (char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
    return number;
}

// The specification's three layouts; false for anything else.
bool read_timestamp(std::string_view bytes, page::Timestamp& time) {
    uint64_t nanoseconds = 0;
    if (bytes.size() == 4) {
        time.seconds = static_cast<int64_t>(big_endian(bytes));
    } else if (bytes.size() == 8) {
        uint64_t both = big_endian(bytes);
        nanoseconds = both >> 34;
        time.seconds = static_cast<int64_t>(both & ((uint64_t{1} << 34) - 1));
    } else if (bytes.size() == 12) {
        nanoseconds = big_endian(bytes.substr(0, 4));
        time.seconds = static_cast<int64_t>(big_endian(bytes.substr(4)));
    } else {
        return false;
    }
    time.nanoseconds = static_cast<int32_t>(nanoseconds);
    return nanoseconds < 1'000'000'000 && time.seconds >= kSecondsMin &&
           time.seconds <= kSecondsMax;
}

void append_timestamp(page::Timestamp time, std::string& text) {
    static const auto kSeconds = load::TimestampFormatter::compile("%Y-%m-%dT%H:%M:%SZ", "UTC");
    static const auto kParts = load::TimestampFormatter::compile("%Y-%m-%dT%H:%M:%S.%NZ", "UTC");
    (time.nanoseconds == 0 ? kSeconds : kParts)->format(time, text);
}

// Takes the library's events; a member that returns false ends the reading.
class Writer {
  public:
    explicit Writer(std::string& text) : text_(text) {}

    const std::string& failure() const { return failure_; }

    bool null() { return plain("null"); }
    bool boolean(bool value) { return plain(value ? "true" : "false"); }
    bool number_integer(int64_t value) { return plain(std::to_string(value)); }
    bool number_unsigned(uint64_t value) { return plain(std::to_string(value)); }
    bool number_float(double value, const std::string&) {
        if (!std::isfinite(value)) return fail("a float that JSON lacks: " + std::to_string(value));
        begin_value();
        load::append_json({.type = load::Json::Type::kDouble, .number = value}, text_);
        return true;
    }
    bool string(const std::string& value) {
        begin_value();
        return append_text(value);
    }
    bool binary(const json::binary_t& value) {
        begin_value();
        std::string_view bytes(reinterpret_cast<const char*>(value.data()), value.size());
        if (!value.has_subtype()) {
            append_hex_text(bytes);
            return true;
        }
        auto type = static_cast<int8_t>(value.subtype());
        page::Timestamp time;
        if (type == kTimestampType && read_timestamp(bytes, time)) {
            text_ += '"';
            append_timestamp(time, text_);
            text_ += '"';
            return true;
        }
        if (is_full()) return fail_of_nesting();
        text_ += "{\"type\":" + std::to_string(type) + ",\"data\":";
        append_hex_text(bytes);
        text_ += '}';
        return true;
    }
    bool start_object(size_t) { return open('{'); }
    bool end_object() { return close('}'); }
    bool start_array(size_t) { return open('['); }
    bool end_array() { return close(']'); }
    bool key(const std::string& name) {
        begin_value();
        if (!append_text(name)) return false;
        text_ += ':';
        follows_key_ = true;
        return true;
    }
    bool parse_error(size_t position, const std::string&, const json::exception& error) {
        std::string what = error.what();
        // "[json.exception.parse_error.110] parse error at byte 2: syntax error while ...: reason"
        size_t reason = what.find(": ");
        if (reason != std::string::npos) what = what.substr(reason + 2);
        if (what.find("MessagePack string: expected length") != std::string::npos) {
            what += " (the keys of maps must be text)";
        }
        return fail("byte " + std::to_string(position) + ": " + what);
    }

  private:
    // The comma in front of it.
    void begin_value() {
        if (!std::exchange(follows_key_, false) && !has_items_.empty()) {
            if (has_items_.back()) text_ += ',';
            has_items_.back() = true;
        }
    }
    bool plain(std::string_view text) {
        begin_value();
        text_ += text;
        return true;
    }
    bool append_text(std::string_view value) {
        if (!csv::is_utf8(value)) return fail("a text that is no UTF-8");
        load::append_json_text(value, text_);
        return true;
    }
    void append_hex_text(std::string_view bytes) {
        text_ += '"';
        append_hex(bytes, text_);
        text_ += '"';
    }
    // The library reads by recursion: its depth must end here.
    bool open(char bracket) {
        if (is_full()) return fail_of_nesting();
        begin_value();
        text_ += bracket;
        has_items_.push_back(false);
        return true;
    }
    bool close(char bracket) {
        text_ += bracket;
        has_items_.pop_back();
        return true;
    }
    bool is_full() const { return has_items_.size() >= static_cast<size_t>(load::kJsonNestingMax); }
    bool fail_of_nesting() {
        return fail("nested deeper than " + std::to_string(load::kJsonNestingMax));
    }
    bool fail(std::string reason) {
        failure_ = std::move(reason);
        return false;
    }

    std::string& text_;
    std::string failure_;
    std::vector<bool> has_items_;  // by open bracket
    bool follows_key_ = false;
};

}  // namespace

Result<> append_message_pack(std::string_view bytes, std::string& text) {
    size_t before = text.size();
    Writer writer(text);
    if (json::sax_parse(bytes.begin(), bytes.end(), &writer, json::input_format_t::msgpack)) {
        return {};
    }
    text.resize(before);
    return Error(Code::kInvalid, "no MessagePack value: " + writer.failure());
}

void append_hex(std::string_view bytes, std::string& text) {
    constexpr char kDigits[] = "0123456789abcdef";
    for (char c : bytes) {
        auto byte = static_cast<unsigned char>(c);
        text += kDigits[byte >> 4];
        text += kDigits[byte & 15];
    }
}

}  // namespace mogura::plugins
