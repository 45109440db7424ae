#include "cli/usual_command.h"

#include "cli/log_level.h"
#include "cli/settings.h"

#include <cstdio>

namespace mogura::cli {

Result<std::optional<CommandLine>> begin_command(House& house,
                                                 std::span<const std::string> arguments,
                                                 const OptionSpecs& options, const char* help) {
    auto rest = TRY(take_settings(house, arguments));
    auto line = TRY(parse_options(rest, options));
    if (line.has("--help")) {
        std::fputs(help, stdout);
        return std::optional<CommandLine>();
    }
    log::Level level = TRY(log_level_of(line.value("-l", "info")));
    log::set_level(level);
    return std::optional(std::move(line));
}

int end_command(const Result<int>& code) {
    if (code.ok()) return *code;
    std::fprintf(stderr, "error: %s\n", code.error().message().c_str());
    return 1;
}

int end_command(const Result<>& done) {
    return end_command(done.ok() ? Result<int>(0) : Result<int>(done.error()));
}

}  // namespace mogura::cli
