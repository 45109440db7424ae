#include "simulation/world.h"

#include "base/check.h"

#include <algorithm>
#include <set>

namespace mogura::simulation {
namespace {

constexpr int kTurnsMax = 200'000;

const std::set<std::string> kOwnKeys = {"act>",   "_type",     "_command", "fail",   "fail_times",
                                        "polls",  "store",     "reset",    "export", "sub",
                                        "_retry", "_parallel", "times",    "body",   "fail_until"};

config::Map map_at(const config::Map& parameters, std::string_view name) {
    const config::Value* value = parameters.find(name);
    return value && value->is_map() ? value->map() : config::Map{};
}

int64_t integer_at(const config::Map& parameters, std::string_view name) {
    const config::Value* value = parameters.find(name);
    return value && value->is_integer() ? value->integer() : 0;
}

// As loop> does (4.3.2).
config::Map unrolled(const config::Map& local) {
    config::Map loop;
    if (const config::Value* parallel = local.find("_parallel"))
        loop.append("_parallel", *parallel);
    for (int64_t index = 0; index < integer_at(local, "times"); ++index) {
        config::Map body = map_at(local, "body");
        config::Map exports = map_at(body, "_export");
        exports.set("i", index);
        body.set("_export", std::move(exports));
        loop.append("+loop-" + std::to_string(index), std::move(body));
    }
    return loop;
}

bool is_builtin(const std::string& key) {
    return key == "timezone" || key == "task_name" || key.starts_with("session_") ||
           key.starts_with("last_") || key == "project_id" || key == "attempt_id";
}

}  // namespace

Result<script::Evaluator::Evaluated> PlainEvaluator::evaluate(const script::Scope& scope,
                                                              const config::Map& local) {
    Evaluated evaluated{.parameters = scope.parameters, .local = local};
    for (const auto& entry : local) evaluated.parameters.set(entry.key, entry.value);
    return evaluated;
}

Result<config::Map> NoExecutor::start(const executor::Command&) {
    return Error(Code::kUnsupported, "no commands here");
}
Result<executor::Status> NoExecutor::status(const config::Map&) {
    return Error(Code::kUnsupported, "no commands here");
}

class World::Act final : public engine::Operator {
  public:
    explicit Act(World& world) : world_(world) {}

    engine::Outcome run(engine::TaskContext& context) override {
        const config::Map& local = context.local;
        world_.calls_.push_back(context.full_name);
        config::Map visible;
        for (const auto& entry : context.parameters) {
            if (!is_builtin(entry.key) && !kOwnKeys.contains(entry.key)) {
                visible.append(entry.key, entry.value);
            }
        }
        world_.seen_[context.full_name] = visible;
        int64_t polled = integer_at(context.state, "polled");
        if (polled < integer_at(local, "polls")) {
            config::Map state = context.state;
            state.set("polled", polled + 1);
            state.set("commandStatus", config::Map{});
            return engine::Again{.at = context.clock.now() + std::chrono::seconds(5),
                                 .state = state};
        }
        int64_t tries = integer_at(context.state, "retry_count");
        if (tries < integer_at(local, "fail_times")) return engine::failed("not yet");
        auto called = std::count(world_.calls_.begin(), world_.calls_.end(), context.full_name);
        if (called <= integer_at(local, "fail_until")) return engine::failed("not yet");
        if (const config::Value* message = local.find("fail")) {
            return engine::failed(engine::plain_text(*message));
        }
        engine::Done done{
            .subtask_config = local.find("times") ? unrolled(local) : map_at(local, "sub"),
            .export_parameters = map_at(local, "export"),
            .store_parameters = map_at(local, "store")};
        if (const config::Value* reset = local.find("reset")) {
            for (const auto& name : reset->list()) {
                done.reset_store_parameters.push_back(name.string());
            }
        }
        return done;
    }

    std::optional<engine::Again> cancel(engine::TaskContext& context) override {
        world_.cleaned_.push_back(context.full_name);
        return {};
    }

