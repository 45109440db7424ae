// Bugs: CHECK(condition) states what must be true. When it is not, it throws Bug with the place.
// Only three walls catch a Bug: the one around a task, the one around a request, and main.

#pragma once

#include <source_location>
#include <stdexcept>
#include <string>

namespace mogura {

class Bug : public std::logic_error {
  public:
    using std::logic_error::logic_error;
};

[[noreturn]] inline void throw_bug(const char* condition, std::source_location place) {
    throw Bug(std::string(place.file_name()) + ":" + std::to_string(place.line()) +
              ": this must be true: " + condition);
}

}  // namespace mogura

#define CHECK(condition) \
    ((condition) ? (void)0 : ::mogura::throw_bug(#condition, std::source_location::current()))
