#include "cli/status_files.h"

#include "base/file.h"
#include "cli/long_names.h"
#include "config/config.h"

#include <unistd.h>

#include <cstdio>
#include <string_view>
#include <utility>

namespace mogura::cli {
namespace {

config::Map state_of(const store::Task& task) {
    config::List reset(task.reset_store_parameters.begin(), task.reset_store_parameters.end());
    config::Map result;
    result.append("subtaskConfig", task.subtask_config);
    result.append("exportParams", task.export_parameters);
    result.append("storeParams", task.store_parameters);
    result.append("resetStoreParams", std::move(reset));
    result.append("report", task.report);
    config::Map state;
    state.append("fullName", task.full_name);
    state.append("state", "success");
    state.append("result", std::move(result));
    return state;
}

constexpr std::string_view kEnding = ".yml";
constexpr std::string_view kUnfinished = ".new";  // behind the ending

// Whole or not at all, but not safe against a power cut: then the task runs again.
Result<> write_whole(const std::string& path, const std::string& text) {
    std::string other = path + std::string(kUnfinished);
    std::FILE* file = std::fopen(other.c_str(), "we");
    if (!file) return base::system_error(other, "create");
    bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
    if (std::fclose(file) != 0 || !written) return base::system_error(other, "write");
    if (std::rename(other.c_str(), path.c_str()) != 0) return base::system_error(path, "replace");
    return {};
}

config::Map map_at(const config::Map& map, const char* name) {
    const config::Value* value = map.find(name);
    return value && value->is_map() ? value->map() : config::Map{};
}

std::string text_at(const config::Map& map, const char* name) {
    const config::Value* value = map.find(name);
    return value && value->is_string() ? value->string() : "";
}

// Empty when there is none, or when it was cut short: the task runs again.
config::Map read_state(const std::string& path) {
    auto text = base::read_file(path);
    if (!text.ok()) return {};
    config::YamlOptions options;
    options.file = path;
    auto state = config::parse_yaml(*text, options);
    return state.ok() && state->is_map() ? std::move(state->map()) : config::Map();
}

}  // namespace

Result<std::unique_ptr<StatusFiles>> StatusFiles::open(const std::string& folder) {
    TRY(base::make_folders(folder));
    return std::unique_ptr<StatusFiles>(new StatusFiles(folder));
}

StatusFiles::StatusFiles(std::string folder)
    : folder_(std::move(folder)), writer_([this](std::stop_token stop) { write_all(stop); }) {}

StatusFiles::~StatusFiles() {
    [[maybe_unused]] auto ignored = flush();
    base::Lock lock(mutex_);
    is_stopping_ = true;
    changed_.notify_all();
}

void StatusFiles::save(const store::Task& task) {
    File file{path_of(task.full_name), config::to_yaml(state_of(task))};
    base::Lock lock(mutex_);
    waiting_.push_back(std::move(file));
    changed_.notify_all();
}

Result<> StatusFiles::flush() {
    base::Lock lock(mutex_);
    while (!waiting_.empty() || is_writing_) changed_.wait(mutex_);
    if (!failure_) return {};
    return *std::exchange(failure_, std::nullopt);
}

void StatusFiles::write_all(std::stop_token) {
    while (true) {
        std::deque<File> files;
        {
            base::Lock lock(mutex_);
            is_writing_ = false;
            changed_.notify_all();
            while (waiting_.empty() && !is_stopping_) changed_.wait(mutex_);
            if (waiting_.empty()) return;
            files.swap(waiting_);
            is_writing_ = true;
        }
        for (const File& file : files) {
            auto written = write_whole(file.name, file.text);
            if (written.ok()) continue;
            base::Lock lock(mutex_);
            if (!failure_) failure_ = written.error();
        }
    }
}

Result<> StatusFiles::forget(const std::function<bool(const std::string& full_name)>& is_void) {
    TRY(flush());
    auto names = TRY(base::list_folder(folder_));
    for (const std::string& name : names) {
        if (!name.ends_with(kEnding)) continue;
        std::string path = folder_ + "/" + name;
        std::string full_name = name.substr(0, name.size() - kEnding.size());
        if (is_shortened(full_name)) full_name = text_at(read_state(path), "fullName");
        if (is_void(full_name) && ::unlink(path.c_str()) != 0) {
            return base::system_error(path, "remove");
        }
    }
    return {};
}

std::string StatusFiles::path_of(const std::string& full_name) const {
    constexpr size_t kNameBytesMax = 255 - kEnding.size() - kUnfinished.size();
    return folder_ + "/" + fitting_name(full_name, kNameBytesMax) + std::string(kEnding);
}

bool StatusFiles::has(const std::string& full_name) const {
    return base::file_exists(path_of(full_name));
}

std::optional<engine::Done> StatusFiles::find(const std::string& full_name) const {
    config::Map state = read_state(path_of(full_name));
    if (text_at(state, "state") != "success") return std::nullopt;
    config::Map result = map_at(state, "result");
    engine::Done done;
    done.subtask_config = map_at(result, "subtaskConfig");
    done.export_parameters = map_at(result, "exportParams");
    done.store_parameters = map_at(result, "storeParams");
    done.report = map_at(result, "report");
    if (const config::Value* reset = result.find("resetStoreParams"); reset && reset->is_list()) {
        for (const config::Value& name : reset->list()) {
            if (name.is_string()) done.reset_store_parameters.push_back(name.string());
        }
    }
    return done;
}

}  // namespace mogura::cli
