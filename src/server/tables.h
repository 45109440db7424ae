// The tables that are served, each with its current generation.
//
// A lookup takes the current generation and keeps it for as long as it needs; a refresh builds the
// next one beside it and swaps the pointer, under a lock that is held for the copy of a pointer. A
// next generation that fails validation (its schema or key changed, its row count fell too far, its
// source failed) is dropped: the old one stays, and status() says why. Every table has a thread of
// its own: a source that does not answer holds up nobody else's refresh.
//
// current() and status() may be called from any thread at any time. Tables are added before
// start().

#pragma once

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "server/table_source.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace mogura::server {

struct TableOptions {
    std::string name = {};
    std::chrono::milliseconds refresh{60'000};
    // A refresh that loses more than this share of the rows is refused; 100 allows everything.
    double max_shrink_percent = 50;
};

// What people want to know about a table.
struct TableStatus {
    std::string name;
    std::string source;
    bool is_loaded = false;
    uint64_t generation = 0;     // counts from 1
    base::Instant loaded_at{};   // when this generation came into use
    base::Instant checked_at{};  // when the source was last asked
    double refresh_seconds = 0;  // how long the last refresh took
    uint64_t refreshes = 0;      // generations taken
    uint64_t failures = 0;       // refreshes refused or failed
    std::string last_error;      // empty while all is well
};

// A generation in use.
struct Loaded {
    Generation table;
    uint64_t number = 0;      // counts from 1
    std::string number_text;  // as the header X-Mogura-Generation gives it
    std::string etag;         // the checksum in quotes
    base::Instant loaded_at{};
};

class Tables {
  public:
    explicit Tables(const base::Clock& clock) : clock_(clock) {}
    ~Tables();

    void add(TableOptions options, std::unique_ptr<TableSource> source);
    // Loads and refreshes every table in a thread of its own until stop().
    void start();
    // Cancels the refreshes that run, and waits for their end for as long as `patience`. False when
    // some still run: a connection to a server that is silent cannot be cut short. The destructor
    // waits for them; who cannot wait ends the process.
    bool stop(std::chrono::milliseconds patience);

    // Refreshes the tables that are due, one after the other, and returns when it next wants to be
    // called. The threads do the same, each for its table; tests turn it by hand.
    base::Instant step(base::Instant now);

    size_t size() const { return tables_.size(); }
    // nullopt: there is no such table.
    std::optional<size_t> find(std::string_view name) const;
    // Null until the first generation is there.
    std::shared_ptr<const Loaded> current(size_t table) const;
    TableStatus status(size_t table) const;
    bool all_loaded() const;

  private:
    struct Served {
        TableOptions options;
        std::unique_ptr<TableSource> source;
        base::Instant due{};
        std::string refusal;  // why the source's latest table is not in use; empty when it is
        mutable base::Mutex mutex;
        std::shared_ptr<const Loaded> current GUARDED_BY(mutex);
        TableStatus status GUARDED_BY(mutex);
        std::jthread refreshing;
        std::jthread canceling;  // asks a server, which may be silent
    };

    // Refreshes the table when it is due, and returns when that is next.
    base::Instant step(Served& served, base::Instant now);
    void refresh(Served& served, base::Instant now);
    static Result<> validate(const TableOptions& options, const snapshot::Table& old,
                             const snapshot::Table& next);
    void run(Served& served, const std::stop_token& stop);

    const base::Clock& clock_;
    base::Mutex mutex_;
    base::Condition wake_;
    base::Condition ended_;                        // running_ is 0
    size_t running_ GUARDED_BY(mutex_) = 0;        // threads that refresh
    std::vector<std::unique_ptr<Served>> tables_;  // last: its threads use what stands above
};

}  // namespace mogura::server
