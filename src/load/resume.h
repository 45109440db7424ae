// What a failed run leaves so that a later one goes on with its unfinished tasks (embulk 1.7.10 to
// 1.7.13): a plain value, and its document with the original's keys.

#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "config/config.h"
#include "page/page.h"

#include <cstddef>
#include <string>
#include <vector>

namespace mogura::load {

struct ResumeState {
    base::Instant transaction_time = {};
    config::Value input = nullptr;  // what Origin::state() gave
    page::Schema in_schema = {};
    page::Schema out_schema = {};
    std::vector<bool> finished = {};  // by input task
    size_t branches = 1;              // output tasks of each

    config::Map document() const;
    // Fails with kInvalid for what document() cannot have written.
    static Result<ResumeState> read(const config::Map& document);
};

// "2015-01-27 19:23:49.123456 UTC", and back (1.8.10).
std::string transaction_time_text(base::Instant time);
Result<base::Instant> parse_transaction_time(const std::string& text);

}  // namespace mogura::load
