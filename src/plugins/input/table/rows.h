// The rows of a source as pages, outside of a load: what operators give on.

#pragma once

#include "plugins/input/table/convert.h"
#include "plugins/input/table/source.h"
#include "query/query.h"

#include <memory>
#include <string>
#include <vector>

namespace mogura::plugins::source {

class SourceRows final : public query::Rows {
  public:
    // kValues: numbers and booleans are such, all else is the database's text. kTexts: all is,
    // booleans as true and false.
    enum class As { kValues, kTexts };
    // Describes and starts the SELECT. The source outlives the rows.
    static Result<std::unique_ptr<SourceRows>> start(Source& source, const std::string& sql, As as);

    const page::Schema& schema() const override { return schema_; }
    Result<bool> next(page::Page& page) override;

  private:
    SourceRows(Source& source, page::Schema schema, std::vector<Converter> converters,
               std::vector<bool> dates)
        : source_(source),
          schema_(std::move(schema)),
          converters_(std::move(converters)),
          dates_(std::move(dates)) {}

    Source& source_;
    const page::Schema schema_;
    std::vector<Converter> converters_;
    const std::vector<bool> dates_;  // columns in which 0000-00-00 means null
    bool has_more_ = true;
};

}  // namespace mogura::plugins::source
