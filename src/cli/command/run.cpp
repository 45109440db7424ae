#include "cli/command.h"
#include "cli/local_run.h"
#include "cli/settings.h"

#include <cstdio>

namespace mogura::cli {
namespace {

Result<RunOptions> read_options(House& house, std::span<const std::string> arguments) {
    auto rest = TRY(take_settings(house, arguments));
    auto options = TRY(read_run_options(rest, house.called_as == "digdag"));
    config::Map parameters = TRY(parameters_of(house.properties));
    config::merge(parameters, options.parameters);
    options.parameters = std::move(parameters);
    return options;
}

}  // namespace
}  // namespace mogura::cli

COMMAND(run, "Run a workflow here") {
    using namespace mogura;
    auto options = cli::read_options(house, arguments);
    if (options.ok() && options->help) {
        std::fputs(cli::kRunHelp, stdout);
        return 0;
    }
    auto code = options.ok() ? cli::run_locally(house, *options) : Result<int>(options.error());
    if (code.ok()) return *code;
    std::fprintf(stderr, "error: %s\n", code.error().message().c_str());
    // What is wrong in a file of -P comes with its line.
    bool is_usage = !options.ok() && options.error().code() == Code::kInvalid &&
                    options.error().message().find('\n') == std::string::npos;
    if (is_usage) {
        std::fprintf(stderr, "`%s run --help` explains the options.\n",
                     house.called_as == "digdag" ? "digdag" : "mogura");
    }
    return 1;
}
