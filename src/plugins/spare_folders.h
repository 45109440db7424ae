// Folders of commands that have ended, for the commands that come next.
//
// Making and removing files costs more than running a short command where many were removed a
// moment ago: ext4 looks past each of them for every new file. So a folder with its files passes
// from task to task. The files are empty then; what a command prints goes to a new file each time,
// since a process that it left behind may still write to the old one.
//
// Any thread. Nothing here fails: a folder that cannot be kept is removed, as are all of them when
// the process ends, and those of killed processes when the next one gives a folder back.

#pragma once

#include "base/mutex.h"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace mogura::plugins {

class SpareFolders {
  public:
    static SpareFolders& of_this_process();

    SpareFolders() = default;
    ~SpareFolders();
    SpareFolders(const SpareFolders&) = delete;
    SpareFolders& operator=(const SpareFolders&) = delete;

    // Puts a spare folder of the same parent at `path`. False when there is none, or when something
    // is at `path` already.
    bool take(const std::string& path);
    // The folder at `path` has served its task.
    void give(const std::string& path);

  private:
    base::Mutex mutex_;
    std::vector<std::string> spares_ GUARDED_BY(mutex_);
    std::set<std::string> cleaned_ GUARDED_BY(mutex_);  // parents
    int64_t given_ GUARDED_BY(mutex_) = 0;
};

}  // namespace mogura::plugins
