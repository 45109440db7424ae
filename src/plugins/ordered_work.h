// Pieces of work that the workers do in any order, and whose results are taken in the order in
// which the work came. Without workers the caller does it all.

#pragma once

#include "base/result.h"
#include "load/load.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <utility>

namespace mogura::plugins {

template <typename T>
class OrderedWork {
  public:
    using Work = std::function<Result<T>()>;
    using Take = std::function<Result<>(T)>;

    // `take` runs on the thread that calls push() and finish().
    OrderedWork(load::Workers* workers, Take take) : take_(std::move(take)) {
        if (!workers || workers->threads() < 2) return;
        items_max_ = static_cast<size_t>(workers->threads()) + 2;
        lane_.emplace(*workers, items_max_);
    }

    // Takes an earlier result first where much is under way.
    Result<> push(Work work) {
        if (!lane_) {
            T result = TRY(work());
            return take_(std::move(result));
        }
        if (items_ == items_max_) TRY(take_one());
        lane_->push(std::move(work));
        ++items_;
        return {};
    }

    // Takes what is left.
    Result<> finish() {
        while (items_ > 0) TRY(take_one());
        return {};
    }

  private:
    Result<> take_one() {
        --items_;
        std::optional<T> result = TRY(lane_->pop());
        return take_(*std::move(result));
    }

    const Take take_;
    size_t items_max_ = 0;
    size_t items_ = 0;
    std::optional<load::Lane<T>> lane_;
};

}  // namespace mogura::plugins
