#include "base/time_zone.h"
#include "script/evaluation.h"
#include "script/sandbox_pool.h"
#include "script/script.h"

#include <fmt/format.h>

#include <utility>

namespace mogura::script {
namespace {

// A zone as ICU spells it: regions as they are, every offset as "GMT+05:45".
Result<std::string> icu_zone(const std::string& name) {
    auto zone = TRY(base::TimeZone::find(name));
    if (!zone.is_fixed()) return name;
    const int64_t offset = zone.offset_at(0).count();
    if (offset == 0) return std::string("UTC");
    const int64_t seconds = offset < 0 ? -offset : offset;
    std::string text =
        fmt::format("GMT{}{:02}:{:02}", offset < 0 ? '-' : '+', seconds / 3600, seconds / 60 % 60);
    if (seconds % 60 != 0) text += fmt::format(":{:02}", seconds % 60);
    return text;
}

class PooledEvaluator final : public Evaluator {
  public:
    PooledEvaluator(HelperCommand command, Limits limits)
        : limits_(limits), pool_(std::move(command), limits.helpers_max) {}

    Result<Evaluated> evaluate(const Scope& scope, const config::Map& local) override {
        const std::string zone = TRY(icu_zone(scope.time_zone));
        Evaluated evaluated{.parameters = scope.parameters, .local = {}};
        config::merge(evaluated.parameters, local);
        TRY(Evaluation(scope.parameters, zone, pool_, limits_).evaluate(evaluated.parameters));
        const Names names(evaluated.parameters);
        for (const config::Map::Entry& entry : local) {
            evaluated.local.append(entry.key, *names.find(entry.key));
        }
        return evaluated;
    }

    Result<std::string> evaluate_text(const Scope& scope, std::string_view text) override {
        const std::string zone = TRY(icu_zone(scope.time_zone));
        config::Value value(text);
        TRY(Evaluation(scope.parameters, zone, pool_, limits_).evaluate(value));
        return value.string();
    }

  private:
    const Limits limits_;
    HelperPool pool_;
};

}  // namespace

std::unique_ptr<Evaluator> Evaluator::create(HelperCommand command, Limits limits) {
    return std::make_unique<PooledEvaluator>(std::move(command), limits);
}

}  // namespace mogura::script
