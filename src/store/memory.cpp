// Everything in maps, for tests and for runs that leave nothing behind.

#include "base/mutex.h"
#include "store/session_uuid.h"
#include "store/store.h"

#include <algorithm>
#include <map>
#include <utility>

namespace mogura::store {
namespace {

bool same_session(const Session& one, const Session& other) {
    return one.project == other.project && one.workflow == other.workflow && one.time == other.time;
}

bool is_of(const Attempt& attempt, const std::string& project, const std::string& workflow) {
    return attempt.session.project == project && attempt.session.workflow == workflow;
}

class Memory final : public Store {
  public:
    Result<Attempt> start_attempt(const Attempt& wanted, const std::vector<const Task*>& tasks,
                                  const std::vector<ResumedTask>& resumed) override {
        base::Lock lock(mutex_);
        Attempt attempt = wanted;
        attempt.session.id = SessionId{static_cast<int64_t>(attempts_.size()) + 1};
        attempt.session.uuid = make_session_uuid();
        for (const auto& [id, other] : attempts_) {
            if (!same_session(other.session, wanted.session)) continue;
            if (other.retry_name == wanted.retry_name) {
                return Error(Code::kConflict, "the session already has such an attempt");
            }
            attempt.session = other.session;
        }
        attempt.id = AttemptId{static_cast<int64_t>(attempts_.size()) + 1};
        attempts_.emplace(attempt.id, attempt);
        for (const Task* task : tasks) tasks_[attempt.id].insert_or_assign(task->id, *task);
        if (!resumed.empty()) resumed_[attempt.id] = resumed;
        return attempt;
    }

    Result<std::vector<ResumedTask>> resumed_tasks(AttemptId attempt) override {
        base::Lock lock(mutex_);
        auto found = resumed_.find(attempt);
        return found == resumed_.end() ? std::vector<ResumedTask>{} : found->second;
    }

    Result<> commit(const Changes& changes) override {
        base::Lock lock(mutex_);
        auto& rows = tasks_[changes.attempt];
        for (const Task* task : changes.inserted) rows.insert_or_assign(task->id, *task);
        for (const Task* task : changes.updated) rows.insert_or_assign(task->id, *task);
        Attempt& attempt = attempts_[changes.attempt];
        if (changes.cancel_requested) attempt.cancel_requested = true;
        if (changes.finished_success) {
            attempt.is_done = true;
            attempt.is_success = *changes.finished_success;
            attempt.finished_at = changes.at;
        }
        return {};
    }

    Result<std::vector<Task>> tasks(AttemptId attempt) override {
        base::Lock lock(mutex_);
        std::vector<Task> result;
        auto found = tasks_.find(attempt);
        if (found == tasks_.end()) return result;
        for (const auto& [id, task] : found->second) result.push_back(task);
        return result;
    }

    Result<std::vector<Attempt>> unfinished() override {
        base::Lock lock(mutex_);
        std::vector<Attempt> result;
        for (const auto& [id, attempt] : attempts_) {
            if (!attempt.is_done) result.push_back(attempt);
        }
        return result;
    }

    Result<std::vector<Attempt>> attempts(const std::string& project, const std::string& workflow,
                                          std::optional<base::Instant> session) override {
        base::Lock lock(mutex_);
        std::vector<Attempt> result;
        for (const auto& [id, attempt] : attempts_) {
            if (is_of(attempt, project, workflow) &&
                (!session || attempt.session.time == *session)) {
                result.push_back(attempt);
            }
        }
        return result;
    }

    Result<std::optional<Attempt>> newest_attempt(const std::string& project,
                                                  const std::string& workflow) override {
        base::Lock lock(mutex_);
        for (auto one = attempts_.rbegin(); one != attempts_.rend(); ++one) {
            if (is_of(one->second, project, workflow)) return std::optional(one->second);
        }
        return std::optional<Attempt>();
    }

    Result<> forget_done_tasks(const std::string& project, const std::string& workflow) override {
        base::Lock lock(mutex_);
        for (const auto& [id, attempt] : attempts_) {
            if (attempt.is_done && is_of(attempt, project, workflow)) tasks_.erase(id);
        }
        return {};
    }

    Result<> forget_tasks(AttemptId attempt) override {
        base::Lock lock(mutex_);
        tasks_.erase(attempt);
        return {};
    }

    Result<std::optional<base::Instant>> last_scheduled(const std::string& project,
                                                        const std::string& workflow) override {
        base::Lock lock(mutex_);
        auto found = schedules_.find({project, workflow});
        return found == schedules_.end() ? std::nullopt : std::optional(found->second);
    }

    Result<> set_last_scheduled(const std::string& project, const std::string& workflow,
                                base::Instant session) override {
        base::Lock lock(mutex_);
        schedules_.insert_or_assign({project, workflow}, session);
        return {};
    }

  private:
    base::Mutex mutex_;
    std::map<AttemptId, Attempt> attempts_ GUARDED_BY(mutex_);
    std::map<AttemptId, std::map<TaskId, Task>> tasks_ GUARDED_BY(mutex_);
    std::map<AttemptId, std::vector<ResumedTask>> resumed_ GUARDED_BY(mutex_);
    std::map<std::pair<std::string, std::string>, base::Instant> schedules_ GUARDED_BY(mutex_);
};

}  // namespace

std::unique_ptr<Store> open_memory() {
    return std::make_unique<Memory>();
}

}  // namespace mogura::store
