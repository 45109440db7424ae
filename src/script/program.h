// The JavaScript program of a template text that plain paths cannot answer, and what it may read.

#pragma once

#include "script/template.h"

#include <string>
#include <vector>

namespace mogura::script {

struct Program {
    // A function expression: called with the parameters as `this`, it gives the text.
    std::string source;
    // Every name that the expressions may look up, in no order. Names in strings and comments are
    // among them; nothing that can be read is missing unless reads_everything.
    std::vector<std::string> names;
    // `this`, eval and the like: any parameter may be read.
    bool reads_everything = false;
    bool uses_moment = false;
    bool uses_dates = false;  // Date, also through moment
    bool uses_java = false;   // a method of Java's String (3.1.3)
};

Program make_program(const std::vector<Part>& parts);

}  // namespace mogura::script
