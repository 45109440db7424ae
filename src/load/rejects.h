// Rows that could not be read, or that a filter could not work on. They are never silently away:
// each goes to the quarantine file with where it stood, why, and its raw text, and counts against a
// budget.

#pragma once

#include "base/result.h"

#include <cstdint>
#include <functional>
#include <string>

namespace mogura::load {

struct Reject {
    int64_t offset_bytes = 0;  // in the decoded file, from 0
    int64_t line = 0;          // physical line, from 1; 0 where lines mean nothing (JSON)
    std::string reason = {};
    std::string text = {};  // the raw record, without its line end; of a filter: the row as JSON
    bool stops = false;     // stop_on_invalid_record: the run fails with this row
    // What the quarantine keeps where `text`, which the log shows, is not just what was not loaded:
    // a line of a longer record, more than was lost. Empty: `text`.
    std::string lost = {};
    std::string filter = {};   // "filters[1]": who left the row out; empty: the parser or the input
    std::string warning = {};  // the log's line where it is not the usual one
    bool is_line_alone = false;  // the usual one, but without the file
};

// Fails when the row stops the run. The file's name is known to whoever made the sink.
using RejectSink = std::function<Result<>(Reject)>;

}  // namespace mogura::load
