// Named locks that tasks hold (lock>, pg_lock>).
//
// Owns: who holds what, in an SQLite file that several processes may use. Leaves to others: waiting
// and names (plugins/operator). A lock has a limit of holders; a holder that vanished loses its
// place when its time is over or when its attempt has ended. Nobody needs to renew a lock: who
// wants one whose time is over looks whether the holder's process still runs. Any thread; calls
// block.

#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <chrono>
#include <memory>
#include <string>

namespace mogura::store {

struct LockRequest {
    std::string name = {};
    std::string holder = {};  // the same in every call of one task
    int64_t attempt = 0;      // that the holder belongs to
    int64_t holders_max = 1;
    std::chrono::seconds life{3600};
    bool ends_with_attempt = true;
    // It gets another life as long as this process runs and the attempt has not ended.
    bool lasts_while_running = false;
};

// What became of a lock until it was released.
struct Released {
    bool was_held = false;
    // Its time was over, and then somebody wanted it: the lock's name and life.
    std::string expired_name = {};
    std::chrono::seconds life{0};
};

class Locks {
  public:
    virtual ~Locks() = default;
    // Whether the holder has it now; one that has it already keeps it for another life. kInvalid
    // when others hold it with another limit.
    virtual Result<bool> acquire(const LockRequest& request, base::Instant now) = 0;
    // Fine when it is not held.
    virtual Result<Released> release(const std::string& holder) = 0;
    // This process goes on with an attempt that another has left: its locks are this one's now.
    virtual Result<> adopt(int64_t attempt) = 0;
};

// In a table of their own in the store's file; "" is memory. The file is opened on first use.
std::unique_ptr<Locks> locks_in(const std::string& path);

}  // namespace mogura::store
