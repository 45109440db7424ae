// A LevelDB database that is only read.
//
// Nothing in its folder changes, so that the folder may be read-only, and another process may have
// the database open: what is read is how it stood at open(). What its log holds beyond its tables
// is recovered into memory.

#pragma once

#include "base/result.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mogura::plugins::level {

// Keys from `from` on, before `to`, in bytewise order.
struct Range {
    std::string from = {};
    std::optional<std::string> to = {};
};

// Of the keys that begin with `prefix` those of `range`.
Range with_prefix(std::string_view prefix, Range range);

class Database {
  public:
    // kNotFound, kInvalid (no database, or a damaged one), kUnsupported (another order of keys),
    // kDenied and kUnavailable, with the folder in front.
    static Result<std::unique_ptr<Database>> open(const std::string& folder);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    using Visit = std::function<Result<>(std::string_view key, std::string_view value)>;
    // In the order of keys. Stops at the first error that `visit` returns, and returns it. A part
    // that is damaged ends it, too: what came before it was visited.
    Result<> each(const Range& range, const Visit& visit) const;

  private:
    struct Opened;
    Database(std::string folder, std::unique_ptr<Opened> opened);

    const std::string folder_;
    const std::unique_ptr<Opened> opened_;
};

}  // namespace mogura::plugins::level
