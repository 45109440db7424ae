#include "plugins/input/leveldb/form.h"

#include "base/text.h"
#include "load/load.h"
#include "plugins/message_pack.h"
#include "plugins/parser/csv/lines.h"

#include <utility>

namespace mogura::plugins::level {
namespace {

Error not_text() {
    return {Code::kInvalid, "the bytes are no UTF-8 text (the form hex shows any bytes)"};
}

Result<> append_json(std::string_view bytes, std::string& cell) {
    if (!csv::is_utf8(bytes)) return not_text();
    size_t used = 0;
    load::Json value = TRY(load::parse_json_value(bytes, used));
    if (!base::trim(bytes.substr(used)).empty()) {
        return Error(Code::kInvalid, "something follows the JSON value");
    }
    load::append_json(value, cell);
    return {};
}

int digit_of(char letter) {
    if (letter >= '0' && letter <= '9') return letter - '0';
    if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
    if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
    return -1;
}

void append_member(std::string_view name, std::string_view bytes, std::string& json) {
    bool is_text = csv::is_utf8(bytes);
    json.append("\"").append(name).append(is_text ? "\":" : "_hex\":");
    if (is_text) {
        load::append_json_text(bytes, json);
        return;
    }
    json += '"';
    append_hex(bytes, json);
    json += '"';
}

}  // namespace

page::Type type_of(Form form) {
    bool is_json = form == Form::kJson || form == Form::kMessagePack;
    return is_json ? page::Type::kJson : page::Type::kString;
}

Result<bool> decode(Form form, std::string_view bytes, std::string& cell) {
    cell.clear();
    switch (form) {
        case Form::kText:
            if (!csv::is_utf8(bytes)) return not_text();
            cell = bytes;
            return true;
        case Form::kJson:
            TRY(append_json(bytes, cell));
            return cell != "null";
        case Form::kMessagePack:
            TRY(append_message_pack(bytes, cell));
            return cell != "null";
        case Form::kHex:
            break;
    }
    append_hex(bytes, cell);
    return true;
}

Result<std::string> key_of(Form form, const std::string& text) {
    if (form == Form::kText || form == Form::kJson) return text;
    std::string bytes;
    for (size_t at = 0; at + 1 < text.size(); at += 2) {
        int high = digit_of(text[at]);
        int low = digit_of(text[at + 1]);
        if (high < 0 || low < 0) break;
        bytes += static_cast<char>(high * 16 + low);
    }
    if (bytes.size() * 2 == text.size()) return bytes;
    return Error(Code::kInvalid, "must be hex digits, two for a byte, such as 00ff, not " + text);
}

std::string shown(std::string_view key, std::string_view value) {
    std::string json = "{";
    append_member("key", key, json);
    json += ',';
    append_member("value", value, json);
    return json + "}";
}

}  // namespace mogura::plugins::level
