#include "plugins/output/table/columns.h"

#include "base/text.h"

#include <algorithm>
#include <optional>

namespace mogura::plugins::table {
namespace {

Result<std::optional<size_t>> find_column(const std::string& name,
                                          std::span<const std::string> target,
                                          const std::string& table) {
    const auto exact = std::ranges::find(target, name);
    if (exact != target.end()) return std::optional(static_cast<size_t>(exact - target.begin()));
    std::optional<size_t> found;
    for (size_t column = 0; column < target.size(); ++column) {
        if (base::lower(target[column]) != base::lower(name)) continue;
        if (found) {
            return Error(Code::kInvalid, table + ": two columns are named like the input column: " +
                                             target[*found] + ", " + target[column]);
        }
        found = column;
    }
    return found;
}

}  // namespace

Result<std::vector<Match>> match_columns(const page::Schema& input,
                                         std::span<const std::string> target,
                                         const std::string& table) {
    std::vector<Match> matches;
    std::vector<bool> taken(target.size());
    for (size_t column = 0; column < input.size(); ++column) {
        const auto found = TRY(find_column(input[column].name, target, table));
        if (!found || taken[*found]) continue;
        taken[*found] = true;
        matches.push_back({.input = column, .target = *found});
    }
    if (matches.empty()) {
        const std::vector<std::string> names = input.names();
        return Error(Code::kInvalid, table + ": No column to insert. (the table has " +
                                         base::join(target, ", ") + "; the input has " +
                                         base::join(names, ", ") + ")");
    }
    return matches;
}

}  // namespace mogura::plugins::table
