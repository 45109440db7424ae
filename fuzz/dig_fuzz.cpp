// The .dig language on any bytes: must give a workflow or an error, and the tree of a workflow
// must hold together.

#include "workflow/workflow.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

void check_tree(const std::vector<mogura::workflow::TaskDefinition>& tasks) {
    require(!tasks.empty() && !tasks[0].parent);
    for (size_t index = 1; index < tasks.size(); ++index) {
        require(tasks[index].parent && *tasks[index].parent < index);
        require(tasks[*tasks[index].parent].is_group);
        for (size_t upstream : tasks[index].upstreams) {
            require(upstream < index && tasks[upstream].parent == tasks[index].parent);
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    auto workflow = mogura::workflow::load_workflow("fuzz", text, "fuzz.dig", "/nonexistent");
    if (!workflow.ok()) return 0;
    check_tree(workflow->tasks);
    auto generated = mogura::workflow::compile("+fuzz", "^sub", workflow->config);
    if (generated.ok()) check_tree(*generated);
    return 0;
}
