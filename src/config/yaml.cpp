// Composes values from libyaml's events: aliases, merge keys, duplicates, includes, limits.

#include "config/yaml.h"

#include "config/json.h"
#include "config/key_index.h"
#include "config/yaml_events.h"
#include "config/yaml_resolve.h"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <unordered_set>
#include <utility>

namespace mogura::config {
namespace {

constexpr std::string_view kIncludeTag = "!include";
constexpr size_t kAliasBytesMax = 64 << 20;  // what all aliases of a document may copy

std::string_view text_of(const yaml_char_t* text, size_t length) {
    return {reinterpret_cast<const char*>(text), length};
}
std::string text_of(const yaml_char_t* text) {
    return text ? reinterpret_cast<const char*>(text) : "";
}

// What a copy costs, and how many levels it adds.
struct Size {
    size_t bytes = sizeof(Value);
    int levels = 0;

    void add(const Value& part);
};

Size size_of(const Value& value) {
    Size size;
    if (value.is_string()) size.bytes += value.string().size();
    if (value.is_list()) {
        size.levels = 1;
        for (const Value& item : value.list()) size.add(item);
    }
    if (value.is_map()) {
        size.levels = 1;
        for (const Map::Entry& entry : value.map()) {
            size.add(entry.value);
            size.bytes += sizeof(Map::Entry) + entry.key.size();
        }
    }
    return size;
}

void Size::add(const Value& part) {
    const Size inner = size_of(part);
    bytes += inner.bytes;
    levels = std::max(levels, inner.levels + 1);
}

// As Java prints what stands where a key does: {a=1, b=[x, null]}. Files with {{placeholders}} are
// read so (digdag 1.3).
std::string printed(const Value& value) {
    if (const auto text = value.scalar_text()) return *text;
    if (value.is_null()) return "null";
    std::string text(1, value.is_list() ? '[' : '{');
    const auto append = [&](std::string_view key, const Value& item) {
        if (text.size() > 1) text += ", ";
        text.append(key).append(printed(item));
    };
    if (value.is_list()) {
        for (const Value& item : value.list()) append("", item);
    } else {
        for (const Map::Entry& entry : value.map()) append(entry.key + "=", entry.value);
    }
    return text + (value.is_list() ? ']' : '}');
}

struct Anchored {
    Value value;
    Size size;
};

class Composer {
  public:
    Composer(std::string_view text, const YamlOptions& options)
        : events_(text, options.file), options_(options) {}

    Result<Value> document() {
        TRY(events_.check_characters());
        TRY(events_.advance());  // the stream starts
        TRY(events_.advance());
        if (events_.type() == YAML_STREAM_END_EVENT) return Value(nullptr);
        TRY(events_.advance());
        Value value = TRY(compose());
        TRY(events_.advance());
        if (events_.type() != YAML_STREAM_END_EVENT) {
            return events_.wrong(events_.mark(), "only one document is allowed in a file");
        }
        return value;
    }

  private:
    // What a key does to its mapping.
    struct Key {
        enum class Role { kPlain, kMerge, kInclude } role = Role::kPlain;
        std::string text = {};
        Mark mark = {};
    };
    // A mapping while it grows.
    struct Growing {
        Map map = {};
        KeyIndex index = KeyIndex(map);
        std::unordered_set<std::string> written = {};  // keys that stand in the mapping itself
        std::optional<Key> key = {};                   // whose value comes next
    };
    // A collection whose end has not been seen.
    struct Open {
        bool is_list = false;
        bool is_key = false;  // of the mapping around it
        Mark mark = {};
        std::string anchor = {};
        List items = {};
        Growing growing = {};
    };

    // Each takes the current event, and leaves the first one behind what it took.
    //
    // The nesting is a list, not recursion: stacks differ, above all under sanitizers.
    Result<Value> compose() {
        while (true) {
            const yaml_event_type_t type = events_.type();
            Value value;
            if (type == YAML_SEQUENCE_START_EVENT || type == YAML_MAPPING_START_EVENT) {
                TRY(open());
                continue;
            }
            if (type == YAML_SEQUENCE_END_EVENT || type == YAML_MAPPING_END_EVENT) {
                const bool is_key = open_.back().is_key;
                value = TRY(close());
                if (is_key) {
                    TRY(begin_member({.text = printed(value), .mark = value.mark()}));
                    continue;
                }
            } else if (is_key_next()) {
                Key key = TRY(compose_key());
                TRY(begin_member(std::move(key)));
                continue;
            } else {
                value = TRY(compose_leaf());
            }
            if (open_.empty()) return value;
            TRY(deliver(std::move(value)));
        }
    }

    bool is_key_next() const {
        return !open_.empty() && !open_.back().is_list && !open_.back().growing.key;
    }

