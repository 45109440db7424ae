// Which timestamp format a text has (spec embulk 2.9).

#pragma once

#include "load/compatibility.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mogura::load {

// The format of one text; nothing when it does not look like a timestamp.
std::optional<std::string> guess_time_format(std::string_view text);

// The format that most of the texts have, among those that look like timestamps.
std::optional<std::string> guess_time_format(std::span<const std::string> texts,
                                             Compat compat = Compat::kFixed);

}  // namespace mogura::load
