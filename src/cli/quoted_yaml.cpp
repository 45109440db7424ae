#include "cli/quoted_yaml.h"

namespace mogura::cli {
namespace {

void show(std::string& text, const config::Map& map, size_t indent);

void show_value(std::string& text, const config::Value& value, size_t indent) {
    if (value.is_map() && !value.map().empty()) {
        text += '\n';
        show(text, value.map(), indent + 2);
    } else if (value.is_list() && !value.list().empty()) {
        text += '\n';
        for (const config::Value& item : value.list()) {
            text += std::string(indent, ' ') + "-";
            if (item.is_map() && !item.map().empty()) {  // its first key follows the dash
                std::string inner;
                show(inner, item.map(), indent + 2);
                text += " " + inner.substr(indent + 2);
            } else {
                show_value(text, item, indent);
            }
        }
    } else {
        text += " " + config::to_json(value) + "\n";
    }
}

void show(std::string& text, const config::Map& map, size_t indent) {
    for (const auto& entry : map) {
        text += std::string(indent, ' ') + entry.key + ":";
        show_value(text, entry.value, indent);
    }
}

}  // namespace

std::string quoted_yaml(const config::Map& map, size_t indent) {
    std::string text;
    show(text, map, indent);
    return text;
}

}  // namespace mogura::cli
