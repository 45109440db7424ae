// Parameters that all attempts share (param_set>, param_get>): texts by name, each for 90 days.
//
// Owns: the interface, and keeping them in an SQLite file. Leaves to others: other servers that may
// hold them (plugins/operator). Any thread; calls block.

#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace mogura::store {

inline constexpr std::chrono::hours kSharedParameterLife{24 * 90};

class SharedParameters {
  public:
    virtual ~SharedParameters() = default;
    // All of them or none.
    virtual Result<> set(const std::map<std::string, std::string>& values, base::Instant now) = 0;
    // Those of the names that are there and not too old.
    virtual Result<std::map<std::string, std::string>> get(const std::vector<std::string>& names,
                                                           base::Instant now) = 0;
};

// In tables of their own in that file, which others may use as well; "" is memory. The file is
// opened on first use.
std::unique_ptr<SharedParameters> shared_parameters_in(const std::string& path);

}  // namespace mogura::store
