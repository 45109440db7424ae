// param_set> and param_get>: parameters that all attempts share (spec digdag 4.14).

#include "plugins/operator_options.h"
#include "plugins/parameter_server.h"
#include "plugins/plugins.h"

#include <memory>
#include <string>

namespace mogura::plugins {
namespace {

// The task's own keys that are not null: names here, for param_set> with what they are set to.
Result<std::map<std::string, std::string>> own_keys(const engine::TaskContext& context) {
    std::map<std::string, std::string> keys;
    for (const auto& entry : context.local) {
        if (!entry.value.is_null()) keys[entry.key] = TRY(engine::to_text(entry.value, entry.key));
    }
    return keys;
}

class ParamSet final : public engine::Operator {
  public:
    engine::Outcome run(engine::TaskContext& context) override {
        auto written = write(context);
        if (written.ok()) return engine::Done{};
        return failure_of(written.error());
    }

  private:
    static Result<> write(engine::TaskContext& context) {
        ParameterServer server = TRY(parameter_server(context));
        auto values = TRY(own_keys(context));
        return server.server->set(values, context.clock.now());
    }
};

class ParamGet final : public engine::Operator {
  public:
    engine::Outcome run(engine::TaskContext& context) override {
        auto found = read(context);
        if (!found.ok()) return failure_of(found.error());
        return engine::Done{.store_parameters = std::move(*found)};
    }

  private:
    static Result<config::Map> read(engine::TaskContext& context) {
        ParameterServer server = TRY(parameter_server(context));
        auto wanted = TRY(own_keys(context));
        std::vector<std::string> names;
        for (const auto& [name, destination] : wanted) names.push_back(name);
        auto values = TRY(server.server->get(names, context.clock.now()));
        config::Map stored;
        for (const auto& [name, destination] : wanted) stored.set(destination, values[name]);
        return stored;
    }
};

}  // namespace
}  // namespace mogura::plugins

PLUGIN(operator, param_set) {
    using namespace mogura::plugins;
    registry.operators.add("param_set", "Set parameters that all attempts share.",
                           [] { return std::make_unique<ParamSet>(); });
    registry.operators.add("param_get", "Read parameters that all attempts share.",
                           [] { return std::make_unique<ParamGet>(); });
}
