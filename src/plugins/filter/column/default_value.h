// Default values of the column filter, by column type (embulk 7.4.12).

#pragma once

#include "base/result.h"
#include "config/config.h"
#include "load/load.h"
#include "page/page.h"

#include <cstddef>
#include <string>

namespace mogura::plugins {

struct DefaultValue {
    page::Type type = page::Type::kString;
    bool boolean = false;
    int64_t integer = 0;
    double number = 0;
    std::string text;  // of kString and kJson
    page::Timestamp timestamp;

    // Puts the value into row `row`; text cells point to `text`, which must outlive the column.
    void put(page::ColumnData& column, size_t row) const;
    // The value inside a JSON cell.
    Result<load::Json> json() const;
};

// Numbers also from numeric text, booleans only from booleans, timestamps by `times`.
Result<DefaultValue> read_default(const config::Value& value, page::Type type,
                                  const load::TimestampParser::Options& times);

}  // namespace mogura::plugins
