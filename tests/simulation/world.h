// A small world for the engine: a clock turned by hand, a store in memory that survives the
// engine, and one operator, `act>`, that does what its parameters say (`notify>` and `fail>` are
// there for the engine's own tasks). What it does depends only on
// the task, its parameters and its stored state, so that a run that was killed and resumed must end
// like one that was not.
//
//     World world("+a: {act>: , store: {x: 1}}");
//     world.run();                      // EXPECT_TRUE(world.is_success())
//
// act> knows: fail (message), fail_times (fails that often before it succeeds), fail_until (the
// same, counting the calls of all rows of its name), polls (asks to be
// called again that often), store, reset, export, sub (a mapping of subtasks), times and body (a
// loop as loop> makes it).

#pragma once

#include "engine/engine.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mogura::simulation {

class PlainEvaluator final : public script::Evaluator {
  public:
    Result<Evaluated> evaluate(const script::Scope& scope, const config::Map& local) override;
    Result<std::string> evaluate_text(const script::Scope&, std::string_view text) override {
        return std::string(text);
    }
};

class NoExecutor final : public executor::Executor {
  public:
    Result<config::Map> start(const executor::Command&) override;
    Result<executor::Status> status(const config::Map&) override;
    Result<> kill(const config::Map&, bool) override { return {}; }
};

class World final : public engine::Observer, public engine::Gatekeeper {
  public:
    explicit World(const std::string& yaml,
                   engine::Compatibility compatibility = engine::Compatibility::kFixed);

    // From the start to the end, without a death. Turns the clock when nothing else is due.
    void run();
    // Dies after every `turns` turns (2 at least: the result of a call is lost with the engine, so
    // that one turn would never get anywhere) and goes on from the store.
    void run_dying_every(int turns);
    // Dies once, after that many turns.
    void run_dying_at(int turn);
    // One step and at most so many calls; false when all is done.
    bool turn();
    int calls_per_turn = 1;
    int turns() const { return turns_; }
    void die_and_resume();
    void start();
    // The session once more, as another attempt that takes over what `resume` chooses.
    Result<> retry(const std::string& name, std::vector<store::ResumedTask> resumed);
    // The same with a changed workflow.
    void use_workflow(const std::string& yaml);
    std::vector<store::Task> stored_tasks() { return *store_->tasks(id_); }
    // What the operators have been called for since then is forgotten.
    void forget_calls() { calls_.clear(); }

    bool is_success() { return engine_->tree(id_).is_success(); }
    engine::TaskTree& tree() { return engine_->tree(id_); }
    engine::Engine& engine() { return *engine_; }
    store::Store& store() { return *store_; }
    base::FakeClock& clock() { return clock_; }
    // Full name of the newest row of each task, and its state.
    std::map<std::string, std::string> states();
    // The same as the store has it.
    std::map<std::string, std::string> stored_states();
    store::Attempt stored_attempt();
    // Parameters as the last call of a task saw them, without built-ins.
    config::Map seen(const std::string& full_name) const;
    std::vector<std::string> calls() const { return calls_; }
    // Names of tasks that were called and that a retry had made again.
    const std::vector<std::string>& repeats() const { return repeats_; }
    // Tasks whose operator was asked to clean up.
    const std::vector<std::string>& cleaned() const { return cleaned_; }
    // Why attempts were asked to end.
    const std::vector<std::string>& overdue() const { return overdue_; }
    void on_overdue(const store::Attempt&, const std::string& reason) override {
        overdue_.push_back(reason);
    }
    std::optional<engine::Done> instead_of(const std::string& full_name, bool is_repeat) override;

    engine::EngineOptions options;
    config::Map attempt_parameters;
    std::optional<base::Instant> run_time;  // of a schedule
    Result<> start_result;

  private:
    class Act;
    class Fail;
    void make_engine();

    base::FakeClock clock_;
    PlainEvaluator evaluator_;
    NoExecutor executor_;
    engine::Operators operators_;
    std::unique_ptr<store::Store> store_ = store::open_memory();
    std::vector<workflow::TaskDefinition> tasks_;
    std::unique_ptr<engine::Engine> engine_;
    store::AttemptId id_{};
    int turns_ = 0;
    std::vector<std::string> calls_;
    std::vector<std::string> repeats_;
    std::vector<std::string> overdue_;
    std::vector<std::string> cleaned_;
    std::map<std::string, config::Map> seen_;
};

}  // namespace mogura::simulation
