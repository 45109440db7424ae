#include "plugins/language_command.h"

#include "base/file.h"
#include "plugins/operator_options.h"

#include <utility>

namespace mogura::plugins {
namespace {

constexpr const char* kInput = "input.json";
constexpr const char* kOutput = "output.json";
constexpr int64_t kOutputBytesMax = 64 * 1024 * 1024;

// The interpreter with its arguments: a word or a list of them (6.1.2).
Result<std::vector<std::string>> interpreter_of(const config::Map& parameters,
                                                const std::string& option) {
    const config::Value* own = engine::present(parameters, option);
    if (!own) return std::vector<std::string>{option};
    if (own->is_string()) return std::vector<std::string>{own->string()};
    std::vector<std::string> words;
    if (own->is_list()) {
        for (const config::Value& word : own->list()) {
            std::string text = TRY(engine::to_text(word, option));
            words.push_back(std::move(text));
        }
    }
    if (!words.empty()) return words;
    return Error(Code::kInvalid, "Invalid " + option + ": " + config::to_json(*own) +
                                     " (a program, or a list of it and its arguments)");
}

Result<config::Map> read_output(const std::string& path) {
    int64_t size_bytes = TRY(base::file_size_bytes(path));
    if (size_bytes > kOutputBytesMax) {
        return Error(Code::kLimit,
                     "output.json is larger than 64 MiB (write large results to a "
                     "file and store its name)");
    }
    std::string text = TRY(base::read_file(path));
    config::Value output = TRY(config::parse_json(text, kOutput));
    if (!output.is_map()) return Error(Code::kInvalid, "output.json: not a mapping");
    return std::move(output.map());
}

Result<config::Map> member(const config::Map& output, std::string_view name) {
    if (!engine::present(output, name)) return config::Map();
    return engine::required_map(output, name);
}

Result<engine::Done> done_of(const config::Map& output) {
    engine::Done done;
    done.subtask_config = TRY(member(output, "subtask_config"));
    done.export_parameters = TRY(member(output, "export_params"));
    done.store_parameters = TRY(member(output, "store_params"));
    return done;
}

// "TEXTmessage (class)", and the lines where it happened.
std::string exception_text(const config::Map& output, const std::string& text) {
    const config::Value* error = engine::present(output, "error");
    if (!error || !error->is_map()) return "";
    std::string described = text;
    if (const config::Value* message = error->find("message")) {
        described += engine::plain_text(*message);
    }
    if (const config::Value* kind = error->find("class")) {
        described += " (" + engine::plain_text(*kind) + ")";
    }
    const config::Value* lines = error->find("backtrace");
    if (!lines || !lines->is_list()) return described;
    for (const config::Value& line : lines->list()) {
        described += "\n\tfrom " + engine::plain_text(line);
    }
    return described;
}

}  // namespace

engine::OperatorOptions LanguageOperator::options() const {
    using Kind = engine::OptionKind;
    return {.options = {
                {.name = "_command", .kind = Kind::kText, .is_required = true, .instead = "script"},
                {.name = "script",
                 .kind = Kind::kText,
                 .help = "The program itself, when no method is named."},
                {.name = "require",
                 .kind = Kind::kText,
                 .help = language_.requires_files ? "The file that defines the method." : ""},
                {.name = language_.option, .help = "The interpreter, or a list with arguments."}}};
}

Result<CommandOperator::Plan> LanguageOperator::plan(const engine::TaskContext& context,
                                                     const CommandFolder& folder) {
    Plan planned;
    config::Map parameters = with_defaults(context.parameters, language_.word);
    planned.environment = TRY(own_environment(context));
    planned.arguments = TRY(interpreter_of(parameters, language_.option));
    auto options = TRY(language_.options(context, parameters));
    planned.arguments.insert(planned.arguments.end(), options.begin(), options.end());
    planned.arguments.push_back(folder.relative(language_.runner));
    auto method = TRY(engine::optional_text(parameters, "_command"));
    if (method) {
        planned.files[language_.runner] = language_.runner_source;
        planned.arguments.push_back(*method);
    } else {
        planned.files[language_.runner] = TRY(engine::required_text(parameters, "script"));
    }
    config::Map input;
    input.append("params", std::move(parameters));
    planned.files[kInput] = config::to_json(input);
    planned.arguments.push_back(folder.relative(kInput));
    planned.arguments.push_back(folder.relative(kOutput));
    return planned;
}

engine::Outcome LanguageOperator::finish(engine::TaskContext&, const CommandFolder& folder,
                                         int exit_code) {
    std::string path = folder.file(kOutput);
    if (!base::file_exists(path)) {
        if (exit_code == 0) {
            return engine::failed(
                "output.json does not exist. The program has ended without an error but has not "
                "written its results (a script must write them to the file that its second "
                "argument names)");
        }
        return engine::failed(language_.title + " command failed with code " +
                              std::to_string(exit_code) + " (runtime)");
    }
    auto output = read_output(path);
    auto done = output.ok() ? done_of(*output) : Result<engine::Done>(output.error());
    if (exit_code == 0 && done.ok()) return *std::move(done);
    if (exit_code == 0) {
        return engine::failed("Can't parse output.json: " + done.error().message());
    }
    return engine::failed(language_.title + " command failed with code " +
                          std::to_string(exit_code) +
                          (output.ok() ? exception_text(*output, language_.error_text)
                                       : "\nCan't parse output.json: " + output.error().message()) +
                          " (runtime)");
}

}  // namespace mogura::plugins
