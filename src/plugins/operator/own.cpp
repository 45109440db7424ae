// The users' own operators: `plugin: operators:` gives a word to a program of theirs, which reads a
// request on standard input and writes its result on standard output, both JSON
// (docs/guide/own_operators.md). `plugin: dependencies:` names Java libraries: the well-known ones
// are built in, others cannot be loaded.

#include "base/file.h"
#include "base/log.h"
#include "base/mutex.h"
#include "base/program.h"
#include "base/text.h"
#include "base/utf8.h"
#include "plugins/operator_options.h"
#include "plugins/plugins.h"
#include "plugins/task_command.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace mogura::plugins {
namespace {

constexpr int64_t kProtocol = 1;
constexpr int64_t kResultBytesMax = 64 * 1024 * 1024;
constexpr const char* kRequest = "request.json";
constexpr const char* kResult = "result.json";
constexpr const char* kState = "own";  // in the task's state: what the program gave
// The program's standard output is its result, its standard error the task's output.
constexpr const char* kShell =
    "request=$1 result=$2; shift 2; exec \"$@\" <\"$request\" >\"$result\"";

struct BuiltIn {
    std::string_view coordinates;
    std::string_view words;
};
constexpr std::array kBuiltIn = {
    BuiltIn{"com.github.szyn:digdag-slack", "slack> is"},
    BuiltIn{"pro.civitaspo:digdag-operator-pg_lock", "pg_lock> and pg_unlock> are"},
    BuiltIn{"com.github.hiroyuki-sato:digdag-plugin-mysql", "mysql> is"},
};

// What stands in result.json.
struct Answer {
    config::Map members;
    std::optional<std::string> error = {};
};

// The start of what the program wrote, and where such words belong.
std::string beginning(std::string_view text) {
    constexpr size_t kShownBytes = 120;
    text = base::trim(text);
    size_t length = std::min(text.size(), kShownBytes);
    while (length < text.size() && length > 0 && base::continues_utf8(text[length])) --length;
    std::string sample = config::to_json(config::Value(std::string(text.substr(0, length))));
    return "\nIt begins with " + sample + (length < text.size() ? "..." : "") +
           " (only the result belongs there, as one JSON object; words for people go to standard "
           "error)";
}

Result<Answer> read_answer(const std::string& path, const std::string& word) {
    Answer answer;
    if (!base::file_exists(path)) return answer;
    int64_t size_bytes = TRY(base::file_size_bytes(path));
    if (size_bytes > kResultBytesMax) {
        return Error(Code::kLimit, word + ">: the result is larger than 64 MiB");
    }
    std::string text = TRY(base::read_file(path));
    if (base::trim(text).empty()) return answer;
    auto value = config::parse_json(text, word + ">: standard output");
    if (!value.ok()) return Error(value.error().code(), value.error().message() + beginning(text));
    if (!value->is_map()) {
        return Error(Code::kInvalid,
                     word + ">: standard output: not a JSON object" + beginning(text));
    }
    answer.members = std::move(value->map());
    if (const config::Value* error = engine::present(answer.members, "error")) {
        const config::Value* message = error->find("message");
        answer.error = engine::plain_text(message ? *message : *error);
    }
    return answer;
}

// A number, or a text that is one: `0.5` is a text in a workflow (1.3.5).
Result<double> seconds_of(const config::Value& wait) {
    if (wait.is_float()) return wait.floating();
    if (wait.is_string()) {
        std::string_view text = base::trim(wait.string());
        double seconds = 0;
        auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), seconds);
        if (failure == std::errc() && end == text.data() + text.size()) return seconds;
    }
    int64_t whole = TRY(engine::to_integer(wait, "again_in"));
    return static_cast<double>(whole);
}

Result<config::Map> mapping(const config::Map& members, std::string_view name) {
    if (!engine::present(members, name)) return config::Map();
    return engine::required_map(members, name);
}

class Own final : public CommandOperator {
  public:
    Own(std::string word, std::vector<std::string> program)
        : CommandOperator("own"), word_(std::move(word)), program_(std::move(program)) {}

  private:
    Result<Plan> plan(const engine::TaskContext& context, const CommandFolder& folder) override {
        Plan planned;
        planned.environment = TRY(own_environment(context));
        planned.files[kRequest] = config::to_json(request(context));
        planned.arguments = {
            "/bin/sh", "-c", kShell, "sh", folder.relative(kRequest), folder.relative(kResult)};
        std::vector<std::string> program = program_;
        if (program[0].find('/') != std::string::npos) {
            if (program[0][0] != '/') program[0] = context.project_folder + "/" + program[0];
            TRY(check_file(program[0]));
        }
        planned.arguments.insert(planned.arguments.end(), program.begin(), program.end());
        return planned;
    }

    Result<> check_file(const std::string& path) const {
        auto problem = base::program_problem(path, path);
        if (!problem) return {};
        return Error(Code::kInvalid, word_ + ">: " + *problem);
    }

    config::Map request(const engine::TaskContext& context) const {
        config::Map request;
        request.append("protocol", kProtocol);
        request.append("operator", word_);
        const config::Value* command = context.parameters.find("_command");
        request.append("command", command ? *command : config::Value());
        request.append("task", context.local);
        request.append("parameters", context.parameters);
        const config::Map own = state_of_this_try(context.state, {kState});
        const config::Value* state = own.find(kState);
        request.append("state", state ? *state : config::Value(config::Map()));
        config::Map facts;
        facts.append("task_name", context.full_name);
        facts.append("task_id", context.task_id);
        facts.append("attempt_id", context.attempt_id);
        facts.append("time_zone", context.time_zone);
        facts.append("project_folder", context.project_folder);
        request.append("context", std::move(facts));
        return request;
    }

