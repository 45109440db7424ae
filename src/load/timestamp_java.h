// java.time patterns ("java:uuuu-MM-dd HH:mm:ss"): English names, any case when parsing, strict
// about values and about text that is left over (spec embulk 6.1).
//
// Left out, with a clear error: week-based fields, quarters, zone regions, era in parsing.

#pragma once

#include "base/result.h"
#include "load/timestamp_fields.h"
#include "load/timestamp_strptime.h"
#include "page/page.h"

#include <string>
#include <string_view>
#include <vector>

namespace mogura::load {

struct JavaElement {
    enum : char { kLiteral = '\'', kOptional = '[', kEnd = ']' };

    char letter = kLiteral;
    int count = 0;
    size_t reserved = 0;    // digits that fixed-width neighbours behind it need
    size_t end = 0;         // of kOptional: the index of its kEnd
    std::string text = {};  // of kLiteral
};

Result<std::vector<JavaElement>> compile_java(std::string_view pattern);

bool run_java(const std::vector<JavaElement>& elements, std::string_view text,
              TimestampFields& fields, ParseFailure* failure);

// `zone` is a fixed offset.
void format_java(const std::vector<JavaElement>& elements, page::Timestamp timestamp,
                 const base::TimeZone& zone, std::string& text);

}  // namespace mogura::load
