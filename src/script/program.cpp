#include "script/program.h"

#include "config/config.h"
#include "script/plain_path.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace mogura::script {
namespace {

// Ways to read a parameter without writing its name.
constexpr std::array<std::string_view, 6> kReadEverything = {
    "this", "eval", "Function", "constructor", "globalThis", "__proto__"};
// What java_module.cpp adds: methods of strings, and globals.
constexpr std::array<std::string_view, 25> kJavaNames = {"Java",
                                                         "Packages",
                                                         "codePointBefore",
                                                         "codePointCount",
                                                         "compareTo",
                                                         "compareToIgnoreCase",
                                                         "contains",
                                                         "contentEquals",
                                                         "equals",
                                                         "equalsIgnoreCase",
                                                         "hashCode",
                                                         "intern",
                                                         "isBlank",
                                                         "isEmpty",
                                                         "load",
                                                         "matches",
                                                         "print",
                                                         "quit",
                                                         "replaceAll",
                                                         "regionMatches",
                                                         "replaceFirst",
                                                         "strip",
                                                         "stripLeading",
                                                         "stripTrailing",
                                                         "subSequence"};

template <size_t size>
bool contains(const std::array<std::string_view, size>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_part(char character) {
    return is_name_part(character) || static_cast<unsigned char>(character) >= 0x80;
}

void collect_names(std::string_view expression, std::set<std::string_view>& names) {
    size_t index = 0;
    while (index < expression.size()) {
        size_t end = index;
        while (end < expression.size() && is_part(expression[end])) ++end;
        if (end > index) {
            names.insert(expression.substr(index, end - index));
            index = end;
        } else {
            ++index;
        }
    }
}

}  // namespace

// mogura_text() is defined by the helper: nothing for null and undefined, a string as it is, else
// JSON (3.2.2). The line break ends a `//` comment.
Program make_program(const std::vector<Part>& parts) {
    Program program;
    program.source = "(function(){with(this){return \"\"";
    std::set<std::string_view> names;
    for (const Part& part : parts) {
        program.source += '+';
        if (part.is_expression) {
            program.source += "mogura_text((" + part.text + "\n))";
            collect_names(part.text, names);
            // An escaped letter of a name hides it.
            if (part.text.find("\\u") != std::string::npos) program.reads_everything = true;
        } else {
            config::append_json_string(program.source, part.text);
        }
    }
    program.source += "}})";
    for (std::string_view name : names) {
        program.names.emplace_back(name);
        if (contains(kReadEverything, name)) program.reads_everything = true;
        if (name == "moment") program.uses_moment = true;
        if (name == "moment" || name == "Date") program.uses_dates = true;
        if (contains(kJavaNames, name)) program.uses_java = true;
    }
    if (program.reads_everything) program.uses_dates = true;
    return program;
}

}  // namespace mogura::script
