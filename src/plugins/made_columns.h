// Puts columns that a filter made beside those that it passes on.

#pragma once

#include "page/page.h"

#include <cstddef>
#include <span>

namespace mogura::plugins {

// A page of `schema`. Each number of `order` is a column: of `page` below page.columns(), of `made`
// from there on. Both pages have the same rows; each column is taken at most once.
page::Page combine(page::Page page, page::Page made, const page::Schema& schema,
                   std::span<const size_t> order);

}  // namespace mogura::plugins
