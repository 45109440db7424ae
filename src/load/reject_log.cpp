#include "load/reject_log.h"

#include "base/file.h"
#include "base/leftovers.h"
#include "base/log.h"
#include "base/text.h"
#include "config/config.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>

namespace mogura::load {
namespace {

namespace fs = std::filesystem;

constexpr size_t kComparedBytesMax = 64 * 1024 * 1024;

std::string place_of(const std::string& source, const Reject& reject) {
    if (reject.line > 0) return source + ':' + std::to_string(reject.line);
    return source.empty() ? reject.filter : source;
}

std::string as_json(const std::string& source, size_t task, const Reject& reject) {
    std::string json = "{\"source\":";
    config::append_json_string(json, source);
    json += ",\"offset\":" + std::to_string(reject.offset_bytes);
    json += ",\"line\":" + std::to_string(reject.line) + ",\"reason\":";
    config::append_json_string(json, reject.reason);
    json += ",\"text\":";
    config::append_json_string(json, reject.lost.empty() ? reject.text : reject.lost);
    json += ",\"task\":" + std::to_string(task);
    if (!reject.filter.empty()) {
        json += ",\"filter\":";
        config::append_json_string(json, reject.filter);
    }
    return json + "}\n";
}

std::string warning_of(const std::string& source, const Reject& reject) {
    if (!reject.warning.empty()) return reject.warning;
    if (reject.is_line_alone) {
        return "Skipped line " + std::to_string(reject.line) + " (" + reject.reason +
               "): " + reject.text;
    }
    return (reject.line > 0 ? "Skipped line " : "Skipped record in ") + place_of(source, reject) +
           " (" + reject.reason + "): " + reject.text;
}

// The task that an entry of the quarantine is of. Nothing: the line is cut off.
std::optional<int64_t> task_of(const std::string& line) {
    auto entry = config::parse_json(line, "");
    if (!entry.ok()) return std::nullopt;
    const config::Value* task = entry->find("task");
    return task && task->is_integer() ? task->integer() : -1;
}

// Whether every line of the one file is a line of the other, too.
Result<bool> is_within(const std::string& inner, const std::string& outer) {
    const std::string some = TRY(base::read_file(inner));
    const std::string all = TRY(base::read_file(outer));
    const std::vector<std::string> lines = base::split(all, '\n');
    const std::set<std::string> known(lines.begin(), lines.end());
    return std::ranges::all_of(base::split(some, '\n'),
                               [&](const std::string& line) { return known.contains(line); });
}

}  // namespace

Result<std::unique_ptr<RejectLog>> RejectLog::open(Options options, Progress& progress) {
    std::unique_ptr<RejectLog> log(new RejectLog(std::move(options), progress));
    if (!log->options_.quarantine.empty()) {
        auto opened = log->open_quarantine();
        if (!opened.ok()) return opened.error().at("quarantine");
    }
    return log;
}

Result<> RejectLog::open_quarantine() {
    const fs::path place(options_.quarantine);
    const std::string folder = place.parent_path().string();
    base::remove_unfinished(folder.empty() ? "." : folder,
                            [&](std::string_view name) { return name == place.filename(); });
    std::string before;
    std::error_code ignored;
    if (fs::is_regular_file(options_.quarantine, ignored)) {
        if (options_.kept) {
            before = TRY(kept_entries());
        } else if (fs::file_size(options_.quarantine, ignored) > 0) {
            TRY(set_aside());
        }
    }
    // In one step: a kill right here loses none of the entries.
    if (!before.empty()) TRY(base::write_file(options_.quarantine, before));
    auto sink = TRY(before.empty() ? base::open_sink(options_.quarantine)
                                   : base::open_sink_behind(options_.quarantine,
                                                            static_cast<int64_t>(before.size())));
    base::Lock lock(mutex_);
    sink_ = std::move(sink);
    return {};
}

Result<std::string> RejectLog::kept_entries() {
    const std::string content = TRY(base::read_file(options_.quarantine));
    std::vector<int64_t> left = *options_.kept;
    std::string kept;
    for (const std::string& line : base::split(content, '\n')) {
        const auto task = task_of(line);
        if (!task) continue;
        if (*task >= 0) {
            const auto index = static_cast<size_t>(*task);
            if (index >= left.size() || left[index] == 0) continue;
            --left[index];  // kAllEntries never comes to 0
        }
        ++counted_before_;
        kept.append(line).append("\n");
    }
    return kept;
}

Result<> RejectLog::set_aside() {
    int64_t number = 1;
    do {
        older_ = options_.quarantine + "." + std::to_string(number++);
    } while (base::file_exists(older_));
    std::error_code failure;
    fs::rename(options_.quarantine, older_, failure);
    if (failure) return Error(Code::kDenied, older_ + ": " + failure.message());
    return {};
}

// What this run has rejected once more is no loss.
void RejectLog::tell_of_older() const {
    if (older_.empty()) return;
    std::error_code ignored;
    if (fs::file_size(older_, ignored) <= kComparedBytesMax) {
        auto is_again = is_within(older_, options_.quarantine);
        if (is_again.ok() && *is_again) {
            fs::remove(older_, ignored);
            return;
        }
    }
    log::warn("the rows that an earlier run had rejected are in " + older_ +
              " now (replay or remove them)");
}

Result<> RejectLog::add(const std::string& source, size_t task, Reject reject) {
    if (reject.stops) {
        return Error(Code::kInvalid,
                     (reject.line > 0 ? "Invalid record at " : "Invalid record in ") +
                         place_of(source, reject) + ": " + reject.text + " (" + reject.reason +
                         ")");
    }
    int64_t count = counted_before_ + ++progress_.rows_rejected;
    {
        base::Lock lock(mutex_);
        if (sink_) {
            TRY(sink_->write(as_json(source, task, reject)));
            is_settled_ = false;
        } else {
            log::warn(warning_of(source, reject));
        }
    }
    if (options_.rows_max && count > *options_.rows_max) {
        return Error(Code::kLimit, place_of(source, reject) +
                                       ": more rows are bad than max_rejected_rows allows (" +
                                       base::with_thousands(*options_.rows_max) +
                                       "); this one: " + reject.reason + ": " + reject.text);
    }
    return {};
}

Result<> RejectLog::settle() {
    base::Lock lock(mutex_);
    if (is_settled_) return {};
    TRY(base::sync_file(options_.quarantine));
    is_settled_ = true;
    return {};
}

Result<> RejectLog::finish() {
    base::Lock lock(mutex_);
    if (!sink_) return {};
    auto finished = sink_->finish();
    sink_.reset();
    if (finished.ok()) tell_of_older();
    return finished;
}

}  // namespace mogura::load
