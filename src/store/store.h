// What survives a restart: sessions, attempts and their tasks, and how far schedules have come.
//
// Owns: the rows and their transactions; memory and SQLite behind one interface. Leaves to others:
// which state may follow which (engine). All changes of one call are one transaction: after a kill
// or a power cut either all of them are there or none.
//
// Any thread; calls block. Failures: kUnavailable, kLimit (disk full), kConflict.

#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "config/config.h"
#include "store/locks.h"              // IWYU pragma: export
#include "store/shared_parameters.h"  // IWYU pragma: export

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mogura::store {

enum class SessionId : int64_t {};
enum class AttemptId : int64_t {};
enum class TaskId : int64_t {};

// Codes and names are Digdag's (spec digdag 2.1).
enum class TaskState {
    kBlocked = 0,
    kReady = 1,
    kRetryWaiting = 2,
    kGroupRetryWaiting = 3,
    kRunning = 4,
    kPlanned = 5,
    kGroupError = 6,
    kSuccess = 7,
    kError = 8,
    kCanceled = 9,
};
std::string_view state_name(TaskState state);
bool is_done(TaskState state);

struct TaskFlags {
    bool cancel_requested = false;
    bool delayed_error = false;
    bool delayed_group_error = false;
    bool is_initial = false;  // defined in the file, or generated on the first pass (2.6)
};

struct Session {
    SessionId id{};
    std::string project;
    std::string workflow;
    base::Instant time{};
    std::string uuid;
};

struct Attempt {
    AttemptId id{};
    Session session;
    std::string retry_name;  // "" is the default name
    std::string time_zone;
    config::Map parameters;  // -p and friends
    std::string definition;  // digest of the workflow that it was started from
    bool is_done = false;
    bool is_success = false;
    bool cancel_requested = false;
    base::Instant created_at{};
    std::optional<base::Instant> finished_at;
};
// "success", "killed", "error" or "running" (spec digdag 2.10.10).
std::string_view status_name(const Attempt& attempt);

struct Task {
    TaskId id{};
    std::optional<TaskId> parent;
    std::string full_name;
    bool is_group = false;
    TaskState state = TaskState::kBlocked;
    TaskFlags flags;
    std::vector<TaskId> upstreams;
    config::Map config;             // as in workflow::TaskDefinition
    config::Map export_parameters;  // returned by the operator
    config::Map store_parameters;
    std::vector<std::string> reset_store_parameters;
    config::Map subtask_config;
    config::Map state_parameters;  // the operator's own, between calls
    config::Map error;             // {message, stacktrace?}
    config::Map report;            // {rows, bytes, ...} for people
    int64_t retry_count = 0;
    std::optional<base::Instant> retry_at;
    std::optional<base::Instant> started_at;
    base::Instant updated_at{};
};

// A success of an earlier attempt that counts in this one as well (spec digdag 2.13.6).
struct ResumedTask {
    std::string full_name;
    config::Map export_parameters;
    config::Map store_parameters;
    base::Instant updated_at{};
};

// Many changes, one transaction. Rows are loans for the length of commit().
struct Changes {
    AttemptId attempt{};
    std::vector<const Task*> inserted = {};
    // By id; what was fixed at insertion (names, configuration, upstreams) is not written again.
    std::vector<const Task*> updated = {};
    bool cancel_requested = false;              // true: the attempt shall be cancelled
    std::optional<bool> finished_success = {};  // set: the attempt is done
    base::Instant at{};

    bool empty() const {
        return inserted.empty() && updated.empty() && !cancel_requested && !finished_success;
    }
};

class Store {
  public:
    virtual ~Store() = default;

    // Creates the session if it is new, and in it an attempt with its first tasks and with what it
    // takes over. kConflict when the session already has an attempt of that retry name.
    virtual Result<Attempt> start_attempt(const Attempt& wanted,
                                          const std::vector<const Task*>& tasks,
                                          const std::vector<ResumedTask>& resumed) = 0;
    // What the attempt was started with.
    virtual Result<std::vector<ResumedTask>> resumed_tasks(AttemptId attempt) = 0;
    // Task ids are the caller's to choose, unique within the attempt, from 1 without gaps.
    virtual Result<> commit(const Changes& changes) = 0;
    virtual Result<std::vector<Task>> tasks(AttemptId attempt) = 0;
    // Attempts that are not done, oldest first.
    virtual Result<std::vector<Attempt>> unfinished() = 0;
    // All attempts of one workflow, or of one of its sessions, oldest first.
    virtual Result<std::vector<Attempt>> attempts(const std::string& project,
                                                  const std::string& workflow,
                                                  std::optional<base::Instant> session = {}) = 0;
    // The one of the workflow that was started last, whatever its session.
    virtual Result<std::optional<Attempt>> newest_attempt(const std::string& project,
                                                          const std::string& workflow) = 0;
    // Drops the tasks of the workflow's attempts that are done; the attempts themselves stay.
    virtual Result<> forget_done_tasks(const std::string& project, const std::string& workflow) = 0;
    // The same for one attempt, which must be done.
    virtual Result<> forget_tasks(AttemptId attempt) = 0;

    // The last session that the workflow's own schedule has started (spec digdag 5.4.2): attempts
    // that others have started do not count. Nothing before the first.
    virtual Result<std::optional<base::Instant>> last_scheduled(const std::string& project,
                                                                const std::string& workflow) = 0;
    virtual Result<> set_last_scheduled(const std::string& project, const std::string& workflow,
                                        base::Instant session) = 0;
};

std::unique_ptr<Store> open_memory();
Result<std::unique_ptr<Store>> open_sqlite(const std::string& path);

}  // namespace mogura::store