    engine::Outcome finish(engine::TaskContext& context, const CommandFolder& folder,
                           int exit_code) override {
        auto answer = read_answer(folder.file(kResult), word_);
        if (answer.ok() && answer->error) return engine::failed(*answer->error);
        if (exit_code != 0) {
            return engine::failed(word_ + "> ended with code " + std::to_string(exit_code));
        }
        auto outcome = answer.ok() ? outcome_of(context, answer->members)
                                   : Result<engine::Outcome>(answer.error());
        if (outcome.ok()) return std::move(*outcome);
        return engine::failed(outcome.error().message());
    }

    Result<engine::Outcome> outcome_of(const engine::TaskContext& context,
                                       const config::Map& members) const {
        static const std::vector<std::string> known = {"store",    "reset", "export", "subtasks",
                                                       "again_in", "state", "error"};
        for (const auto& entry : members) {
            if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
            return Error(Code::kInvalid, word_ + ">: standard output: unknown key: " + entry.key +
                                             base::did_you_mean(entry.key, known));
        }
        if (const config::Value* wait = engine::present(members, "again_in")) {
            return again(context, members, *wait);
        }
        engine::Done done;
        done.subtask_config = TRY(mapping(members, "subtasks"));
        done.export_parameters = TRY(mapping(members, "export"));
        done.store_parameters = TRY(mapping(members, "store"));
        if (const config::Value* reset = engine::present(members, "reset")) {
            config::List names = TRY(engine::parsed_list(*reset, "reset"));
            for (const config::Value& name : names) {
                std::string text = TRY(engine::to_text(name, "reset"));
                done.reset_store_parameters.push_back(std::move(text));
            }
        }
        return engine::Outcome(std::move(done));
    }

    static Result<engine::Outcome> again(const engine::TaskContext& context,
                                         const config::Map& members, const config::Value& wait) {
        double seconds = TRY(seconds_of(wait));
        constexpr double kSecondsMax = 30.0 * 24 * 3600;
        if (!(seconds >= 0 && seconds <= kSecondsMax)) {
            return Error(Code::kInvalid, "again_in: not between 0 and 30 days, in seconds: " +
                                             config::to_json(wait));
        }
        config::Map state = state_of_this_try(state_without_command(context), {kState});
        config::Map own = TRY(mapping(members, "state"));
        state.set(kState, std::move(own));
        auto pause = std::chrono::microseconds(static_cast<int64_t>(seconds * 1e6));
        return engine::Outcome(
            engine::Again{.at = context.clock.now() + pause, .state = std::move(state)});
    }

    const std::string word_;
    const std::vector<std::string> program_;
};

Result<std::vector<std::string>> program_of(const std::string& word, const config::Value& value) {
    std::vector<std::string> program;
    if (value.is_string()) program.push_back(value.string());
    if (value.is_list()) {
        for (const config::Value& item : value.list()) {
            std::string text = TRY(engine::to_text(item, word));
            program.push_back(std::move(text));
        }
    }
    if (!program.empty() && !program[0].empty()) return program;
    return Error(Code::kInvalid,
                 "plugin.operators." + word +
                     ": a program, or a list of it and its arguments: " + config::to_json(value));
}

// What has been said already: files of a project name the same libraries again and again.
class Told {
  public:
    bool is_first(const std::string& text) {
        base::Lock lock(mutex_);
        return texts_.insert(text).second;
    }

  private:
    base::Mutex mutex_;
    std::set<std::string> texts_ GUARDED_BY(mutex_);
};

// With `told` it says which are built in.
Result<> check_dependencies(const config::Value& dependencies, Told* told) {
    config::List list = TRY(engine::parsed_list(dependencies, "plugin.dependencies"));
    std::vector<std::string> missing;
    for (const config::Value& item : list) {
        std::string text = TRY(engine::to_text(item, "plugin.dependencies"));
        // Without the version.
        std::string coordinates = text.substr(0, text.find(':', text.find(':') + 1));
        auto found = std::find_if(kBuiltIn.begin(), kBuiltIn.end(), [&](const BuiltIn& one) {
            return one.coordinates == coordinates;
        });
        if (found == kBuiltIn.end()) {
            missing.push_back(text);
        } else if (told && told->is_first(text)) {
            log::info(std::string(found->words) + " built in: not loaded: " + text);
        }
    }
    if (missing.empty()) return {};
    return Error(Code::kUnsupported, "plugin.dependencies: Java plugins cannot be loaded: " +
                                         base::join(missing, ", ") +
                                         " (write the operator as a program and name it in "
                                         "plugin.operators: docs/guide/own_operators.md)");
}

Result<std::unique_ptr<engine::Operator>> find(const std::string& word,
                                               const config::Map& parameters, Told& told) {
    std::unique_ptr<engine::Operator> none;
    const config::Value* plugin = engine::present(parameters, "plugin");
    if (!plugin || !plugin->is_map()) return none;
    if (const config::Value* java = engine::present(plugin->map(), "dependencies")) {
        TRY(check_dependencies(*java, word.empty() ? &told : nullptr));
    }
    if (!engine::present(plugin->map(), "operators")) return none;
    config::Map operators = TRY(engine::required_map(plugin->map(), "operators"));
    for (const auto& entry : operators) TRY(program_of(entry.key, entry.value));
    const config::Value* own = engine::present(operators, word);
    if (!own) return none;
    auto program = TRY(program_of(word, *own));
    return std::make_unique<Own>(word, std::move(program));
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(operator, own) {
    // A std::function is copied, so what it remembers is shared.
    registry.operators.set_finder(
        [told = std::make_shared<mogura::plugins::Told>()](const std::string& word,
                                                           const mogura::config::Map& parameters) {
            return mogura::plugins::find(word, parameters, *told);
        });
}
