// Sends the batches of one task from a thread of its own, one at a time and in order, so that the
// task forms the next batch while the server works on this one.
//
// A batch may have a mark: a statement that says how far the task has come with it, for the same
// transaction. Behind a failure nothing more is sent. One thread uses a sender; the one that ends
// it waits for the batch on its way. `send` is called by one thread at a time.

#pragma once

#include "base/queue.h"
#include "base/result.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

namespace mogura::plugins::table {

class BatchSender {
  public:
    using Send = std::function<Result<>(const std::string& batch, const std::string& mark)>;

    explicit BatchSender(Send send) : send_(std::move(send)) {}
    ~BatchSender() { batches_.close(); }
    BatchSender(const BatchSender&) = delete;
    BatchSender& operator=(const BatchSender&) = delete;

    // Sends what is worth a transaction to a server that has nothing to do; else `batch` stays.
    Result<> offer(std::string& batch, const std::string& mark = "");
    // Waits for the batch before and fails as that did; `batch` is empty afterwards.
    Result<> send(std::string& batch, const std::string& mark = "");
    // The last batch, which may be empty: all have arrived afterwards, and the mark is made.
    Result<> finish(std::string& batch, const std::string& mark = "");
    // Waits for the batch on its way.
    void abort() noexcept;
    // Of the batches that are known to have arrived.
    int64_t bytes() const { return bytes_; }

  private:
    struct Batch {
        std::string rows;
        std::string mark;
    };
    struct Sent {
        Result<> result;
        std::string batch;
    };

    Result<> wait();
    Sent sent(Batch batch) const;
    void run();

    const Send send_;
    base::Queue<Batch> batches_{1};
    base::Queue<Sent> sent_{1};
    std::atomic<bool> is_sending_ = false;
    bool has_batch_to_wait_for_ = false;
    Result<> result_;    // of the batches that came back
    std::string spare_;  // keeps the memory of the last one
    int64_t bytes_ = 0;
    std::jthread thread_;  // last: it uses the others
};

}  // namespace mogura::plugins::table
