#include "load_tables.h"

#include "load_run.h"

#include "base/check.h"
#include "base/file.h"

#include <zlib.h>

#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string_view>
#include <utility>

namespace mogura::bench {
namespace {

constexpr const char* kWords[] = {"amber", "birch", "cedar", "dune",
                                  "ember", "fjord", "grove", "heath"};
constexpr const char* kCountries[] = {"JP", "US", "DE", "FR", "BR", "IN", "KR", "TW"};

struct TypedRow {
    long long id = 0;
    unsigned long long account = 0;
    int month = 0;
    int day = 0;
    int second = 0;
    std::string comment;
    unsigned long long price = 0;
    unsigned long long cents = 0;
    bool flag = false;
    const char* country = "";
};

class TypedRows {
  public:
    TypedRow next() {
        TypedRow row;
        row.id = ++id_;
        uint64_t bits = random_();
        row.month = static_cast<int>(bits % 12) + 1;
        row.day = static_cast<int>(bits / 12 % 28) + 1;
        row.second = static_cast<int>(bits / 336 % 86400);
        for (uint64_t word = 0, count = 5 + bits % 5; word < count; ++word) {
            if (word > 0) row.comment += ' ';
            row.comment += kWords[random_() % 8];
        }
        uint64_t style = random_() % 20;
        if (style == 0) row.comment += " \"large\" size";
        if (style == 1) row.comment += "\nsecond line";
        row.country = kCountries[random_() % 8];
        row.cents = random_() % 100;
        row.price = random_() % 10000;
        row.account = random_() % 1000000000;
        row.flag = (bits & 1) != 0;
        return row;
    }

