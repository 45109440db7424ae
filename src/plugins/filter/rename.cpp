// New names for columns: by a map, then by rules (embulk 7.1). Lengths count UTF-16 units, as in
// the original.

#include "base/utf8.h"
#include "plugins/entries.h"
#include "plugins/java_regex.h"
#include "plugins/plugins.h"

#include <clocale>
#include <cwctype>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

using Names = std::vector<std::string>;
using Rule = std::function<Result<>(Names&)>;

struct Renamed {
    std::string from;
    std::string to;
    std::string place;
};

struct Options {
    std::vector<Renamed> columns;
    std::vector<Rule> rules;
};

size_t character_size(char first) {
    auto byte = static_cast<unsigned char>(first);
    if (byte < 0xC0) return 1;
    if (byte < 0xE0) return 2;
    return byte < 0xF0 ? 3 : 4;
}

std::string_view first_character(std::string_view text) {
    return text.empty() ? text : text.substr(0, character_size(text[0]));
}

std::vector<std::string_view> characters_of(std::string_view text) {
    std::vector<std::string_view> characters;
    while (!text.empty()) {
        characters.push_back(first_character(text));
        text.remove_prefix(characters.back().size());
    }
    return characters;
}

// At most `units` UTF-16 units; a character beyond U+FFFF takes two.
std::string truncated(std::string_view name, size_t units) {
    std::string cut;
    for (std::string_view character : characters_of(name)) {
        size_t size = character.size() == 4 ? 2 : 1;
        if (size > units) break;
        units -= size;
        cut += character;
    }
    return cut;
}

std::string with_case(std::string_view name, bool upper) {
    static const locale_t unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    std::string changed;
    for (std::string_view character : characters_of(name)) {
        if (upper && character == "ß") {
            changed += "SS";
            continue;
        }
        if (base::utf8_length(character) == 0) {  // no character at all: it stays as it is
            changed += character;
            continue;
        }
        auto point = static_cast<wint_t>(base::utf8_character(character));
        if (unicode) point = upper ? towupper_l(point, unicode) : towlower_l(point, unicode);
        base::append_utf8(changed, static_cast<char32_t>(point));
    }
    return changed;
}

// The characters that a rule lets pass.
struct Passing {
    bool lower = false;
    bool upper = false;
    bool digits = false;
    std::set<std::string, std::less<>> others;

    bool is_empty() const { return !lower && !upper && !digits && others.empty(); }
    bool has(std::string_view character) const {
        if (character.size() == 1) {
            char byte = character[0];
            if ((lower && byte >= 'a' && byte <= 'z') || (upper && byte >= 'A' && byte <= 'Z') ||
                (digits && byte >= '0' && byte <= '9')) {
                return true;
            }
        }
        return others.contains(character);
    }
};

Passing read_passing(config::Reader& reader) {
    Passing passing;
    for (const std::string& type :
         reader.optional("pass_types", Names(), "Some of a-z, A-Z, 0-9.")) {
        if (type == "a-z") {
            passing.lower = true;
        } else if (type == "A-Z") {
            passing.upper = true;
        } else if (type == "0-9") {
            passing.digits = true;
        } else {
            reader.problem("pass_types", "\"pass_types\" must be a-z, A-Z or 0-9, not: " + type);
        }
    }
    std::string characters = reader.optional("pass_characters", "", "More characters that pass.");
    if (characters.find("\\E") != std::string::npos) {
        reader.problem("pass_characters", "\"pass_characters\" must not contain \\E");
    }
    for (std::string_view character : characters_of(characters)) passing.others.emplace(character);
    if (passing.is_empty()) {
        reader.problem("pass_types", "\"pass_types\" or \"pass_characters\" must name a character");
    }
    return passing;
}

Rule read_case(bool upper) {
    return [upper](Names& names) -> Result<> {
        for (std::string& name : names) name = with_case(name, upper);
        return {};
    };
}

Rule read_truncate(config::Reader& reader) {
    auto units = reader.optional("max_length", int64_t{128}, "Longest name.");
    if (units < 0) reader.problem("max_length", "\"max_length\" must not be negative");
    return [units](Names& names) -> Result<> {
        for (std::string& name : names) name = truncated(name, static_cast<size_t>(units));
        return {};
    };
}