  private:
    World& world_;
};

class World::Fail final : public engine::Operator {
  public:
    engine::Outcome run(engine::TaskContext& context) override {
        return engine::failed(engine::plain_text(*context.parameters.find("_command")));
    }
};

World::World(const std::string& yaml, engine::Compatibility compatibility)
    : clock_(base::Instant(std::chrono::seconds(1'700'000'000))) {
    operators_.add("act", "", [this] { return std::make_unique<Act>(*this); });
    operators_.add("notify", "", [this] { return std::make_unique<Act>(*this); });
    operators_.add("fail", "", [] { return std::make_unique<Fail>(); });
    use_workflow(yaml);
    options.threads = 0;
    options.compatibility = compatibility;
}

void World::use_workflow(const std::string& yaml) {
    auto loaded = workflow::load_workflow("w", yaml, "w.dig", ".");
    if (!loaded.ok()) throw std::runtime_error(loaded.error().message());
    tasks_ = loaded->tasks;
}

void World::make_engine() {
    engine_ = std::make_unique<engine::Engine>(engine::EngineParts{.store = *store_,
                                                                   .operators = operators_,
                                                                   .evaluator = evaluator_,
                                                                   .executor = executor_,
                                                                   .clock = clock_,
                                                                   .observer = *this,
                                                                   .gatekeeper = *this},
                                               options);
}

void World::start() {
    start_result = retry("", {});
}

Result<> World::retry(const std::string& name, std::vector<store::ResumedTask> resumed) {
    make_engine();
    store::Attempt wanted;
    wanted.session.project = "p";
    wanted.session.workflow = "w";
    wanted.retry_name = name;
    wanted.parameters = attempt_parameters;
    wanted.created_at = clock_.now();
    id_ = TRY(engine_->start(wanted, tasks_, base::TimeZone(), std::move(resumed), run_time));
    return {};
}

bool World::turn() {
    auto next = engine_->step(clock_.now());
    CHECK(next.ok());
    ++turns_;
    CHECK(turns_ < kTurnsMax);
    if (engine_->is_done()) return false;
    int calls = 0;
    while (calls < calls_per_turn && engine_->call_here()) ++calls;
    if (calls > 0) return true;
    CHECK(*next != base::Instant::max());
    if (*next > clock_.now()) clock_.set(*next);
    return true;
}

void World::run() {
    start();
    if (!start_result.ok()) return;
    while (turn()) {
    }
}

void World::run_dying_at(int turn_of_death) {
    start();
    while (turn()) {
        if (turns_ == turn_of_death) die_and_resume();
    }
}

void World::die_and_resume() {
    engine_.reset();
    make_engine();
    auto unfinished = *store_->unfinished();
    CHECK(unfinished.size() == 1);
    CHECK(engine_->resume(unfinished[0], base::TimeZone()).ok());
}

void World::run_dying_every(int turns) {
    start();
    while (turn()) {
        if (turns_ % turns == 0) die_and_resume();
    }
}

std::map<std::string, std::string> World::states() {
    std::map<std::string, std::string> result;
    for (const engine::Node& node : tree().nodes()) {
        result[node.row.full_name] = store::state_name(node.row.state);
    }
    return result;
}

std::map<std::string, std::string> World::stored_states() {
    std::map<std::string, std::string> result;
    auto rows = store_->tasks(id_);
    for (const store::Task& row : *rows) result[row.full_name] = store::state_name(row.state);
    return result;
}

store::Attempt World::stored_attempt() {
    return store_->attempts("p", "w")->back();
}

std::optional<engine::Done> World::instead_of(const std::string& full_name, bool is_repeat) {
    if (is_repeat) repeats_.push_back(full_name);
    return {};
}

config::Map World::seen(const std::string& full_name) const {
    auto found = seen_.find(full_name);
    return found == seen_.end() ? config::Map{} : found->second;
}

}  // namespace mogura::simulation
