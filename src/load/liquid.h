// Liquid templates: what a configuration named .yml.liquid is before it is YAML (embulk 1.6).
//
// Owns: tags (assign, capture, if, unless, case, for, comment, raw, include, increment, decrement,
// cycle), filters, whitespace control. Leaves to others: where templates and variables come from.
//
//     auto yaml = TRY(load::render_liquid(text, {.file = "load.yml.liquid", .variables = ...}));
//
// Undefined variables are empty text; a malformed tag and an unknown filter are errors with their
// place. Output and loops are bounded. Any thread may call.

#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "config/config.h"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::load {

struct LiquidOptions {
    std::string file = {};          // for messages
    config::Map variables = {};     // {env: {...}}
    base::Instant now = {};         // of the filter date
    std::string time_zone = "UTC";  // of the filter date
    // The text of a partial by its name as include has it ("db/prod"); absent: no partials.
    std::function<Result<std::string>(const std::string& name)> partial = {};
};

struct RenderedLiquid {
    std::string text;
    // Where each line of the text begins in the template or a partial (without the column).
    std::vector<config::Mark> lines;
};

Result<RenderedLiquid> render_liquid(std::string_view text, const LiquidOptions& options);

}  // namespace mogura::load
