#include "server/tables.h"

#include "base/log.h"

#include <fmt/format.h>

#include <pthread.h>

#include <algorithm>
#include <utility>

namespace mogura::server {
namespace {

// A table without a generation asks its source again sooner than usual.
constexpr std::chrono::milliseconds kFirstRetry{2'000};

}  // namespace

Tables::~Tables() {
    stop(std::chrono::milliseconds(0));  // the threads are joined as they go
}

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
    {
        base::Lock lock(mutex_);
        running_ = tables_.size();
    }
    for (const auto& served : tables_) {
        served->refreshing = std::jthread(
            [this, &table = *served](const std::stop_token& stop) { run(table, stop); });
    }
}

bool Tables::stop(std::chrono::milliseconds patience) {
    for (const auto& served : tables_) {
        if (!served->refreshing.joinable() || served->canceling.joinable()) continue;
        served->refreshing.request_stop();
        served->canceling = std::jthread([&source = *served->source] { source.cancel(); });
    }
    base::Lock lock(mutex_);
    wake_.notify_all();
    while (running_ > 0) {
        if (!ended_.wait_for(mutex_, patience)) return running_ == 0;
    }
    return true;
}

void Tables::run(Served& served, const std::stop_token& stop) {
    ::pthread_setname_np(::pthread_self(), "refresh");
    while (!stop.stop_requested()) {
        base::Instant next = step(served, clock_.now());
        base::Lock lock(mutex_);
        auto pause = next - clock_.now();
        if (pause.count() > 0 && !stop.stop_requested()) wake_.wait_for(mutex_, pause);
    }
    base::Lock lock(mutex_);
    if (--running_ == 0) ended_.notify_all();
}

base::Instant Tables::step(base::Instant now) {
    base::Instant next = now + std::chrono::hours(1);
    for (const auto& served : tables_) next = std::min(next, step(*served, now));
    return next;
}

base::Instant Tables::step(Served& served, base::Instant now) {
    if (served.due <= now) refresh(served, now);
    return served.due;
}

void Tables::refresh(Served& served, base::Instant now) {
    auto began = clock_.monotonic();
    auto loaded = served.source->load();
    std::shared_ptr<const Loaded> old;
    {
        base::Lock lock(served.mutex);
        old = served.current;
    }
    Result<> accepted = loaded.ok() ? Result<>() : Result<>(loaded.error());
    bool is_new = loaded.ok() && *loaded;
    if (is_new && old) accepted = validate(served.options, *old->table, **loaded);
    if (is_new) served.refusal = accepted.ok() ? "" : accepted.error().message();
    auto next = std::make_shared<Loaded>();
    if (is_new && accepted.ok()) {
        next->table = *std::move(loaded);
        next->number = old ? old->number + 1 : 1;
        next->number_text = std::to_string(next->number);
        next->etag = '"' + next->table->checksum() + '"';
        next->loaded_at = now;
    }
    bool is_waiting = !old && !next->table;
    served.due =
        now + (is_waiting ? std::min(served.options.refresh, kFirstRetry) : served.options.refresh);

    base::Lock lock(served.mutex);
    TableStatus& status = served.status;
    status.checked_at = now;
    status.refresh_seconds = std::chrono::duration<double>(clock_.monotonic() - began).count();
    if (!accepted.ok()) {
        ++status.failures;
        status.last_error = accepted.error().message();
        log::warn(old ? "refresh refused, the old generation stays" : "the table is not loaded yet",
                  {{"table", status.name}, {"reason", status.last_error}});
        return;
    }
    status.last_error = served.refusal;
    if (!next->table) return;
    status.is_loaded = true;
    status.loaded_at = now;
    ++status.refreshes;
    status.generation = next->number;
    log::info("new generation", {{"table", status.name},
                                 {"generation", next->number},
                                 {"rows", next->table->rows()},
                                 {"seconds", status.refresh_seconds}});
    served.current = std::move(next);
}

Result<> Tables::validate(const TableOptions& options, const snapshot::Table& old,
                          const snapshot::Table& next) {
    if (old.schema() != next.schema() || old.key_column() != next.key_column()) {
        return Error(Code::kConflict,
                     "the schema changed: restart the server to serve the new columns");
    }
    double before = static_cast<double>(old.rows());
    double lost = before - static_cast<double>(next.rows());
    if (before > 0 && lost / before * 100 > options.max_shrink_percent) {
        return Error(Code::kConflict,
                     fmt::format("the row count fell from {} to {}, more than the {} % that "
                                 "max_shrink_percent allows",
                                 old.rows(), next.rows(), options.max_shrink_percent));
    }
    return {};
}

std::shared_ptr<const Loaded> Tables::current(size_t table) const {
    const Served& served = *tables_[table];
    base::Lock lock(served.mutex);
    return served.current;
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
    return std::all_of(tables_.begin(), tables_.end(), [](const auto& served) {
        base::Lock lock(served->mutex);
        return served->current != nullptr;
    });
}

}  // namespace mogura::server
