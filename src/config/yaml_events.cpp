#include "config/yaml_events.h"

#include "base/check.h"
#include "base/utf8.h"
#include "config/yaml.h"

#include <array>
#include <cstdio>

namespace mogura::config {
namespace {

bool is_allowed(char32_t character) {
    if (character < 0x20) return character == '\t' || character == '\n' || character == '\r';
    if (character < 0x7F) return true;
    return character == 0x85 || (character >= 0xA0 && character != 0xFFFE && character != 0xFFFF);
}

Mark mark_of(const yaml_mark_t& mark) {
    return {static_cast<int32_t>(mark.line + 1), static_cast<int32_t>(mark.column + 1)};
}

// Marks count characters.
size_t offset_of(std::string_view text, const yaml_mark_t& mark) {
    size_t offset = 0;
    for (size_t count = 0; offset < text.size(); ++offset) {
        if (base::continues_utf8(text[offset])) continue;
        if (count++ == mark.index) break;
    }
    return offset;
}

// What to do about the character at the start of `rest`, which can start no token.
std::string_view remedy(std::string_view rest) {
    if (rest.starts_with('\t')) return " (indent with blanks, not tabs)";
    if (rest.starts_with('@') || rest.starts_with('`') || rest.starts_with('%')) {
        return " (put the text in quotes)";
    }
    return "";
}

}  // namespace

YamlEvents::YamlEvents(std::string_view text, const std::string& file) : text_(text), file_(file) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
    CHECK(yaml_parser_initialize(&parser_) == 1);
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text_.data()),
                                 text_.size());
}

YamlEvents::~YamlEvents() {
    yaml_event_delete(&event_);
    yaml_parser_delete(&parser_);
}

Result<> YamlEvents::check_characters() const {
    Mark mark{1, 1};
    for (size_t at = 0; at < text_.size(); ++mark.column) {
        const size_t length = base::utf8_length(text_.substr(at));
        if (length == 0) return wrong(mark, "this is not UTF-8");
        const char32_t character = base::utf8_character(text_.substr(at));
        if (!is_allowed(character)) {
            std::array<char, 64> message;
            std::snprintf(message.data(), message.size(),
                          "special characters are not allowed: U+%04X",
                          static_cast<unsigned>(character));
            return wrong(mark, message.data());
        }
        if (character == '\n') mark = {mark.line + 1, 0};
        at += length;
    }
    return {};
}

Result<> YamlEvents::advance() {
    yaml_event_delete(&event_);
    if (!yaml_parser_parse(&parser_, &event_)) return parser_error();
    if (event_.type == YAML_SCALAR_EVENT && event_.start_mark.line < event_.end_mark.line &&
        (event_.data.scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE ||
         event_.data.scalar.style == YAML_SINGLE_QUOTED_SCALAR_STYLE)) {
        long_quoted_start_ = mark_of(event_.start_mark);
        long_quoted_end_ = mark_of(event_.end_mark);
    }
    return {};
}

Mark YamlEvents::mark() const {
    return mark_of(event_.start_mark);
}

Error YamlEvents::wrong(Mark mark, std::string_view what, Code code) const {
    return {code, message_with_caret(text_, file_, mark, what)};
}

// Where a bracket was opened that is still open lines behind it.
std::string YamlEvents::open_bracket() const {
    const std::string_view context = parser_.context ? parser_.context : "";
    if (!context.starts_with("while parsing a flow ")) return "";
    // Of an empty place, the mapping or list around it.
    const bool is_empty_place = context.ends_with(" node");
    if (is_empty_place && parser_.marks.top == parser_.marks.start) return "";
    const yaml_mark_t start = is_empty_place ? *(parser_.marks.top - 1) : parser_.context_mark;
    const std::string_view text = text_.substr(offset_of(text_, start));
    if (start.line == parser_.problem_mark.line || text.empty()) return "";
    return std::string(" (the ") + text[0] + " of line " + std::to_string(start.line + 1) +
           ", column " + std::to_string(start.column + 1) + " is not closed before that)";
}

Error YamlEvents::parser_error() const {
    std::string what;
    if (parser_.context) what.append(parser_.context).append(": ");
    what += parser_.problem ? parser_.problem : "out of memory";
    if (parser_.error == YAML_READER_ERROR) {
        return wrong(mark_of(parser_.mark), what);
    }
    // The parser stands at the end of the file, or wherever the next quote is.
    if (parser_.context && std::string_view(parser_.context) == "while scanning a quoted scalar") {
        return wrong(mark_of(parser_.context_mark),
                     what + " (the quote that opens here is never closed)");
    }
    // The parser has read on to the next line by then.
    if (what.ends_with("could not find expected ':'")) {
        return wrong(mark_of(parser_.context_mark), what + " (a key without a colon?)");
    }
    if (long_quoted_end_.line == mark_of(parser_.problem_mark).line) {
        what += " (the quoted text that ends in this line began in line " +
                std::to_string(long_quoted_start_.line) + ": is a quote missing there?)";
    }
    const size_t offset = offset_of(text_, parser_.problem_mark);
    if (what.ends_with("cannot start any token")) what += remedy(text_.substr(offset));
    // A text ends before a brace there.
    if (what.starts_with("while parsing a flow ") && text_.substr(0, offset).ends_with('$') &&
        text_.substr(offset).starts_with('{')) {
        what += " (inside {} and [] a text with ${ must be in quotes: {a: \"${b}\"})";
    } else {
        what += open_bracket();
    }
    return wrong(mark_of(parser_.problem_mark), what);
}

}  // namespace mogura::config
