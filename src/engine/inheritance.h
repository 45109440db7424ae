// Which parameters a task sees (spec digdag 2.8.3 to 2.8.5), merged lazily and shared.
//
// A task's entry is what it sees before its own _export. It follows from the entry of the sibling
// in front of it plus what that sibling stored; where nothing was stored both share one mapping,
// so that a thousand tasks in a row cost a thousand steps and not a million.

#pragma once

#include "config/config.h"
#include "engine/tree.h"

#include <memory>

namespace mogura::engine {

using SharedMap = std::shared_ptr<const config::Map>;

// `base`: the attempt's parameters.
SharedMap entry_parameters(Node& node, const SharedMap& base);
// What tasks below it stored, in the order of 2.8.4, added to `parameters`.
void apply_stores(config::Map& parameters, const Node& node);
void apply_descendant_stores(config::Map& parameters, const Node& node);
// "a.b" out of {a: {b: 1, c: 2}} (2.8.11).
void erase_path(config::Map& parameters, std::string_view path);

}  // namespace mogura::engine
