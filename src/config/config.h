// Configuration: the tree of values with places, YAML and JSON in and out, and the option reader.
//
// Owns: Value, the YAML dialects of Digdag and Embulk, JSON, Reader (parser, checker and manual in
// one). Leaves to others: what a key means (workflow, load, plugins), templates (script).
// Plain values; nothing here is shared between threads.

#pragma once

#include "config/json.h"      // IWYU pragma: export
#include "config/reader.h"    // IWYU pragma: export
#include "config/registry.h"  // IWYU pragma: export
#include "config/value.h"     // IWYU pragma: export
#include "config/yaml.h"      // IWYU pragma: export
