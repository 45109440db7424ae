// Where rows go, and what changes them on the way.

#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "config/config.h"
#include "load/position.h"
#include "load/rejects.h"
#include "page/page.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mogura::load {

// Changes pages. `apply` may be called from several threads at once.
class Filter {
  public:
    virtual ~Filter() = default;
    virtual const page::Schema& schema() const = 0;
    virtual Result<page::Page> apply(page::Page page) = 0;
    // The same where a filter leaves rows out because it cannot work on them: those go to
    // `rejects`.
    virtual Result<page::Page> apply_with_rejects(page::Page page, const RejectSink&) {
        return apply(std::move(page));
    }
    // All pages of all tasks have passed; the output has not committed yet. Not called when the run
    // failed.
    virtual Result<> finish() { return {}; }
    // The output has committed. A filter that dies without this call drops what it wrote.
    virtual Result<> commit() { return {}; }
    // Whether it keeps rows for itself until commit(): a run that fails cannot be resumed then.
    virtual bool keeps_rows() const { return false; }
};

// Rows to text. Formatting runs on several threads; the pipeline writes the pieces in order.
class Formatter {
  public:
    virtual ~Formatter() = default;
    // Written once at the beginning of each file, also when no row follows.
    virtual Result<std::string> header() const = 0;
    virtual Result<> format(const page::Page& page, std::string& text) const = 0;
};

// Rows by their number, from 1; both 0: it is not known which.
struct RowRange {
    int64_t first = 0;
    int64_t last = 0;
};

// A row that a task was given, counted from 1; 0: it is not known.
struct TaskRow {
    size_t task = 0;
    int64_t row = 0;
};

// Writes the rows of one task, in order. finish() or abort() ends it.
class TaskOutput {
  public:
    virtual ~TaskOutput() = default;
    virtual Result<> write(page::Page page) = 0;
    virtual Result<> finish() = 0;
    virtual void abort() noexcept = 0;
    // What was written so far are the rows in front of `position`; told while a later run may go on
    // from here (Keeping).
    virtual void mark(const Position&) {}
    // Bytes sent or written so far, as far as it knows.
    virtual int64_t bytes() const { return 0; }
    // Of those it was given, the rows among which the one is that a write or finish failed at; the
    // message then speaks of a row, and of none by its number.
    virtual RowRange failed_rows() const { return {}; }
};

// Formats that write a whole local file themselves (Parquet).
class FileFormatter {
  public:
    virtual ~FileFormatter() = default;
    virtual Result<std::unique_ptr<TaskOutput>> open(const std::string& path) const = 0;
};

class Workers;

// Packs bytes. `wrap` may be called from several threads at once.
class Encoder {
  public:
    virtual ~Encoder() = default;
    // With workers the blocks of one file are packed side by side; the bytes are the same with any
    // number of them. The workers outlive the sink; no worker may write to it.
    virtual Result<std::unique_ptr<base::ByteSink>> wrap(std::unique_ptr<base::ByteSink> sink,
                                                         Workers* workers) const = 0;
};

// A formatter plugin makes exactly one of the two.
struct AnyFormatter {
    std::unique_ptr<Formatter> text;
    std::unique_ptr<FileFormatter> file;
};

// Places that take files.
class FileOutput {
  public:
    virtual ~FileOutput() = default;
    // The path (or URL) of file `file` of task `task`.
    virtual std::string name_of(size_t task, size_t file) const = 0;
    // Bytes become visible under their name at publish() at the latest.
    virtual Result<std::unique_ptr<base::ByteSink>> open(size_t task, size_t file) = 0;
    // A local path to write to instead of open(); empty when this place has none.
    virtual std::string local_path(size_t task, size_t file) const = 0;
    // All tasks are finished: makes every file visible. discard(): none.
    virtual Result<> publish() = 0;
    virtual void discard() noexcept = 0;
    // A file that an earlier run had begun, which ended half-way.
    struct Begun {
        std::string path;  // local_path() of that run
        int64_t bytes = 0;
        bool may_be_published = false;  // the run ended while it published
    };
    // Whether a later run can go on with files that this one leaves unpublished.
    virtual bool can_adopt() const { return false; }
    // Before any open(): makes that file this run's own. kNotFound: it is not there, or shorter.
    virtual Result<> adopt(size_t task, size_t file, const Begun& begun);
};

