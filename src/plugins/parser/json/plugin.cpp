// Reads streams of JSON values (embulk 4.1 to 4.4).

#include "plugins/plugins.h"

#include "base/text.h"
#include "plugins/column_options.h"
#include "plugins/parser/csv/lines.h"
#include "plugins/parser/csv/numbers.h"
#include "plugins/parser/json/escapes.h"
#include "plugins/parser/json/value_stream.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

using load::Json;

struct Options {
    ColumnOptions columns;
    std::string root;
    bool flattens = false;
    json::InvalidEscapes escapes = json::InvalidEscapes::kPass;
    bool stops_on_invalid = false;
    bool stops_on_unfit_number = false;  // the original's (4.4.7)
};

constexpr std::string_view kUnfitNumber = "java.lang.NumberFormatException: ";

Options read(config::Reader& reader) {
    Options options;
    options.columns = read_columns(reader, false);
    options.root = reader.maybe<std::string>("root", "JSON pointer to the records.").value_or("");
    options.flattens = reader.optional("flatten_json_array", false, "Each element is a record.");
    options.escapes = static_cast<json::InvalidEscapes>(reader.choice(
        "invalid_string_escapes", {"PASSTHROUGH", "SKIP", "UNESCAPE"}, "What \\q becomes."));
    options.stops_on_invalid =
        reader.optional("stop_on_invalid_record", false, "The first bad record fails the run.");
    reader.maybe<std::string>("charset", "Not used: found out from the bytes.");
    reader.maybe<std::string>("newline", "Not used: line ends mean nothing.");
    if (!options.root.empty() && options.root[0] != '/') {
        reader.problem("root", "JSON Pointer expression must start with '/'");
    }
    return options;
}

// A JSON pointer in its parts, unescaped.
Result<std::vector<std::string>> pointer_of(const std::string& text, const std::string& place) {
    if (text.empty()) return std::vector<std::string>();
    if (text[0] != '/') {
        return Error(Code::kInvalid, place + ": JSON Pointer expression must start with '/'");
    }
    std::vector<std::string> parts = base::split(text.substr(1), '/');
    for (std::string& part : parts) {
        part = base::replace_all(base::replace_all(part, "~1", "/"), "~0", "~");
    }
    return parts;
}

const Json* follow(const Json& from, const std::vector<std::string>& pointer) {
    const Json* value = &from;
    for (const std::string& part : pointer) {
        if (value->type == Json::Type::kObject) {
            value = value->find(part);
        } else if (value->type == Json::Type::kArray) {
            auto index = base::parse_integer(part);
            bool is_inside =
                index && *index >= 0 && *index < static_cast<int64_t>(value->items.size());
            value = is_inside ? &value->items[static_cast<size_t>(*index)] : nullptr;
        } else {
            value = nullptr;
        }
        if (!value) return nullptr;
    }
    return value;
}

struct Target {
    std::optional<std::vector<std::string>> pointer;  // element_at; else the column's name
};

std::string text_of(const Json& value) {
    if (value.type == Json::Type::kString) return value.text;
    std::string text;
    append_json(value, text);
    return text;
}

class JsonParser final : public load::StreamParser {
  public:
    JsonParser(Options options, ColumnTable table, std::vector<Target> targets,
               std::vector<std::string> root)
        : options_(std::move(options)),
          table_(std::move(table)),
          targets_(std::move(targets)),
          root_(std::move(root)) {}

    const page::Schema& schema() const override { return table_.schema; }

    Result<> parse(const load::FileEntry& file, base::ByteSource& bytes, const load::PageSink& sink,
                   const load::RejectSink& rejects) const override {
        std::unique_ptr<base::ByteSource> source = TRY(utf8_of(bytes));
        json::ValueStream values(*source, file.name);
        page::Builder builder(table_.schema);
        while (true) {
            auto next = values.next();
            if (!next.ok()) {  // what came before counts (embulk 5.7.16)
                TRY(flush(builder, sink));
                return next.error();
            }
            const std::optional<std::string_view>& text = *next;
            if (!text) break;
            size_t used = 0;
            auto value = csv::is_utf8(*text) ? load::parse_json_value(*text, used)
                                             : Error(Code::kInvalid, "the bytes are not UTF-8");
            bool has_rest = value.ok() && !base::trim(text->substr(used)).empty();
            if (!value.ok() || has_rest) {
                TRY(flush(builder, sink));
                return Error(
                    Code::kInvalid,
                    "Failed to parse JSON: " + file.name + " (byte " +
                        std::to_string(values.offset_bytes()) + ": " +
                        (has_rest ? "something follows the value" : value.error().message()) + ")");
            }
            size_t loaded = 0;
            std::string reason = add_value(*value, builder, loaded);
            if (!reason.empty()) {
                std::string whole;
                append_json(*value, whole);
                std::string lost;
                if (loaded > 0) {
                    drop_first(*value, loaded);
                    append_json(*value, lost);
                }
                bool stops = options_.stops_on_invalid ||
                             (options_.stops_on_unfit_number && reason.starts_with(kUnfitNumber));
                TRY(rejects({.offset_bytes = values.offset_bytes(),
                             .reason = std::move(reason),
                             .text = std::move(whole),
                             .stops = stops,
                             .lost = std::move(lost)}));
            }
            if (builder.size_bytes() > kPageBytes) TRY(sink(builder.finish()));
        }
        return flush(builder, sink);
    }

  private:
    static constexpr size_t kPageBytes = 1024 * 1024;

    static Result<> flush(page::Builder& builder, const load::PageSink& sink) {
        if (builder.rows() == 0) return {};
        return sink(builder.finish());
    }

