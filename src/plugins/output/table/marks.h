// How far each task of a load has come, in a table beside its rows: every batch changes the rows
// and the mark in one transaction, so that a later run knows what is there, whatever ended this
// one.
//
// A row of the table is one text: "TASK 0|1 OFFSET LINES REJECTS ROWS" (1: finished,
// load/position.h). Task -1 is the load: it is finished when its rows are published.

#pragma once

#include "base/result.h"
#include "load/load.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::plugins::table {

inline constexpr int64_t kWholeLoad = -1;

// Statements about the table of marks, which is called `marks` in them (quoted).
std::string create_marks(const std::string& marks, std::string_view table_option);
// Of that many tasks, none of which has begun; a few statements.
std::vector<std::string> insert_marks(const std::string& marks, size_t tasks);
std::string update_mark(const std::string& marks, int64_t task, bool is_finished,
                        const load::Position& position);
std::string select_marks(const std::string& marks);

struct Mark {
    int64_t task = 0;
    load::Kept kept = {};
};
std::optional<Mark> parse_mark(std::string_view text);

// The mark of one task while it writes. One thread at a time.
class TaskMark {
  public:
    // Nobody goes on from this load.
    TaskMark() = default;
    TaskMark(std::string marks, size_t task, const load::Position& from)
        : marks_(std::move(marks)), task_(static_cast<int64_t>(task)), position_(from) {}

    // A row goes behind those that were written.
    void count(int64_t rows = 1) { position_.rows += rows; }
    void move_to(const load::Position& position) { position_ = position; }
    // The statement of a batch that ends here; empty when nobody goes on.
    std::string statement(bool is_finished = false) const;

  private:
    std::string marks_;
    int64_t task_ = 0;
    load::Position position_;
};

}  // namespace mogura::plugins::table
