#include "plugins/parser/jsonl/parser.h"

#include "base/text.h"
#include "plugins/parser/csv/lines.h"

#include <simdjson.h>

#include <cstring>
#include <utility>

namespace mogura::plugins::jsonl {
namespace {

using simdjson::ondemand::json_type;

enum class Outcome { kDone, kUnknown, kInvalid };

}  // namespace

class JsonLinesParser::Reading {
  public:
    Reading(const JsonLinesParser& parser, const load::Piece& piece)
        : options_(parser.options_), piece_(piece), rows_(parser.table_), text_(piece.bytes) {}

    load::Parsed read() {
        load::Parsed parsed;
        size_t at = 0;
        if (piece_.is_first) {
            constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
            if (text_.size() < 3 && !piece_.is_last) {
                parsed.header_pending = true;
                return parsed;
            }
            if (text_.starts_with(kByteOrderMark)) at = 3;
        }
        while (at < text_.size()) {
            csv::Line line = line_at(at);
            if (!line.is_complete) break;
            ++lines_;
            if (!read_line(at, line.end)) {
                at = text_.size();
                break;
            }
            at = line.next;
        }
        parsed.consumed_bytes = at;
        parsed.consumed_lines = lines_;
        parsed.replaced_line = replaced_line_;
        parsed.rejects = std::move(rejects_);
        if (rows_.rows() > 0) parsed.pages.push_back(rows_.finish(piece_.owner));
        return parsed;
    }

  private:
    // Most lines end in a LF without a CR inside: memchr finds that quickly.
    csv::Line line_at(size_t at) const {
        const void* lf = std::memchr(text_.data() + at, '\n', text_.size() - at);
        if (!lf) return csv::line_at(text_, at, csv::LineEnd::kAny, piece_.is_last);
        size_t end = static_cast<size_t>(static_cast<const char*>(lf) - text_.data());
        if (std::memchr(text_.data() + at, '\r', end - at)) {
            return csv::line_at(text_, at, csv::LineEnd::kAny, piece_.is_last);
        }
        return {end, end + 1, true};
    }

    // False when the run stops here.
    bool read_line(size_t begin, size_t end) {
        Outcome outcome = Outcome::kUnknown;
        if (options_.uses_fast) {
            outcome = read_quickly(begin, end);
            if (outcome != Outcome::kDone) rows_.cancel_row();
        }
        if (outcome == Outcome::kUnknown) outcome = read_exactly(text_.substr(begin, end - begin));
        if (outcome == Outcome::kDone) {
            rows_.end_row();
            return true;
        }
        rows_.cancel_row();
        load::Reject reject;
        reject.offset_bytes = static_cast<int64_t>(begin);
        reject.line = lines_;
        reject.reason = reason_;
        csv::append_repaired(text_.substr(begin, end - begin), reject.text);
        reject.stops = options_.stops_on_invalid;
        rejects_.push_back(std::move(reject));
        return !options_.stops_on_invalid;
    }

    // kUnknown: simdjson does not take the line.
    Outcome read_quickly(size_t begin, size_t end) {
        const char* data = text_.data() + begin;
        size_t size = end - begin;
        is_in_place_ = text_.size() - end >= simdjson::SIMDJSON_PADDING;
        if (!is_in_place_) {
            padded_.assign(data, size);
            padded_.append(simdjson::SIMDJSON_PADDING, ' ');
            data = padded_.data();
        }
        line_end_ = data + size;
        depth_ = 0;
        simdjson::ondemand::document document;
        simdjson::padded_string_view view(data, size, size + simdjson::SIMDJSON_PADDING);
        if (parser_.iterate(view).get(document)) return Outcome::kUnknown;
        simdjson::ondemand::object object;
        if (document.get_object().get(object)) return Outcome::kUnknown;
        for (auto member : object) {
            simdjson::ondemand::field field;
            if (std::move(member).get(field)) return Outcome::kUnknown;
            std::string_view key;
            if (!plain_key(field, key)) return Outcome::kUnknown;
            int column = rows_.column_of(key);
            Cell cell;
            if (!read_value(field.value(), column >= 0, cell)) return Outcome::kUnknown;
            if (column >= 0 && !rows_.set(static_cast<size_t>(column), cell)) {
                // The line itself may be wrong further on: that would be the reason then.
                return Outcome::kUnknown;
            }
        }
        // Nothing may follow the object.
        bool is_end = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
        return is_end ? Outcome::kDone : Outcome::kUnknown;
    }

