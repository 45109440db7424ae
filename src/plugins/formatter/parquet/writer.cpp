#include "plugins/formatter/parquet/writer.h"

#include "base/check.h"
#include "base/file.h"
#include "base/mutex.h"
#include "base/queue.h"
#include "plugins/formatter/parquet/footer.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>
#include <utility>

namespace mogura::plugins::parquet {
namespace {

constexpr size_t kGroupTextBytesMax = size_t{64} * 1024 * 1024;

size_t text_bytes(const page::Page& page, size_t first, size_t rows) {
    size_t size = 0;
    for (size_t index = 0; index < page.columns(); ++index) {
        const page::ColumnData& column = page.column(index);
        if (!std::holds_alternative<page::ColumnData::Texts>(column.values)) continue;
        for (size_t row = first; row < first + rows; ++row) size += column.texts()[row].size();
    }
    return size;
}

class Writer final : public load::TaskOutput {
  public:
    Writer(std::unique_ptr<base::ByteSink> sink, page::Schema schema, const Options& options)
        : schema_(std::move(schema)), options_(options), sink_(std::move(sink)) {}
    ~Writer() override { abort(); }

    Result<> begin() { return put(kMagic); }

    Result<> write(page::Page page) override {
        CHECK(sink_);
        auto shared = std::make_shared<const page::Page>(std::move(page));
        for (size_t first = 0; first < shared->rows();) {
            // Small steps, so that large texts end a group early.
            constexpr size_t kStep = 2048;
            size_t rows = std::min({kStep, shared->rows() - first,
                                    static_cast<size_t>(options_.row_group_rows) - group_.rows});
            group_.text_bytes += text_bytes(*shared, first, rows);
            group_.rows += rows;
            bool extends = !group_.slices.empty() && group_.slices.back().page == shared;
            if (extends) {
                group_.slices.back().rows += rows;
            } else {
                group_.slices.push_back({shared, first, rows});
            }
            first += rows;
            bool full = group_.rows >= static_cast<size_t>(options_.row_group_rows) ||
                        group_.text_bytes >= kGroupTextBytesMax;
            if (full && !hand_over()) return failure();
        }
        return {};
    }

    Result<> finish() override {
        if (threads_.empty()) {
            // A small file: its only group is encoded right here.
            if (group_.rows > 0) encode({next_group_++, std::move(group_)});
        } else if (group_.rows > 0 && !hand_over()) {
            return failure();
        }
        groups_.close();
        threads_.clear();  // joins
        if (has_failed()) return failure();
        base::Lock lock(mutex_);
        TRY(put(footer(schema_, placed_, options_.packing)));
        TRY(sink_->finish());
        sink_.reset();
        return {};
    }

    void abort() noexcept override {
        groups_.abandon();
        {
            base::Lock lock(mutex_);
            is_aborted_ = true;
            turn_.notify_all();
        }
        threads_.clear();
        sink_.reset();
    }

    int64_t bytes() const override { return written_; }

  private:
    struct Numbered {
        size_t number = 0;
        Group group;
    };

    // False when a thread has failed. Threads start when there is work for them.
    bool hand_over() {
        while (static_cast<int>(threads_.size()) < options_.threads &&
               threads_.size() <= next_group_) {
            threads_.emplace_back([this] {
                while (auto group = groups_.pop()) encode(*std::move(group));
            });
        }
        return groups_.push({next_group_++, std::exchange(group_, {})});
    }

    // Encodes the group, waits until those before it are written, and writes it.
    void encode(Numbered numbered) {
        std::vector<ColumnChunk> chunks;
        Result<> encoded = walled([&]() -> Result<> {
            for (size_t column = 0; column < schema_.size(); ++column) {
                ColumnChunk chunk = TRY(encode_column(numbered.group, column, options_.packing));
                chunks.push_back(std::move(chunk));
            }
            return {};
        });
        auto rows = static_cast<int64_t>(numbered.group.rows);
        numbered.group = {};
        base::Lock lock(mutex_);
        while (next_written_ != numbered.number && !failure_ && !is_aborted_) turn_.wait(mutex_);
        if (failure_ || is_aborted_) return;
        if (encoded.ok()) encoded = put_group(std::move(chunks), rows);
        if (!encoded.ok()) {
            failure_ = encoded.error();
            groups_.abandon();
        }
        ++next_written_;
        turn_.notify_all();
    }

    // Threads are walls: a bug inside becomes an error of the run.
    template <typename Call>
    static Result<> walled(Call call) {
        try {
            return call();
        } catch (const std::exception& bug) {
            return Error(Code::kInternal, std::string("a bug: ") + bug.what());
        }
    }

    Result<> put_group(std::vector<ColumnChunk> chunks, int64_t rows) REQUIRES(mutex_) {
        PlacedGroup placed{.rows = rows};
        for (ColumnChunk& chunk : chunks) {
            PlacedChunk column{.offset = written_,
                               .packed_bytes = static_cast<int64_t>(chunk.bytes.size()),
                               .chunk = std::move(chunk)};
            TRY(put(column.chunk.bytes));
            column.chunk.bytes = {};
            placed.columns.push_back(std::move(column));
        }
        placed_.push_back(std::move(placed));
        return {};
    }

    Result<> put(std::string_view bytes) {
        TRY(sink_->write(bytes));
        written_ += static_cast<int64_t>(bytes.size());
        return {};
    }

    bool has_failed() {
        base::Lock lock(mutex_);
        return failure_.has_value();
    }
    Error failure() {
        base::Lock lock(mutex_);
        CHECK(failure_);
        return *failure_;
    }

    const page::Schema schema_;
    const Options options_;
    std::unique_ptr<base::ByteSink> sink_;  // by whose turn it is
    std::atomic<int64_t> written_ = 0;
    Group group_;
    size_t next_group_ = 0;
    base::Queue<Numbered> groups_{1};
    base::Mutex mutex_;
    base::Condition turn_;
    size_t next_written_ GUARDED_BY(mutex_) = 0;
    bool is_aborted_ GUARDED_BY(mutex_) = false;
    std::vector<PlacedGroup> placed_ GUARDED_BY(mutex_);
    std::optional<Error> failure_ GUARDED_BY(mutex_);
    std::vector<std::jthread> threads_;
};

}  // namespace

Result<std::unique_ptr<load::TaskOutput>> open_writer(const std::string& path,
                                                      const page::Schema& schema,
                                                      const Options& options) {
    auto sink = TRY(base::open_sink(path));
    auto writer = std::make_unique<Writer>(std::move(sink), schema, options);
    TRY(writer->begin());
    return std::unique_ptr<load::TaskOutput>(std::move(writer));
}

}  // namespace mogura::plugins::parquet
