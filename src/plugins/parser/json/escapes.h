// Strings with escapes that JSON does not know: dropped or taken literally (embulk 4.3).

#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <memory>
#include <string>
#include <string_view>

namespace mogura::plugins::json {

enum class InvalidEscapes { kPass, kSkip, kUnescape };

// Appends one line with its invalid escapes rewritten.
void append_rewritten(std::string_view line, InvalidEscapes mode, std::string& text);

// A source with every line rewritten, and joined without line ends, as the original does it.
std::unique_ptr<base::ByteSource> rewritten(std::unique_ptr<base::ByteSource> source,
                                            InvalidEscapes mode);

// A source that reads another one, which its caller keeps.
std::unique_ptr<base::ByteSource> borrowed(base::ByteSource& source);

}  // namespace mogura::plugins::json
