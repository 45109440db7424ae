#include "server/tables.h"

#include "base/log.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mogura::server {

Tables::~Tables() { stop(); }

void Tables::add(TableOptions options, std::unique_ptr<TableSource> source) {
    auto served = std::make_unique<Served>();
    {
        base::Lock lock(served->mutex);
        served->status.name = options.name;
        served->status.source = source->describe();
    }
    served->options = std::move(options);
    served->source = std::move(source);
    tables_.push_back(std::move(served));
}

void Tables::start() {
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void Tables::stop() {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    {
        base::Lock lock(mutex_);
        wake_.notify_all();
    }
    thread_.join();
}

void Tables::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        base::Instant next = step(clock_.now());
        base::Lock lock(mutex_);
        auto pause = next - clock_.now();
        if (pause.count() > 0 && !stop.stop_requested()) wake_.wait_for(mutex_, pause);
    }
}

base::Instant Tables::step(base::Instant now) {
    base::Instant next = now + std::chrono::hours(1);
    for (const auto& served : tables_) {
        if (served->due <= now) refresh(*served, now);
        next = std::min(next, served->due);
    }
    return next;
}

void Tables::refresh(Served& served, base::Instant now) {
    auto began = clock_.monotonic();
    auto loaded = served.source->load();
    Result<> accepted = loaded.ok() ? Result<>() : Result<>(loaded.error());
    if (loaded.ok() && *loaded) accepted = validate(served, **loaded);
    double seconds = std::chrono::duration<double>(clock_.monotonic() - began).count();

    served.due = now + served.options.refresh;
    bool is_new = accepted.ok() && *loaded;
    uint64_t rows = is_new ? (*loaded)->rows() : 0;
    if (is_new) served.current.store(*std::move(loaded));

    base::Lock lock(served.mutex);
    TableStatus& status = served.status;
    status.checked_at = now;
    status.refresh_seconds = seconds;
    if (!accepted.ok()) {
        ++status.failures;
        status.last_error = accepted.error().message();
        log::warn("refresh refused, the old generation stays",
                  {{"table", status.name}, {"reason", status.last_error}});
        return;
    }
    status.last_error.clear();
    if (!is_new) return;
    status.is_loaded = true;
    status.loaded_at = now;
    ++status.refreshes;
    ++status.generation;
    log::info("new generation",
              {{"table", status.name}, {"generation", status.generation}, {"rows", rows}});
}

Result<> Tables::validate(const Served& served, const snapshot::Table& next) {
    Generation old = served.current.load();
    if (!old) return {};
    if (old->schema() != next.schema() || old->key_column() != next.key_column()) {
        return Error(Code::kConflict,
                     "the schema changed: restart the server to serve the new columns");
    }
    double before = static_cast<double>(old->rows());
    double lost = before - static_cast<double>(next.rows());
    if (before > 0 && lost / before * 100 > served.options.max_shrink_percent) {
        return Error(Code::kConflict,
                     "the row count fell from " + std::to_string(old->rows()) + " to " +
                         std::to_string(next.rows()) + ", more than the " +
                         std::to_string(std::lround(served.options.max_shrink_percent)) +
                         " % that max_shrink_percent allows");
    }
    return {};
}

std::optional<size_t> Tables::find(std::string_view name) const {
    for (size_t index = 0; index < tables_.size(); ++index) {
        if (tables_[index]->options.name == name) return index;
    }
    return std::nullopt;
}

TableStatus Tables::status(size_t table) const {
    const Served& served = *tables_[table];
    base::Lock lock(served.mutex);
    return served.status;
}

bool Tables::all_loaded() const {
    return std::all_of(tables_.begin(), tables_.end(),
                       [](const auto& served) { return served->current.load() != nullptr; });
}

}  // namespace mogura::server
