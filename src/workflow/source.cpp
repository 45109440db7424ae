#include "workflow/source.h"

#include "base/file.h"
#include "base/text.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <utility>

namespace mogura::workflow {
namespace {

void change_marks(config::Map& map, const std::function<void(config::Mark&)>& change);

void change_marks(config::Value& value, const std::function<void(config::Mark&)>& change) {
    config::Mark mark = value.mark();
    change(mark);
    value.set_mark(mark);
    if (value.is_map()) change_marks(value.map(), change);
    if (value.is_list()) {
        for (config::Value& item : value.list()) change_marks(item, change);
    }
}

void change_marks(config::Map& map, const std::function<void(config::Mark&)>& change) {
    for (config::Map::Entry& entry : map) {
        change(entry.mark);
        change_marks(entry.value, change);
    }
}

// Only a shortened sample of what is there instead, as Digdag prints it.
Error not_a_mapping(const config::Value& value) {
    std::string sample = config::to_json(value).substr(0, 100);
    return Error(Code::kInvalid, "Expected object to load Config but got " + sample);
}

}  // namespace

Source::Source(std::string file, std::string text, std::string folder)
    : folder_(std::move(folder)) {
    add_part(std::move(file), std::move(text));
}

size_t Source::add_part(std::string file, std::string text) {
    auto lines = static_cast<int32_t>(std::count(text.begin(), text.end(), '\n')) + 2;
    parts_.push_back({std::move(file), std::move(text), lines_});
    lines_ += lines;
    return parts_.size() - 1;
}

Result<config::Map> Source::parse() {
    config::Value value = TRY(parse_part(0, folder_));
    return std::move(value.map());
}

Result<config::Value> Source::parse_part(size_t index, const std::string& folder) {
    config::YamlOptions options;
    options.file = parts_[index].file;
    options.include = [this, index, folder](const std::string& path) {
        return include(index, folder, path);
    };
    if (tolerated_) {
        options.tolerate = [this, index](config::Mark mark, const std::string& message) {
            mark.line += parts_[index].first_line;
            tolerated_->push_back(describe(mark, message));
        };
    }
    const std::string text = parts_[index].text;  // an include may move parts_
    config::Value value = TRY(config::parse_yaml(text, options));
    if (!value.is_map()) return not_a_mapping(value).at(options.file);
    if (index == 0) return value;

    // Lines of nested includes are beyond those of this file and already final.
    const int32_t first = parts_[index].first_line;
    const auto own_lines = static_cast<int32_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    change_marks(value, [&](config::Mark& mark) {
        if (mark.line > 0 && mark.line <= own_lines) mark.line += first;
    });
    return value;
}

Result<config::Value> Source::include(size_t includer, const std::string& folder,
                                      const std::string& path) {
    const std::filesystem::path relative = std::filesystem::path(path).lexically_normal();
    if (relative.is_absolute() || *relative.begin() == "..") {
        return Error(Code::kInvalid, "File name must not include ..: " + path);
    }
    if (depth_ >= kIncludeDepthMax || parts_.size() > kIncludedFilesMax) {
        return Error(Code::kLimit, "too many files are included (does a file include itself?)");
    }
    const std::filesystem::path place = std::filesystem::path(folder) / relative;
    if (tolerated_ && !base::file_exists(place.string())) {
        return Error(Code::kNotFound, missing_file(folder, relative));
    }
    std::string text = TRY(base::read_file(place.string()));
    included_bytes_ += text.size();
    if (included_bytes_ > kIncludedBytesMax) {
        return Error(Code::kLimit, "the included files are larger than 64 MiB together");
    }
    const auto shown = std::filesystem::path(parts_[includer].file).parent_path() / relative;
    const size_t index = add_part(shown.string(), std::move(text));
    ++depth_;
    auto value = read_part(index, place.parent_path().string());
    --depth_;
    return value;
}

// An included file that is broken has places of its own, which say more than the include.
Result<config::Value> Source::read_part(size_t index, const std::string& folder) {
    auto value = parse_part(index, folder);
    if (value.ok() || !tolerated_ || value.error().code() == Code::kLimit) return value;
    const std::string& message = value.error().message();
    bool has_place = message.starts_with(parts_[index].file + ":");
    tolerated_->push_back(has_place ? message : parts_[index].file + ": " + message);
    return config::Value(config::Map());
}

std::string Source::missing_file(const std::filesystem::path& folder,
                                 const std::filesystem::path& relative) const {
    const std::filesystem::path inner = relative.parent_path();
    std::vector<std::string> known;
    auto names = base::list_folder((folder / inner).string());
    if (names.ok()) {
        for (const std::string& name : *names) known.push_back((inner / name).string());
    }
    return "there is no such file" + base::did_you_mean(relative.string(), known);
}

const SourcePart& Source::part_of(config::Mark mark) const {
    auto next = std::ranges::partition_point(
        parts_, [&](const SourcePart& part) { return part.first_line < mark.line; });
    return next == parts_.begin() ? parts_.front() : *std::prev(next);
}

std::string Source::describe(config::Mark mark, std::string_view message) const {
    const SourcePart& part = part_of(mark);
    if (mark.line > 0) mark.line -= part.first_line;
    return config::message_with_caret(part.text, part.file, mark, message);
}

void Source::name_files(config::Map& map) const {
    std::vector<const std::string*> names;
    for (const SourcePart& part : parts_) names.push_back(config::file_name(part.file));
    change_marks(map, [&](config::Mark& mark) {
        if (mark.line == 0) return;
        const SourcePart& part = part_of(mark);
        mark.line -= part.first_line;
        mark.file = names[static_cast<size_t>(&part - parts_.data())];
    });
}

}  // namespace mogura::workflow
