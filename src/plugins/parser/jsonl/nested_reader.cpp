#include "plugins/parser/jsonl/nested_reader.h"

#include "load/load.h"

namespace mogura::plugins::jsonl {
namespace {

constexpr int kDepthMax = 64;

}  // namespace

const char* NestedReader::read(const char* at, std::string* text) {
    to_ = text;
    return value(at, 1);
}

const char* NestedReader::value(const char* at, int depth) {
    switch (*at) {
        case '{':
        case '[':
            return depth > kDepthMax ? nullptr : container(at, depth);
        case '"':
            return text(at);
        case 't':
            return word(at, "true");
        case 'f':
            return word(at, "false");
        case 'n':
            return word(at, "null");
        default:
            return number(at);
    }
}

const char* NestedReader::container(const char* at, int depth) {
    const bool is_object = *at == '{';
    const char closing = is_object ? '}' : ']';
    put(*at);
    at = skip_blanks(at + 1);
    bool at_end = *at == closing;
    if (at_end) ++at;
    while (!at_end) {
        at = is_object ? name(at) : at;
        if (!at) return nullptr;
        at = value(at, depth + 1);
        if (!at) return nullptr;
        at = to_next(at, closing, at_end);
        if (!at) return nullptr;
        if (!at_end) put(',');
    }
    put(closing);
    return at;
}

const char* NestedReader::name(const char* at) {
    at = *at == '"' ? text(at) : nullptr;
    if (!at) return nullptr;
    put(':');
    return skip_colon(at);
}

const char* NestedReader::text(const char* at) {
    Text text;
    const char* end = texts_.read(at, text);
    if (!end || !to_) return end;
    if (text.is_plain) {
        to_->append(at, end);
    } else {
        load::append_json_text(text.value, *to_);
    }
    return end;
}

const char* NestedReader::number(const char* at) {
    Cell cell;
    const char* end = read_number(at, cell);
    if (!end || !to_) return end;
    if (cell.kind == Cell::Kind::kLong) {
        load::append_long(*to_, cell.integer);
    } else {
        load::append_double(*to_, cell.number);
    }
    return end;
}

const char* NestedReader::word(const char* at, std::string_view word) {
    if (!is_word_at(at, word)) return nullptr;
    if (to_) *to_ += word;
    return at + word.size();
}

}  // namespace mogura::plugins::jsonl