Rule read_regex_replace(config::Reader& reader) {
    auto match = reader.required<std::string>("match", "Regular expression.");
    auto replace = reader.required<std::string>("replace", "Replacement; $1 is a group.");
    auto compiled = JavaRegex::compile(match);
    if (!compiled.ok()) {
        reader.problem("match", compiled.error().message());
        return {};
    }
    auto regex = std::make_shared<const JavaRegex>(*std::move(compiled));
    return [regex, replace](Names& names) -> Result<> {
        for (std::string& name : names) {
            name = TRY(regex->replace_all(name, replace));
        }
        return {};
    };
}

Rule read_character_types(config::Reader& reader) {
    Passing passing = read_passing(reader);
    auto replace = reader.optional("replace", "_", "One character for those that do not pass.");
    if (characters_of(replace).size() != 1) {
        reader.problem("replace", "\"replace\" in \"character_types\" must be one character");
    }
    return [passing, replace](Names& names) -> Result<> {
        for (std::string& name : names) {
            std::string changed;
            for (std::string_view character : characters_of(name)) {
                changed += passing.has(character) ? character : std::string_view(replace);
            }
            name = std::move(changed);
        }
        return {};
    };
}

Rule read_first_character_types(config::Reader& reader) {
    Passing passing = read_passing(reader);
    auto replace = reader.maybe<std::string>("replace", "One character instead of the first.");
    auto prefix = reader.maybe<std::string>("prefix", "One character in front of the first.");
    if (replace.has_value() == prefix.has_value()) {
        reader.problem("rule", "\"first_character_types\" needs one of \"replace\" and \"prefix\"");
    }
    std::string added = replace ? *replace : prefix.value_or("_");
    if (characters_of(added).size() != 1) {
        reader.problem(replace ? "replace" : "prefix",
                       std::string(replace ? "\"replace\"" : "\"prefix\"") +
                           " in \"first_character_types\" must be one character");
    }
    bool replaces = replace.has_value();
    return [passing, added, replaces](Names& names) -> Result<> {
        for (std::string& name : names) {
            std::string_view first = first_character(name);
            // The original's pattern does not match names with line ends.
            if (first.empty() || passing.has(first) || name.find('\n') != std::string::npos)
                continue;
            name = added + (replaces ? name.substr(first.size()) : name);
        }
        return {};
    };
}

struct Numbering {
    std::string delimiter;
    int64_t digits = 0;      // 0: as many as it takes
    int64_t length_max = 0;  // 0: no limit
    int64_t offset = 1;

    std::string suffix(int64_t number) const {
        std::string text = std::to_string(number);
        if (text.size() < static_cast<size_t>(digits)) {
            text.insert(0, static_cast<size_t>(digits) - text.size(), '0');
        }
        return delimiter + text;
    }
    std::string cut(const std::string& name, size_t reserved) const {
        if (length_max == 0) return name;
        auto length = static_cast<size_t>(length_max);
        return truncated(name, length > reserved ? length - reserved : 0);
    }
};

Result<> number_names(const Numbering& numbering, Names& names) {
    auto last = static_cast<int64_t>(names.size()) + numbering.offset - 1;
    auto digits = static_cast<int64_t>(std::to_string(last).size());
    for (auto [option, value] :
         {std::pair("max_length", numbering.length_max), std::pair("digits", numbering.digits)}) {
        if (value != 0 && value <= digits) {
            return Error(Code::kInvalid,
                         "\"" + std::string(option) +
                             "\" in rule \"unique_number_suffix\" is too small for " +
                             std::to_string(names.size()) + " columns");
        }
    }
    const std::set<std::string> originals(names.begin(), names.end());
    std::set<std::string> taken;
    std::map<std::string, int64_t> counters;
    for (std::string& name : names) {
        const std::string original = name;
        int64_t& counter = counters.try_emplace(original, numbering.offset).first->second;
        std::string candidate = numbering.cut(original, 0);
        if (taken.contains(candidate)) {
            do {
                std::string suffix = numbering.suffix(counter++);
                candidate = numbering.cut(original, suffix.size()) + suffix;
            } while (taken.contains(candidate) || originals.contains(candidate));
        } else {
            ++counter;
        }
        taken.insert(candidate);
        name = std::move(candidate);
    }
    return {};
}

