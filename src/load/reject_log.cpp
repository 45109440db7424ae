#include "load/reject_log.h"

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "config/config.h"

namespace mogura::load {
namespace {

std::string place_of(const std::string& source, const Reject& reject) {
    return reject.line > 0 ? source + ':' + std::to_string(reject.line) : source;
}

std::string as_json(const std::string& source, const Reject& reject) {
    std::string json = "{\"source\":";
    config::append_json_string(json, source);
    json += ",\"offset\":" + std::to_string(reject.offset_bytes);
    json += ",\"line\":" + std::to_string(reject.line) + ",\"reason\":";
    config::append_json_string(json, reject.reason);
    json += ",\"text\":";
    config::append_json_string(json, reject.text);
    return json + "}\n";
}

}  // namespace

Result<std::unique_ptr<RejectLog>> RejectLog::open(Options options, Progress& progress) {
    std::unique_ptr<RejectLog> log(new RejectLog(std::move(options), progress));
    const std::string& quarantine = log->options_.quarantine;
    if (!quarantine.empty()) {
        std::string before;
        if (log->options_.keeps && base::file_exists(quarantine)) {
            before = TRY(base::read_file(quarantine));
        }
        auto sink = base::open_sink(quarantine);
        if (!sink.ok()) return sink.error().at("quarantine");
        TRY((*sink)->write(before));
        base::Lock lock(log->mutex_);
        log->sink_ = *std::move(sink);
    }
    return log;
}

Result<> RejectLog::add(const std::string& source, Reject reject) {
    if (reject.stops) {
        return Error(Code::kInvalid,
                     (reject.line > 0 ? "Invalid record at " : "Invalid record in ") +
                         place_of(source, reject) + ": " + reject.text + " (" + reject.reason +
                         ")");
    }
    int64_t count = ++progress_.rows_rejected;
    {
        base::Lock lock(mutex_);
        if (sink_) {
            TRY(sink_->write(as_json(source, reject)));
        } else {
            log::warn((reject.line > 0 ? "Skipped line " : "Skipped record in ") +
                      place_of(source, reject) + " (" + reject.reason + "): " + reject.text);
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

Result<> RejectLog::finish() {
    base::Lock lock(mutex_);
    if (!sink_) return {};
    auto finished = sink_->finish();
    sink_.reset();
    return finished;
}

}  // namespace mogura::load
