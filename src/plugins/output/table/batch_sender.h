// Sends the batches of one task from a thread of its own, one at a time and in order, so that the
// task forms the next batch while the server works on this one.
//
// A batch may have a mark: a statement that says how far the task has come with it, for the same
// transaction. Behind a failure nothing more is sent. One thread uses a sender; the one that ends
// it waits for the batch on its way. `send` is called by one thread at a time.

#pragma once

#include "base/queue.h"
#include "base/result.h"
#include "load/load.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

namespace mogura::plugins::table {

struct RowBatch {
    std::string bytes;
    int64_t rows = 0;
    std::string mark = {};  // a statement of the same transaction
};

class BatchSender {
  public:
    // May tell the row of the batch, from 1, that it failed at.
    using Send = std::function<Result<>(const RowBatch& batch, int64_t& failed_row)>;

    explicit BatchSender(Send send) : send_(std::move(send)) {}
    ~BatchSender() { batches_.close(); }
    BatchSender(const BatchSender&) = delete;
    BatchSender& operator=(const BatchSender&) = delete;

    // Sends what is worth a transaction to a server that has nothing to do; else `batch` stays.
    Result<> offer(RowBatch& batch);
    // Waits for the batch before and fails as that did; `batch` is empty afterwards.
    Result<> send(RowBatch& batch);
    // The last batch, which may be empty: all have arrived afterwards, and its
    // mark is made.
    Result<> finish(RowBatch& batch);
    // Waits for the batch on its way.
    void abort() noexcept;
    // Of the batches that are known to have arrived.
    int64_t bytes() const { return bytes_; }
    // Of all that were sent; where the failure is not one of the rows, none.
    load::RowRange failed_rows() const { return failed_rows_; }

  private:
    struct Sent {
        Result<> result;
        RowBatch batch;
        int64_t failed_row = 0;
    };

    Result<> wait();
    Sent sent(RowBatch batch) const;
    Result<> take(const Sent& last);
    void run();

    const Send send_;
    base::Queue<RowBatch> batches_{1};
    base::Queue<Sent> sent_{1};
    std::atomic<bool> is_sending_ = false;
    bool has_batch_to_wait_for_ = false;
    Result<> result_;    // of the batches that came back
    std::string spare_;  // keeps the memory of the last one
    int64_t bytes_ = 0;
    int64_t rows_ = 0;  // of the batches that arrived
    load::RowRange failed_rows_;
    std::jthread thread_;  // last: it uses the others
};

}  // namespace mogura::plugins::table