  private:
    long long id_ = 0;
    std::mt19937_64 random_{20240310};
};

struct FlagWords {
    const char* yes;
    const char* no;
};

std::string escaped(const std::string& text, std::string_view quote, std::string_view line_break) {
    std::string result;
    for (char letter : text) {
        if (letter == '"') {
            result += quote;
        } else if (letter == '\n') {
            result += line_break;
        } else {
            result += letter;
        }
    }
    return result;
}

std::string csv_line(const TypedRow& row, FlagWords flag) {
    char line[256];
    std::snprintf(line, sizeof line,
                  "%lld,%llu,2025-%02d-%02d %02d:%02d:%02d,2025%02d%02d,\"%s\",%llu.%02llu,%s,%s\n",
                  row.id, row.account, row.month, row.day, row.second / 3600, row.second / 60 % 60,
                  row.second % 60, row.month, row.day, escaped(row.comment, "\"\"", "\n").c_str(),
                  row.price, row.cents, row.flag ? flag.yes : flag.no, row.country);
    return line;
}

std::string json_line(const TypedRow& row) {
    char line[512];
    std::snprintf(line, sizeof line,
                  "{\"id\":%lld,\"account\":%llu,\"time\":\"2025-%02d-%02d %02d:%02d:%02d\","
                  "\"purchase\":\"2025%02d%02d\",\"comment\":\"%s\",\"price\":%llu.%02llu,"
                  "\"flag\":%s,\"country\":\"%s\"}\n",
                  row.id, row.account, row.month, row.day, row.second / 3600, row.second / 60 % 60,
                  row.second % 60, row.month, row.day, escaped(row.comment, "\\\"", "\\n").c_str(),
                  row.price, row.cents, row.flag ? "true" : "false", row.country);
    return line;
}

std::vector<Column> typed_columns() {
    return {{"id", Kind::kLong},      {"account", Kind::kLong},   {"time", Kind::kTime},
            {"purchase", Kind::kDay}, {"comment", Kind::kString}, {"price", Kind::kDouble},
            {"flag", Kind::kBoolean}, {"country", Kind::kString}};
}

std::string header(const std::vector<Column>& columns) {
    std::string line;
    for (const Column& column : columns) line += (line.empty() ? "" : ",") + column.name;
    return line + "\n";
}

// Writes `heading` and then what `line` returns for each row.
void write_lines(Table& table, const std::string& heading,
                 const std::function<std::string(int64_t)>& line) {
    constexpr size_t kPieceBytes = 1 << 20;
    auto sink = must(base::open_sink(table.path));
    std::string piece = heading;
    size_t bytes = 0;
    for (int64_t row = 0; row < table.rows; ++row) {
        piece += line(row);
        if (piece.size() < kPieceBytes) continue;
        must(sink->write(piece));
        bytes += piece.size();
        piece.clear();
    }
    must(sink->write(piece));
    must(sink->finish());
    table.megabytes = static_cast<double>(bytes + piece.size()) / 1e6;
}

void write_packed(const std::string& from, const std::string& to) {
    auto source = must(base::open_source(from));
    gzFile file = ::gzopen(to.c_str(), "wb6");
    CHECK(file != nullptr);
    std::vector<char> piece(1 << 20);
    while (size_t size = must(source->read(piece))) {
        CHECK(::gzwrite(file, piece.data(), static_cast<unsigned>(size)) > 0);
    }
    CHECK(::gzclose(file) == Z_OK);
}

std::vector<Column> wide_columns() {
    std::vector<Column> columns;
    for (int number = 0; number < 100; ++number) {
        Kind kind = number < 40 ? Kind::kLong : number < 70 ? Kind::kDouble : Kind::kString;
        columns.push_back({"c" + std::to_string(number), kind});
    }
    return columns;
}

std::string short_text(std::mt19937_64& random) {
    uint64_t bits = random();
    return std::string(kWords[bits % 8]) + std::to_string(bits / 8 % 10000);
}

std::string wide_line(int64_t row, const std::vector<Column>& columns, std::mt19937_64& random) {
    std::string line = std::to_string(row + 1);
    char number[32];
    for (size_t column = 1; column < columns.size(); ++column) {
        line += ',';
        if (columns[column].kind == Kind::kLong) {
            line += std::to_string(random() % 100000000);
        } else if (columns[column].kind == Kind::kDouble) {
            std::snprintf(number, sizeof number, "%.3f",
                          static_cast<double>(random() % 100000000) / 1000);
            line += number;
        } else {
            line += short_text(random);
        }
    }
    return line + "\n";
}

}  // namespace

const Table& Tables::typed() {
    Table& table = made_["typed"];
    if (!table.path.empty()) return table;
    table = {.path = folder_ + "/typed.csv", .columns = typed_columns(), .rows = rows_};
    TypedRows rows;
    write_lines(table, header(table.columns),
                [&](int64_t) { return csv_line(rows.next(), {"true", "false"}); });
    return table;
}

const Table& Tables::half(const std::string& name, int64_t from, int64_t to) {
    Table& table = made_[name];
    if (!table.path.empty()) return table;
    table = {.path = folder_ + "/" + name + ".csv", .columns = typed_columns(), .rows = to - from};
    TypedRows rows;
    for (int64_t row = 0; row < from; ++row) rows.next();
    write_lines(table, header(table.columns),
                [&](int64_t) { return csv_line(rows.next(), {"1", "0"}); });
    return table;
}

const Table& Tables::numeric_flags() {
    return half("numeric", 0, rows_);
}

const Table& Tables::first_half() {
    return half("first", 0, rows_ / 2);
}

const Table& Tables::second_half() {
    return half("second", rows_ / 2, rows_);
}

const Table& Tables::json_lines() {
    Table& table = made_["json_lines"];
    if (!table.path.empty()) return table;
    table = {.path = folder_ + "/typed.jsonl", .columns = typed_columns(), .rows = rows_};
    table.form = Table::Form::kJsonLines;
    TypedRows rows;
    write_lines(table, "", [&](int64_t) { return json_line(rows.next()); });
    return table;
}

const Table& Tables::packed() {
    Table& table = made_["packed"];
    if (!table.path.empty()) return table;
    table = typed();
    table.form = Table::Form::kPackedCsv;
    table.path = folder_ + "/packed.csv.gz";
    write_packed(typed().path, table.path);
    return table;
}

const Table& Tables::packed_pair() {
    Table& table = made_["packed_pair"];
    if (!table.path.empty()) return table;
    table = packed();
    table.path = folder_ + "/pair";
    table.rows *= 2;
    table.megabytes *= 2;
    std::filesystem::copy_file(packed().path, table.path + "1.csv.gz");
    std::filesystem::copy_file(packed().path, table.path + "2.csv.gz");
    return table;
}

const Table& Tables::strings() {
    Table& table = made_["strings"];
    if (!table.path.empty()) return table;
    table = {.path = folder_ + "/strings.csv", .columns = {}, .rows = rows_};
    for (int number = 0; number < 10; ++number)
        table.columns.push_back({"s" + std::to_string(number)});
    std::mt19937_64 random(20240311);
    write_lines(table, header(table.columns), [&](int64_t) {
        std::string line = short_text(random);
        for (int column = 1; column < 10; ++column) line += "," + short_text(random);
        return line + "\n";
    });
    return table;
}

const Table& Tables::wide() {
    Table& table = made_["wide"];
    if (!table.path.empty()) return table;
    table = {.path = folder_ + "/wide.csv", .columns = wide_columns(), .rows = rows_ / 10};
    std::mt19937_64 random(20240312);
    write_lines(table, header(table.columns),
                [&](int64_t row) { return wide_line(row, table.columns, random); });
    return table;
}

const Table& Tables::one_row() {
    Table& table = made_["one_row"];
    if (!table.path.empty()) return table;
    table = {.path = folder_ + "/one_row.csv", .columns = typed_columns(), .rows = 1};
    TypedRows rows;
    write_lines(table, header(table.columns),
                [&](int64_t) { return csv_line(rows.next(), {"true", "false"}); });
    return table;
}

int64_t count_ordered_rows(const std::string& path) {
    auto source = must(base::open_source(path));
    std::vector<char> piece(1 << 20);
    bool is_quoted = false;
    int64_t rows = -1;  // the header
    int64_t id = 0;
    bool is_id = false;
    while (size_t size = must(source->read(piece))) {
        for (char letter : std::string_view(piece.data(), size)) {
            if (letter == '"') is_quoted = !is_quoted;
            if (letter == '\n' && !is_quoted) {
                ++rows;
                id = 0;
                is_id = true;
            } else if (is_id && letter >= '0' && letter <= '9') {
                id = id * 10 + (letter - '0');
            } else if (is_id) {
                CHECK(id == rows + 1);
                is_id = false;
            }
        }
    }
    return rows;
}

}  // namespace mogura::bench
