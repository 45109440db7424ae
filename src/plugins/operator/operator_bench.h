// A bench for tests of operators: one task called by itself, in a folder of its own.
//
// Owns: the registry, the folder, the process executor, the state between calls. Secrets are what
// the test puts in; of templates only ${name} with a parameter's name is known. One thread.

#pragma once

#include "base/file.h"
#include "base/text.h"
#include "plugins/plugins.h"

#include <poll.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace mogura::plugins {

class BenchEvaluator final : public script::Evaluator {
  public:
    Result<Evaluated> evaluate(const script::Scope&, const config::Map&) override {
        return Error(Code::kUnsupported, "none");
    }
    Result<std::string> evaluate_text(const script::Scope& scope, std::string_view text) override {
        std::string result(text);
        for (const auto& entry : scope.parameters) {
            result =
                base::replace_all(result, "${" + entry.key + "}", engine::plain_text(entry.value));
        }
        return result;
    }
};

class BenchSecrets final : public engine::Secrets {
  public:
    Result<std::optional<std::string>> find(const std::string& key) const override {
        auto found = values.find(key);
        if (found == values.end()) return {{}};
        return std::optional<std::string>(found->second);
    }
    std::map<std::string, std::string> values;
};

class Bench {
  public:
    Bench() {
        std::string name = (std::filesystem::temp_directory_path() / "operatorXXXXXX").string();
        folder = ::mkdtemp(name.data());
        add_all(registry);
        run_commands_with({{"PATH", "/usr/bin:/bin"}});
    }
    ~Bench() { std::filesystem::remove_all(folder); }
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;

    // The first call of a new task.
    engine::Outcome run(const std::string& type, const std::string& json) {
        parameters = config::parse_json(json, "test")->map();
        state = {};
        return call(type);
    }
    // Until it is done, waiting for what it waits for as the engine does.
    engine::Outcome run_to_the_end(const std::string& type, const std::string& json) {
        engine::Outcome outcome = run(type, json);
        while (auto* again = std::get_if<engine::Again>(&outcome)) {
            state = again->state;
            pollfd ended{.fd = again->wake_descriptor.value_or(-1), .events = POLLIN, .revents = 0};
            int wait_max = again->wake_descriptor ? 10'000 : 20;
            ::poll(&ended, 1, wait_max);
            outcome = call(type);
        }
        return outcome;
    }
    // The next call of the same task.
    engine::Outcome call(const std::string& type) {
        std::string message;
        return call(registry.operators.make(type, message), message);
    }
    // The same for a word that the parameters may bring along.
    engine::Outcome call_with_parameters(const std::string& type) {
        std::string message;
        return call(registry.operators.make(type, parameters, message), message);
    }
    void run_commands_with(const std::map<std::string, std::string>& environment) {
        executor_ = registry.executors.at("process")(environment);
    }
    void write(const std::string& name, std::string_view text) {
        std::string path = folder + "/" + name;
        std::filesystem::create_directories(std::filesystem::path(path).parent_path());
        [[maybe_unused]] auto written = base::write_file(path, text);
    }

    std::string folder;
    std::string full_name = "+w+t";
    Registry registry;
    BenchSecrets secrets;
    engine::Settings settings;
    std::map<std::string, std::string> environment;  // of this process, not of commands
    std::unique_ptr<store::SharedParameters> shared_parameters = store::shared_parameters_in("");
    std::unique_ptr<store::Locks> locks = store::locks_in("");
    engine::Attempts* attempts = &engine::no_attempts();
    config::Map parameters;
    config::Map state;
    std::string printed;
    engine::Compatibility compatibility = engine::Compatibility::kFixed;

  private:
    engine::Outcome call(const std::unique_ptr<engine::Operator>& made,
                         const std::string& message) {
        if (!made) return engine::failed(message);
        engine::Surroundings surroundings{.settings = settings,
                                          .environment = environment,
                                          .attempts = *attempts,
                                          .shared_parameters = shared_parameters.get(),
                                          .locks = locks.get()};
        engine::TaskContext context{.full_name = full_name,
                                    .task_id = 1,
                                    .attempt_id = 1,
                                    .parameters = parameters,
                                    .local = parameters,
                                    .state = state,
                                    .time_zone = "UTC",
                                    .project_folder = folder,
                                    .work_folder = folder,
                                    .temporary_folder = folder + "/.digdag/tmp",
                                    .tasks_max = 100,
                                    .compatibility = compatibility,
                                    .clock = clock_,
                                    .evaluator = evaluator_,
                                    .executor = *executor_,
                                    .secrets = secrets,
                                    .surroundings = surroundings,
                                    .progress = progress_,
                                    .stop = {},
                                    .print = [this](std::string_view text) { printed += text; },
                                    .printed_bytes = printed_bytes_};
        return made->run(context);
    }

    base::SystemClock clock_;
    BenchEvaluator evaluator_;
    std::unique_ptr<executor::Executor> executor_;
    engine::TaskProgress progress_;
    int64_t printed_bytes_ = 0;
};

inline std::string message(const engine::Outcome& outcome) {
    const auto* failure = std::get_if<engine::Failed>(&outcome);
    return failure ? failure->error.find("message")->string() : "no failure";
}

inline std::string subtasks(const engine::Outcome& outcome) {
    const auto* done = std::get_if<engine::Done>(&outcome);
    return done ? config::to_json(done->subtask_config) : "not done: " + message(outcome);
}

inline std::string stored(const engine::Outcome& outcome) {
    const auto* done = std::get_if<engine::Done>(&outcome);
    return done ? config::to_json(done->store_parameters) : "not done: " + message(outcome);
}

}  // namespace mogura::plugins
