#include "workflow/task_pattern.h"

#include "base/text.h"

namespace mogura::workflow {

Result<size_t> match_task(const std::vector<std::string>& full_names, std::string_view pattern) {
    const std::string quoted = "Task pattern '" + std::string(pattern) + "'";
    if (pattern.find("++") != std::string_view::npos) {
        return Error(Code::kInvalid, quoted + " has an empty name between two '+'.");
    }
    std::vector<size_t> found;
    for (size_t place = 0; place < full_names.size(); ++place) {
        if (full_names[place].ends_with(pattern)) found.push_back(place);
    }
    if (found.size() == 1) return found.front();
    if (found.empty()) {
        return Error(Code::kInvalid, quoted + " doesn't match with any tasks." +
                                         base::did_you_mean(pattern, full_names));
    }
    std::vector<std::string> candidates;
    for (size_t place : found) candidates.push_back(full_names[place]);
    return Error(Code::kInvalid, quoted + " is ambiguous. Matching candidates are [" +
                                     base::join(candidates, ", ") + "]");
}

}  // namespace mogura::workflow
