// sh>: a shell script (spec digdag 4.8). The script goes to a file that the shell reads.

#include "plugins/operator_options.h"
#include "plugins/plugins.h"
#include "plugins/task_command.h"

#include <memory>
#include <string>
#include <utility>

namespace mogura::plugins {
namespace {

constexpr const char* kScript = "runner.sh";

Result<base::Environment> environment_of(const engine::TaskContext& context,
                                         const config::Map& parameters) {
    base::Environment environment = TRY(own_environment(context));
    for (const auto& entry : parameters) {
        if (!is_variable_name(entry.key)) continue;
        if (entry.value.is_null()) {
            if (!engine::refuses_null_in_environment(context.compatibility)) continue;
            return Error(Code::kInvalid, "Parameter '" + entry.key + "' is required but null");
        }
        environment.try_emplace(entry.key, engine::plain_text(entry.value));
    }
    return environment;
}

Result<std::vector<std::string>> shell_of(const config::Map& parameters) {
    std::vector<std::string> shell = {"/bin/sh"};
    const config::Value* own = engine::present(parameters, "shell");
    if (!own) return shell;
    if (!own->is_list() || own->list().empty()) {
        return Error(Code::kInvalid, "Expected array type for key 'shell' but got " +
                                         config::to_json(*own) + " (write it like [\"bash\"])");
    }
    shell.clear();
    for (const config::Value& word : own->list()) {
        std::string text = TRY(engine::to_text(word, "shell"));
        shell.push_back(std::move(text));
    }
    return shell;
}

class Sh final : public CommandOperator {
  public:
    Sh() : CommandOperator("sh") {}
    engine::OperatorOptions options() const override {
        return {.options = {
                    {.name = "_command", .kind = engine::OptionKind::kText, .is_required = true},
                    {.name = "shell",
                     .kind = engine::OptionKind::kList,
                     .help = "The shell and its arguments; /bin/sh without it."}}};
    }

  private:
    Result<Plan> plan(const engine::TaskContext& context, const CommandFolder& folder) override {
        Plan planned;
        std::string script = TRY(engine::required_text(context.parameters, "_command"));
        planned.files[kScript] = TRY(engine::resolve_secrets(context.secrets, script));
        const config::Map parameters = with_defaults(context.parameters, "sh");
        planned.environment = TRY(environment_of(context, parameters));
        planned.arguments = TRY(shell_of(parameters));
        planned.arguments.push_back(folder.relative(kScript));
        return planned;
    }

    engine::Outcome finish(engine::TaskContext&, const CommandFolder&, int exit_code) override {
        if (exit_code == 0) return engine::Done{};
        return engine::failed("Command failed with code " + std::to_string(exit_code) +
                              " (runtime)");
    }
};

}  // namespace
}  // namespace mogura::plugins

PLUGIN(operator, sh) {
    registry.operators.add("sh", "Run a shell script.", [] { return std::make_unique<Sh>(); });
}