// What an output does whose rows outlive the run, whatever ends that: a later run goes on behind
// them, so that each comes once. The order of calls: begin, open for every task that is not
// finished, then Output::commit() and settle(), or leave().
class Keeping {
  public:
    virtual ~Keeping() = default;
    // Takes the state before anything is created that a kill would leave behind.
    using Announce = std::function<Result<>(const config::Value& state)>;

    // In place of Output::begin(). `earlier` is what state() gave in the run before; null: this is
    // the first. kConflict: what that run left is not there any more, or is of another load.
    virtual Result<> begin(const page::Schema& schema, size_t tasks, const config::Value& earlier,
                           const Announce& announce) = 0;
    // After begin(): what a later run needs to find what this one writes.
    virtual config::Value state() const = 0;
    // After begin(): what has arrived, by task.
    virtual Result<std::vector<Kept>> arrived() = 0;
    // Before any open(): the rows of the task that are there go; with them those of other tasks
    // where they cannot be told apart. Changes `kept` so. kConflict: they cannot go.
    virtual Result<> restart(size_t task, std::vector<Kept>& kept) = 0;
    // In place of Output::open(): the next row is the one behind `from`.
    virtual Result<std::unique_ptr<TaskOutput>> open(size_t task, const Position& from) = 0;
    // In place of Output::rollback(): the run failed, and what has arrived stays.
    virtual void leave() noexcept = 0;
    // Behind Output::commit(), also of the run before: drops what `state` names, which only a later
    // run would have needed. Fine when some of it is gone.
    virtual void settle(const config::Value& state) noexcept = 0;
};

// What a run would do to a place that is no file.
struct OutputPlan {
    // Before the tasks, by each task (batch by batch), behind all of them.
    enum class Step { kBegin, kRows, kCommit };
    struct Statement {
        Step step = Step::kBegin;
        std::string sql;
        bool is_again = false;  // what stands in front of it, for another task
    };
    std::string target = {};                 // in words: which place, and what is there
    std::vector<Statement> statements = {};  // in the order in which a run sends them
    std::vector<std::string> added = {};     // columns that the target gets: "id BIGINT"
    std::vector<std::string> cut = {};       // columns of the input that the target does not take
    std::vector<std::string> dropped = {};   // columns that the target loses
    std::vector<std::string> notes = {};
};

// Any other place. The order of calls: begin, open for every task, commit or rollback.
class Output {
  public:
    virtual ~Output() = default;
    // Checks the target against the schema and prepares it; nothing visible changes.
    virtual Result<> begin(const page::Schema& schema, size_t tasks) = 0;
    // Different tasks run in several threads at once.
    virtual Result<std::unique_ptr<TaskOutput>> open(size_t task) = 0;
    // All tasks are finished: makes their rows visible.
    virtual Result<> commit() = 0;
    // The one that a commit failed at.
    virtual TaskRow failed_row() const { return {}; }
    // Something failed: nothing of this run stays.
    virtual void rollback() noexcept = 0;
    // Nothing: a run that ends half-way leaves nothing to go on from.
    virtual Keeping* keeping() { return nullptr; }
    virtual config::Map diff() const { return {}; }
    // Instead of a run: drops what earlier runs left behind that could not clean up themselves.
    // Returns the names of what is gone. No other run into the same target may go on meanwhile.
    virtual Result<std::vector<std::string>> clean_up() { return std::vector<std::string>(); }
    // Instead of a run: what begin() to commit() would do. The target is asked, nothing changes in
    // it. Fails as begin() would.
    virtual Result<OutputPlan> plan(const page::Schema& schema, size_t tasks);
    // False when rows of several tasks may not be written at the same time.
    virtual bool is_parallel() const { return true; }
};

}  // namespace mogura::load
