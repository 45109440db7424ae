#include "plugins/sql/engine_options.h"

namespace mogura::plugins {

EngineOptions read_engine_options(config::Reader& reader, const query::Engines& engines) {
    EngineOptions read = {.engine = reader.optional("engine", "duckdb",
                                                    "SQL engine; its own options stand beside it."),
                          .file = reader.file(),
                          .path = reader.path()};
    if (!engines.engines.has(read.engine)) return read;  // make_engine() says so
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
    return engines.engines.create(options.engine, reader, /*ignore_unknown=*/false, context);
}

}  // namespace mogura::plugins
