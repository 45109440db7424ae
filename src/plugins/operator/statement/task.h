// A task that runs SQL on a database: pg>, redshift>, mysql>.

#pragma once

#include "engine/engine.h"
#include "plugins/input/table/source.h"
#include "plugins/operator/statement/settings.h"
#include "plugins/operator/statement/status.h"

#include <functional>
#include <memory>
#include <utility>

namespace mogura::plugins::statement {

using Connect = std::function<Result<std::unique_ptr<source::Source>>(const Server&)>;

class StatementTask final : public engine::Operator {
  public:
    StatementTask(Words words, Dialect dialect, Connect connect)
        : words_(std::move(words)), dialect_(std::move(dialect)), connect_(std::move(connect)) {}

    engine::Outcome run(engine::TaskContext& context) override;
    engine::OperatorOptions options() const override { return statement_options(words_); }
    Result<> check(const config::Map& written) const override {
        return check_statement_modes(written);
    }

  private:
    Result<engine::Outcome> work(engine::TaskContext& context);
    Result<engine::Outcome> read(engine::TaskContext& context, const Settings& settings,
                                 source::Source& source);
    Result<engine::Done> deliver(engine::TaskContext& context, const Settings& settings,
                                 query::Rows& rows) const;
    Result<engine::Outcome> write(engine::TaskContext& context, const Settings& settings,
                                  source::Source& source);

    const Words words_;
    const Dialect dialect_;
    const Connect connect_;
};

}  // namespace mogura::plugins::statement
