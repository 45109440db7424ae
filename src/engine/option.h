// What operators say about their options, for those who look at tasks before they run.

#pragma once

#include "config/config.h"

#include <string>
#include <string_view>
#include <vector>

namespace mogura::engine {

enum class OptionKind {
    kAny,
    kText,
    kInteger,
    kBoolean,
    kDuration,
    kList,           // a real one
    kMapping,        // a mapping, or JSON text of one
    kMappingOfLists  // the same, with a list (or JSON text of one) for each key
};

// A key of a task; "_command" is what stands behind `name>`.
struct OperatorOption {
    std::string name;
    OptionKind kind = OptionKind::kAny;
    // One line for editors, which do not offer an option without it.
    std::string help = {};
    std::vector<std::string> words = {};  // where it must be one of them
    bool is_required = false;
    std::string instead = {};  // the parameter that serves in its place
};

struct OperatorOptions {
    std::vector<OperatorOption> options = {};
    // Other keys of the task may be parameters of the user's; otherwise the task fails.
    bool takes_parameters = true;
};

// Whether a template anywhere in it decides what it will be.
bool is_templated(const config::Value& value);

// Why the option cannot take the value as it is written, in the words that the task would fail
// with; "" when it can, or when a template decides. `shown` is the option in the message.
std::string problem_with(const OperatorOption& option, const config::Value& value,
                         std::string_view shown);

}  // namespace mogura::engine
