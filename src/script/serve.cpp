// The helper's side in the main program: opens the JavaScript module and hands over.

#include "script/message.h"
#include "script/script.h"

#include <dlfcn.h>
#include <unistd.h>

namespace mogura::script {
namespace {

constexpr const char* kMoveTogether =
    " (the program looks for it in lib/mogura beside its own folder: move bin and lib together, or "
    "call the program by a link)";

std::string remedy(const std::string& module_path) {
    if (::access(module_path.c_str(), F_OK) != 0) return kMoveTogether;
    return " (install the package libjavascriptcoregtk-4.1-0)";
}

// Without the module every job is answered with the reason.
int answer_with_error(const std::string& reason) {
    const std::string answer = encode(Answer{.ok = false, .text = reason});
    if (!write_fully(STDOUT_FILENO, encode(Answer{.ok = true, .text = "no JavaScript"}))) return 1;
    std::string frame;
    while (read_frame(STDIN_FILENO, frame)) {
        if (!write_fully(STDOUT_FILENO, answer)) return 1;
    }
    return 1;
}

}  // namespace

int run_helper(const std::string& module_path) {
    using Serve = int (*)(int input, int output);
    void* module = ::dlopen(module_path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!module) {
        const char* reason = ::dlerror();
        return answer_with_error(std::string("cannot open the JavaScript module: ") +
                                 (reason ? reason : module_path) + remedy(module_path));
    }
    auto serve = reinterpret_cast<Serve>(::dlsym(module, "mogura_javascript_serve"));
    if (!serve) {
        return answer_with_error("not this program's JavaScript module: " + module_path +
                                 kMoveTogether);
    }
    return serve(STDIN_FILENO, STDOUT_FILENO);
}

}  // namespace mogura::script