    // A key as it stands; false when it has escapes.
    static bool plain_key(simdjson::ondemand::field& field, std::string_view& key) {
        const char* begin = field.key().raw();
        const char* end = begin;
        while (*end != '"' && *end != '\\') ++end;
        key = {begin, static_cast<size_t>(end - begin)};
        return *end == '"';
    }

    bool read_value(simdjson::ondemand::value value, bool is_wanted, Cell& cell) {
        json_type type;
        if (value.type().get(type)) return false;
        switch (type) {
            case json_type::null: {  // or another word that begins with n
                bool is_null = false;
                return !value.is_null().get(is_null) && is_null;
            }
            case json_type::boolean:
                cell.kind = Cell::Kind::kBoolean;
                return !value.get_bool().get(cell.boolean);
            case json_type::number:
                return read_number(value, cell);
            case json_type::string:
                return read_string(value, cell);
            default: {
                if (!is_wanted) return passes(value, type);
                std::string_view raw;
                auto problem = type == json_type::object ? raw_of(value.get_object(), raw)
                                                         : raw_of(value.get_array(), raw);
                if (problem) return false;
                nested_.clear();
                if (!load::first_json(raw, nested_).ok()) return false;
                cell.kind = Cell::Kind::kNested;
                cell.text = nested_;
                return true;
            }
        }
    }

    // Looks into an object or an array that no column asks for: damage there is damage to the line.
    bool passes(simdjson::ondemand::value& value, json_type type) {
        if (++depth_ > load::kJsonNestingMax) return false;
        bool is_sound = type == json_type::object ? passes_object(value) : passes_array(value);
        --depth_;
        return is_sound;
    }

    bool passes_object(simdjson::ondemand::value& value) {
        simdjson::ondemand::object object;
        if (value.get_object().get(object)) return false;
        for (auto member : object) {
            simdjson::ondemand::field field;
            std::string_view key;
            Cell unused;
            if (std::move(member).get(field) || !plain_key(field, key)) return false;
            if (!read_value(field.value(), /*is_wanted=*/false, unused)) return false;
        }
        return true;
    }

    bool passes_array(simdjson::ondemand::value& value) {
        simdjson::ondemand::array array;
        if (value.get_array().get(array)) return false;
        for (auto element : array) {
            simdjson::ondemand::value item;
            Cell unused;
            if (std::move(element).get(item)) return false;
            if (!read_value(item, /*is_wanted=*/false, unused)) return false;
        }
        return true;
    }

    template <typename Container>
    static simdjson::error_code raw_of(simdjson::simdjson_result<Container> container,
                                       std::string_view& raw) {
        Container inner;
        if (auto problem = std::move(container).get(inner)) return problem;
        return inner.raw_json().get(raw);
    }

    static bool read_number(simdjson::ondemand::value& value, Cell& cell) {
        simdjson::ondemand::number number;
        if (value.get_number().get(number)) return false;
        if (number.is_int64()) {
            cell.kind = Cell::Kind::kLong;
            cell.integer = number.get_int64();
            return true;
        }
        if (!number.is_double()) return false;
        cell.kind = Cell::Kind::kDouble;
        cell.number = number.get_double();
        return true;
    }

