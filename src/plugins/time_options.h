// How the filters read timestamps from text: format, timezone and date beside a column, and the
// defaults of all columns (embulk 7.4.12, 7.5.2, 7.8.2).

#pragma once

#include "config/config.h"
#include "load/load.h"

namespace mogura::plugins {

// default_timestamp_format, default_timezone and default_date.
load::TimestampParser::Options read_usual_time_options(config::Reader& reader);

// format, timezone and date; null is as good as nothing.
load::TimestampParser::Options read_time_options(config::Reader& reader,
                                                 const load::TimestampParser::Options& usual);

}  // namespace mogura::plugins
