// Runs tasks of one operator as the engine would, shared by the tests of all databases.

#pragma once

#include "base/clock.h"
#include "config/config.h"
#include "engine/engine.h"
#include "plugins/plugins.h"

#include <map>
#include <optional>
#include <stop_token>
#include <string>

namespace mogura::integration {

class TaskRunner {
  public:
    // `word` as in "pg"; `secrets` by key.
    TaskRunner(const plugins::Registry& registry, std::string word);
    ~TaskRunner();

    void write(const std::string& name, const std::string& text) const;
    std::string file(const std::string& name) const;
    void set_secret(const std::string& key, const std::string& value) { secrets_[key] = value; }

    // One call of the operator: the command, the task's other keys, and what is in scope, as YAML.
    // The state of the call before is given on, as the engine does.
    engine::Outcome once(const std::string& command, const std::string& local = "{}",
                         const std::string& scope = "{}");
    // Calls until it is done or failed: the stored parameters as JSON, or "failed: MESSAGE". At
    // most `calls_max` calls; "waiting" when it is still not done.
    std::string run(const std::string& command, const std::string& local = "{}",
                    const std::string& scope = "{}", int calls_max = 3);
    config::Map state;
    engine::Settings settings;
    base::FakeClock clock{base::Instant{}};

  private:
    class KeptSecrets;
    const plugins::Registry& registry_;
    const std::string word_;
    std::string folder_;
    std::map<std::string, std::string> secrets_;
    engine::TaskProgress progress_;
    int64_t printed_bytes_ = 0;
    std::stop_source stop_;
};

}  // namespace mogura::integration
