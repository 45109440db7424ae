// Builds a snapshot from pages.

#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "page/page.h"
#include "snapshot/format.h"
#include "snapshot/table.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace mogura::snapshot {

struct BuilderOptions {
    std::string table;  // its name, for people
    std::string key;    // a long or string column; no nulls, no two rows alike
    base::Instant created_at{};
};

class Builder {
  public:
    static Result<Builder> create(page::Schema schema, BuilderOptions options);

    Result<> add(const page::Page& page);
    uint64_t rows() const { return entries_.size(); }

    // Ends the building. Memory: about twice the rows' bytes for a moment.
    Result<std::string> finish();
    // finish() into a file that replaces `path` in one step.
    Result<> write(const std::string& path);
    // finish() into a table in memory.
    Result<std::shared_ptr<const Table>> build();

  private:
    struct Entry {
        uint64_t hash;
        uint64_t offset;
    };

    Builder(page::Schema schema, BuilderOptions options, size_t key_column);
    void append_row(const page::Page& page, size_t row);
    Result<> check_keys() const;
    // Gives every row a slot, and leaves the entries in the order of groups and slots.
    std::vector<Group> take_slots();
    // The rows in the entries' order, and where each begins, if they have heads.
    void append_rows(std::string& file, size_t places_offset) const;

    page::Schema schema_;
    BuilderOptions options_;
    size_t key_column_;
    std::vector<size_t> slots_;  // where each column's slot begins in a row
    size_t fixed_bytes_ = 0;     // a row without its texts
    bool needs_heads_ = false;   // there is a text column, or a null
    std::string rows_;
    std::vector<Entry> entries_;
};

}  // namespace mogura::snapshot
