#include "cli/session_lock.h"

#include "base/file.h"
#include "base/mutex.h"
#include "cli/session_time.h"

#include <fcntl.h>
#include <sys/file.h>

#include <map>
#include <utility>

namespace mogura::cli {
namespace {

// What this process holds, by path: flock() knows files that were opened, not processes.
struct Held {
    base::Mutex mutex;
    std::map<std::string, std::weak_ptr<const void>> locks GUARDED_BY(mutex);
};

Held& held() {
    static Held all;
    return all;
}

}  // namespace

Result<SessionLock> lock_session(const std::string& project_folder, const std::string& workflow,
                                 base::Instant session_time, const base::TimeZone& zone) {
    const std::string path = project_folder + "/.digdag/tmp/" + workflow + "@" +
                             session_folder(session_time, zone) + ".lock";
    base::Lock lock(held().mutex);
    std::weak_ptr<const void>& known = held().locks[path];
    if (SessionLock own = known.lock()) return own;
    base::Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (!file) return base::system_error(path, "open");
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        return Error(Code::kConflict,
                     "this session is being run by another mogura (" + path + " is locked)");
    }
    SessionLock made = std::make_shared<const base::Descriptor>(std::move(file));
    known = made;
    return made;
}

}  // namespace mogura::cli
