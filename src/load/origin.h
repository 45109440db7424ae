// The input side of a run: files with their decoders and parser, or an input that makes pages.
//
// run() reads one task to its end: it reads in a thread of its own, works on the shared workers,
// and delivers finished batches in order on the calling thread. Several tasks may run at once.

#pragma once

#include "base/result.h"
#include "load/blocks.h"
#include "load/chain.h"
#include "load/input.h"
#include "load/job.h"
#include "load/plugin_choice.h"
#include "load/plugins.h"
#include "load/reject_log.h"
#include "load/workers.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

namespace mogura::load {

// What all tasks of a run share.
struct Machinery {
    Workers& workers;
    const Chain& chain;
    RejectLog& rejects;
    Progress& progress;
    std::stop_token stop;
    std::shared_ptr<BlockPool> blocks = std::make_shared<BlockPool>();
};

// `next`: where reading may go on behind this batch; null where it cannot, or nobody knows.
using Deliver = std::function<Result<>(Batch, const Position* next)>;

class Origin {
  public:
    virtual ~Origin() = default;

    // Lists the files, asks the source: what the original does at the input's begin.
    virtual Result<> begin(Progress& progress) = 0;
    virtual const page::Schema& schema() const = 0;
    virtual size_t tasks() const = 0;
    // As messages name it; empty where tasks have no names.
    virtual std::string name_of(size_t) const { return ""; }
    // How run() shares the work on a task among `threads`.
    virtual Split split_of(size_t task, int threads) const = 0;
    // From `from` on: the position's rows come again.
    virtual Result<> run(size_t task, const Position& from, const Machinery& machinery,
                         const Deliver& deliver) = 0;
    // Whether run() gives the same rows as when state() was taken.
    virtual bool is_unchanged(size_t task) const = 0;
    // The task begins now: state() is of its input as it is.
    virtual void renew(size_t) {}
    // Before decoding; -1: unknown.
    virtual int64_t size_bytes(size_t) const { return -1; }
    virtual config::Map diff() const = 0;
    // Whether diff() is known only behind run(): it goes into the state then.
    virtual bool learns_diff() const { return false; }
    // After begin(): what a later run needs to have the same tasks; and the begin() of that run.
    virtual config::Value state() const = 0;
    virtual Result<> begin_again(const config::Value& state, Progress& progress) = 0;
};

// Fails when a plugin name is unknown; has no side effect.
Result<> check_origin(const PluginConfig& config, const Plugins& plugins);
Result<std::unique_ptr<Origin>> make_origin(const PluginConfig& config, const Plugins& plugins,
                                            const Context& context);
// The origin for an input that somebody else owns.
std::unique_ptr<Origin> origin_of(Input& input);

// The parts of origin.cpp's run for each kind of parser. They return how many rows came; the bad
// ones count only with pieces, others go past run_pages(). `open` gives the bytes from `from` on.
Result<int64_t> run_pieces(const FileEntry& file, const PieceParser& parser, const Position& from,
                           const std::function<Result<std::unique_ptr<base::ByteSource>>()>& open,
                           const Machinery& machinery, const RejectSink& rejects,
                           const Deliver& deliver);
// `produce` makes pages in order. `rejects` gets what filters leave out.
Result<int64_t> run_pages(const std::function<Result<>(const PageSink&)>& produce,
                          const Machinery& machinery, const RejectSink& rejects,
                          const Deliver& deliver);

}  // namespace mogura::load