    Result<> open() {
        const bool is_list = events_.type() == YAML_SEQUENCE_START_EVENT;
        const bool is_key = is_key_next();
        if (is_key && options_.dialect != Dialect::kDigdag) {
            return events_.wrong(events_.mark(), "a key must be a scalar");
        }
        const std::string tag = text_of(is_list ? events_.event().data.sequence_start.tag
                                                : events_.event().data.mapping_start.tag);
        if (!tag.empty() && tag != (is_list ? YAML_SEQ_TAG : YAML_MAP_TAG)) return unknown_tag(tag);
        if (open_.size() == kNestingMax) return too_deep(events_.mark());
        Open& collection = open_.emplace_back();
        collection.is_list = is_list;
        collection.is_key = is_key;
        collection.mark = events_.mark();
        collection.anchor = anchor_name();
        // Known, but not complete before its end.
        if (!collection.anchor.empty()) anchors_[collection.anchor] = std::nullopt;
        return events_.advance();
    }

    Result<Value> close() {
        Open& collection = open_.back();
        Value value = collection.is_list ? Value(std::move(collection.items))
                                         : Value(std::move(collection.growing.map));
        value.set_mark(collection.mark);
        TRY(remember(collection.anchor, value));
        open_.pop_back();
        TRY(events_.advance());
        return value;
    }

    Result<> begin_member(Key key) {
        Growing& growing = open_.back().growing;
        TRY(check_duplicate(growing, key));
        growing.key = std::move(key);
        return {};
    }

    // Gives a value to the collection that it stands in.
    Result<> deliver(Value value) {
        Open& collection = open_.back();
        if (collection.is_list) {
            collection.items.push_back(std::move(value));
            return {};
        }
        Growing& growing = collection.growing;
        Key key = *std::move(growing.key);
        growing.key.reset();
        const Mark mark = value.mark();
        if (key.role == Key::Role::kMerge) return merge_into(growing, value, mark);
        if (key.role == Key::Role::kInclude) return splice_into(growing, value, mark);
        growing.index.set(std::move(key.text), std::move(value), key.mark);
        return {};
    }

    // A scalar or an alias.
    Result<Value> compose_leaf() {
        if (events_.type() == YAML_ALIAS_EVENT) return compose_alias();
        const Mark mark = events_.mark();
        const std::string anchor = anchor_name();
        Value value = TRY(compose_scalar());
        value.set_mark(mark);
        TRY(remember(anchor, value));
        return value;
    }

    Result<> remember(const std::string& anchor, const Value& value) {
        if (anchor.empty()) return {};
        const Size size = size_of(value);
        TRY(spend(size, value.mark()));
        anchors_[anchor] = Anchored{value, size};
        return {};
    }

    std::string anchor_name() const {
        const yaml_event_t& event = events_.event();
        switch (event.type) {
            case YAML_SCALAR_EVENT:
                return text_of(event.data.scalar.anchor);
            case YAML_SEQUENCE_START_EVENT:
                return text_of(event.data.sequence_start.anchor);
            case YAML_MAPPING_START_EVENT:
                return text_of(event.data.mapping_start.anchor);
            default:
                return "";
        }
    }

    Error unknown_tag(const std::string& tag) const {
        if (tag == kIncludeTag && options_.dialect == Dialect::kDigdag) {
            return events_.wrong(events_.mark(),
                                 "!include works as a key only (write `!include : path`)");
        }
        return events_.wrong(events_.mark(),
                             "could not determine a constructor for the tag " + tag);
    }

    int depth() const { return static_cast<int>(open_.size()); }

    Error too_deep(Mark mark) const {
        return events_.wrong(
            mark, "nested too deeply: more than " + std::to_string(kNestingMax) + " levels",
            Code::kLimit);
    }

    Result<> spend(const Size& size, Mark mark) {
        copied_bytes_ += size.bytes;
        if (copied_bytes_ <= kAliasBytesMax) return {};
        return events_.wrong(mark, "the aliases of this document grow too large", Code::kLimit);
    }

    Result<Value> compose_alias() {
        const Mark mark = events_.mark();
        const std::string name = text_of(events_.event().data.alias.anchor);
        auto found = anchors_.find(name);
        if (found == anchors_.end()) return events_.wrong(mark, "unknown alias *" + name);
        if (!found->second) {
            return events_.wrong(mark, "the value of *" + name + " cannot contain itself");
        }
        const Anchored& anchored = *found->second;
        if (depth() + anchored.size.levels > kNestingMax) return too_deep(mark);
        TRY(spend(anchored.size, mark));
        Value value = anchored.value;
        value.set_mark(mark);
        TRY(events_.advance());
        return value;
    }

    Result<Value> compose_scalar() {
        const auto& scalar = events_.event().data.scalar;
        const std::string_view text = text_of(scalar.value, scalar.length);
        const std::string tag = text_of(scalar.tag);
        Value value;
        if (tag == kIncludeTag) return unknown_tag(tag);
        if (!tag.empty()) {
            auto tagged = resolve_tagged(text, tag, options_.dialect);
            if (!tagged.ok()) return events_.wrong(events_.mark(), tagged.error().message());
            value = *std::move(tagged);
        } else if (scalar.plain_implicit) {
            value = resolve_plain(text, options_.dialect);
        } else {
            value = Value(text);
        }
        TRY(events_.advance());
        return value;
    }

