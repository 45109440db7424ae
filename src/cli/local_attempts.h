// The attempts that require> starts in a local run: other workflows of the same folder, in the same
// store and engine (spec digdag 4.2).
//
// An attempt counts as there when it was started since the run's own attempt began, or when it was
// left unfinished: a run of yesterday has nothing to say about what today's needs. One that another
// process is running is waited for, and gone on with should that process die. Any thread, after
// begin().

#pragma once

#include "base/mutex.h"
#include "cli/session_lock.h"
#include "cli/waits.h"
#include "engine/engine.h"

#include <map>
#include <string>

namespace mogura::cli {

class LocalAttempts final : public engine::Attempts {
  public:
    struct Facts {
        std::string folder;
        std::string project;     // its name in the store
        config::Map parameters;  // of the run: every attempt has them
        // Other processes may run attempts of this store.
        bool locks_sessions = false;
        const base::Clock& clock;
    };
    LocalAttempts(store::Store& store, Facts facts) : store_(store), facts_(std::move(facts)) {}

    // `since`: when the run's own attempt began.
    void begin(engine::Engine& engine, base::Instant since);

    Result<engine::OtherAttempt> start(const engine::WantedAttempt& wanted) override;
    Result<engine::OtherAttempt> look(const engine::WantedAttempt& wanted,
                                      int64_t attempt_id) override;

  private:
    Result<workflow::Workflow> find_workflow(const engine::WantedAttempt& wanted) const;
    // What has ended is known no longer. Before attempts are read, so that none of those that are
    // not done then is taken for unknown.
    Result<> forget_ended() REQUIRES(mutex_);
    // Of the attempt's session; empty where nobody else could run it.
    Result<SessionLock> lock_of(const store::Attempt& attempt) const;
    // Goes on with an attempt that a process left unfinished, unless one is running it.
    Result<> take_up(const store::Attempt& attempt) REQUIRES(mutex_);
    // The attempt for whoever asked, who may wait for it.
    Result<engine::OtherAttempt> answer(const engine::WantedAttempt& wanted,
                                        const store::Attempt& attempt, bool is_new)
        REQUIRES(mutex_);

    store::Store& store_;
    const Facts facts_;
    engine::Engine* engine_ = nullptr;
    base::Instant since_{};
    base::Mutex mutex_;
    // Those that the engine knows.
    std::map<store::AttemptId, SessionLock> running_ GUARDED_BY(mutex_);
    Waits waits_ GUARDED_BY(mutex_);
};

}  // namespace mogura::cli
