#include "cli/load_replay.h"

#include "base/file.h"
#include "base/text.h"

#include <cstdint>
#include <filesystem>
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

// The text of each line of the quarantine file, each with the line end behind it.
Result<std::string> texts_of(const std::string& quarantine, const std::string& line_end) {
    std::string content = TRY(base::read_file(quarantine));
    std::string texts;
    int64_t number = 0;
    for (const std::string& line : base::split(content, '\n')) {
        ++number;
        if (base::trim(line).empty()) continue;
        std::string place = quarantine + ":" + std::to_string(number);
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
        texts.append(text->string()).append(line_end);
    }
    return texts;
}

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

Result<config::Map> replay_config(const config::Map& config, const std::string& quarantine,
                                  const std::string& folder) {
    const config::Value* in = config.find("in");
    const config::Value* out = config.find("out");
    const config::Value* parser = in ? in->find("parser") : nullptr;
    if (!parser || !parser->is_map() || !out || !out->is_map()) {
        return Error(Code::kInvalid, "replay needs in with a parser, and out");
    }
    TRY(check_output(out->map()));
    std::string texts = TRY(texts_of(quarantine, line_end_of(parser->map())));
    std::string path = (fs::path(folder) / "rows").string();
    TRY(base::write_file(path, texts));

    config::Map plain = parser->map();
    for (const char* key : {"skip_header_lines", "header_line", "charset", "comment_line_marker"}) {
        plain.erase(key);
    }
    config::Map input;
    input.set("type", "file");
    input.set("path_prefix", path);
    input.set("parser", std::move(plain));
    config::Map output = out->map();
    if (const config::Value* prefix = output.find("path_prefix")) {
        output.set("path_prefix", free_prefix(prefix->scalar_text().value_or("")));
    }
    config::Map replay = config;
    replay.set("in", std::move(input));
    replay.set("out", std::move(output));
    replay.set("quarantine", fs::absolute(quarantine + ".rest").string());
    if (config::Value* exec = replay.find("exec"); exec && exec->is_map()) {
        exec->map().erase("quarantine");
    }
    return replay;
}

}  // namespace mogura::cli
