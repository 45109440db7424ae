// One thing that is wrong in a file, for people and for machines.

#pragma once

#include "config/config.h"

#include <string>
#include <string_view>
#include <vector>

namespace mogura::cli::check {

enum class Severity { kError, kWarning };

struct Finding {
    std::string file;  // below the project's folder
    config::Mark mark = {};
    Severity severity = Severity::kError;
    std::string message;
    std::string excerpt = {};  // the line and a caret below it, each with its line end; may be ""
};

// A finding at a place of a text.
Finding finding_at(std::string_view text, const std::string& file, config::Mark mark,
                   Severity severity, std::string message);
// The findings that a loader's error stands for: a block for each "FILE:LINE:COLUMN: message".
std::vector<Finding> findings_of(const std::string& file, const std::string& error);

// "FILE:LINE:COLUMN: error: MESSAGE", and the excerpt.
std::string to_text(const Finding& finding);
config::Value to_value(const Finding& finding);
// By file and place.
void sort(std::vector<Finding>& findings);

}  // namespace mogura::cli::check
