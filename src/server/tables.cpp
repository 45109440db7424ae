#include "server/tables.h"

#include "base/log.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace mogura::server {
namespace {

// A table without a generation asks its source again sooner than usual.
constexpr std::chrono::milliseconds kFirstRetry{2'000};

}  // namespace

Tables::~Tables() {
    stop();
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
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void Tables::stop() {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    for (const auto& served : tables_) served->source->cancel();
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
