// Parsers: from the bytes of a file to pages.
//
// A piece parser lets one large file be parsed by all cores: the pipeline reads and decodes blocks,
// cuts each where a record probably begins, and parses the pieces in parallel. Every piece is
// parsed as if a record began at its first byte. If the piece before it left a rest (a quoted field
// that runs over the cut), the guess was wrong: the pipeline puts the rest in front and parses that
// piece again. So the result never depends on where the cuts were, whatever the dialect.
//
// Methods are const and may be called from several threads at once.

#pragma once

#include "base/result.h"
#include "load/input.h"
#include "load/rejects.h"
#include "page/page.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace mogura::load {

// Some decoded bytes of one file. Pages may point into them; `owner` keeps them alive.
struct Piece {
    std::string_view bytes;
    page::Owner owner;
    bool is_first = false;  // begins at the file's first byte (header lines, byte order mark)
    bool is_last = false;   // ends at the file's last byte: everything must be consumed
};

struct Parsed {
    std::vector<page::Page> pages;
    std::vector<Reject> rejects;  // offsets and lines are relative to the piece
    size_t consumed_bytes = 0;    // what follows is the beginning of an unfinished record
    int64_t consumed_lines = 0;   // physical lines within the consumed bytes
    bool header_pending = false;  // the piece ended before the header lines did: parse it
                                  // again together with the next one
    int64_t replaced_line = 0;    // the first one with bytes that are no UTF-8; 0: there is none
};

class PieceParser {
  public:
    virtual ~PieceParser() = default;
    virtual const page::Schema& schema() const = 0;
    // The end of the last whole record in `bytes`, as far as one can tell cheaply (usually behind
    // the last line end); 0 when there is none.
    virtual size_t cut(std::string_view bytes) const = 0;
    virtual Result<Parsed> parse(const Piece& piece) const = 0;
    // Turns the decoded bytes of a file into those that cut() and parse() take: another character
    // set becomes UTF-8 here. Offsets of rejects count the bytes that come out.
    virtual Result<std::unique_ptr<base::ByteSource>> wrap(std::unique_ptr<base::ByteSource> source,
                                                           const std::string&) const {
        return source;
    }
    // Whether wrap() changes them.
    virtual bool recodes() const { return false; }
};

// For formats that cannot be cut: reads one file from its first byte to its last.
class StreamParser {
  public:
    virtual ~StreamParser() = default;
    virtual const page::Schema& schema() const = 0;
    virtual Result<> parse(const FileEntry& file, base::ByteSource& bytes, const PageSink& sink,
                           const RejectSink& rejects) const = 0;
};

// For formats that need a local file with random access (Parquet).
class FileParser {
  public:
    virtual ~FileParser() = default;
    // The schema, learnt from the first of the files.
    virtual Result<page::Schema> schema_of(const std::vector<FileEntry>& files) = 0;
    virtual Result<> parse(const FileEntry& file, const PageSink& sink) const = 0;
    // After schema_of(): how many threads read a file.
    virtual int threads() const { return 1; }
};

// What a parser plugin makes: exactly one of the three.
struct Parser {
    std::unique_ptr<PieceParser> pieces;
    std::unique_ptr<StreamParser> stream;
    std::unique_ptr<FileParser> file;
};

}  // namespace mogura::load
