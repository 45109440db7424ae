// Reads one file by pieces on all cores, and any other source of pages.

#include "base/check.h"
#include "base/log.h"
#include "load/origin.h"

#include <pthread.h>

#include <thread>
#include <utility>
#include <vector>

namespace mogura::load {
namespace {

// A piece, parsed as if a record began at its first byte.
struct ParsedPiece {
    Piece piece;
    Parsed parsed;  // without its pages: they went into the batch
    Batch batch;
    std::vector<Reject> left_out;  // by filters
    int64_t rows = 0;
};

Result<ParsedPiece> parse_piece(Piece piece, const PieceParser& parser, const Chain& chain) {
    ParsedPiece result;
    result.parsed = TRY(parser.parse(piece));
    for (const page::Page& page : result.parsed.pages) {
        result.rows += static_cast<int64_t>(page.rows());
    }
    result.batch = TRY(chain.process(std::exchange(result.parsed.pages, {}), result.left_out));
    result.piece = std::move(piece);
    return result;
}

Result<> canceled() {
    return Error(Code::kCanceled, "the load was stopped");
}

// Checks each piece against what the one before it left over, and numbers the rejects.
class PieceOrder {
  public:
    PieceOrder(const FileEntry& file, const PieceParser& parser, const Position& from,
               const Machinery& machinery, const RejectSink& rejects, const Deliver& deliver)
        : file_(file),
          parser_(parser),
          machinery_(machinery),
          rejects_(rejects),
          deliver_(deliver),
          next_{.offset_bytes = from.offset_bytes, .lines = from.lines, .rejects = from.rejects} {}

    Result<> take(ParsedPiece next) {
        if (!rest_.empty()) next = TRY(parsed_again(std::move(next.piece)));
        next_.rejects += static_cast<int64_t>(next.parsed.rejects.size() + next.left_out.size());
        for (Reject& reject : next.parsed.rejects) {
            reject.offset_bytes += next_.offset_bytes;
            reject.line += next_.lines;
            ++rows_;
            TRY(rejects_(std::move(reject)));
        }
        for (Reject& row : next.left_out) TRY(rejects_(std::move(row)));
        if (next.parsed.replaced_line > 0) warn_of_bytes(next_.lines + next.parsed.replaced_line);
        next_.offset_bytes += static_cast<int64_t>(next.parsed.consumed_bytes);
        next_.lines += next.parsed.consumed_lines;
        rest_ = next.piece.bytes.substr(next.parsed.consumed_bytes);
        is_header_pending_ = next.parsed.header_pending;
        CHECK(!next.piece.is_last || rest_.empty());
        machinery_.progress.rows_read += next.rows;
        rows_ += next.rows;
        return deliver_(std::move(next.batch), rest_.empty() ? &next_ : nullptr);
    }

    // That came, bad ones too.
    int64_t rows() const { return rows_; }

  private:
    Result<ParsedPiece> parsed_again(Piece piece) {
        size_t size = rest_.size() + piece.bytes.size();
        if (size > kRecordBytesMax) {
            return Error(Code::kLimit, file_.name + ": a record at byte " +
                                           std::to_string(next_.offset_bytes) +
                                           " has no end (is a quote missing?)");
        }
        auto block = BlockPool::take(machinery_.blocks, size);
        std::copy(rest_.begin(), rest_.end(), block->bytes.get());
        std::copy(piece.bytes.begin(), piece.bytes.end(), block->bytes.get() + rest_.size());
        Piece joined{.bytes = {block->bytes.get(), size},
                     .owner = block,
                     .is_first = is_header_pending_,
                     .is_last = piece.is_last};
        return parse_piece(std::move(joined), parser_, machinery_.chain);
    }

    // Once a file: a wrong character set has them on every line.
    void warn_of_bytes(int64_t line) {
        if (std::exchange(has_warned_, true)) return;
        log::warn(file_.name + ":" + std::to_string(line) +
                  ": bytes that are no UTF-8 became U+FFFD (if the file has another character set, "
                  "name it: parser: {charset: ...})");
    }

