// What a run leaves, however it ends, so that a later one goes on from there (embulk 1.7.10 to
// 1.7.13): a plain value, and its document with the original's keys.

#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "config/config.h"
#include "load/position.h"
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
    config::Value output = nullptr;  // what Target::state() gave
    std::vector<Kept> kept = {};     // by output task
    size_t branches = 1;             // output tasks of each input task
    bool is_begun = true;            // false: the output was about to create what `output` names
    std::string way = {};            // a digest of what makes rows of bytes, and bytes of rows
    config::Map diff = {};           // of an input that learns it by reading
    bool is_publishing = false;      // all tasks are finished
    bool is_done = false;            // published: what is left is to settle

    size_t tasks() const { return kept.size() / branches; }
    bool is_finished(size_t input_task) const;

    config::Map document() const;
    // Fails with kInvalid for what document() cannot have written.
    static Result<ResumeState> read(const config::Map& document);
};

// "2015-01-27 19:23:49.123456 UTC", and back (1.8.10).
std::string transaction_time_text(base::Instant time);
Result<base::Instant> parse_transaction_time(const std::string& text);

}  // namespace mogura::load