    Result<std::unique_ptr<base::ByteSource>> utf8_of(base::ByteSource& bytes) const {
        auto source = TRY(json::as_utf8(json::borrowed(bytes)));
        if (options_.escapes == json::InvalidEscapes::kPass) return source;
        return json::rewritten(std::move(source), options_.escapes);
    }

    // The reason why the value, or a record in it, is none; empty when all is well. `loaded`: how
    // many elements of a flattened array are in front of the bad one.
    std::string add_value(const Json& value, page::Builder& builder, size_t& loaded) const {
        const Json* rooted = follow(value, root_);
        if (!rooted) return "A Json record doesn't have given 'JSON pointer to root'.";
        if (!options_.flattens) return add_record(*rooted, builder);
        if (rooted->type != Json::Type::kArray) {
            return "A Json record must represent array value but it's " +
                   std::string(rooted->type_name());
        }
        for (const Json& item : rooted->items) {
            std::string reason = add_record(item, builder);
            if (!reason.empty()) return reason;
            ++loaded;
        }
        return "";
    }

    // Leaves in the flattened array what comes behind its first `count` elements.
    void drop_first(Json& value, size_t count) const {
        auto* array = const_cast<Json*>(follow(value, root_));  // a part of `value`
        array->items.erase(array->items.begin(),
                           array->items.begin() + static_cast<ptrdiff_t>(count));
    }

    std::string add_record(const Json& record, page::Builder& builder) const {
        if (record.type != Json::Type::kObject) {
            return "A Json record must represent map value but it's " +
                   std::string(record.type_name());
        }
        if (targets_.empty()) {  // the column "record"
            std::string text;
            append_json(record, text);
            builder.set_text(0, text);
            builder.end_row();
            return "";
        }
        std::vector<const Json*> values(targets_.size());
        for (size_t column = 0; column < targets_.size(); ++column) {
            const auto& pointer = targets_[column].pointer;
            const Json* value =
                pointer ? follow(record, *pointer) : record.find(schema()[column].name);
            if (pointer && pointer->empty()) value = nullptr;  // as in the original (4.7.7)
            if (value && value->type == Json::Type::kNull) value = nullptr;
            std::string reason = value ? problem_of(*value, column) : "";
            if (!reason.empty()) return reason;
            values[column] = value;
        }
        for (size_t column = 0; column < values.size(); ++column) {
            if (values[column]) set(builder, column, *values[column]);
        }
        builder.end_row();
        return "";
    }

    // Why the value does not fit the column; empty when it does.
    std::string problem_of(const Json& value, size_t column) const {
        int64_t integer = 0;
        double number = 0;
        page::Timestamp timestamp;
        switch (schema()[column].type) {
            case page::Type::kLong:
                if (value.type == Json::Type::kLong || csv::parse_long(text_of(value), integer))
                    return "";
                break;
            case page::Type::kDouble:
                if (value.type == Json::Type::kDouble || csv::parse_double(text_of(value), number))
                    return "";
                break;
            case page::Type::kTimestamp:
                if (table_.timestamps[column]->parse(text_of(value), timestamp)) return "";
                return "A Json record must have valid timestamp value but it's OBJECT (" +
                       table_.timestamps[column]->explain(text_of(value)) + ")";
            default:
                return "";
        }
        return std::string(kUnfitNumber) + "For input string: \"" + text_of(value) + "\"";
    }

    void set(page::Builder& builder, size_t column, const Json& value) const {
        int64_t integer = value.integer;
        double number = value.number;
        page::Timestamp timestamp;
        switch (schema()[column].type) {
            case page::Type::kBoolean:
                builder.set_boolean(column, base::lower(text_of(value)) == "true");
                return;
            case page::Type::kLong:
                if (value.type != Json::Type::kLong) csv::parse_long(text_of(value), integer);
                builder.set_long(column, integer);
                return;
            case page::Type::kDouble:
                if (value.type != Json::Type::kDouble) csv::parse_double(text_of(value), number);
                builder.set_double(column, number);
                return;
            case page::Type::kString:
                builder.set_text(column, text_of(value));
                return;
            case page::Type::kTimestamp:
                table_.timestamps[column]->parse(text_of(value), timestamp);
                builder.set_timestamp(column, timestamp);
                return;
            case page::Type::kJson: {
                std::string text;
                append_json(value, text);
                builder.set_text(column, text);
            }
        }
    }

    const Options options_;
    const ColumnTable table_;
    const std::vector<Target> targets_;  // none: the one column "record"
    const std::vector<std::string> root_;
};

Result<std::unique_ptr<load::Parser>> make(const Options& options, const load::Context& context) {
    ColumnTable table = TRY(make_columns(options.columns));
    std::vector<Target> targets;
    for (const config::Map& column : options.columns.columns) {
        Target target;
        if (auto element = column_option(column, "element_at")) {
            target.pointer = TRY(pointer_of(*element, options.columns.place + ": element_at"));
        }
        targets.push_back(std::move(target));
    }
    if (targets.empty()) {
        table.schema = page::Schema({{.name = "record", .type = page::Type::kJson}});
        table.timestamps.resize(1);
    }
    std::vector<std::string> root = TRY(pointer_of(options.root, "root"));
    auto parser = std::make_unique<load::Parser>();
    Options own = options;
    own.stops_on_unfit_number = load::stops_on_unfit_numbers(context.compat);
    parser->stream = std::make_unique<JsonParser>(std::move(own), std::move(table),
                                                  std::move(targets), std::move(root));
    return parser;
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(parser, json) {
    registry.parsers.add("json", "JSON values, one after another.", read, make);
}
