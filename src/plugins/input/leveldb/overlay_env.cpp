#include "plugins/input/leveldb/overlay_env.h"

#include <leveldb/helpers/memenv.h>

#include <vector>

namespace mogura::plugins::level {
namespace {

using leveldb::Status;

Status missing(const std::string& name) {
    return Status::NotFound(name, "no such file");
}

}  // namespace

OverlayEnv::OverlayEnv()
    : EnvWrapper(leveldb::Env::Default()), memory_(leveldb::NewMemEnv(leveldb::Env::Default())) {}

leveldb::Env* OverlayEnv::home_of(const std::string& name) {
    if (memory_->FileExists(name)) return memory_.get();
    base::Lock lock(mutex_);
    return hidden_.contains(name) ? nullptr : target();
}

void OverlayEnv::hide(const std::string& name) {
    base::Lock lock(mutex_);
    hidden_.insert(name);
}

Status OverlayEnv::NewSequentialFile(const std::string& name, leveldb::SequentialFile** file) {
    leveldb::Env* home = home_of(name);
    return home ? home->NewSequentialFile(name, file) : missing(name);
}

Status OverlayEnv::NewRandomAccessFile(const std::string& name, leveldb::RandomAccessFile** file) {
    leveldb::Env* home = home_of(name);
    return home ? home->NewRandomAccessFile(name, file) : missing(name);
}

Status OverlayEnv::NewWritableFile(const std::string& name, leveldb::WritableFile** file) {
    base::Lock lock(mutex_);
    if (is_ending_) return Status::IOError(name, "the database is only read");
    hidden_.insert(name);
    return memory_->NewWritableFile(name, file);
}

// The library appends only with reuse_logs, which needs what is there in memory.
Status OverlayEnv::NewAppendableFile(const std::string& name, leveldb::WritableFile**) {
    return Status::NotSupported(name, "the database is only read");
}

bool OverlayEnv::FileExists(const std::string& name) {
    leveldb::Env* home = home_of(name);
    return home && home->FileExists(name);
}

Status OverlayEnv::GetChildren(const std::string& folder, std::vector<std::string>* names) {
    Status status = target()->GetChildren(folder, names);
    if (!status.ok()) return status;
    std::set<std::string> hidden;
    {
        base::Lock lock(mutex_);
        hidden = hidden_;
    }
    std::erase_if(*names,
                  [&](const std::string& name) { return hidden.contains(folder + "/" + name); });
    std::vector<std::string> more;
    status = memory_->GetChildren(folder, &more);
    names->insert(names->end(), more.begin(), more.end());
    return status;
}

Status OverlayEnv::RemoveFile(const std::string& name) {
    hide(name);
    return memory_->FileExists(name) ? memory_->RemoveFile(name) : Status::OK();
}

Status OverlayEnv::GetFileSize(const std::string& name, uint64_t* size) {
    leveldb::Env* home = home_of(name);
    return home ? home->GetFileSize(name, size) : missing(name);
}

// Of the disk's files only the old log of messages is ever renamed: it just goes.
Status OverlayEnv::RenameFile(const std::string& name, const std::string& target_name) {
    hide(name);
    if (!memory_->FileExists(name)) return Status::OK();
    hide(target_name);
    return memory_->RenameFile(name, target_name);
}

Status OverlayEnv::LockFile(const std::string& name, leveldb::FileLock** lock) {
    return memory_->LockFile(name, lock);
}

Status OverlayEnv::UnlockFile(leveldb::FileLock* lock) {
    return memory_->UnlockFile(lock);
}

Status OverlayEnv::NewLogger(const std::string& name, leveldb::Logger** logger) {
    return memory_->NewLogger(name, logger);
}

void OverlayEnv::Schedule(void (*work)(void*), void* argument) {
    base::Lock lock(mutex_);
    work_.emplace_back(work, argument);
}

void OverlayEnv::end_background_work() {
    while (true) {
        std::pair<void (*)(void*), void*> next;
        {
            base::Lock lock(mutex_);
            is_ending_ = true;
            if (work_.empty()) return;
            next = work_.front();
            work_.pop_front();
        }
        next.first(next.second);  // may schedule more
    }
}

}  // namespace mogura::plugins::level
