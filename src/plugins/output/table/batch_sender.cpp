#include "plugins/output/table/batch_sender.h"

#include "load/load.h"

#include <pthread.h>

#include <cstddef>
#include <optional>
#include <utility>

namespace mogura::plugins::table {

Result<> BatchSender::offer(std::string& batch, const std::string& mark) {
    constexpr size_t kWorthBytes = 1 << 20;
    if (batch.size() < kWorthBytes || is_sending_) return {};
    return send(batch, mark);
}

Result<> BatchSender::send(std::string& batch, const std::string& mark) {
    TRY(wait());
    if (!thread_.joinable()) thread_ = std::jthread([this] { run(); });
    is_sending_ = true;
    has_batch_to_wait_for_ = true;
    batches_.push({std::exchange(batch, std::move(spare_)), mark});
    batch.clear();
    return {};
}

// A load of one batch needs no thread.
Result<> BatchSender::finish(std::string& batch, const std::string& mark) {
    TRY(wait());
    if (batch.empty() && mark.empty()) return {};
    Sent last = sent({std::move(batch), mark});
    batch.clear();
    result_ = std::move(last.result);
    if (result_.ok()) bytes_ += static_cast<int64_t>(last.batch.size());
    return result_;
}

void BatchSender::abort() noexcept {
    [[maybe_unused]] auto ignored = wait();  // the load has failed already
}

Result<> BatchSender::wait() {
    if (!std::exchange(has_batch_to_wait_for_, false)) return result_;
    std::optional<Sent> last = sent_.pop();
    result_ = std::move(last->result);
    if (result_.ok()) bytes_ += static_cast<int64_t>(last->batch.size());
    spare_ = std::move(last->batch);
    return result_;
}

BatchSender::Sent BatchSender::sent(Batch batch) const {
    auto result = load::guarded([&] { return send_(batch.rows, batch.mark); });
    return {.result = std::move(result), .batch = std::move(batch.rows)};
}

void BatchSender::run() {
    ::pthread_setname_np(::pthread_self(), "load-sender");
    while (std::optional<Batch> batch = batches_.pop()) {
        Sent done = sent(*std::move(batch));
        is_sending_ = false;
        sent_.push(std::move(done));
    }
}

}  // namespace mogura::plugins::table
