// sh>: a shell script (spec digdag 4.8).
//
// The script goes to a file in the project's temporary folder and runs in a process group of its
// own, its output in a file beside it. A command that ends within a few milliseconds is waited for
// here; for others the task is called again when the process ends, and now and then to show what it
// has printed. The handle stands in the task's state and, from the moment of the start, in a file:
// a command that outlived its mogura is killed and the script runs again from its beginning.

#include "base/file.h"
#include "plugins/plugins.h"

#include <poll.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

namespace mogura::plugins {
namespace {

constexpr std::chrono::milliseconds kShortWait{8};
constexpr std::chrono::milliseconds kLook{250};
constexpr std::chrono::seconds kGrace{10};
constexpr std::chrono::milliseconds kGraceLook{20};
constexpr const char* kStatus = "commandStatus";
constexpr const char* kTermSent = "terminated_at";

bool is_variable_name(std::string_view name) {
    auto is_letter = [](unsigned char c) { return std::isalpha(c) || c == '_'; };
    if (name.empty() || !is_letter(static_cast<unsigned char>(name[0]))) return false;
    for (unsigned char c : name) {
        if (!is_letter(c) && !std::isdigit(c)) return false;
    }
    return true;
}

// ${secret:key} and other forms that templates leave alone (3.3.3).
Result<> check_parametrization(const std::string& script) {
    for (size_t place = script.find("${"); place != std::string::npos;
         place = script.find("${", place + 2)) {
        size_t end = place + 2;
        while (end < script.size() && script[end] >= 'a' && script[end] <= 'z') ++end;
        if (end == place + 2 || end >= script.size() || script[end] != ':') continue;
        std::string whole = script.substr(place, script.find('}', end) - place + 1);
        if (script.compare(place + 2, end - place - 2, "secret") == 0) {
            return Error(Code::kUnsupported, whole +
                                                 ": secrets are not supported yet (pass the "
                                                 "value in an environment variable)");
        }
        return Error(Code::kInvalid, "Invalid parametrization: '" + whole + "'");
    }
    return {};
}

Result<std::map<std::string, std::string>> environment_of(const engine::TaskContext& context) {
    std::map<std::string, std::string> environment;
    for (const auto& entry : context.parameters) {
        if (!is_variable_name(entry.key)) continue;
        if (entry.value.is_null()) {
            if (!engine::refuses_null_in_environment(context.compatibility)) continue;
            return Error(Code::kInvalid, "Parameter '" + entry.key + "' is required but null");
        }
        environment[entry.key] = engine::plain_text(entry.value);
    }
    if (!engine::present(context.local, "_env")) return environment;
    config::Map own = TRY(engine::required_map(context.local, "_env"));
    for (const auto& entry : own) {
        if (!is_variable_name(entry.key)) {
            return Error(Code::kInvalid, "Invalid _env key name: " + entry.key);
        }
        std::string value = TRY(engine::to_text(entry.value, entry.key));
        TRY(check_parametrization(value));
        environment[entry.key] = std::move(value);
    }
    return environment;
}

Result<std::vector<std::string>> shell_of(const engine::TaskContext& context) {
    std::vector<std::string> shell = {"/bin/sh"};
    const config::Value* own = engine::present(context.parameters, "shell");
    if (const config::Value* nested = engine::present(context.parameters, "sh"); !own && nested) {
        if (nested->is_map()) own = engine::present(nested->map(), "shell");
    }
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

class Sh final : public engine::Operator {
  public:
    engine::Outcome run(engine::TaskContext& context) override {
        auto outcome = start_or_look(context);
        if (outcome.ok()) return std::move(*outcome);
        return engine::failed_config(outcome.error().message());
    }

    std::optional<engine::Again> cancel(engine::TaskContext& context) override {
        const config::Value* stored = context.state.find(kStatus);
        if (!stored || !stored->is_map()) return {};
        auto status = context.executor.status(stored->map());
        if (!status.ok() || !status->is_running) {
            print_output(context, true);
            return {};
        }
        base::Instant now = context.clock.now();
        config::Map state = context.state;
        auto asked = engine::required_integer(state, kTermSent);
        auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch());
        int64_t since = asked.ok() ? *asked : milliseconds.count();
        base::Instant end = base::Instant(std::chrono::milliseconds(since)) + kGrace;
        bool force = now >= end || status->is_lost;
        if (!asked.ok() || force) {
            [[maybe_unused]] auto ignored = context.executor.kill(stored->map(), force);
        }
        state.set(kTermSent, since);
        // Nothing wakes us when the last child of a command ends.
        base::Instant soon = now + (status->wake_descriptor ? kLook : kGraceLook);
        return engine::Again{.at = force ? soon : std::min(soon, end),
                             .state = std::move(state),
                             .wake_descriptor = status->wake_descriptor};
    }

  private:
    static std::string folder_of(const engine::TaskContext& context) {
        return context.temporary_folder + "/digdag-sh-" + std::to_string(context.task_id) + "-" +
               std::to_string(context.attempt_id);
    }

    static Result<engine::Outcome> start_or_look(engine::TaskContext& context) {
        const config::Value* stored = context.state.find(kStatus);
        if (!stored || !stored->is_map()) return start(context);
        auto status = TRY(context.executor.status(stored->map()));
        if (!status.is_lost) return look(context, stored->map(), status);
        TRY(context.executor.kill(stored->map(), true));
        return start(context);
    }

    static Result<engine::Outcome> start(engine::TaskContext& context) {
        std::string script = TRY(engine::required_text(context.parameters, "_command"));
        TRY(check_parametrization(script));
        if (engine::present(context.parameters, "docker")) {
            return Error(Code::kUnsupported,
                         "docker: containers are not supported yet (remove it to run here)");
        }
        executor::Command command;
        command.environment = TRY(environment_of(context));
        command.arguments = TRY(shell_of(context));
        command.folder = context.work_folder;
        std::string folder = folder_of(context);
        TRY(prepare_folder(context, folder, script));
        auto relative = std::filesystem::path(folder).lexically_relative(context.work_folder);
        command.arguments.push_back((relative / "runner.sh").string());
        command.output_file = folder + "/output";
        config::Map handle = TRY(context.executor.start(command));
        std::ofstream(folder + "/handle") << config::to_json(handle);
        context.printed_bytes = 0;
        auto status = TRY(context.executor.status(handle));
        if (status.is_running && status.wake_descriptor) {
            pollfd ended{.fd = *status.wake_descriptor, .events = POLLIN, .revents = 0};
            ::poll(&ended, 1, static_cast<int>(kShortWait.count()));
            status = TRY(context.executor.status(handle));
        }
        return look(context, handle, status);
    }

    // A handle from an earlier life whose state was never stored is found here.
    static Result<> prepare_folder(engine::TaskContext& context, const std::string& folder,
                                   const std::string& script) {
        std::error_code failure;
        if (!std::filesystem::create_directories(folder, failure) && !failure) {
            auto text = base::read_file(folder + "/handle");
            auto old = text.ok() ? config::parse_json(*text, "handle")
                                 : Result<config::Value>(text.error());
            if (old.ok() && old->is_map()) TRY(context.executor.kill(old->map(), true));
            std::filesystem::remove(folder + "/output", failure);
        }
        if (failure) {
            return Error(Code::kUnavailable, folder + ": cannot create: " + failure.message());
        }
        std::ofstream file(folder + "/runner.sh", std::ios::binary);
        file << script;
        file.close();
        if (!file) return Error(Code::kUnavailable, folder + "/runner.sh: cannot write");
        return {};
    }

    static engine::Outcome look(engine::TaskContext& context, const config::Map& handle,
                                const executor::Status& status) {
        print_output(context, !status.is_running);
        if (status.is_running) {
            config::Map state = context.state;
            state.set(kStatus, handle);
            return engine::Again{.at = context.clock.now() + kLook,
                                 .state = std::move(state),
                                 .wake_descriptor = status.wake_descriptor};
        }
        int code = status.exit_code.value_or(1);
        if (code != 0) {
            return engine::failed("Command failed with code " + std::to_string(code) +
                                  " (runtime)");
        }
        std::error_code ignored;
        std::filesystem::remove_all(folder_of(context), ignored);
        return engine::Done{};
    }

    // What was printed since the last look; while the command runs, whole lines only.
    static void print_output(engine::TaskContext& context, bool is_over) {
        std::ifstream file(folder_of(context) + "/output", std::ios::binary);
        if (!file || !file.seekg(context.printed_bytes)) return;
        std::string text(64 * 1024, '\0');
        while (true) {
            file.read(text.data(), static_cast<std::streamsize>(text.size()));
            auto count = static_cast<size_t>(file.gcount());
            std::string_view part(text.data(), count);
            bool is_rest = count < text.size();
            if (is_rest && !is_over) part = part.substr(0, part.rfind('\n') + 1);
            if (!part.empty()) context.print(part);
            context.printed_bytes += static_cast<int64_t>(part.size());
            if (is_rest) return;
        }
    }
};

}  // namespace
}  // namespace mogura::plugins

PLUGIN(operator, sh) {
    registry.operators.add("sh", "Run a shell script.", [] { return std::make_unique<Sh>(); });
}
