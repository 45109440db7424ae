// The loader's plugins by kind and name. Filled by the plugins room, read-only afterwards.

#pragma once

#include "base/clock.h"
#include "config/config.h"
#include "load/compatibility.h"
#include "load/input.h"
#include "load/output.h"
#include "load/parser.h"
#include "load/whole_filter.h"

#include <functional>
#include <stop_token>
#include <string>

namespace mogura::load {

// What plugins may know about the run.
struct Context {
    const base::Clock& clock;
    std::string folder = ".";  // relative paths start here
    std::string temporary = "/tmp";
    Compat compat = Compat::kFixed;
    int threads = 2;
    const struct Plugins* plugins = nullptr;  // for plugins that contain others
    base::Instant transaction_time = {};      // of the run (1.8.10)
    bool is_preview = false;                  // nothing may be written
    std::stop_token stop = {};                // for plugins that wait: the run is to end
    // Called when all rows are written, before the output commits; a failure rolls it back.
    std::function<Result<>()> before_commit = {};
};

struct Plugins {
    config::Registry<Input, const Context&> inputs{"input"};
    config::Registry<FileInput, const Context&> file_inputs{"input"};
    config::Registry<Decoder, const Context&> decoders{"decoder"};
    config::Registry<Parser, const Context&> parsers{"parser"};
    config::Registry<Filter, const page::Schema&, const Context&> filters{"filter"};
    config::Registry<WholeFilter, const page::Schema&, const Context&> whole_filters{"filter"};
    config::Registry<AnyFormatter, const page::Schema&, const Context&> formatters{"formatter"};
    config::Registry<Encoder, const Context&> encoders{"encoder"};
    config::Registry<FileOutput, const Context&> file_outputs{"output"};
    config::Registry<Output, const Context&> outputs{"output"};
};

}  // namespace mogura::load
