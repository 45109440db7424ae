// Where rows come from. A file input names files and gives their bytes; decoders unpack them and a
// parser (parser.h) makes pages. Any other input makes pages itself.

#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "config/config.h"
#include "load/rejects.h"
#include "page/page.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::load {

// Takes a page; fails when the run must stop. Pages of one task arrive in order.
using PageSink = std::function<Result<>(page::Page)>;

struct FileEntry {
    std::string name;             // as messages print it: an absolute path, "s3://bucket/key", "-"
    int64_t size_bytes = -1;      // before decoding; -1: unknown
    std::string local_path = {};  // set when the bytes are a local file
    std::string path = {};        // as the input's own options name it, for its diff
    int64_t modified_ns = 0;      // of a local file, since 1970; 0: unknown
};

class FileInput {
  public:
    virtual ~FileInput() = default;

    // The files to read, in order; each is one task.
    virtual Result<std::vector<FileEntry>> files() = 0;
    // May be called from several threads at once.
    virtual Result<std::unique_ptr<base::ByteSource>> open(const FileEntry& file) = 0;
    // The same from byte `offset` on.
    virtual Result<std::unique_ptr<base::ByteSource>> open_at(const FileEntry& file,
                                                              int64_t offset);
    // The file that only reading `file` told of, such as the next page of a listing: it is read
    // behind `file`, in the same task. `rows`: how many came from `file`, bad ones too.
    virtual Result<std::optional<FileEntry>> next(const FileEntry&, int64_t /*rows*/) {
        return std::optional<FileEntry>();
    }
    // What the next run should know (Embulk's config diff), such as last_path.
    virtual config::Map diff(const std::vector<FileEntry>& files) const = 0;
};

class Workers;

// Unpacks bytes. `wrap` may be called from several threads at once.
class Decoder {
  public:
    virtual ~Decoder() = default;
    // `name` stands in front of errors about the content. With workers the parts of one file are
    // unpacked side by side, where its format has such parts: the bytes and the errors are the
    // same. The decoder and the workers outlive the source; no worker may read from it.
    virtual Result<std::unique_ptr<base::ByteSource>> wrap(std::unique_ptr<base::ByteSource> source,
                                                           const std::string& name,
                                                           Workers* workers) const = 0;
    // What such parts are called, in the plural: "gzip members". Empty: the format has none.
    virtual std::string_view parts() const { return ""; }
};

class Input {
  public:
    virtual ~Input() = default;

    // Asks the source what it has; nothing else may be called before.
    virtual Result<> begin() = 0;
    virtual const page::Schema& schema() const = 0;
    virtual size_t tasks() const = 0;
    // As messages name it; empty where tasks have no names.
    virtual std::string name_of(size_t) const { return ""; }
    // Reads task `index` to its end. Different tasks may run in several threads at once.
    virtual Result<> run(size_t index, const PageSink& sink) = 0;
    // The same where rows can be bad: those go to `rejects`, and the task goes on.
    virtual Result<> run_with_rejects(size_t index, const PageSink& sink, const RejectSink&) {
        return run(index, sink);
    }
    virtual config::Map diff() const { return {}; }
};

}  // namespace mogura::load
