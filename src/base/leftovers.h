// What a process writes under a name of its own, and what killed processes left under theirs.
//
// A file that is not whole yet stands beside its place as NAME.new.PID, and a folder to work in
// carries the number too. Whoever comes next to the same place removes those whose process is gone.
// A process whose number was taken by another keeps its leftovers until that one ends as well.
//
// Any thread. Nothing here fails: what cannot be removed stays.

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace mogura::base {

// Where this process writes what is to become `path`.
std::string unfinished_path(const std::string& path);

// Removes entries of `folder`, folders with all they hold. `owner_of` gives the process that an
// entry of that name belongs to; nothing when it is none of ours.
void remove_leftovers(const std::string& folder,
                      const std::function<std::optional<int64_t>(std::string_view name)>& owner_of);

// The same for unfinished files whose finished names `is_ours` accepts.
void remove_unfinished(const std::string& folder,
                       const std::function<bool(std::string_view name)>& is_ours);

}  // namespace mogura::base
