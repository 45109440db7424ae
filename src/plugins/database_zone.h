// The zones that options of database plugins name: `timezone`, `default_timezone` (spec embulk
// 6.5.3).

#pragma once

#include "config/config.h"

#include <string>
#include <string_view>

namespace mogura::plugins {

// Notes a problem of the option when nobody knows the name.
void check_database_zone(config::Reader& reader, std::string_view option, const std::string& name);

}  // namespace mogura::plugins
