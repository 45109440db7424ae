// Reads the options of one thing, and is their manual at the same time.
//
//     Options read(config::Reader& reader) {
//         return {.path = reader.required<std::string>("path", "File to write."),
//                 .level = reader.optional("level", 6, "Compression, 1 to 9.")};
//     }
//
// Run on input, it converts, and collects every problem (missing, wrong type, unknown keys) with
// its place; finish() returns them all as one kInvalid error, a line each. Run without input
// (Reader::manual()), every value is its default and options() is the help table.
//
// Conversions are lenient as the originals are: a number reads as text (as it was written), text
// reads as a number or boolean when it is one, a scalar never becomes a list.

#pragma once

#include "base/result.h"
#include "config/value.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace mogura::config {

// Boolean words beyond true/false are accepted as Embulk 0.11.4 does (yes, no, on, off).
template <typename T>
Result<T> convert(const Value& value);
template <>
Result<bool> convert<bool>(const Value& value);
template <>
Result<int> convert<int>(const Value& value);
template <>
Result<int64_t> convert<int64_t>(const Value& value);
template <>
Result<double> convert<double>(const Value& value);
template <>
Result<std::string> convert<std::string>(const Value& value);
template <>
Result<Value> convert<Value>(const Value& value);
template <>
Result<std::vector<std::string>> convert<std::vector<std::string>>(const Value& value);
template <>
Result<std::vector<Value>> convert<std::vector<Value>>(const Value& value);
template <>
Result<Map> convert<Map>(const Value& value);

// How an option stands in the manual.
struct Option {
    std::string name;
    std::string type;  // "string", "long", "boolean", "list of string", ...
    bool required = false;
    std::string default_value;  // as JSON; empty when there is none
    std::string help;
};

class Reader {
  public:
    // `place` names the file and the path of keys: "load.yml" and "in.parser". The input must
    // outlive the reader.
    Reader(const Map& input, std::string file, std::string path);
    static Reader manual();

    // Has Embulk's manners from here on: a missing option is called a field, as people search logs
    // for it, and null for a number or a boolean is 0 or false.
    void follow_embulk() { follows_embulk_ = true; }

    bool is_manual() const { return input_ == nullptr; }

    template <typename T>
    T required(std::string_view name, std::string_view help) {
        const Value* value = ask(name, type_name<T>(), true, std::nullopt, help);
        return value ? converted<T>(name, *value, T()) : T();
    }
    template <typename T>
    T optional(std::string_view name, T fallback, std::string_view help) {
        const Value* value = ask(name, type_name<T>(), false, default_json(fallback), help);
        return value ? converted<T>(name, *value, fallback) : fallback;
    }
    std::string optional(std::string_view name, const char* fallback, std::string_view help);
    // Nothing when the key is absent or null.
    template <typename T>
    std::optional<T> maybe(std::string_view name, std::string_view help) {
        const Value* value = ask(name, type_name<T>(), false, std::nullopt, help);
        if (!value || value->is_null()) return std::nullopt;
        return converted<T>(name, *value, T());
    }
    // One of the words; the first is the default. Returns its place in the list.
    size_t choice(std::string_view name, const std::vector<std::string>& words,
                  std::string_view help, bool ignore_case = false);
    // Whether the key is there at all, even with null.
    bool has(std::string_view name) const;
    // The raw value, nullptr when absent; marks the key as known.
    const Value* raw(std::string_view name, std::string_view type, std::string_view help);

    // A problem with a key's value: "file:line:column: path.name: message".
    void problem(std::string_view name, std::string_view message);
    // "file:line:column: path.name" of a key, for messages made later.
    std::string place_of(std::string_view name) const;
    const std::string& file() const { return file_; }
    const std::string& path() const { return path_; }

    // Problems and unknown keys found by a nested reader become ours.
    void absorb(Reader&& nested);

    // All problems as one error. Unknown keys count unless `ignore_unknown`.
    Result<> finish(bool ignore_unknown = false);
    const std::vector<Option>& options() const { return options_; }

  private:
    Reader() = default;

    const Value* ask(std::string_view name, std::string_view type, bool required,
                     std::optional<std::string> default_json, std::string_view help);
    template <typename T>
    T converted(std::string_view name, const Value& value, T fallback) {
        if (std::is_arithmetic_v<T> && follows_embulk_ && value.is_null()) return T();
        auto result = convert<T>(value);
        if (result.ok()) return *std::move(result);
        problem(name, result.error().message());
        return fallback;
    }
    template <typename T>
    static std::string type_name();
    template <typename T>
    static std::string default_json(const T& value);

    const Map::Entry* entry(std::string_view name) const;
    std::vector<std::string> unknown_keys() const;

    const Map* input_ = nullptr;
    bool follows_embulk_ = false;
    std::string file_;
    std::string path_;
    std::vector<std::string> known_;
    std::vector<std::string> problems_;
    std::vector<std::string> unknown_;  // of absorbed readers
    std::vector<Option> options_;
};

template <>
std::string Reader::type_name<bool>();
template <>
std::string Reader::type_name<int>();
template <>
std::string Reader::type_name<int64_t>();
template <>
std::string Reader::type_name<double>();
template <>
std::string Reader::type_name<std::string>();
template <>
std::string Reader::type_name<Value>();
template <>
std::string Reader::type_name<std::vector<std::string>>();
template <>
std::string Reader::type_name<std::vector<Value>>();
template <>
std::string Reader::type_name<Map>();
template <>
std::string Reader::default_json<bool>(const bool& value);
template <>
std::string Reader::default_json<int>(const int& value);
template <>
std::string Reader::default_json<int64_t>(const int64_t& value);
template <>
std::string Reader::default_json<double>(const double& value);
template <>
std::string Reader::default_json<std::string>(const std::string& value);
template <>
std::string Reader::default_json<Value>(const Value& value);
template <>
std::string Reader::default_json<std::vector<std::string>>(const std::vector<std::string>& value);
template <>
std::string Reader::default_json<std::vector<Value>>(const std::vector<Value>& value);
template <>
std::string Reader::default_json<Map>(const Map& value);

}  // namespace mogura::config
