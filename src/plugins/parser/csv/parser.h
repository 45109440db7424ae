// The CSV parser: pieces of a file to pages (embulk chapter 3).

#pragma once

#include "load/load.h"
#include "plugins/parser/csv/columns.h"
#include "plugins/parser/csv/dialect.h"

#include <memory>
#include <string>

namespace mogura::plugins::csv {

class CsvParser final : public load::PieceParser {
  public:
    // `charset` is a name that load::decoded knows; empty means UTF-8. `uses_fast` false reads
    // every record with the exact tokenizer (tests compare the two).
    CsvParser(Dialect dialect, ColumnTable table, std::string charset, bool uses_fast = true);

    const page::Schema& schema() const override { return table_.schema; }
    size_t cut(std::string_view bytes) const override;
    Result<load::Parsed> parse(const load::Piece& piece) const override;
    Result<std::unique_ptr<base::ByteSource>> wrap(std::unique_ptr<base::ByteSource> source,
                                                   const std::string& name) const override;
    bool recodes() const override { return !charset_.empty(); }

  private:
    class Reading;

    const Dialect dialect_;
    const ColumnTable table_;
    const std::string charset_;
    const bool uses_fast_;
};

}  // namespace mogura::plugins::csv
