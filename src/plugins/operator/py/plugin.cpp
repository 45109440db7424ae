// py>: a Python function (spec digdag 6.1).

#include "plugins/language_command.h"
#include "plugins/plugins.h"

#include <memory>
#include <string>
#include <vector>

namespace mogura::plugins {

extern const char* const kPythonRunner;  // runner.py

namespace {

std::unique_ptr<engine::Operator> make() {
    return std::make_unique<LanguageOperator>(
        Language{.word = "py",
                 .option = "python",
                 .title = "Python",
                 .requires_files = false,
                 .runner = "runner.py",
                 .runner_source = kPythonRunner,
                 .error_text = "\nError messages from python: ",
                 .options = [](const engine::TaskContext&, const config::Map&)
                     -> Result<std::vector<std::string>> { return std::vector<std::string>(); }});
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(operator, py) {
    registry.operators.add("py", "Call a Python function.", mogura::plugins::make);
}
