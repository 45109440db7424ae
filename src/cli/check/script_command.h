// Which file of the project a script of sh> runs first, where that is plain to see.

#pragma once

#include <string>
#include <string_view>

namespace mogura::cli::check {

// "scripts/load.py" of "python -u scripts/load.py --date ${session_date} | tee log"; "" when it is
// not plain: another command, an option that takes a word, a name that the shell makes up.
std::string script_file(std::string_view script);

}  // namespace mogura::cli::check
