#include "cli/task_logs.h"

#include "base/file.h"
#include "base/log.h"
#include "cli/long_names.h"
#include "cli/session_time.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <utility>
#include <vector>

namespace mogura::cli {
namespace {

// Site 0, project 1: what a local run is.
constexpr const char* kSiteAndProject = "0.1";

std::string host_name() {
    char name[256] = "localhost";
    if (::gethostname(name, sizeof name - 1) != 0) return "localhost";
    return name;
}

std::string date_of(base::Instant instant) {
    base::LocalTime local = base::TimeZone().to_local(instant);
    char text[40];
    std::snprintf(text, sizeof text, "%04d-%02d-%02d", static_cast<int>(local.year), local.month,
                  local.day);
    return text;
}

}  // namespace

TaskLogs::~TaskLogs() {
    base::Lock lock(mutex_);
    while (!open_.empty()) close(std::string(open_.begin()->first));
}

void TaskLogs::attempt_started(const store::Attempt& attempt, const base::TimeZone& zone) {
    base::Lock lock(mutex_);
    folder_ = root_ + "/" + date_of(attempt.created_at) + "/" + kSiteAndProject +
              attempt.session.workflow + "@" + session_folder(attempt.session.time, zone);
    thread_ = "0:" + attempt.session.project + ":" +
              std::to_string(static_cast<int64_t>(attempt.session.id)) + ":" +
              std::to_string(static_cast<int64_t>(attempt.id));
}

std::string TaskLogs::file_name(const std::string& full_name) const {
    auto since = clock_.now().time_since_epoch();
    auto seconds = std::chrono::floor<std::chrono::seconds>(since);
    auto rest = std::chrono::duration_cast<std::chrono::nanoseconds>(since - seconds);
    char time[20];
    std::snprintf(time, sizeof time, "%08llx%08llx",
                  static_cast<unsigned long long>(seconds.count()),
                  static_cast<unsigned long long>(rest.count()));
    std::string behind =
        std::string("@") + time + "." + std::to_string(::getpid()) + "@" + host_name() + ".log.gz";
    constexpr size_t kLeastBytes = 40;
    size_t room = std::max(kLeastBytes, 255 - std::min<size_t>(behind.size(), 255));
    return folder_ + "/" + fitting_name(full_name, room) + behind;
}

std::string TaskLogs::line(const std::string& full_name, const char* level,
                           const std::string& message) const {
    base::LocalTime now = base::TimeZone().to_local(clock_.now());
    char time[48];
    std::snprintf(time, sizeof time, "%04d-%02d-%02d %02d:%02d:%02d.%03d +0000",
                  static_cast<int>(now.year), now.month, now.day, now.hour, now.minute, now.second,
                  now.nanosecond / 1'000'000);
    return std::string(time) + " [" + level + "] (" + thread_ + full_name +
           ") operator: " + message + "\n";
}

Result<std::unique_ptr<base::ByteSink>> TaskLogs::open(const std::string& path) const {
    auto file = TRY(base::open_sink(path));
    const config::Map none;
    config::Reader reader(none, "", "gzip");
    load::Context context{.clock = clock_};
    auto gzip = TRY(plugins_.encoders.create("gzip", reader, false, context));
    return gzip->wrap(std::move(file), nullptr);
}

void TaskLogs::check(const Result<>& result) {
    if (result.ok() || has_failed_) return;
    has_failed_ = true;
    log::error("task logs are incomplete", {{"reason", result.error().message()}});
}

void TaskLogs::write(const std::string& full_name, std::string_view text) {
    auto& sink = open_[full_name];
    if (!sink) {
        auto made = base::make_folders(folder_);
        auto opened = made.ok() ? open(file_name(full_name))
                                : Result<std::unique_ptr<base::ByteSink>>(made.error());
        if (!opened.ok()) {
            open_.erase(full_name);
            return check(opened.error());
        }
        sink = std::move(*opened);
    }
    check(sink->write(text));
}

void TaskLogs::close(const std::string& full_name) {
    auto found = open_.find(full_name);
    if (found == open_.end()) return;
    check(found->second->finish());
    open_.erase(found);
}

void TaskLogs::task_started(const engine::TaskStart& start) {
    base::Lock lock(mutex_);
    write(start.full_name, line(start.full_name, "INFO", start.type + ">: " + start.command));
}

void TaskLogs::task_output(const std::string& full_name, std::string_view text) {
    base::Lock lock(mutex_);
    write(full_name, text);
}

void TaskLogs::task_retries(const store::Task& task, const std::string& message) {
    base::Lock lock(mutex_);
    write(task.full_name, line(task.full_name, "WARN", "trying again: " + message));
    close(task.full_name);
}

void TaskLogs::task_finished(const store::Task& task) {
    base::Lock lock(mutex_);
    if (const config::Value* message = task.error.find("message")) {
        write(task.full_name, line(task.full_name, "ERROR", engine::plain_text(*message)));
    }
    close(task.full_name);
}

}  // namespace mogura::cli
