#include "base/shared_library.h"

#include <dlfcn.h>

namespace mogura::base {

Result<SharedLibrary> SharedLibrary::open(const std::string& name, const std::string& remedy) {
    void* handle = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        return Error(Code::kNotFound,
                     "cannot open the library " + name + ": " + dlerror() + " (" + remedy + ")");
    }
    return SharedLibrary(handle, name, remedy);
}

Result<void*> SharedLibrary::find_symbol(const char* name) const {
    void* found = dlsym(handle_, name);
    if (found) return found;
    return Error(Code::kUnsupported,
                 "the library " + name_ + " is too old, it lacks " + name + " (" + remedy_ + ")");
}

}  // namespace mogura::base
