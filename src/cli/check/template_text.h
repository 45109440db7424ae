// Looks through one text with `${}`: a value of a task, or a file that a task reads.

#pragma once

#include "cli/check/scope.h"

#include <functional>
#include <string>

namespace mogura::cli::check {

// What becomes of "${word:...}" in the text (spec digdag 3.3.3).
enum class Forms {
    kLeftAlone,  // it stays as it is
    kSecrets     // ${secret:key} is put in, others fail the task
};

struct TemplateText {
    const std::string& text;
    const Scope& scope;
    Forms forms = Forms::kLeftAlone;
    bool is_shell = false;         // a command for some shell
    bool has_usual_shell = false;  // which is /bin/sh
    // A finding about `words`, which begin at this byte of the text.
    std::function<void(size_t offset, const std::string& words, Severity, std::string message)>
        tell = {};
};

void check_template_text(const TemplateText& subject);

}  // namespace mogura::cli::check
