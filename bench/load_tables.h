// The tables that load_bench reads: seeded, the same bytes everywhere, written when first asked
// for. Rows go to the file as they are made: a child's peak memory counts what its parent held when
// it was started.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace mogura::bench {

enum class Kind { kLong, kDouble, kBoolean, kString, kTime, kDay };

struct Column {
    std::string name;
    Kind kind = Kind::kString;
};

struct Table {
    std::string path;
    std::vector<Column> columns;
    int64_t rows = 0;
    double megabytes = 0;  // of the text; unpacked where the file is packed
    enum class Form { kCsv, kPackedCsv, kJsonLines };
    Form form = Form::kCsv;
};

class Tables {
  public:
    Tables(std::string folder, int64_t rows) : folder_(std::move(folder)), rows_(rows) {}

    // id, account, time, purchase, comment, price, flag, country: about 105 bytes a row. One
    // comment in twenty holds a doubled quote, one in twenty a line break.
    const Table& typed();
    // The same with 1 and 0 as flag, which every database takes for a boolean.
    const Table& numeric_flags();
    // Those rows in two files, for two sessions at once.
    const Table& first_half();
    const Table& second_half();
    // The same with one JSON object a line.
    const Table& json_lines();
    // The typed table packed; the pair is one prefix of two such files.
    const Table& packed();
    const Table& packed_pair();
    // Ten short texts without quotes.
    const Table& strings();
    // 100 columns: 40 longs, 30 doubles, 30 strings; a tenth of the rows.
    const Table& wide();
    const Table& one_row();

  private:
    const Table& half(const std::string& name, int64_t from, int64_t to);

    const std::string folder_;
    const int64_t rows_;
    std::map<std::string, Table> made_;
};

// Rows of a CSV file with a header; line breaks in quotes end none. Fails (CHECK) where the first
// column is not 1, 2, 3 and so on.
int64_t count_ordered_rows(const std::string& path);

}  // namespace mogura::bench
