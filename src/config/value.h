// A tree of configuration: what YAML and JSON mean, with the place where each value was written.

#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mogura::config {

// Where a value was written; line 0 means that it was not written anywhere.
struct Mark {
    int32_t line = 0;    // from 1
    int32_t column = 0;  // from 1
    // Of the file, for values that go where nobody else knows it (see file_name()).
    const std::string* file = nullptr;
};

// The same name for all marks. It is kept as long as the process lives, which meets few names.
// Any thread.
const std::string* file_name(std::string_view name);

// FILE:LINE:COLUMN, the file being the mark's or else this one. Without a file nothing: a line of
// who knows what would only mislead.
std::string place_text(Mark mark, std::string_view file);

class Value;

// A mapping whose keys keep their order. find() and set() are linear in the number of keys;
// append() is not, for large generated mappings whose keys are known to be distinct.
class Map {
  public:
    struct Entry;

    Map();
    Map(const Map& other);
    Map(Map&& other) noexcept;
    Map& operator=(const Map& other);
    Map& operator=(Map&& other) noexcept;
    ~Map();

    bool empty() const;
    size_t size() const;
    const Value* find(std::string_view key) const;
    Value* find(std::string_view key);
    // Replaces in place, or adds at the end.
    Value& set(std::string_view key, Value value);
    Value& append(std::string key, Value value);
    bool erase(std::string_view key);

    auto begin() const { return entries_.begin(); }
    auto end() const { return entries_.end(); }
    auto begin() { return entries_.begin(); }
    auto end() { return entries_.end(); }

    bool operator==(const Map& other) const;

  private:
    std::vector<Entry> entries_;
};

using List = std::vector<Value>;

class Value {
  public:
    enum class Kind { kNull, kBoolean, kInteger, kBigInteger, kFloat, kString, kList, kMap };

    // Not inline, here and in Map: hundreds of files make and drop values.
    Value();                       // null
    Value(std::nullptr_t);         // NOLINT
    Value(bool boolean);           // NOLINT
    Value(int number);             // NOLINT
    Value(int64_t number);         // NOLINT
    Value(double number);          // NOLINT
    Value(std::string text);       // NOLINT
    Value(std::string_view text);  // NOLINT
    Value(const char* text);       // NOLINT
    Value(List items);             // NOLINT
    Value(Map members);            // NOLINT
    Value(const Value& other);
    Value(Value&& other) noexcept;
    Value& operator=(const Value& other);
    Value& operator=(Value&& other) noexcept;
    ~Value();
    // An integer beyond 64 bits, kept as its decimal digits.
    static Value big_integer(std::string digits);

    Kind kind() const { return static_cast<Kind>(content_.index()); }
    std::string_view kind_name() const;
    bool is_null() const { return kind() == Kind::kNull; }
    bool is_boolean() const { return kind() == Kind::kBoolean; }
    bool is_integer() const { return kind() == Kind::kInteger; }
    bool is_float() const { return kind() == Kind::kFloat; }
    bool is_string() const { return kind() == Kind::kString; }
    bool is_list() const { return kind() == Kind::kList; }
    bool is_map() const { return kind() == Kind::kMap; }

    // Each must be asked of its own kind only.
    bool boolean() const { return std::get<bool>(content_); }
    int64_t integer() const { return std::get<int64_t>(content_); }
    double floating() const { return std::get<double>(content_); }
    const std::string& string() const { return std::get<std::string>(content_); }
    const List& list() const { return std::get<List>(content_); }
    List& list() { return std::get<List>(content_); }
    const Map& map() const { return std::get<Map>(content_); }
    Map& map() { return std::get<Map>(content_); }

    // A map's member; nullptr when it has none or this is no map.
    const Value* find(std::string_view key) const;

    // The text of a scalar: a string as it is, a number or boolean as it was written in a plain
    // YAML scalar (or as JSON writes it). Nothing for null, lists and maps.
    std::optional<std::string> scalar_text() const;

    Mark mark() const { return mark_; }
    void set_mark(Mark mark) { mark_ = mark; }
    // What a plain YAML scalar looked like before it was resolved ("1_000", "0x1F", "NO").
    const std::string& written() const { return written_; }
    void set_written(std::string text) { written_ = std::move(text); }

    // Same content; places and spellings do not matter.
    bool operator==(const Value& other) const;

  private:
    struct BigInteger {
        std::string digits;
        bool operator==(const BigInteger&) const = default;
    };

    std::variant<std::monostate, bool, int64_t, BigInteger, double, std::string, List, Map>
        content_;
    Mark mark_;
    std::string written_;
};

struct Map::Entry {
    std::string key;
    Value value;
    Mark mark = {};  // of the key

    bool operator==(const Entry& other) const { return key == other.key && value == other.value; }
};

// Merges `from` over `into`: mappings merge deeply, everything else replaces.
void merge(Map& into, const Map& from);

}  // namespace mogura::config
