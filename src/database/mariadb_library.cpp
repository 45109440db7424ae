#include "database/mariadb_library.h"

#include <dlfcn.h>

#include <string>

namespace mogura::database {
namespace {

template <typename Function>
bool find(void* library, const char* name, Function& function) {
    function = reinterpret_cast<Function>(dlsym(library, name));
    return function != nullptr;
}

Result<MariadbLibrary> load() {
    void* library = dlopen("libmariadb.so.3", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        return Error(Code::kNotFound, std::string("cannot open the MySQL client library: ") +
                                          dlerror() + " (install the package libmariadb3)");
    }
    MariadbLibrary found{};
    decltype(&::mysql_server_init) server_init = nullptr;
    const bool complete =
        find(library, "mysql_server_init", server_init) &&
        find(library, "mysql_init", found.init) && find(library, "mysql_options", found.options) &&
        find(library, "mysql_real_connect", found.real_connect) &&
        find(library, "mysql_close", found.close) &&
        find(library, "mysql_errno", found.error_number) &&
        find(library, "mysql_error", found.error) &&
        find(library, "mysql_real_query", found.real_query) &&
        find(library, "mysql_use_result", found.use_result) &&
        find(library, "mysql_field_count", found.field_count) &&
        find(library, "mysql_num_fields", found.num_fields) &&
        find(library, "mysql_fetch_fields", found.fetch_fields) &&
        find(library, "mysql_fetch_row", found.fetch_row) &&
        find(library, "mysql_fetch_lengths", found.fetch_lengths) &&
        find(library, "mysql_free_result", found.free_result) &&
        find(library, "mysql_affected_rows", found.affected_rows) &&
        find(library, "mysql_next_result", found.next_result) &&
        find(library, "mysql_warning_count", found.warning_count) &&
        find(library, "mysql_thread_id", found.thread_id) &&
        find(library, "mysql_set_local_infile_handler", found.set_local_infile_handler) &&
        find(library, "mariadb_field_attr", found.field_attribute);
    if (!complete || server_init(0, nullptr, nullptr) != 0) {
        return Error(Code::kUnsupported,
                     "libmariadb.so.3 is not the client library of MariaDB 10.11 or newer (install "
                     "the package libmariadb3)");
    }
    return found;
}

}  // namespace

Result<const MariadbLibrary*> MariadbLibrary::open() {
    static const Result<MariadbLibrary> library = load();
    if (!library.ok()) return library.error();
    return &*library;
}

}  // namespace mogura::database
