// `schema`: what editors need to know about a kind of file.

#include "cli/command.h"
#include "cli/dig_schema.h"

#include <cstdio>

COMMAND(schema, "Print a JSON Schema of .dig files") {
    using namespace mogura;
    bool wants_help = !arguments.empty() && (arguments[0] == "--help" || arguments[0] == "-h");
    if (wants_help) {
        std::printf(
            "Print a JSON Schema, which editors use to complete and check files.\n\n"
            "Usage: mogura schema dig > dig.schema.json\n\n"
            "In VS Code (YAML extension): \"yaml.schemas\": {\"dig.schema.json\": \"*.dig\"}\n");
        return 0;
    }
    if (arguments.size() != 1 || arguments[0] != "dig") {
        std::string what =
            arguments.empty() ? "which kind of file?" : "unknown kind of file: " + arguments[0];
        std::fprintf(stderr, "error: %s (there is: dig)\n", what.c_str());
        return 1;
    }
    std::printf("%s\n", config::to_pretty_json(cli::dig_schema(house.registry.operators)).c_str());
    return 0;
}
