// The filters of a load, cut where one of them needs every row (whole_filter.h).
//
// A load without such filters has one stage. Otherwise the pages of a stage's chain all go into its
// whole filter, and what that gives goes through the next chain.

#pragma once

#include "base/result.h"
#include "load/chain.h"
#include "load/plugin_choice.h"
#include "load/plugins.h"
#include "load/whole_filter.h"

#include <memory>
#include <vector>

namespace mogura::load {

struct Stage {
    Chain chain;
    std::unique_ptr<WholeFilter> whole = {};  // none: the last stage
};

// The filters of `config` ("filters" at the top level) over pages of `input`. At least one stage.
Result<std::vector<Stage>> make_stages(const PluginConfig& config, const page::Schema& input,
                                       const Plugins& plugins, const Context& context);

// Fails when a filter of `config` has an unknown name.
Result<> check_filters(const PluginConfig& config, const Plugins& plugins);

}  // namespace mogura::load
