#include "load/position.h"

#include "base/text.h"

#include <array>
#include <vector>

namespace mogura::load {

std::string position_text(const Position& position) {
    return std::to_string(position.offset_bytes) + " " + std::to_string(position.lines) + " " +
           std::to_string(position.rejects) + " " + std::to_string(position.rows);
}

std::optional<Position> parse_position(std::string_view text) {
    const std::vector<std::string> words = base::split(text, ' ');
    std::array<int64_t, 4> numbers{};
    if (words.size() != numbers.size()) return std::nullopt;
    for (size_t index = 0; index < numbers.size(); ++index) {
        const auto number = base::parse_integer(words[index]);
        if (!number || *number < 0) return std::nullopt;
        numbers[index] = *number;
    }
    return Position{
        .offset_bytes = numbers[0], .lines = numbers[1], .rejects = numbers[2], .rows = numbers[3]};
}

config::Value Kept::document() const {
    config::Map map;
    map.set("finished", is_finished);
    map.set("position", position_text(position));
    if (!file.empty()) {
        map.set("file", file);
        map.set("bytes", bytes);
    }
    return map;
}

std::optional<Kept> Kept::read(const config::Value& document) {
    if (document.is_null()) return Kept();
    const config::Value* finished = document.find("finished");
    const config::Value* place = document.find("position");
    if (!finished || !finished->is_boolean() || !place || !place->is_string()) return std::nullopt;
    const auto position = parse_position(place->string());
    if (!position) return std::nullopt;
    Kept kept{.is_finished = finished->boolean(), .position = *position};
    const config::Value* file = document.find("file");
    const config::Value* bytes = document.find("bytes");
    if (file && file->is_string() && bytes && bytes->is_integer()) {
        kept.file = file->string();
        kept.bytes = bytes->integer();
    }
    return kept;
}

}  // namespace mogura::load
