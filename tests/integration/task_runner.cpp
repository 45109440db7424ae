#include "task_runner.h"

#include "base/file.h"
#include "base/text.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <utility>

namespace mogura::integration {
namespace {

// Knows one template.
class DayEvaluator final : public script::Evaluator {
  public:
    Result<Evaluated> evaluate(const script::Scope&, const config::Map&) override {
        return Error(Code::kInternal, "nobody asks for this");
    }
    Result<std::string> evaluate_text(const script::Scope& scope, std::string_view text) override {
        const config::Value* day = scope.parameters.find("day");
        return base::replace_all(text, "${day}", day ? day->scalar_text().value_or("") : "");
    }
};

class NoExecutor final : public executor::Executor {
  public:
    Result<config::Map> start(const executor::Command&) override { return no(); }
    Result<executor::Status> status(const config::Map&) override { return no(); }
    Result<> kill(const config::Map&, bool) override { return no(); }

  private:
    static Error no() { return Error(Code::kInternal, "no commands here"); }
};

config::Map parse(const std::string& yaml) {
    auto value = config::parse_yaml(yaml, {});
    EXPECT_TRUE(value.ok()) << value.error().message();
    return value.ok() ? value->map() : config::Map();
}

}  // namespace

class TaskRunner::KeptSecrets final : public engine::Secrets {
  public:
    explicit KeptSecrets(const std::map<std::string, std::string>& secrets) : secrets_(secrets) {}
    Result<std::optional<std::string>> find(const std::string& key) const override {
        const auto found = secrets_.find(key);
        if (found == secrets_.end()) return std::optional<std::string>();
        return std::optional(found->second);
    }

  private:
    const std::map<std::string, std::string>& secrets_;
};

TaskRunner::TaskRunner(const plugins::Registry& registry, std::string word)
    : registry_(registry), word_(std::move(word)) {
    folder_ = (std::filesystem::temp_directory_path() / "task.XXXXXX").string();
    EXPECT_NE(mkdtemp(folder_.data()), nullptr);
}

TaskRunner::~TaskRunner() {
    std::filesystem::remove_all(folder_);
}

void TaskRunner::write(const std::string& name, const std::string& text) const {
    EXPECT_TRUE(base::write_file(folder_ + "/" + name, text).ok());
}

std::string TaskRunner::file(const std::string& name) const {
    auto text = base::read_file(folder_ + "/" + name);
    return text.ok() ? *text : "error: " + text.error().message();
}

engine::Outcome TaskRunner::once(const std::string& command, const std::string& local,
                                 const std::string& scope) {
    config::Map own = parse(local);
    config::Map parameters = parse(scope);
    config::merge(parameters, own);
    parameters.set("_type", word_);
    auto value = config::parse_yaml(command, {});
    EXPECT_TRUE(value.ok());
    parameters.set("_command", *std::move(value));
    std::string problem;
    auto made = registry_.operators.make(word_, problem);
    if (!made) return engine::failed(problem);
    DayEvaluator evaluator;
    NoExecutor executor;
    const KeptSecrets secrets(secrets_);
    const engine::Surroundings surroundings{.settings = settings};
    engine::TaskContext context{.full_name = "+t",
                                .parameters = parameters,
                                .local = own,
                                .state = state,
                                .time_zone = "UTC",
                                .project_folder = folder_,
                                .work_folder = folder_,
                                .temporary_folder = folder_ + "/tmp",
                                .clock = clock,
                                .evaluator = evaluator,
                                .executor = executor,
                                .secrets = secrets,
                                .surroundings = surroundings,
                                .progress = progress_,
                                .stop = stop_.get_token(),
                                .print = [](std::string_view) {},
                                .printed_bytes = printed_bytes_};
    return made->run(context);
}

std::string TaskRunner::run(const std::string& command, const std::string& local,
                            const std::string& scope, int calls_max) {
    for (int call = 0; call < calls_max; ++call) {
        auto outcome = once(command, local, scope);
        if (const auto* done = std::get_if<engine::Done>(&outcome)) {
            state = {};
            return config::to_json(done->store_parameters);
        }
        if (const auto* failed = std::get_if<engine::Failed>(&outcome)) {
            state = {};
            return "failed: " + failed->error.find("message")->string();
        }
        state = std::get<engine::Again>(outcome).state;
    }
    return "waiting";
}

}  // namespace mogura::integration
