#include "plugins/output/table/batch_sender.h"

#include <pthread.h>

#include <cstddef>
#include <optional>
#include <utility>

namespace mogura::plugins::table {

Result<> BatchSender::offer(RowBatch& batch) {
    constexpr size_t kWorthBytes = 1 << 20;
    if (batch.bytes.size() < kWorthBytes || is_sending_) return {};
    return send(batch);
}

Result<> BatchSender::send(RowBatch& batch) {
    TRY(wait());
    if (!thread_.joinable()) thread_ = std::jthread([this] { run(); });
    is_sending_ = true;
    has_batch_to_wait_for_ = true;
    RowBatch next{.bytes = std::move(spare_)};
    next.bytes.clear();
    batches_.push(std::exchange(batch, std::move(next)));
    return {};
}

// A load of one batch needs no thread.
Result<> BatchSender::finish(RowBatch& batch) {
    TRY(wait());
    if (batch.bytes.empty() && batch.mark.empty()) return {};
    return take(sent(std::exchange(batch, {})));
}

void BatchSender::abort() noexcept {
    [[maybe_unused]] auto ignored = wait();  // the load has failed already
}

Result<> BatchSender::wait() {
    if (!std::exchange(has_batch_to_wait_for_, false)) return result_;
    std::optional<Sent> last = sent_.pop();
    auto taken = take(*last);
    spare_ = std::move(last->batch.bytes);
    return taken;
}

BatchSender::Sent BatchSender::sent(RowBatch batch) const {
    int64_t failed_row = 0;
    auto result = load::guarded([&] { return send_(batch, failed_row); });
    return {.result = std::move(result), .batch = std::move(batch), .failed_row = failed_row};
}

// What the server says of values and keys is about a row, even where it does not say which.
Result<> BatchSender::take(const Sent& last) {
    result_ = last.result;
    if (result_.ok()) {
        bytes_ += static_cast<int64_t>(last.batch.bytes.size());
        rows_ += last.batch.rows;
        return {};
    }
    const Code code = result_.error().code();
    if (last.failed_row > 0) {
        failed_rows_ = {.first = rows_ + last.failed_row, .last = rows_ + last.failed_row};
    } else if (code == Code::kInvalid || code == Code::kConflict) {
        failed_rows_ = {.first = rows_ + 1, .last = rows_ + last.batch.rows};
    }
    return result_;
}

void BatchSender::run() {
    ::pthread_setname_np(::pthread_self(), "load-sender");
    while (std::optional<RowBatch> batch = batches_.pop()) {
        Sent done = sent(*std::move(batch));
        is_sending_ = false;
        sent_.push(std::move(done));
    }
}

}  // namespace mogura::plugins::table
