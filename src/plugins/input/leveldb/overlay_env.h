// The files of a LevelDB database for readers that must not change them: what is written, renamed
// or removed is so in memory only, in front of the files on the disk. No lock is taken.
//
// Private to this plugin, since it shows the library. Any thread may call.

#pragma once

#include "base/mutex.h"

#include <leveldb/env.h>

#include <deque>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins::level {

class OverlayEnv final : public leveldb::EnvWrapper {
  public:
    OverlayEnv();

    // Compactions wait here, and end without having written a file: a reader needs none. To be
    // called before the database is closed, which would wait for them for ever.
    void end_background_work();

    leveldb::Status NewSequentialFile(const std::string& name,
                                      leveldb::SequentialFile** file) override;
    leveldb::Status NewRandomAccessFile(const std::string& name,
                                        leveldb::RandomAccessFile** file) override;
    leveldb::Status NewWritableFile(const std::string& name, leveldb::WritableFile** file) override;
    leveldb::Status NewAppendableFile(const std::string& name,
                                      leveldb::WritableFile** file) override;
    bool FileExists(const std::string& name) override;
    leveldb::Status GetChildren(const std::string& folder,
                                std::vector<std::string>* names) override;
    leveldb::Status RemoveFile(const std::string& name) override;
    leveldb::Status CreateDir(const std::string&) override { return leveldb::Status::OK(); }
    leveldb::Status RemoveDir(const std::string&) override { return leveldb::Status::OK(); }
    leveldb::Status GetFileSize(const std::string& name, uint64_t* size) override;
    leveldb::Status RenameFile(const std::string& name, const std::string& target) override;
    leveldb::Status LockFile(const std::string& name, leveldb::FileLock** lock) override;
    leveldb::Status UnlockFile(leveldb::FileLock* lock) override;
    leveldb::Status NewLogger(const std::string& name, leveldb::Logger** logger) override;
    void Schedule(void (*work)(void*), void* argument) override;

  private:
    // Where a file is to be read; nullptr when it was removed.
    leveldb::Env* home_of(const std::string& name);
    void hide(const std::string& name);

    const std::unique_ptr<leveldb::Env> memory_;
    base::Mutex mutex_;
    std::set<std::string> hidden_ GUARDED_BY(mutex_);  // files of the disk
    std::deque<std::pair<void (*)(void*), void*>> work_ GUARDED_BY(mutex_);
    bool is_ending_ GUARDED_BY(mutex_) = false;
};

}  // namespace mogura::plugins::level
