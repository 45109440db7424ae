// Regular expressions in Java's dialect, as far as Perl's agrees with it: what Embulk's filters
// take.
//
// Compiled once; find() and replace_all() may be called from several threads at once. Left out,
// with a clear error: intersections of character classes ([a-z&&[^b]]).

#pragma once

#include "base/result.h"

#include <memory>
#include <string>
#include <string_view>

namespace mogura::plugins {

class JavaRegex {
  public:
    // Fails with kInvalid: the reason and where it is in the pattern.
    static Result<JavaRegex> compile(std::string_view pattern);

    JavaRegex(JavaRegex&&) noexcept;
    JavaRegex& operator=(JavaRegex&&) noexcept;
    ~JavaRegex();

    // Whether some part of the text matches. Fails with kLimit when the search takes too long.
    Result<bool> find(std::string_view text) const;
    // Every match replaced: $1 and ${name} are groups, a backslash takes the next character as it
    // is. Fails with kInvalid for groups that the pattern lacks.
    Result<std::string> replace_all(std::string_view text, std::string_view replacement) const;

  private:
    struct Code;
    explicit JavaRegex(std::unique_ptr<Code> code);
    std::unique_ptr<Code> code_;
};

}  // namespace mogura::plugins
