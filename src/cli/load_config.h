// A load's configuration as it stands in files (embulk 1.5 to 1.7): YAML, or a Liquid template of
// it, and a config diff merged over it.

#pragma once

#include "base/clock.h"
#include "base/process.h"
#include "base/result.h"
#include "config/config.h"

#include <string>

namespace mogura::cli {

// What templates see.
struct TemplateWorld {
    const base::Environment& environment;
    const base::Clock& clock;
};

// A mapping in a file whose name ends in .yml or .yaml, or in .yml.liquid.
Result<config::Map> read_load_config(const std::string& path, const TemplateWorld& world);

// Mappings merge key by key, lists item by item; anything else is replaced.
void merge_over(config::Value& base, const config::Value& over);

// The configuration, with the diff over it when there is one. `diff` may be empty, missing or of no
// bytes.
Result<config::Map> read_load_config(const std::string& path, const std::string& diff,
                                     const TemplateWorld& world);

}  // namespace mogura::cli
