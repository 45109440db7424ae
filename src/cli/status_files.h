// A file for each finished task of a session, so that a later run takes its result instead of
// running it again (spec digdag 9.3.6, 9.3.7). Deleting a file runs its task again. A name that is
// too long for a file is shortened there (long_names.h); the whole one stands in the file.
//
// save() may be called from any thread and does not wait: a thread of its own writes. The store
// holds the truth of an unfinished attempt; these files serve the next one.

#pragma once

#include "base/mutex.h"
#include "base/result.h"
#include "engine/engine.h"
#include "store/store.h"

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <thread>

namespace mogura::cli {

class StatusFiles {
  public:
    static Result<std::unique_ptr<StatusFiles>> open(const std::string& folder);
    ~StatusFiles();

    void save(const store::Task& task);
    // Waits until everything is written; the first failure since the last call.
    Result<> flush();
    // What a task of an earlier run returned; nothing when it must run.
    std::optional<engine::Done> find(const std::string& full_name) const;
    bool has(const std::string& full_name) const;
    // Removes the files of tasks that `is_void` accepts.
    Result<> forget(const std::function<bool(const std::string& full_name)>& is_void);
    const std::string& folder() const { return folder_; }

  private:
    struct File {
        std::string name;
        std::string text;
    };
    explicit StatusFiles(std::string folder);
    std::string path_of(const std::string& full_name) const;
    void write_all(std::stop_token stop);

    const std::string folder_;
    base::Mutex mutex_;
    base::Condition changed_;
    std::deque<File> waiting_ GUARDED_BY(mutex_);
    bool is_writing_ GUARDED_BY(mutex_) = false;
    bool is_stopping_ GUARDED_BY(mutex_) = false;
    std::optional<Error> failure_ GUARDED_BY(mutex_);
    std::jthread writer_;
};

}  // namespace mogura::cli
