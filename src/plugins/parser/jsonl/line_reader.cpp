#include "plugins/parser/jsonl/line_reader.h"

#include "load/load.h"
#include "plugins/parser/jsonl/scan.h"

namespace mogura::plugins::jsonl {
namespace {

const char* skip_line_end(const char* at) {
    at = skip_blanks(at);
    if (*at == '\n') return at + 1;
    if (*at != '\r') return nullptr;
    return at + (at[1] == '\n' ? 2 : 1);
}

}  // namespace

const char* LineReader::read(const char* line, bool lives_with_page) {
    lives_with_page_ = lives_with_page;
    const char* at = skip_blanks(line);
    if (*at != '{') return nullptr;
    at = skip_blanks(at + 1);
    if (*at == '}') return skip_line_end(at + 1);
    Keys::Key* key = keys_.line_begin();
    for (bool at_end = false; !at_end;) {
        if (*at++ != '"') return nullptr;
        key = keys_.take(key, at);
        if (!key) return nullptr;
        at = skip_colon(at);
        if (!at) return nullptr;
        bool is_wanted = key->column >= 0 && !rows_.is_set(static_cast<size_t>(key->column));
        at = is_wanted ? read_value(static_cast<size_t>(key->column), at) : nested_.skip(at);
        if (!at) return nullptr;
        at = to_next(at, '}', at_end);
        if (!at) return nullptr;
    }
    return skip_line_end(at);
}

// What most values are; the rest is for read_any_value.
const char* LineReader::read_value(size_t column, const char* at) {
    using page::Type;
    switch (rows_.type(column)) {
        case Type::kString:
            if (*at == '"') return read_string(column, at);
            break;
        case Type::kTimestamp:
            if (*at == '"') return read_timestamp(column, at);
            break;
        case Type::kLong: {
            Cell cell;
            const char* end = read_number(at, cell);
            if (!end || cell.kind != Cell::Kind::kLong) break;
            rows_.put(column, cell.integer);
            return end;
        }
        case Type::kDouble: {
            Cell cell;
            const char* end = read_number(at, cell);
            if (!end || cell.kind != Cell::Kind::kDouble) break;
            rows_.put(column, cell.number);
            return end;
        }
        case Type::kBoolean: {
            bool value = false;
            const char* end = read_boolean(at, value);
            if (!end) break;
            rows_.put(column, static_cast<uint8_t>(value));
            return end;
        }
        case Type::kJson:
            break;
    }
    return read_any_value(column, at);
}

inline const char* LineReader::read_string(size_t column, const char* at) {
    Text text;
    const char* end = texts_.read(at, text);
    if (!end) return nullptr;
    bool lives = lives_with_page_ && text.is_in_line;
    rows_.put(column, lives ? text.value : rows_.arena().keep(text.value));
    return end;
}

inline const char* LineReader::read_timestamp(size_t column, const char* at) {
    Text text;
    page::Timestamp timestamp;
    const char* end = texts_.read(at, text);
    if (!end || !rows_.timestamps(column).parse(text.value, timestamp)) return nullptr;
    rows_.put(column, timestamp);
    return end;
}

const char* LineReader::read_any_value(size_t column, const char* at) {
    Cell cell;
    const char* end = read_cell(at, cell);
    return end && rows_.set(column, cell) ? end : nullptr;
}

inline const char* LineReader::read_cell(const char* at, Cell& cell) {
    switch (*at) {
        case '"':
            return read_text(at, cell);
        case 't':
        case 'f':
            cell.kind = Cell::Kind::kBoolean;
            return read_boolean(at, cell.boolean);
        case 'n':
            return is_word_at(at, "null") ? at + 4 : nullptr;
        case '{':
        case '[':
            return read_nested(at, cell);
        default:
            return read_number(at, cell);
    }
}

const char* LineReader::read_text(const char* at, Cell& cell) {
    Text text;
    const char* end = texts_.read(at, text);
    cell.kind = Cell::Kind::kString;
    cell.text = text.value;
    cell.lives_with_page = lives_with_page_ && text.is_in_line;
    return end;
}

const char* LineReader::read_nested(const char* at, Cell& cell) {
    const char* end = nested_.compact(at, compact_);
    cell.kind = Cell::Kind::kNested;
    cell.text = compact_;
    return end;
}

}  // namespace mogura::plugins::jsonl
