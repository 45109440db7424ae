// What a statement without rows gives.

#pragma once

#include "query/query.h"

namespace mogura::plugins {

class NoRows final : public query::Rows {
  public:
    const page::Schema& schema() const override { return schema_; }
    Result<bool> next(page::Page&) override { return false; }

  private:
    const page::Schema schema_;
};

}  // namespace mogura::plugins
