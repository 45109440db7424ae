#include "load/resumption.h"

#include "base/log.h"

#include <algorithm>
#include <string>
#include <utility>

namespace mogura::load {
namespace {

constexpr std::chrono::seconds kBetweenSaves{1};

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
    if (!keeper_ || keeper_->earlier().empty()) return origin.begin(progress);
    earlier_ = TRY(ResumeState::read(keeper_->earlier()));
    if (!earlier_->is_begun) {
        leftover_ = earlier_->output;
        earlier_.reset();
        return origin.begin(progress);
    }
    return origin.begin_again(earlier_->input, progress);
}

Result<> Resumption::check(const ResumeState& state) const {
    if (!earlier_) return {};
    if (earlier_->tasks() != state.tasks()) {
        return changed("the number of input tasks", earlier_->tasks(), state.tasks());
    }
    if (earlier_->branches != state.branches) {
        return changed("the number of output tasks", earlier_->kept.size(), state.kept.size());
    }
    if (!are_alike(earlier_->in_schema, state.in_schema) ||
        !are_alike(earlier_->out_schema, state.out_schema)) {
        return Error(Code::kConflict,
                     "resume: the columns are not those of the failed run (remove the resume "
                     "state to begin anew)");
    }
    return {};
}

Result<> Resumption::announce(const ResumeState& state) {
    ResumeState announced = state;
    announced.is_begun = false;
    return keeper_->save(announced.document());
}

Result<> Resumption::start(ResumeState state) {
    base::Lock lock(mutex_);
    is_started_ = true;
    state_ = std::move(state);
    return save();
}

void Resumption::note(size_t task, const Kept& kept) {
    base::Lock lock(mutex_);
    state_.kept[task] = kept;
    is_saved_ = false;
    constexpr int kShare = 20;  // of the time that may go into it
    save_after(kept.is_finished
                   ? std::min<std::chrono::nanoseconds>(kShare * saving_, kBetweenSaves)
                   : kBetweenSaves);
}

void Resumption::tick() {
    base::Lock lock(mutex_);
    if (!is_saved_) save_after(kBetweenSaves);
}

void Resumption::save_after(std::chrono::nanoseconds least) {
    if (clock_.monotonic() - saved_at_ < least) return;
    auto saved = save();
    if (saved.ok() || std::exchange(has_warned_, true)) return;
    log::warn("the resume state is not written: " + saved.error().message());
}

Result<> Resumption::learn(const Origin& origin) {
    if (!origin.learns_diff()) return {};
    base::Lock lock(mutex_);
    state_.diff = origin.diff();
    return save();
}

config::Map Resumption::diff(const Origin& origin) {
    if (!origin.learns_diff()) return origin.diff();
    base::Lock lock(mutex_);
    if (is_started_) return state_.diff;
    return earlier_ ? earlier_->diff : origin.diff();
}

Result<> Resumption::publish() {
    base::Lock lock(mutex_);
    state_.is_publishing = true;
    return save();
}

bool Resumption::done() {
    base::Lock lock(mutex_);
    state_.is_done = true;
    auto saved = save();
    if (saved.ok()) return true;
    log::error("the resume state is not written: " + saved.error().message() +
               "; what the load left beside its target stays (mogura load cleanup drops it)");
    return false;
}

void Resumption::keep() {
    base::Lock lock(mutex_);
    state_.is_publishing = state_.is_publishing || (earlier_ && earlier_->is_publishing);
    auto saved = save();
    if (!saved.ok()) log::error("the resume state is lost: " + saved.error().message());
}

void Resumption::forget() {
    auto forgotten = keeper_->save({});
    if (!forgotten.ok()) log::error("the resume state stays: " + forgotten.error().message());
}

Result<> Resumption::save() {
    const auto begin = clock_.monotonic();
    auto saved = keeper_->save(state_.document());
    saved_at_ = clock_.monotonic();
    saving_ = saved_at_ - begin;
    is_saved_ = saved.ok();
    return saved;
}

}  // namespace mogura::load
