#include "base/time_zone.h"
#include "base/utf8.h"
#include "script/evaluation.h"
#include "script/sandbox_pool.h"
#include "script/script.h"

#include <fmt/format.h>

#include <algorithm>
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

// Where the text goes on.
std::string place_of(std::string_view before) {
    const std::string_view line = before.substr(before.rfind('\n') + 1);
    const auto characters =
        std::count_if(line.begin(), line.end(), [](char c) { return !base::continues_utf8(c); });
    return fmt::format("line {}, column {}", 1 + std::count(before.begin(), before.end(), '\n'),
                       1 + characters);
}

class PooledEvaluator final : public Evaluator {
  public:
    PooledEvaluator(HelperCommand command, Limits limits)
        : limits_(limits), pool_(std::move(command), limits.helpers_max) {}

    Result<Evaluated> evaluate(const Scope& scope, const config::Map& local) override {
        const std::string zone = TRY(icu_zone(scope.time_zone));
        Evaluated evaluated{.parameters = scope.parameters, .local = {}};
        config::merge(evaluated.parameters, local);
        TRY(Evaluation(scope.parameters, zone, pool_, limits_)
                .evaluate(evaluated.parameters, scope.data));
        const Names names(evaluated.parameters);
        for (const config::Map::Entry& entry : local) {
            evaluated.local.append(entry.key, *names.find(entry.key));
        }
        return evaluated;
    }

    Result<std::string> evaluate_text(const Scope& scope, std::string_view text) override {
        const std::string zone = TRY(icu_zone(scope.time_zone));
        config::Value value(text);
        auto evaluated = Evaluation(scope.parameters, zone, pool_, limits_).evaluate(value);
        if (evaluated.ok()) return value.string();
        const bool has_lines = text.find('\n') != text.npos;
        if (!has_lines || evaluated.error().code() != Code::kInvalid) return evaluated.error();
        return placed(evaluated.error(), scope, zone, text);
    }

  private:
    // The failure of a text of several lines, which would fill a screen: where the first expression
    // stands that fails alone, and why it does.
    Error placed(const Error& error, const Scope& scope, const std::string& zone,
                 std::string_view text) {
        for (const InspectedExpression& expression : inspect_template(text).expressions) {
            config::Value alone("${" + expression.text + "}");
            auto evaluated = Evaluation(scope.parameters, zone, pool_, limits_).evaluate(alone);
            if (evaluated.ok()) continue;
            return evaluated.error().at(place_of(text.substr(0, expression.offset)));
        }
        return error;
    }

    const Limits limits_;
    HelperPool pool_;
};

}  // namespace

std::unique_ptr<Evaluator> Evaluator::create(HelperCommand command, Limits limits) {
    return std::make_unique<PooledEvaluator>(std::move(command), limits);
}

}  // namespace mogura::script
