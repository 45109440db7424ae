// JSON lines: one object a line (embulk 4.5).
//
// Usual lines are read by LineReader, and those that it does not take with load::parse_json_value:
// that one decides what is wrong with a line, or that nothing is (bytes that are not UTF-8).

#pragma once

#include "load/load.h"
#include "plugins/parser/jsonl/rows.h"

#include <memory>
#include <string>

namespace mogura::plugins::jsonl {

class JsonLinesParser final : public load::PieceParser {
  public:
    struct Options {
        std::string charset;  // empty: UTF-8
        bool stops_on_invalid = false;
        bool hides_file = false;  // the log names a bad line by its number alone
        bool uses_fast = true;    // false: for tests
    };
    JsonLinesParser(Table table, Options options)
        : table_(std::move(table)), options_(std::move(options)) {}

    const page::Schema& schema() const override { return table_.schema; }
    size_t cut(std::string_view bytes) const override;
    Result<load::Parsed> parse(const load::Piece& piece) const override;
    Result<std::unique_ptr<base::ByteSource>> wrap(std::unique_ptr<base::ByteSource> source,
                                                   const std::string& name) const override;
    bool recodes() const override { return !options_.charset.empty(); }

  private:
    class Reading;

    const Table table_;
    const Options options_;
};

}  // namespace mogura::plugins::jsonl
