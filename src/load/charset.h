// Bytes in another character set, as UTF-8. Names are Java's (MS932, EUC-JP, UTF-16, ...), in any
// case. What cannot be decoded becomes U+FFFD.

#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <memory>
#include <string>

namespace mogura::load {

// The name that iconv has for it, as it is written where that is the same.
std::string iconv_name(const std::string& charset);
// Fails with kInvalid when there is no such character set.
Result<> check_charset(const std::string& charset);
// Whether it is UTF-8 by one of its names.
bool is_utf8_charset(const std::string& charset);
// `name` is the file's, for a warning about the first bytes that cannot be decoded; empty: none.
Result<std::unique_ptr<base::ByteSource>> decode_charset(std::unique_ptr<base::ByteSource> source,
                                                         const std::string& charset,
                                                         const std::string& name = "");

}  // namespace mogura::load