    const FileEntry& file_;
    const PieceParser& parser_;
    const Machinery& machinery_;
    const RejectSink& rejects_;
    const Deliver& deliver_;
    bool has_warned_ = false;
    std::string rest_;
    bool is_header_pending_ = false;
    Position next_;  // of what rest_ begins
    int64_t rows_ = 0;
};

size_t lane_items(const Machinery& machinery) {
    return 2 * static_cast<size_t>(machinery.workers.threads()) + 4;
}

// Takes everything from the lane, in order, until the end, a failure or a stop.
template <typename T, typename Take>
Result<> drain(Lane<T>& lane, const std::stop_token& stop, Take take) {
    auto result = guarded([&]() -> Result<> {
        while (true) {
            std::optional<T> item = TRY(lane.pop());
            if (stop.stop_requested()) return canceled();
            if (!item) return {};
            TRY(take(*std::move(item)));
        }
    });
    lane.abandon();
    return result;
}

}  // namespace

Result<int64_t> run_pieces(const FileEntry& file, const PieceParser& parser, const Position& from,
                           const std::function<Result<std::unique_ptr<base::ByteSource>>()>& open,
                           const Machinery& machinery, const RejectSink& rejects,
                           const Deliver& deliver) {
    Lane<ParsedPiece> lane(machinery.workers, lane_items(machinery));
    std::jthread reader([&] {
        ::pthread_setname_np(::pthread_self(), "load-reader");
        lane.end(guarded([&]() -> Result<> {
            std::unique_ptr<base::ByteSource> source = TRY(open());
            BlockReader blocks(*source, parser, machinery.blocks, file.name,
                               /*is_first=*/from.offset_bytes == 0);
            while (true) {
                std::optional<Piece> piece = TRY(blocks.next());
                if (!piece) return {};
                bool taken = lane.push([piece = *std::move(piece), &parser, &machinery]() mutable {
                    return parse_piece(std::move(piece), parser, machinery.chain);
                });
                if (!taken) return {};
            }
        }));
    });
    PieceOrder order(file, parser, from, machinery, rejects, deliver);
    TRY(drain(lane, machinery.stop,
              [&](ParsedPiece piece) { return order.take(std::move(piece)); }));
    return order.rows();
}

Result<int64_t> run_pages(const std::function<Result<>(const PageSink&)>& produce,
                          const Machinery& machinery, const RejectSink& rejects,
                          const Deliver& deliver) {
    struct Work {
        Batch batch;
        std::vector<Reject> left_out;
        int64_t rows = 0;
    };
    Lane<Work> lane(machinery.workers, lane_items(machinery));
    std::jthread reader([&] {
        ::pthread_setname_np(::pthread_self(), "load-reader");
        lane.end(guarded([&] {
            return produce([&](page::Page page) -> Result<> {
                // std::function wants to copy its closure; a page cannot be copied.
                auto shared = std::make_shared<page::Page>(std::move(page));
                bool taken = lane.push([shared, &machinery]() -> Result<Work> {
                    Work work;
                    work.rows = static_cast<int64_t>(shared->rows());
                    std::vector<page::Page> pages;
                    pages.push_back(std::move(*shared));
                    work.batch = TRY(machinery.chain.process(std::move(pages), work.left_out));
                    return work;
                });
                if (!taken) return canceled();
                return {};
            });
        }));
    });
    int64_t rows = 0;
    TRY(drain(lane, machinery.stop, [&](Work work) -> Result<> {
        machinery.progress.rows_read += work.rows;
        rows += work.rows;
        for (Reject& row : work.left_out) TRY(rejects(std::move(row)));
        return deliver(std::move(work.batch), nullptr);
    }));
    return rows;
}

}  // namespace mogura::load
