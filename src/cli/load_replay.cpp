#include "cli/load_replay.h"

#include "base/file.h"
#include "base/text.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <memory>
#include <system_error>
#include <utility>

namespace mogura::cli {
namespace {

namespace fs = std::filesystem;

// What ends a record for the parser.
std::string line_end_of(const config::Map& parser) {
    const config::Value* option = parser.find("line_delimiter_recognized");
    const std::string word = option ? option->scalar_text().value_or("") : "";
    return word == "CRLF" ? "\r\n" : word == "CR" ? "\r" : "\n";
}

constexpr const char* kInput = "replay";
constexpr const char* kPlaceKeys[] = {"source", "offset", "line"};

// The one text of a replay.
class ReplayedRows final : public load::FileInput {
  public:
    ReplayedRows(std::string name, const std::string& texts)
        : name_(std::move(name)), texts_(texts) {}

    Result<std::vector<load::FileEntry>> files() override {
        return std::vector{load::FileEntry{
            .name = name_, .size_bytes = static_cast<int64_t>(texts_.size()), .path = name_}};
    }
    Result<std::unique_ptr<base::ByteSource>> open(const load::FileEntry&) override {
        return std::make_unique<base::TextSource>(texts_);
    }
    // What the next usual run reads does not change.
    config::Map diff(const std::vector<load::FileEntry>&) const override { return {}; }

  private:
    const std::string name_;
    const std::string& texts_;
};

Result<> check_output(const config::Map& out) {
    const config::Value* type = out.find("type");
    const config::Value* mode = out.find("mode");
    std::string type_name = type ? type->scalar_text().value_or("") : "";
    std::string mode_name = mode ? mode->scalar_text().value_or("") : "";
    bool replaces =
        type_name == "snapshot" || mode_name == "replace" || mode_name.starts_with("truncate");
    if (!replaces) return {};
    return Error(Code::kInvalid,
                 "out: this output would replace what is there by the corrected rows (write them "
                 "with mode: insert or merge, or load everything again)");
}

bool has_files(const std::string& prefix) {
    const fs::path path(prefix);
    const std::string begin = path.filename().string();
    std::error_code failure;
    fs::directory_iterator entry(path.has_parent_path() ? path.parent_path() : fs::path("."),
                                 failure);
    for (; !failure && entry != fs::directory_iterator(); entry.increment(failure)) {
        if (entry->path().filename().string().starts_with(begin)) return true;
    }
    return false;
}

// The first of PREFIXreplay_, PREFIXreplay2_ and so on that no file begins with.
std::string free_prefix(const std::string& prefix) {
    for (int64_t number = 1;; ++number) {
        std::string replay =
            prefix + "replay" + (number > 1 ? std::to_string(number) : std::string()) + "_";
        if (!has_files(replay)) return replay;
    }
}

}  // namespace

// The text of each line of the quarantine file, each with the line end behind it.
Result<> Replay::take_texts(const std::string& line_end) {
    std::string content = TRY(base::read_file(quarantine_));
    int64_t number = 0;
    for (const std::string& line : base::split(content, '\n')) {
        ++number;
        if (base::trim(line).empty()) continue;
        std::string place = quarantine_ + ":" + std::to_string(number);
        auto entry = config::parse_json(line, place);
        if (!entry.ok()) return entry.error();
        const config::Value* text = entry->find("text");
        if (!text || !text->is_string()) {
            return Error(Code::kInvalid,
                         place + ": expected an object with text in it, as a run writes it");
        }
        if (const config::Value* filter = entry->find("filter")) {
            return Error(Code::kInvalid,
                         place + ": " + filter->scalar_text().value_or("a filter") +
                             " left this row out, not the parser (correct it where it comes from, "
                             "and remove the line here)");
        }
        config::Map where;
        for (const char* key : kPlaceKeys) {
            if (const config::Value* value = entry->find(key)) where.set(key, *value);
        }
        entries_.push_back(
            {.begin = static_cast<int64_t>(texts_.size()), .place = std::move(where)});
        texts_.append(text->string()).append(line_end);
    }
    return {};
}

Result<Replay> Replay::read(const config::Map& config, const std::string& quarantine) {
    const config::Value* in = config.find("in");
    const config::Value* out = config.find("out");
    const config::Value* parser = in ? in->find("parser") : nullptr;
    if (!parser || !parser->is_map() || !out || !out->is_map()) {
        return Error(Code::kInvalid, "replay needs in with a parser, and out");
    }
    TRY(check_output(out->map()));
    Replay replay;
    replay.quarantine_ = quarantine;
    TRY(replay.take_texts(line_end_of(parser->map())));

    config::Map plain = parser->map();
    for (const char* key : {"skip_header_lines", "header_line", "charset", "comment_line_marker"}) {
        plain.erase(key);
    }
    config::Map input;
    input.set("type", kInput);
    input.set("parser", std::move(plain));
    config::Map output = out->map();
    if (const config::Value* prefix = output.find("path_prefix")) {
        output.set("path_prefix", free_prefix(prefix->scalar_text().value_or("")));
    }
    replay.config_ = config;
    replay.config_.set("in", std::move(input));
    replay.config_.set("out", std::move(output));
    replay.config_.set("quarantine", fs::absolute(quarantine + ".rest").string());
    if (config::Value* exec = replay.config_.find("exec"); exec && exec->is_map()) {
        exec->map().erase("quarantine");
    }
    return replay;
}

load::Plugins Replay::plugins(const load::Plugins& usual) const {
    load::Plugins plugins = usual;
    plugins.file_inputs.add(
        kInput, "The texts of a quarantine file.", [](config::Reader&) { return 0; },
        [this](int, const load::Context&) -> Result<std::unique_ptr<load::FileInput>> {
            return std::make_unique<ReplayedRows>(quarantine_, texts_);
        });
    return plugins;
}

const Replay::Entry& Replay::entry_at(int64_t offset) const {
    auto behind = std::ranges::upper_bound(entries_, offset, {}, &Entry::begin);
    return behind == entries_.begin() ? entries_.front() : *std::prev(behind);
}

Result<> Replay::place_rest() const {
    const std::string path = quarantine_ + ".rest";
    if (entries_.empty() || !base::file_exists(path)) return {};
    const std::string content = TRY(base::read_file(path));
    std::string placed;
    for (const std::string& line : base::split(content, '\n')) {
        auto entry = config::parse_json(line, path);
        if (!entry.ok() || !entry->is_map()) continue;  // a failed run may leave half a line
        // Rows that a filter left out have no place in the text.
        const config::Value* offset = entry->find("filter") ? nullptr : entry->find("offset");
        if (offset && offset->is_integer()) {
            const Entry& earlier = entry_at(offset->integer());
            for (const auto& place : earlier.place) entry->map().set(place.key, place.value);
        }
        placed += config::to_json(*entry) + "\n";
    }
    return base::write_file(path, placed);
}

}  // namespace mogura::cli