Rule read_unique_number_suffix(config::Reader& reader) {
    Numbering numbering;
    numbering.delimiter = reader.optional("delimiter", "_", "One character before the number.");
    bool is_digit = !numbering.delimiter.empty() && numbering.delimiter[0] >= '0' &&
                    numbering.delimiter[0] <= '9';
    if (characters_of(numbering.delimiter).size() != 1 || is_digit) {
        reader.problem("delimiter",
                       "\"delimiter\" in rule \"unique_number_suffix\" must be one "
                       "character that is no digit");
    }
    auto digits = reader.maybe<int64_t>("digits", "Least digits, filled with zeros.");
    if (digits && *digits < 1) {
        reader.problem("digits",
                       "\"digits\" in rule \"unique_number_suffix\" must be larger than 0");
    }
    auto length_max = reader.maybe<int64_t>("max_length", "Longest name; at least 8.");
    if (length_max && *length_max < 8) {
        reader.problem("max_length",
                       "\"max_length\" in rule \"unique_number_suffix\" must be larger "
                       "than 7");
    }
    if (length_max && digits && *length_max < *digits + 1) {
        reader.problem("max_length",
                       "\"max_length\" in rule \"unique_number_suffix\" must be larger "
                       "than \"digits\"");
    }
    numbering.digits = digits.value_or(0);
    numbering.length_max = length_max.value_or(0);
    numbering.offset = reader.optional("offset", int64_t{1}, "Where numbers begin.");
    if (numbering.offset < 0) {
        reader.problem("offset",
                       "\"offset\" in rule \"unique_number_suffix\" must not be negative");
    }
    return [numbering](Names& names) { return number_names(numbering, names); };
}

Rule read_rule(config::Reader& reader) {
    const Names known = {"lower_to_upper",      "upper_to_lower",  "truncate",
                         "regex_replace",       "character_types", "first_character_types",
                         "unique_number_suffix"};
    auto rule = reader.required<std::string>("rule", "One of " + base::join(known, ", ") + ".");
    if (rule == "lower_to_upper" || rule == "upper_to_lower") return read_case(rule[0] == 'l');
    if (rule == "truncate") return read_truncate(reader);
    if (rule == "regex_replace") return read_regex_replace(reader);
    if (rule == "character_types") return read_character_types(reader);
    if (rule == "first_character_types") return read_first_character_types(reader);
    if (rule == "unique_number_suffix") return read_unique_number_suffix(reader);
    if (!rule.empty()) {
        reader.problem("rule", "unknown rule: " + rule + base::did_you_mean(rule, known));
    }
    return {};
}

Options read(config::Reader& reader) {
    Options options;
    const config::Value* columns =
        reader.raw("columns", "map of old name to new name", "New names, given before the rules.");
    if (columns && columns->is_map()) {
        for (const auto& entry : columns->map()) {
            auto name = config::convert<std::string>(entry.value);
            if (!name.ok()) {
                reader.problem("columns", entry.key + ": " + name.error().message());
                continue;
            }
            options.columns.push_back({entry.key, *name, reader.place_of("columns")});
        }
    } else if (columns && !columns->is_null()) {
        reader.problem("columns", "must be a map of old name to new name");
    }
    auto rules = reader.optional("rules", std::vector<config::Value>(),
                                 "Maps with `rule` and its options, applied in order.");
    options.rules = read_entries(reader, "rules", rules,
                                 "each rule must be a map such as {rule: truncate}", read_rule);
    return options;
}

class Rename final : public load::Filter {
  public:
    explicit Rename(page::Schema schema) : schema_(std::move(schema)) {}

    const page::Schema& schema() const override { return schema_; }
    Result<page::Page> apply(page::Page page) override {
        return std::move(page).with_schema(schema_);
    }

  private:
    const page::Schema schema_;
};

Result<std::unique_ptr<load::Filter>> make(const Options& options, const page::Schema& input,
                                           const load::Context&) {
    Names names = input.names();
    for (const Renamed& renamed : options.columns) {
        if (!input.find(renamed.from)) {
            return Error(Code::kInvalid, renamed.place + ": Column '" + renamed.from +
                                             "' is not found" +
                                             base::did_you_mean(renamed.from, input.names()));
        }
        for (size_t index = 0; index < input.size(); ++index) {
            if (input[index].name == renamed.from) names[index] = renamed.to;
        }
    }
    for (const Rule& rule : options.rules) {
        TRY(rule(names));
    }
    std::vector<page::Column> columns(input.columns().begin(), input.columns().end());
    for (size_t index = 0; index < columns.size(); ++index) columns[index].name = names[index];
    return std::make_unique<Rename>(page::Schema(std::move(columns)));
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(filter, rename) {
    registry.filters.add("rename", "Give columns other names.", read, make);
}
