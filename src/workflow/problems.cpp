#include "workflow/problems.h"

#include "base/text.h"
#include "workflow/source.h"

namespace mogura::workflow {

void Problems::add(config::Mark mark, std::string_view task, std::string_view message) {
    if (++count_ > shown_max_) return;
    if (source_) {
        messages_.push_back(source_->describe(mark, message));
    } else if (task.empty()) {
        messages_.emplace_back(message);
    } else {
        messages_.push_back(std::string(message) + " (task " + std::string(task) + ")");
    }
}

Result<> Problems::finish() const {
    if (count_ == 0) return {};
    std::string message = base::join(messages_, "\n");
    if (count_ > shown_max_) {
        message += "\nand " + std::to_string(count_ - shown_max_) + " more problems";
    }
    return Error(Code::kInvalid, message);
}

}  // namespace mogura::workflow
