// Loads rows that a run rejected, once somebody has corrected them in the quarantine file.

#pragma once

#include "base/result.h"
#include "config/config.h"

#include <string>

namespace mogura::cli {

// The configuration that loads the texts of `quarantine`, which this writes into `folder`, instead
// of its own input: no header, no decoders, UTF-8. Output files get "replay_" behind their prefix,
// or "replay2_" and so on when there are such files already, and what is rejected again goes to
// QUARANTINE.rest. Refuses outputs that would replace what is there, and rows that a filter left
// out.
Result<config::Map> replay_config(const config::Map& config, const std::string& quarantine,
                                  const std::string& folder);

}  // namespace mogura::cli
