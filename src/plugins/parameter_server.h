// Where param_set> and param_get> keep their values (spec digdag 4.14): our own store, or the
// server that the setting param_server.type names. Failures say what to set.

#pragma once

#include "engine/engine.h"

#include <memory>

namespace mogura::plugins {

// A loan, or one that lives as long as the call.
struct ParameterServer {
    std::unique_ptr<store::SharedParameters> own = nullptr;
    store::SharedParameters* server = nullptr;
};

Result<ParameterServer> parameter_server(const engine::TaskContext& context);

}  // namespace mogura::plugins