    Result<Key> compose_key() {
        Key key{.mark = events_.mark()};
        if (events_.type() == YAML_SCALAR_EVENT) {
            const auto& scalar = events_.event().data.scalar;
            key.text = text_of(scalar.value, scalar.length);
            const std::string tag = text_of(scalar.tag);
            if (tag == kIncludeTag && options_.dialect == Dialect::kDigdag) {
                key.role = Key::Role::kInclude;
                if (!key.text.empty()) {
                    return events_.wrong(key.mark,
                                         "a blank must stand before the colon: `!include : path`");
                }
                TRY(events_.advance());
                return key;
            }
            if (key.text == "<<" &&
                (tag == "tag:yaml.org,2002:merge" || (tag.empty() && scalar.plain_implicit))) {
                key.role = Key::Role::kMerge;
                TRY(events_.advance());
                return key;
            }
        }
        const bool is_alias = events_.type() == YAML_ALIAS_EVENT;
        const Value value = TRY(compose_leaf());
        if (value.is_null()) return events_.wrong(key.mark, "a key must not be null");
        if (value.is_list() || value.is_map()) {
            return events_.wrong(key.mark, "a key must be a scalar");
        }
        if (is_alias || value.is_string()) key.text = *value.scalar_text();
        return key;
    }

    Result<> check_duplicate(Growing& growing, const Key& key) const {
        if (key.role == Key::Role::kInclude) return {};
        if (growing.written.insert(key.text).second) return {};
        if (options_.dialect == Dialect::kEmbulk) return {};
        return refuse(key.mark, "Duplicated keys: [" + key.text + "]");
    }

    Result<> refuse(Mark mark, const std::string& message) const {
        if (!options_.tolerate) return events_.wrong(mark, message);
        options_.tolerate(mark, message);
        return {};
    }

    // `<<: *base` or `<<: [*first, *second]`: adds the keys that are not there yet.
    Result<> merge_into(Growing& growing, const Value& value, Mark mark) const {
        if (value.is_list()) {
            for (const Value& item : value.list()) {
                if (!item.is_map()) return events_.wrong(mark, "<< merges mappings only");
                TRY(merge_into(growing, item, mark));
            }
            return {};
        }
        if (!value.is_map()) return events_.wrong(mark, "<< merges mappings only");
        for (const Map::Entry& entry : value.map()) {
            if (growing.index.find(entry.key)) continue;
            growing.index.set(entry.key, entry.value, entry.mark);
        }
        return {};
    }

    // What is wrong in the file comes behind the include. A limit is told once, where it is
    // reached: what leads there may be the same include a hundred times.
    Error not_included(const std::string& path, Mark mark, const Error& reason) const {
        const std::string include = "!include : " + path;
        if (reason.code() != Code::kLimit) {
            return Error(reason.code(),
                         events_.wrong(mark, include).message() + "\n" + reason.message());
        }
        const bool has_place = reason.message().find('\n') != std::string::npos;
        if (has_place) return reason;
        return Error(Code::kLimit,
                     events_.wrong(mark, include + ": " + reason.message()).message());
    }

    // digdag 1.4.2: two mappings merge deeply, everything else is replaced by the included side.
    Result<> splice_into(Growing& growing, const Value& path, Mark mark) const {
        if (!path.is_string() || path.string().empty()) {
            return events_.wrong(mark, "!include needs the path of a file");
        }
        if (!options_.include) return events_.wrong(mark, "!include is not possible here");
        auto included = options_.include(path.string());
        if (!included.ok() && options_.tolerate && included.error().code() != Code::kLimit) {
            options_.tolerate(mark,
                              "!include : " + path.string() + ": " + included.error().message());
            return {};
        }
        if (!included.ok()) return not_included(path.string(), mark, included.error());
        if (!included->is_map()) {
            return events_.wrong(mark, "!include : " + path.string() +
                                           ": the file must hold a mapping, not " +
                                           std::string(included->kind_name()));
        }
        if (depth() - 1 + size_of(*included).levels > kNestingMax) return too_deep(mark);
        for (Map::Entry& entry : included->map()) {
            Map::Entry* existing = growing.index.find(entry.key);
            if (existing && existing->value.is_map() && entry.value.is_map()) {
                merge(existing->value.map(), entry.value.map());
            } else {
                growing.index.set(entry.key, std::move(entry.value), entry.mark);
            }
        }
        return {};
    }

    YamlEvents events_;
    const YamlOptions& options_;
    std::map<std::string, std::optional<Anchored>> anchors_;
    size_t copied_bytes_ = 0;
    std::deque<Open> open_;
};

}  // namespace

Result<Value> parse_yaml(std::string_view text, const YamlOptions& options) {
    return Composer(text, options).document();
}

}  // namespace mogura::config
