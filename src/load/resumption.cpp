#include "load/resumption.h"

#include "base/log.h"

#include <algorithm>
#include <string>

namespace mogura::load {
namespace {

Error changed(const char* what, size_t before, size_t now) {
    return {Code::kConflict,
            std::string("resume: ") + what + " must be the same: " + std::to_string(before) +
                " then, " + std::to_string(now) + " now (remove the resume state to begin anew)"};
}

bool are_alike(const page::Schema& one, const page::Schema& other) {
    return std::ranges::equal(one.columns(), other.columns(),
                              [](const page::Column& left, const page::Column& right) {
                                  return left.name == right.name && left.type == right.type;
                              });
}

}  // namespace

Result<> Resumption::begin(Origin& origin, Progress& progress) {
    if (!document_ || document_->empty()) return origin.begin(progress);
    earlier_ = TRY(ResumeState::read(*document_));
    return origin.begin_again(earlier_->input, progress);
}

Result<> Resumption::take_over(ResumeState& state) const {
    if (!earlier_) return {};
    if (earlier_->finished.size() != state.finished.size()) {
        return changed("the number of input tasks", earlier_->finished.size(),
                       state.finished.size());
    }
    if (earlier_->branches != state.branches) {
        return changed("the number of output tasks", earlier_->branches * state.finished.size(),
                       state.branches * state.finished.size());
    }
    if (!are_alike(earlier_->in_schema, state.in_schema) ||
        !are_alike(earlier_->out_schema, state.out_schema)) {
        return Error(Code::kConflict,
                     "resume: the columns are not those of the failed run (remove the resume "
                     "state to begin anew)");
    }
    state.finished = earlier_->finished;
    return {};
}

void Resumption::leave(Target& target, const ResumeState& state, bool keeps) {
    if (!document_ || !keeps) {
        target.rollback();
        if (document_ && !earlier_) *document_ = {};
        return;
    }
    auto kept = target.keep(newly_finished(state));
    if (kept.ok()) {
        *document_ = state.document();
        return;
    }
    log::warn("no resume state is left: " + kept.error().message());
    target.rollback();
    if (!earlier_) *document_ = {};
}

void Resumption::forget() {
    if (document_) *document_ = {};
}

std::vector<size_t> Resumption::newly_finished(const ResumeState& state) const {
    std::vector<size_t> tasks;
    for (size_t task = 0; task < state.finished.size(); ++task) {
        if (!state.finished[task] || (earlier_ && earlier_->finished[task])) continue;
        for (size_t branch = 0; branch < state.branches; ++branch) {
            tasks.push_back(task * state.branches + branch);
        }
    }
    return tasks;
}

}  // namespace mogura::load
