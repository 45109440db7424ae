#include "cli/command.h"
#include "cli/local_run.h"

#include <cstdio>

COMMAND(run, "Run a workflow here") {
    using namespace mogura;
    auto options = cli::read_run_options(arguments);
    if (options.ok() && options->help) {
        std::fputs(cli::kRunHelp, stdout);
        return 0;
    }
    auto code = options.ok() ? cli::run_locally(house, *options) : Result<int>(options.error());
    if (code.ok()) return *code;
    std::fprintf(stderr, "error: %s\n", code.error().message().c_str());
    return 1;
}
