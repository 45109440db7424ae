// What scripts of py> and rb> store for the tasks behind them (spec digdag 6.1.7, 6.2.4).

#pragma once

#include <string_view>

namespace mogura::cli::check {

enum class ScriptLanguage { kPython, kRuby };

// Whether the script stores parameters under names that do not all stand in its text: those that
// it computes, reads from somewhere or takes from a variable. Read as text, with a liberal eye:
// what is not plainly a literal counts.
bool stores_computed_names(std::string_view script, ScriptLanguage language);

}  // namespace mogura::cli::check
