#include "plugins/query/duckdb/module.h"

#include <dlfcn.h>

#include <filesystem>

namespace mogura::plugins {
namespace {

Error unusable(const std::string& path, const char* reason) {
    return Error(Code::kUnsupported,
                 "the DuckDB module cannot be opened: " + path + ": " +
                     (reason ? reason : "unknown") +
                     " (the program looks for it in lib/mogura beside its own folder, with "
                     "libduckdb.so: move bin and lib together, or call the program by a link; a "
                     "build with MOGURA_DUCKDB=OFF has none)");
}

Result<const DuckdbModule*> open_module() {
    std::error_code failure;
    auto program = std::filesystem::read_symlink("/proc/self/exe", failure);
    auto path = program.parent_path().parent_path() / "lib" / "mogura" / "duckdb.so";
    if (failure || !std::filesystem::exists(path, failure)) {
        return unusable(path.string(), "no such file");
    }
    // Never closed: pages and threads of DuckDB may live as long as the process.
    void* library = ::dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
    if (!library) return unusable(path.string(), ::dlerror());
    void* symbol = ::dlsym(library, kDuckdbModuleSymbol);
    if (!symbol) return unusable(path.string(), ::dlerror());
    return reinterpret_cast<const DuckdbModule* (*)()>(symbol)();
}

}  // namespace

Result<const DuckdbModule*> duckdb_module() {
    static const Result<const DuckdbModule*> module = open_module();
    return module;
}

}  // namespace mogura::plugins
