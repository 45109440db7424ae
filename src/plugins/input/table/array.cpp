#include "plugins/input/table/array.h"

#include "load/load.h"

namespace mogura::plugins::source {
namespace {

bool take(std::string_view& text, std::string_view word) {
    if (!text.starts_with(word)) return false;
    text.remove_prefix(word.size());
    return true;
}

// Behind the opening quote, to the closing one.
bool take_quoted(std::string_view& text, std::string& element) {
    while (!text.empty()) {
        char letter = text.front();
        text.remove_prefix(1);
        if (letter == '"') return true;
        if (letter == '\\') {
            if (text.empty()) return false;
            letter = text.front();
            text.remove_prefix(1);
        }
        element += letter;
    }
    return false;
}

bool take_element(std::string_view& text, Array& element) {
    if (take(text, "\"")) return take_quoted(text, element.text);
    const size_t end = text.find_first_of(",}");
    if (end == text.npos || end == 0) return false;
    element.text = text.substr(0, end);
    element.is_null = element.text == "NULL";
    text.remove_prefix(end);
    return true;
}

// Behind the opening brace, to the closing one.
bool take_items(std::string_view& text, Array& array, int depth) {
    array.is_array = true;
    if (depth > kArrayNestingMax) return false;
    if (take(text, "}")) return true;
    while (true) {
        Array& item = array.items.emplace_back();
        const bool taken =
            take(text, "{") ? take_items(text, item, depth + 1) : take_element(text, item);
        if (!taken) return false;
        if (take(text, "}")) return true;
        if (!take(text, ",")) return false;
    }
}

}  // namespace

std::optional<Array> parse_array(std::string_view text) {
    // "[0:1]={...}" says where the numbers of the elements begin.
    if (text.starts_with('[')) {
        const size_t begin = text.find("={");
        if (begin == text.npos) return std::nullopt;
        text.remove_prefix(begin + 1);
    }
    Array array;
    if (!take(text, "{") || !take_items(text, array, 0) || !text.empty()) return std::nullopt;
    return array;
}

void append_array_text(std::string& text, const Array& array) {
    if (array.is_null) return;
    if (!array.is_array) {
        if (array.text.find_first_of(",{}\"\\ ") == array.text.npos) {
            text += array.text;
            return;
        }
        text += '"';
        for (const char letter : array.text) {
            if (letter == '"' || letter == '\\') text += '\\';
            text += letter;
        }
        text += '"';
        return;
    }
    text += '{';
    for (size_t item = 0; item < array.items.size(); ++item) {
        if (item > 0) text += ',';
        append_array_text(text, array.items[item]);
    }
    text += '}';
}

void append_array_json(std::string& text, const Array& array, bool has_plain_elements) {
    if (array.is_null) {
        text += "null";
    } else if (array.is_array) {
        text += '[';
        for (size_t item = 0; item < array.items.size(); ++item) {
            if (item > 0) text += ',';
            append_array_json(text, array.items[item], has_plain_elements);
        }
        text += ']';
    } else if (!has_plain_elements || array.text == "NaN" ||
               array.text.find("Infinity") != array.text.npos) {
        load::append_json_text(array.text, text);
    } else if (array.text == "t" || array.text == "f") {
        text += array.text == "t" ? "true" : "false";
    } else {
        text += array.text;
    }
}

std::optional<std::string> hstore_json(std::string_view text) {
    std::string json = "{";
    while (!text.empty()) {
        std::string key;
        std::string value;
        if (!take(text, "\"") || !take_quoted(text, key) || !take(text, "=>")) return std::nullopt;
        const bool is_null = take(text, "NULL");
        if (!is_null && (!take(text, "\"") || !take_quoted(text, value))) return std::nullopt;
        if (json.size() > 1) json += ',';
        load::append_json_text(key, json);
        json += ':';
        if (is_null) {
            json += "null";
        } else {
            load::append_json_text(value, json);
        }
        if (!text.empty() && !take(text, ", ")) return std::nullopt;
    }
    return json + "}";
}

}  // namespace mogura::plugins::source
