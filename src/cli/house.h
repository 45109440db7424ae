// What every command may use, made once by main and handed down: nothing is global.

#pragma once

#include "base/clock.h"
#include "base/process.h"
#include "cli/properties.h"
#include "plugins/plugins.h"

#include <string>

namespace mogura::cli {

struct House {
    base::SystemClock clock;
    base::Environment environment;  // the only reading of it
    std::string program;            // absolute path of this program
    std::string called_as;          // the name that it was started under: mogura, digdag, embulk
    Properties properties;          // of the configuration; take_settings() fills it
    plugins::Registry registry;
    bool is_terminal = false;  // standard error is a terminal
};

}  // namespace mogura::cli
