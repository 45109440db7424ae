// The options of the operators that .dig files call, for editors: what may stand beside `sh>:` and
// the like, in which form, and what it is for.

#pragma once

#include <span>
#include <string_view>

namespace mogura::cli {

enum class DigForm { kText, kNumber, kBoolean, kList, kMapping, kAnything };

struct DigOption {
    std::string_view name;
    DigForm form = DigForm::kText;
    std::string_view help;
    std::string_view words = {};  // "none failed all": one of these, or a template
};

// Empty for operators without options of their own.
std::span<const DigOption> dig_options(std::string_view operator_name);

}  // namespace mogura::cli
