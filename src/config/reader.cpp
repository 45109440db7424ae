#include "config/reader.h"

#include "base/text.h"
#include "config/json.h"

#include <algorithm>

namespace mogura::config {

Reader::Reader(const Map& input, std::string file, std::string path)
    : input_(&input), file_(std::move(file)), path_(std::move(path)) {}

Reader Reader::manual() {
    return {};
}

std::string Reader::optional(std::string_view name, const char* fallback, std::string_view help) {
    return optional(name, std::string(fallback), help);
}

size_t Reader::choice(std::string_view name, const std::vector<std::string>& words,
                      std::string_view help, bool ignore_case) {
    const Value* value =
        ask(name, "one of " + base::join(words, ", "), false, to_json(words.front()), help);
    if (!value) return 0;
    const std::string word = converted<std::string>(name, *value, words.front());
    for (size_t place = 0; place < words.size(); ++place) {
        if (words[place] == word) return place;
        if (ignore_case && base::lower(words[place]) == base::lower(word)) return place;
    }
    problem(name, "must be one of " + base::join(words, ", ") + ", not " + word +
                      base::did_you_mean(word, words));
    return 0;
}

bool Reader::has(std::string_view name) const {
    return entry(name) != nullptr;
}

const Value* Reader::raw(std::string_view name, std::string_view type, std::string_view help) {
    ask(name, type, false, std::nullopt, help);
    const Map::Entry* found = entry(name);
    return found ? &found->value : nullptr;
}

void Reader::problem(std::string_view name, std::string_view message) {
    problems_.push_back(place_of(name) + ": " + std::string(message));
}

std::string Reader::place_of(std::string_view name) const {
    Mark mark;
    if (const Map::Entry* found = entry(name)) {
        mark = found->mark.line > 0 ? found->mark : found->value.mark();
    } else if (input_ && !input_->empty()) {
        mark = input_->begin()->mark;  // a missing key: where its mapping starts
    }
    std::string place = place_text(mark, file_);
    if (!place.empty()) place += ": ";
    if (!path_.empty()) place.append(path_).append(".");
    return place.append(name);
}

void Reader::absorb(Reader&& nested) {
    std::ranges::move(nested.problems_, std::back_inserter(problems_));
    std::ranges::move(nested.unknown_keys(), std::back_inserter(unknown_));
    nested.problems_.clear();
}

Result<> Reader::finish(bool ignore_unknown) {
    std::vector<std::string> lines = problems_;
    if (!ignore_unknown) std::ranges::move(unknown_keys(), std::back_inserter(lines));
    if (lines.empty()) return {};
    return Error(Code::kInvalid, base::join(lines, "\n"));
}

const Value* Reader::ask(std::string_view name, std::string_view type, bool required,
                         std::optional<std::string> default_json, std::string_view help) {
    if (std::ranges::find(known_, name) == known_.end()) {
        known_.emplace_back(name);
        options_.push_back({.name = std::string(name),
                            .type = std::string(type),
                            .required = required,
                            .default_value = std::move(default_json).value_or(""),
                            .help = std::string(help)});
    }
    const Map::Entry* found = entry(name);
    if (!found) {
        if (required && input_) {
            std::string missing = follows_embulk_
                                      ? "Field '" + std::string(name) + "' is required but not set"
                                      : "this option is required";
            problem(name, missing + " (" + std::string(help) + ")");
        }
        return nullptr;
    }
    return &found->value;
}

const Map::Entry* Reader::entry(std::string_view name) const {
    if (!input_) return nullptr;
    auto found = std::find_if(input_->begin(), input_->end(),
                              [&](const Map::Entry& entry) { return entry.key == name; });
    return found == input_->end() ? nullptr : &*found;
}

std::vector<std::string> Reader::unknown_keys() const {
    std::vector<std::string> lines = unknown_;
    if (!input_) return lines;
    for (const Map::Entry& entry : *input_) {
        if (std::ranges::find(known_, entry.key) != known_.end()) continue;
        lines.push_back(place_of(entry.key) + ": unknown option" +
                        base::did_you_mean(entry.key, known_));
    }
    return lines;
}

}  // namespace mogura::config
