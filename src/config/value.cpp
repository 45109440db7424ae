#include "config/value.h"

#include "base/mutex.h"
#include "config/json.h"

#include <algorithm>
#include <functional>
#include <set>

namespace mogura::config {

namespace {

struct FileNames {
    base::Mutex mutex;
    std::set<std::string, std::less<>> names GUARDED_BY(mutex);
};

}  // namespace

const std::string* file_name(std::string_view name) {
    static FileNames known;
    base::Lock lock(known.mutex);
    auto found = known.names.find(name);
    if (found == known.names.end()) found = known.names.emplace(name).first;
    return &*found;
}

std::string place_text(Mark mark, std::string_view file) {
    std::string place(mark.file ? *mark.file : file);
    if (mark.line == 0 || place.empty()) return place;
    return place + ':' + std::to_string(mark.line) + ':' + std::to_string(mark.column);
}

Map::Map() = default;
Map::Map(const Map& other) = default;
Map::Map(Map&& other) noexcept = default;
Map& Map::operator=(const Map& other) = default;
Map& Map::operator=(Map&& other) noexcept = default;
Map::~Map() = default;

Value::Value() = default;
Value::Value(std::nullptr_t) {}
Value::Value(bool boolean) : content_(boolean) {}
Value::Value(int number) : content_(int64_t{number}) {}
Value::Value(int64_t number) : content_(number) {}
Value::Value(double number) : content_(number) {}
Value::Value(std::string text) : content_(std::move(text)) {}
Value::Value(std::string_view text) : content_(std::string(text)) {}
Value::Value(const char* text) : content_(std::string(text)) {}
Value::Value(List items) : content_(std::move(items)) {}
Value::Value(Map members) : content_(std::move(members)) {}
Value::Value(const Value& other) = default;
Value::Value(Value&& other) noexcept = default;
Value& Value::operator=(const Value& other) = default;
Value& Value::operator=(Value&& other) noexcept = default;
Value::~Value() = default;

bool Value::operator==(const Value& other) const {
    return content_ == other.content_;
}

bool Map::empty() const {
    return entries_.empty();
}
size_t Map::size() const {
    return entries_.size();
}

const Value* Map::find(std::string_view key) const {
    for (const Entry& entry : entries_) {
        if (entry.key == key) return &entry.value;
    }
    return nullptr;
}

Value* Map::find(std::string_view key) {
    return const_cast<Value*>(std::as_const(*this).find(key));
}

Value& Map::set(std::string_view key, Value value) {
    if (Value* found = find(key)) return *found = std::move(value);
    return append(std::string(key), std::move(value));
}

Value& Map::append(std::string key, Value value) {
    return entries_.emplace_back(Entry{std::move(key), std::move(value)}).value;
}

bool Map::erase(std::string_view key) {
    return std::erase_if(entries_, [&](const Entry& entry) { return entry.key == key; }) > 0;
}

bool Map::operator==(const Map& other) const {
    return entries_ == other.entries_;
}

Value Value::big_integer(std::string digits) {
    Value value;
    value.content_ = BigInteger{std::move(digits)};
    return value;
}

std::string_view Value::kind_name() const {
    switch (kind()) {
        case Kind::kNull:
            return "null";
        case Kind::kBoolean:
            return "boolean";
        case Kind::kInteger:
        case Kind::kBigInteger:
            return "integer";
        case Kind::kFloat:
            return "float";
        case Kind::kString:
            return "string";
        case Kind::kList:
            return "list";
        case Kind::kMap:
            return "mapping";
    }
    return "null";
}

const Value* Value::find(std::string_view key) const {
    return is_map() ? map().find(key) : nullptr;
}

std::optional<std::string> Value::scalar_text() const {
    switch (kind()) {
        case Kind::kString:
            return string();
        case Kind::kBigInteger:
            return std::get<BigInteger>(content_).digits;
        case Kind::kBoolean:
        case Kind::kInteger:
        case Kind::kFloat:
            return written_.empty() ? to_json(*this) : written_;
        default:
            return std::nullopt;
    }
}

void merge(Map& into, const Map& from) {
    for (const Map::Entry& entry : from) {
        Value* existing = into.find(entry.key);
        if (existing && existing->is_map() && entry.value.is_map()) {
            merge(existing->map(), entry.value.map());
        } else {
            into.set(entry.key, entry.value);
        }
    }
}

}  // namespace mogura::config