    bool read_string(simdjson::ondemand::value& value, Cell& cell) {
        cell.kind = Cell::Kind::kString;
        simdjson::ondemand::raw_json_string raw;
        if (value.get_raw_json_string().get(raw)) return false;
        const char* end = raw.raw();
        while (*end != '"' && *end != '\\') ++end;
        if (*end == '"') {
            cell.text = {raw.raw(), static_cast<size_t>(end - raw.raw())};
            cell.lives_with_page = is_in_place_;
            return true;
        }
        // Escapes are for the exact parser: halves of surrogate pairs are its to replace.
        size_t used = 0;
        std::string_view rest(raw.raw() - 1, static_cast<size_t>(line_end_ - raw.raw()) + 1);
        auto json = load::parse_json_value(rest, used);
        if (!json.ok()) return false;
        unescaped_ = std::move(json->text);
        cell.text = unescaped_;
        return true;
    }

    Outcome read_exactly(std::string_view line) {
        std::string repaired;
        if (!csv::is_utf8(line)) {
            csv::append_repaired(line, repaired);
            line = repaired;
            if (replaced_line_ == 0) replaced_line_ = lines_;
        }
        if (base::trim(line).empty()) {
            reason_ = "Unable to parse empty string";
            return Outcome::kInvalid;
        }
        size_t used = 0;
        auto json = load::parse_json_value(line, used);
        if (!json.ok()) {
            reason_ = "not JSON: " + json.error().message();
            return Outcome::kInvalid;
        }
        if (!base::trim(line.substr(used)).empty()) {
            reason_ = "something follows the object";
            return Outcome::kInvalid;
        }
        if (json->type != load::Json::Type::kObject) {
            reason_ = "the line is not an object";
            return Outcome::kInvalid;
        }
        for (size_t index = 0; index < json->items.size(); ++index) {
            int column = rows_.column_of(json->keys[index]);
            if (column < 0) continue;
            if (!rows_.set(static_cast<size_t>(column), cell_of(json->items[index]))) {
                reason_ = rows_.reason();
                return Outcome::kInvalid;
            }
        }
        return Outcome::kDone;
    }

    Cell cell_of(const load::Json& json) {
        using Type = load::Json::Type;
        switch (json.type) {
            case Type::kNull:
                return {};
            case Type::kBoolean:
                return {.kind = Cell::Kind::kBoolean, .boolean = json.boolean};
            case Type::kLong:
                return {.kind = Cell::Kind::kLong, .integer = json.integer};
            case Type::kDouble:
                return {.kind = Cell::Kind::kDouble, .number = json.number};
            case Type::kString:
                return {.kind = Cell::Kind::kString, .text = json.text};
            default:
                nested_.clear();
                load::append_json(json, nested_);
                return {.kind = Cell::Kind::kNested, .text = nested_};
        }
    }

    const Options& options_;
    const load::Piece& piece_;
    Rows rows_;
    const std::string_view text_;
    simdjson::ondemand::parser parser_;
    std::string padded_;
    std::string nested_;
    std::string unescaped_;
    const char* line_end_ = nullptr;
    bool is_in_place_ = false;  // the line is read where it lies, not in padded_
    int depth_ = 0;             // of what is looked into
    std::string reason_;
    std::vector<load::Reject> rejects_;
    int64_t lines_ = 0;
    int64_t replaced_line_ = 0;
};

size_t JsonLinesParser::cut(std::string_view bytes) const {
    csv::Dialect lines;
    lines.quote.clear();
    return csv::last_record_end(bytes, lines);
}

Result<load::Parsed> JsonLinesParser::parse(const load::Piece& piece) const {
    return Reading(*this, piece).read();
}

Result<std::unique_ptr<base::ByteSource>> JsonLinesParser::wrap(
    std::unique_ptr<base::ByteSource> source, const std::string& name) const {
    if (options_.charset.empty()) return source;
    return load::decode_charset(std::move(source), options_.charset, name);
}

}  // namespace mogura::plugins::jsonl
