// The process that evaluates JavaScript for the engine (src/script); not for people.

#include "cli/command.h"
#include "script/script.h"

#include <filesystem>

COMMAND(script_sandbox, "") {
    const std::filesystem::path folder = std::filesystem::path(house.program).parent_path();
    const std::filesystem::path module = folder / "../lib/mogura/javascript.so";
    return mogura::script::run_helper(module.lexically_normal().string());
}
