// What the run before left, and what this one leaves, whatever ends it (embulk 1.7.10 to 1.7.13);
// nothing of it when nobody asked.
//
// The order of calls: begin, check, start, note and learn for each task, then publish, done and
// forget, or keep. Any thread may call note() and learn(); the others belong to the one that runs
// the load.

#pragma once

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "config/config.h"
#include "load/job.h"
#include "load/origin.h"
#include "load/resume.h"

#include <chrono>
#include <cstddef>
#include <optional>

namespace mogura::load {

class Resumption {
  public:
    // `keeper` must outlive this. None: nobody asked.
    Resumption(StateKeeper* keeper, const base::Clock& clock) : keeper_(keeper), clock_(clock) {}

    bool is_asked() const { return keeper_ != nullptr; }
    bool is_again() const { return earlier_.has_value(); }
    const ResumeState& earlier() const { return *earlier_; }

    // Begins the input, as the run before did when there was one that had begun.
    Result<> begin(Origin& origin, Progress& progress);
    // What a run has created that was killed before it had begun; null: nothing.
    const config::Value& leftover() const { return leftover_; }
    // The tasks and the columns of `state` must be those of the run before (1.7.13).
    Result<> check(const ResumeState& state) const;

    // The output is about to create what `state` names: a later run begins anew without it.
    Result<> announce(const ResumeState& state);
    // The tasks begin; from here on a later run can go on.
    Result<> start(ResumeState state);
    // Of an output task. Saved at once where that costs little beside the load, else a second later
    // at the latest, if note() or tick() is called then.
    void note(size_t task, const Kept& kept);
    void tick();
    // A task of `origin` is read to its end, and is not marked as finished yet.
    Result<> learn(const Origin& origin);
    // What the run tells of `origin`, whichever of the runs has read it.
    config::Map diff(const Origin& origin);
    // All tasks are finished.
    Result<> publish();
    // What they wrote is published. False: the state does not say so.
    bool done();
    // The run failed.
    void keep();
    void forget();

  private:
    Result<> save() REQUIRES(mutex_);
    void save_after(std::chrono::nanoseconds least) REQUIRES(mutex_);

    StateKeeper* const keeper_;
    const base::Clock& clock_;
    std::optional<ResumeState> earlier_ = {};
    config::Value leftover_ = nullptr;
    bool is_started_ = false;
    base::Mutex mutex_;
    ResumeState state_ GUARDED_BY(mutex_);
    bool is_saved_ GUARDED_BY(mutex_) = true;
    std::chrono::nanoseconds saved_at_ GUARDED_BY(mutex_){0};
    std::chrono::nanoseconds saving_ GUARDED_BY(mutex_){0};  // how long that took
    bool has_warned_ GUARDED_BY(mutex_) = false;
};

}  // namespace mogura::load
