#include "plugins/sql/engine_options.h"

#include "base/text.h"

#include <string>
#include <vector>

namespace mogura::plugins {
namespace {

std::string unknown_engine(const std::string& name, const query::Engines& engines) {
    const std::vector<std::string> known = engines.engines.names();
    return "unknown query engine: " + name + base::did_you_mean(name, known) + "; there are " +
           base::join(known, ", ");
}

// Marks the options of every engine as read.
void skip_options(config::Reader& reader, const query::Engines& engines) {
    for (const std::string& name : engines.engines.names()) {
        for (const config::Option& option : engines.engines.options(name)) {
            reader.raw(option.name, option.type, option.help);
        }
    }
}

}  // namespace

EngineOptions read_engine_options(config::Reader& reader, const query::Engines& engines) {
    EngineOptions read = {.engine = reader.optional("engine", "duckdb",
                                                    "SQL engine; its own options stand beside it."),
                          .file = reader.file(),
                          .path = reader.path()};
    if (!engines.engines.has(read.engine)) {
        if (!reader.is_manual()) {
            reader.problem("engine", unknown_engine(read.engine, engines));
            skip_options(reader, engines);
        }
        return read;
    }
    for (const config::Option& option : engines.engines.options(read.engine)) {
        const config::Value* value = reader.raw(option.name, option.type, option.help);
        if (value) read.options.set(option.name, *value);
    }
    return read;
}

Result<std::unique_ptr<query::Engine>> make_engine(const EngineOptions& options,
                                                   const query::Engines& engines,
                                                   const query::Context& context) {
    config::Reader reader(options.options, options.file, options.path);
    if (!engines.engines.has(options.engine)) {
        return Error(Code::kInvalid,
                     reader.place_of("engine") + ": " + unknown_engine(options.engine, engines));
    }
    return engines.engines.create(options.engine, reader, /*ignore_unknown=*/false, context);
}

}  // namespace mogura::plugins
