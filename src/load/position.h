// How far a task of a load has come, so that a later run goes on there: plain values, and their
// form in documents and in one line.

#pragma once

#include "base/result.h"
#include "config/config.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mogura::load {

// A place in the rows of a task.
struct Position {
    int64_t offset_bytes = 0;  // of the next record, in the bytes that the parser takes
    int64_t lines = 0;         // in front of it
    int64_t rejects = 0;       // rows that were rejected in front of it
    int64_t rows = 0;          // behind it, as they come out of the filters, that are there already

    bool is_beginning() const { return offset_bytes == 0 && rows == 0; }
    bool operator==(const Position&) const = default;
};

// "1048576 2100 3 0", and back.
std::string position_text(const Position& position);
std::optional<Position> parse_position(std::string_view text);

// What the output has of a task.
struct Kept {
    bool is_finished = false;
    Position position = {};  // otherwise: the rows in front of it
    std::string file = {};   // of a file that is not published yet: where it stands
    int64_t bytes = 0;       // of that file, which belong to those rows

    bool operator==(const Kept&) const = default;

    config::Value document() const;
    // Nothing for what document() cannot have written.
    static std::optional<Kept> read(const config::Value& document);
};

}  // namespace mogura::load
