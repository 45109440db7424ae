// One evaluate() call: walks over the values in order, answers plain texts at once, and collects
// the others into jobs for a helper (spec digdag 3.4).
//
// A job is sent when a later text may read a result that it is to give, and at the end. Results
// are put in place where the unevaluated text stood, so the tree keeps its shape while pointers
// into it are held.

#pragma once

#include "base/result.h"
#include "config/config.h"
#include "script/message.h"
#include "script/plain_path.h"
#include "script/program.h"
#include "script/sandbox_pool.h"
#include "script/script.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace mogura::script {

// The entries of a map that does not change its keys, by name.
class Names {
  public:
    explicit Names(const config::Map& map);
    // Among the first `count` entries.
    const config::Value* find(std::string_view name, size_t count = SIZE_MAX) const;
    const config::Map& map() const { return map_; }

  private:
    const config::Map& map_;
    std::unordered_map<std::string_view, size_t> places_;  // empty for a small map
};

class Evaluation {
  public:
    // `parameters` are the raw ones (3.4.1).
    Evaluation(const config::Map& parameters, std::string time_zone, HelperPool& pool,
               const Limits& limits)
        : raw_(parameters),
          time_zone_(std::move(time_zone)),
          pool_(pool),
          limits_(limits),
          time_left_(limits.time_max) {}

    // Evaluates all texts of the map in place, but those of its entry `data`.
    Result<> evaluate(config::Map& map, std::string_view data);
    // Evaluates one text, in the scope of the parameters alone.
    Result<> evaluate(config::Value& text);

  private:
    // A mapping under evaluation: its first `done` entries are in scope.
    struct Level {
        Names names;
        size_t done = 0;
    };

    Result<> walk(config::Map& map, std::string_view data = {});
    Result<> walk(config::Value& value, const Level& level);
    Result<> evaluate_text(config::Value& value, const Level& level);

    // The text when plain paths suffice.
    Result<std::optional<std::string>> plain_text(const std::vector<Part>& parts,
                                                  const Level& level);
    Result<> add_script(config::Value& target, Program program, const Level& level);
    Result<> add_to_scope(Script& script, std::string_view name, const Level& level);
    Result<> add_everything(Script& script, const Level& level);
    uint32_t add_value(const config::Value& value);
    // The value that a name stands for; nullptr when it is no parameter. Sends the job first when
    // the value is not settled yet.
    Result<const config::Value*> look_up(std::string_view name, const Level& level);

    Result<> send();
    Result<Helper::Reply> ask();
    Error failure(const Helper::Reply& reply) const;

    Names raw_;
    const std::string time_zone_;
    HelperPool& pool_;
    const Limits limits_;
    std::chrono::nanoseconds time_left_;

    Job job_;
    std::vector<config::Value*> targets_;  // of the job's scripts
    std::unordered_map<const config::Value*, uint32_t> sent_values_;
    std::vector<const config::Value*> path_;              // entries around the current text
    std::unordered_set<const config::Value*> unsettled_;  // entries that wait for the job
};

}  // namespace mogura::script
