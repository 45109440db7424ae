// rb>: a Ruby method (spec digdag 6.2).

#include "plugins/language_command.h"
#include "plugins/plugins.h"

#include <memory>
#include <string>
#include <vector>

namespace mogura::plugins {

extern const char* const kRubyRunner;  // runner.rb

namespace {

// Where Ruby looks for files, and what it loads before the method is looked up (6.2.2).
Result<std::vector<std::string>> options_of(const engine::TaskContext& context,
                                            const config::Map& parameters) {
    std::vector<std::string> options = {"-I", context.work_folder};
    auto feature = TRY(engine::optional_text(parameters, "require"));
    if (feature) {
        options.push_back("-r");
        options.push_back(*feature);
    }
    options.push_back("--");
    return options;
}

std::unique_ptr<engine::Operator> make() {
    return std::make_unique<LanguageOperator>(Language{.word = "rb",
                                                       .option = "ruby",
                                                       .title = "Ruby",
                                                       .requires_files = true,
                                                       .runner = "runner.rb",
                                                       .runner_source = kRubyRunner,
                                                       .error_text = ": ",
                                                       .options = options_of});
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(operator, rb) {
    registry.operators.add("rb", "Call a Ruby method.", mogura::plugins::make);
}
