// The golden table of embulk 3.8, and the property that neither cuts nor the fast tokenizer change
// a result.

#include "base/check.h"
#include "plugins/parser/csv/lines.h"
#include "plugins/parser/csv/marks.h"
#include "plugins/parser/csv/numbers.h"
#include "plugins/parser/csv/parser.h"
#include "plugins/parser/csv/plain_reader.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins::csv {
namespace {

using page::Type;

ColumnTable table_of(const std::vector<Type>& types, const std::string& format = "%Y-%m-%d") {
    ColumnTable table;
    std::vector<page::Column> columns;
    for (Type type : types) {
        columns.push_back(
            {.name = std::string(1, static_cast<char>('a' + columns.size())), .type = type});
        table.timestamps.emplace_back();
        if (type != Type::kTimestamp) continue;
        auto parser = load::TimestampParser::compile({.format = format});
        CHECK(parser.ok());
        table.timestamps.back() = std::make_unique<load::TimestampParser>(*std::move(parser));
    }
    table.schema = page::Schema(std::move(columns));
    return table;
}

std::string cell_text(const page::ColumnData& data, size_t row) {
    if (data.is_null(row)) return "~";
    switch (data.values.index()) {
        case 0:
            return data.booleans()[row] ? "true" : "false";
        case 1:
            return std::to_string(data.longs()[row]);
        case 2:
            return std::to_string(data.doubles()[row]);
        case 3:
            return "[" + std::string(data.texts()[row]) + "]";
        default:
            return std::to_string(data.timestamps()[row].seconds);
    }
}

// What a file gives: rows as "cell|cell", rejects as "LINE: reason: text".
struct Read {
    std::vector<std::string> rows;
    std::vector<std::string> rejects;
    std::vector<int64_t> offsets;
    bool operator==(const Read&) const = default;
};

// Parses `text` in pieces that end at `cuts`, as the pipeline does.
Read read_pieces(const CsvParser& parser, std::string_view text, std::vector<size_t> cuts) {
    Read result;
    std::string rest;
    bool is_header_pending = true;
    int64_t lines = 0;
    int64_t offset = 0;
    cuts.push_back(text.size());
    size_t begin = 0;
    for (size_t index = 0; index < cuts.size(); ++index) {
        bool is_last = index + 1 == cuts.size();
        auto bytes = std::make_shared<std::string>(
            rest + std::string(text.substr(begin, cuts[index] - begin)));
        begin = cuts[index];
        // No byte behind the piece may be read: the sanitizer sees the end of this copy.
        auto exact = std::shared_ptr<char[]>(new char[bytes->size()]);
        std::copy(bytes->begin(), bytes->end(), exact.get());
        load::Piece piece{.bytes = {exact.get(), bytes->size()},
                          .owner = exact,
                          .is_first = is_header_pending,
                          .is_last = is_last};
        auto parsed = parser.parse(piece);
        CHECK(parsed.ok());
        for (const load::Reject& reject : parsed->rejects) {
            result.rejects.push_back(std::to_string(lines + reject.line) + ": " + reject.reason +
                                     ": " + reject.text);
            result.offsets.push_back(offset + reject.offset_bytes);
        }
        for (const page::Page& page : parsed->pages) {
            for (size_t row = 0; row < page.rows(); ++row) {
                std::string line;
                for (size_t column = 0; column < page.columns(); ++column) {
                    if (column > 0) line += '|';
                    line += cell_text(page.column(column), row);
                }
                result.rows.push_back(std::move(line));
            }
        }
        is_header_pending = parsed->header_pending;
        lines += parsed->consumed_lines;
        offset += static_cast<int64_t>(parsed->consumed_bytes);
        rest = bytes->substr(parsed->consumed_bytes);
        CHECK(!is_last || rest.empty());
    }
    return result;
}

Read read_all(std::string_view text, Dialect dialect = {},
              std::vector<Type> types = {Type::kString, Type::kString}, bool uses_fast = true) {
    CsvParser parser(std::move(dialect), table_of(types), "", uses_fast);
    return read_pieces(parser, text, {});
}

using Rows = std::vector<std::string>;
const std::vector<Type> kThree = {Type::kString, Type::kString, Type::kString};
constexpr const char* kTooFew = "A record does not have an expected column (i.e. too few columns).";

TEST(Csv, TellsNullFromEmpty) {
    std::vector<Type> three = kThree;
    EXPECT_EQ(read_all("x,,\"\"\n", {}, three).rows, Rows{"[x]|~|[]"});
    EXPECT_EQ(read_all("NULL,\"NULL\",\n", {.null_string = "NULL"}, three).rows, Rows{"~|~|[]"});
    EXPECT_EQ(read_all("x,,\"\"\n", {.null_string = ""}, three).rows, Rows{"[x]|~|~"});
}

TEST(Csv, KeepsQuotedNewlines) {
    EXPECT_EQ(read_all("\"a\nb\",c\n").rows, Rows{"[a\r\nb]|[c]"});
    EXPECT_EQ(read_all("\"a\r\nb\",c", {.newline = "\n"}).rows, Rows{"[a\nb]|[c]"});
    EXPECT_EQ(read_all("x,\"a\n\n#z\nb\"\n", {.comment_marker = "#", .newline = "\n"}).rows,
              Rows{"[x]|[a\n\n#z\nb]"});
}

TEST(Csv, EscapesOnlyInsideQuotes) {
    EXPECT_EQ(read_all("\"a\\\"b\",\"c\\\\d\"\n\"e\\nf\",g\\\"h\n").rows,
              (Rows{"[a\"b]|[c\\d]", "[e\\nf]|[g\\\"h]"}));
    EXPECT_EQ(read_all("\"a\"\"b\",\"c\\\"\n", {.escape = "\""}).rows, Rows{"[a\"b]|[c\\]"});
}

TEST(Csv, RejectsTextBehindAQuote) {
    Read read = read_all("\"a\"b,c\nok,1\n");
    EXPECT_EQ(read.rows, Rows{"[ok]|[1]"});
    EXPECT_EQ(read.rejects,
              Rows{"1: Unexpected extra character 'b' after a quote by '\"'.: \"a\"b,c"});
}

TEST(Csv, IgnoresBlanksBehindAQuoteOnly) {
    EXPECT_EQ(read_all("\"a\"  ,c\n  \"a\",c\n").rows, (Rows{"[a]|[c]", "[  \"a\"]|[c]"}));
}

TEST(Csv, Trims) {
    EXPECT_EQ(read_all("  x  , \"q\" \n\ty\t,  \n", {.trims = true}).rows,
              (Rows{"[x]|[q]", "[\ty\t]|~"}));
}

TEST(Csv, TakesStrayQuotes) {
    EXPECT_EQ(
        read_all("\"foo\"bar\",\"\"\"x\"\"\"\n\"a\"\"\",\"b\"\n", {.accepts_stray_quotes = true})
            .rows,
        (Rows{"[foo\"bar]|[\"x\"]", "[a\"]|[b]"}));
}

// あ and い begin with the same byte, and so does a character that is cut off.
TEST(Csv, OnlyTheWholeFirstCharacterOfADelimiterEndsWhereQuotesStray) {  // embulk 3.3.11
    const Dialect dialect = {.delimiter = "\u3042\u3042", .accepts_stray_quotes = true};
    EXPECT_EQ(read_all("\"x\"\u3044y\"\u3042\u3042z\n", dialect).rows, Rows{"[x\"\u3044y]|[z]"});
    EXPECT_EQ(read_all("\"x\"\xE3\"\u3042\u3042z\n", dialect).rows, Rows{"[x\"\xEF\xBF\xBD]|[z]"});
}

TEST(Csv, RecoversTheLinesBehindAnOpenQuote) {
    Read read = read_all("x,1\n\"unterminated,2\ny,3\nz,4\n");
    EXPECT_EQ(read.rows, (Rows{"[x]|[1]", "[y]|[3]", "[z]|[4]"}));
    EXPECT_EQ(read.rejects, Rows{"2: Unexpected end of file in a quoted field.: \"unterminated,2"});
    EXPECT_EQ(read.offsets, std::vector<int64_t>{4});
}

TEST(Csv, GoesBackAfterAnErrorInAFieldOfSeveralLines) {
    Read read = read_all("a,\"l1\nl2\"z,3\nb,2,3\n", {}, kThree);
    EXPECT_EQ(read.rows, Rows{"[b]|[2]|[3]"});
    ASSERT_EQ(read.rejects.size(), 2u);
    EXPECT_TRUE(read.rejects[0].ends_with(": a,\"l1")) << read.rejects[0];
    EXPECT_EQ(read.rejects[1], std::string("2: ") + kTooFew + ": l2\"z,3");
}

TEST(Csv, SkipsOnlyTheLastLineForAnErrorInALaterField) {
    Read read = read_all("\"l1\nl2\",b\nx,y,z\n", {}, kThree);
    EXPECT_EQ(read.rows, Rows{"[x]|[y]|[z]"});
    EXPECT_EQ(read.rejects, Rows{std::string("2: ") + kTooFew + ": l2\",b"});
    read = read_all("\"s1\ns2\ns3\",x\"y,\"bad\"z\n1,2,3\n", {}, kThree);
    EXPECT_EQ(read.rows, Rows{"[1]|[2]|[3]"});
    ASSERT_EQ(read.rejects.size(), 1u);
    EXPECT_TRUE(read.rejects[0].starts_with("3: ")) << read.rejects[0];
    EXPECT_TRUE(read.rejects[0].ends_with(": s3\",x\"y,\"bad\"z"));
    read = read_all("p,\"u1\nq,\"v1\"w\nr,s,t\n1,2,3\n", {}, kThree);
    EXPECT_EQ(read.rows, (Rows{"[r]|[s]|[t]", "[1]|[2]|[3]"}));
    EXPECT_EQ(read.rejects.size(), 2u);
}

TEST(Csv, ReadsTheRestOfARecordWhoseEarlyValueDoesNotFit) {
    // The long fails on line 1, so line 2 is read as a record of its own.
    Read read = read_all("bad,\"l1\n7,l2\"\n8,x\n", {}, {Type::kLong, Type::kString});
    EXPECT_EQ(read.rows, (Rows{"7|[l2\"]", "8|[x]"}));
    ASSERT_EQ(read.rejects.size(), 1u);
    EXPECT_EQ(read.rejects[0],
              "1: java.lang.NumberFormatException: For input string: \"bad\": bad,\"l1");
}

TEST(Csv, AllowsMissingAndExtraColumns) {
    EXPECT_EQ(read_all("a\na,b\n\"\",\n", {.allows_missing_columns = true}, kThree).rows,
              (Rows{"[a]|~|~", "[a]|[b]|~", "[]|~|~"}));
    EXPECT_EQ(read_all("a,b,c,d\ne,f\n", {.allows_extra_columns = true}).rows,
              (Rows{"[a]|[b]", "[e]|[f]"}));
    EXPECT_EQ(read_all("a,b,\"open\nc,d\n", {.allows_extra_columns = true}).rows,
              (Rows{"[a]|[b]", "[c]|[d]"}));
    EXPECT_EQ(read_all("a,\"l1\nl2\",x\ne,f\n", {.allows_extra_columns = true}).rows,
              (Rows{"[a]|[l1\r\nl2]", "[e]|[f]"}));
}

TEST(Csv, SkipsCommentsAndBlankLines) {
    EXPECT_EQ(read_all("#c,1\na,#b\n\"#x\",1\n #y,2\n", {.comment_marker = "#"}).rows,
              (Rows{"[a]|[#b]", "[#x]|[1]", "[ #y]|[2]"}));
    Read read = read_all("\n\na,b\n   \n\nc,d");
    EXPECT_EQ(read.rows, (Rows{"[a]|[b]", "[c]|[d]"}));
    EXPECT_EQ(read.rejects, Rows{std::string("4: ") + kTooFew + ":    "});
}

TEST(Csv, KnowsLongDelimitersAndNoQuotes) {
    EXPECT_EQ(read_all("a|b||c\nx||y|\n", {.delimiter = "||"}).rows,
              (Rows{"[a|b]|[c]", "[x]|[y|]"}));
    EXPECT_EQ(read_all("\"a\",b\"c\n", {.quote = ""}).rows, Rows{"[\"a\"]|[b\"c]"});
}

TEST(Csv, LimitsQuotedFields) {
    Read read = read_all("\"12345\",a\n\"123456\",b\n", {.quoted_units_max = 5});
    EXPECT_EQ(read.rows, Rows{"[12345]|[a]"});
    ASSERT_EQ(read.rejects.size(), 1u);
    EXPECT_NE(read.rejects[0].find("exceeds the limit (5)"), std::string::npos);
}

TEST(Csv, SkipsHeaderLinesAsTheyStand) {
    EXPECT_EQ(read_all("\n#h\na,b\n", {.comment_marker = "#", .header_lines = 2}).rows,
              Rows{"[a]|[b]"});
    EXPECT_EQ(read_all("\xEF\xBB\xBFh\na,b\n", {.header_lines = 1}).rows, Rows{"[a]|[b]"});
    EXPECT_EQ(read_all("a,b\n", {.header_lines = 5}).rows, Rows{});
}

TEST(Csv, WaitsForTheHeaderBehindAByteOrderMark) {
    CsvParser parser({.header_lines = 1}, table_of({Type::kString, Type::kString}), "");
    EXPECT_EQ(read_pieces(parser, "\xEF\xBB\xBFh\na,b\n", {3}).rows, Rows{"[a]|[b]"});
}

TEST(Csv, SplitsAtEveryLineEndUnlessToldOtherwise) {
    EXPECT_EQ(read_all("a,b\rc,d\r\ne,f\ng,h").rows,
              (Rows{"[a]|[b]", "[c]|[d]", "[e]|[f]", "[g]|[h]"}));
    EXPECT_EQ(read_all("a,b\rc\nx,y\r\nz\n", {.line_end = LineEnd::kLf}).rows,
              (Rows{"[a]|[b\rc]", "[x]|[y\r\nz]"}));
}

TEST(Csv, ReplacesWhatIsNotUtf8) {
    EXPECT_EQ(read_all("\xFFx,\xE3\x81\n").rows, Rows{"[\xEF\xBF\xBDx]|[\xEF\xBF\xBD]"});
}

// 3.2.3, 3.3.12: what is not UTF-8 counts as the U+FFFD that it becomes.
TEST(Csv, CountsWhatIsNotUtf8AsWhatItBecomes) {
    Dialect two{.quoted_units_max = 2};
    EXPECT_EQ(read_all("\"\xFF\xE3\x81\",1\n", two).rows, Rows{"[\xEF\xBF\xBD\xEF\xBF\xBD]|[1]"});
    EXPECT_EQ(read_all("\"\x80\x80\x80\",1\n", two).rejects.size(), 1u);
    EXPECT_EQ(read_all("\"a\"\xE3\x81,1\n").rejects,
              Rows{"1: Unexpected extra character '\xEF\xBF\xBD' after a quote by '\"'.: "
                   "\"a\"\xEF\xBF\xBD,1"});
}

TEST(Csv, CountsColumns) {
    Read read = read_all("a,b,\n");
    EXPECT_EQ(read.rejects,
              Rows{"1: A record has an unexpected trailing column (i.e. too many columns).: a,b,"});
    EXPECT_EQ(read_all("\"\"\n\n", {}, {Type::kString}).rows, Rows{"[]"});
}

TEST(Csv, ReadsBooleansLongsAndDoublesAsJavaDoes) {
    EXPECT_EQ(read_all("true\ntRUE\n\"\"\n\n1\n0\n", {}, {Type::kBoolean}).rows,
              (Rows{"true", "false", "false", "true", "false"}));
    for (const char* good : {"+1", "01", "-9223372036854775808", "\xEF\xBC\x91\xEF\xBC\x92"}) {
        int64_t number = 0;
        EXPECT_TRUE(parse_long(good, number)) << good;
    }
    for (const char* bad :
         {"1.0", "1e3", " 1", "1 ", "0x1", "9223372036854775808", "1_000", "", "-", "+"}) {
        int64_t number = 0;
        EXPECT_FALSE(parse_long(bad, number)) << bad;
    }
    // Every length, and something else than a digit at every place of it.
    for (size_t length = 1; length <= 18; ++length) {
        std::string digits = std::string("987654321098765432").substr(0, length);
        int64_t number = 0;
        ASSERT_TRUE(parse_long(digits, number));
        EXPECT_EQ(std::to_string(number), digits);
        for (size_t place = 0; place < length; ++place) {
            for (char other : {'/', ':', ' ', 'a', '\0', 'p', '\x19'}) {
                std::string bad = digits;
                bad[place] = other;
                EXPECT_FALSE(parse_long(bad, number)) << bad;
            }
        }
    }
    for (auto [text, wanted] : std::vector<std::pair<const char*, double>>{{" 1.5 ", 1.5},
                                                                           {"1.", 1},
                                                                           {".5", 0.5},
                                                                           {"0x1p3", 8},
                                                                           {"1d", 1},
                                                                           {"1f", 1},
                                                                           {"1e400", INFINITY},
                                                                           {"-Infinity", -INFINITY},
                                                                           {"1e-400", 0},
                                                                           {"-0.25", -0.25}}) {
        double number = 7;
        EXPECT_TRUE(parse_double(text, number)) << text;
        EXPECT_EQ(number, wanted) << text;
    }
    for (const char* bad : {"nan", "inf", "1_5", "1e", "--1", "", ".", "0x1", "d"}) {
        double number = 0;
        EXPECT_FALSE(parse_double(bad, number)) << bad;
    }
}

TEST(Csv, NormalisesJson) {
    EXPECT_EQ(read_all("\"[1,2,3] trailing\"\nnull\n1.50\n-0\n", {}, {Type::kJson}).rows,
              (Rows{"[[1,2,3]]", "[null]", "[1.5]", "[0]"}));
    EXPECT_EQ(read_all("{bad\n", {}, {Type::kJson}).rejects.size(), 1u);
}

// Text that is likely to be difficult: few letters, all of them meaningful.
std::string difficult_text(std::mt19937& random, size_t size) {
    constexpr std::string_view kBytes = "aab1,,\"\"\"\n\n\r\\ #\xE3\x81\x82\xFF|";
    std::string text;
    for (size_t index = 0; index < size; ++index) text += kBytes[random() % kBytes.size()];
    return text;
}

Dialect difficult_dialect(std::mt19937& random) {
    Dialect dialect;
    auto sometimes = [&] { return random() % 4 == 0; };
    if (sometimes()) dialect.escape = "\"";
    if (sometimes()) dialect.escape = "";
    if (sometimes()) dialect.quote = "";
    if (sometimes()) dialect.null_string = random() % 2 == 0 ? "" : "a";
    if (sometimes()) dialect.comment_marker = "#";
    dialect.allows_missing_columns = sometimes();
    dialect.allows_extra_columns = sometimes();
    dialect.header_lines = static_cast<int64_t>(random() % 3);
    if (sometimes()) dialect.quoted_units_max = 4;
    if (sometimes()) dialect.newline = "\n";
    return dialect;
}

TEST(CsvProperty, FastAndExactReadTheSame) {
    std::mt19937 random(20240310);
    for (int round = 0; round < 20000; ++round) {
        std::string text = difficult_text(random, random() % 200);
        Dialect dialect = difficult_dialect(random);
        std::vector<Type> types = {Type::kString, random() % 2 == 0 ? Type::kLong : Type::kString};
        Read exact = read_all(text, dialect, types, false);
        use_fast_marks(round % 2 == 0);
        EXPECT_EQ(read_all(text, dialect, types, true), exact)
            << round << ": " << testing::PrintToString(text);
        if (HasFailure()) break;
    }
    use_fast_marks(true);
}

// Whole characters only: the plain reader repairs none.
std::string difficult_utf8(std::mt19937& random, size_t size) {
    constexpr std::string_view kCharacters[] = {"a",
                                                "b",
                                                "1",
                                                ",",
                                                ",",
                                                "\"",
                                                "\"",
                                                "\"",
                                                "\n",
                                                "\n",
                                                "\r",
                                                "\\",
                                                " ",
                                                "#",
                                                "|",
                                                "\xE3\x81\x82",
                                                "\xF0\x9F\x90\xBE"};
    std::string text;
    for (size_t index = 0; index < size; ++index) {
        text += kCharacters[random() % std::size(kCharacters)];
    }
    return text;
}

Read plain(std::string_view text, const Dialect& dialect, const std::vector<Type>& columns) {
    PlainRead read = read_plainly(text, dialect, columns);
    return {.rows = std::move(read.rows), .rejects = std::move(read.rejects), .offsets = {}};
}

// Whether every character is well-formed, one by one.
size_t first_bad_character(std::string_view text) {
    size_t at = 0;
    while (at < text.size()) {
        Character character = character_at(text, at);
        if (!character.is_valid) return at;
        at += character.size;
    }
    return at;
}

TEST(CsvProperty, Utf8IsTheSameInStepsAndCharacterByCharacter) {
    // Around every first two bytes, whatever stands before, behind, and next to them.
    for (unsigned pair = 0x8000; pair < 0x10000; ++pair) {
        for (std::string behind : {"", "\x80", "\x80\x80", "\xBF\xBF\xBF", "a", "\xE3\x81\x82z"}) {
            std::string text = {static_cast<char>(pair >> 8), static_cast<char>(pair & 0xFF)};
            text += behind;
            for (std::string before : {"", "a", "\xE3\x81\x82",
                                       "\xE3\x81\x82\xE3\x81\x82"
                                       "ab"}) {
                for (std::string end : {"", "12345678"}) {
                    std::string whole = before + text + end;
                    ASSERT_EQ(first_not_utf8(whole), first_bad_character(whole))
                        << testing::PrintToString(whole);
                }
            }
        }
    }
}

TEST(CsvProperty, TheFastPathReadsWhatThePlainRulesSay) {
    std::mt19937 random(1639);
    for (int round = 0; round < 20000; ++round) {
        std::string text = difficult_utf8(random, random() % 60);
        Dialect dialect = difficult_dialect(random);
        if (round % 8 == 0) dialect.line_end = static_cast<LineEnd>(1 + random() % 3);
        if (round % 8 == 1) dialect.trims = true;
        if (round % 8 == 2) dialect.accepts_stray_quotes = true;
        if (round % 8 == 3) dialect.delimiter = "|a";
        if (round % 8 == 4) dialect.quote = "\xE3\x81\x82";
        std::vector<Type> columns(1 + random() % 3, Type::kString);
        CsvParser parser(dialect, table_of(columns), "");
        Read whole = read_pieces(parser, text, {});
        whole.offsets.clear();
        EXPECT_EQ(whole, plain(text, dialect, columns))
            << round << ": " << testing::PrintToString(text);
        if (HasFailure()) break;
    }
}

TEST(CsvProperty, EveryCutReadsWhatThePlainRulesSay) {
    std::mt19937 random(37);
    for (int round = 0; round < 500; ++round) {
        std::string text = difficult_utf8(random, random() % 40);
        Dialect dialect = difficult_dialect(random);
        if (round % 4 == 0) dialect.line_end = static_cast<LineEnd>(1 + random() % 3);
        const std::vector<Type> columns = {Type::kString, Type::kString};
        CsvParser parser(dialect, table_of(columns), "");
        Read wanted = plain(text, dialect, columns);
        for (size_t cut = 0; cut <= text.size(); ++cut) {
            Read read = read_pieces(parser, text, {cut});
            read.offsets.clear();
            EXPECT_EQ(read, wanted) << round << "," << cut << ": " << testing::PrintToString(text);
        }
        if (HasFailure()) break;
    }
}

// A list of columns may be empty: every row then has too many fields, or is kept without any.
TEST(Csv, TakesNoColumns) {
    Read read = read_all("a,1\n\nb\n", {}, {});
    EXPECT_EQ(read.rejects,
              (Rows{"1: A record has an unexpected trailing column (i.e. too many columns).: a,1",
                    "3: A record has an unexpected trailing column (i.e. too many columns).: b"}));
    EXPECT_EQ(read_all("a,1\nb\n", {.allows_extra_columns = true}, {}).rows, (Rows{"", ""}));
}

// embulk 3.2.4: only the original keeps it.
TEST(Csv, KeepsTheByteOrderMarkWhenStrict) {
    EXPECT_EQ(read_all("\xEF\xBB\xBF"
                       "a,b\n",
                       {.keeps_byte_order_mark = true})
                  .rows,
              Rows{"[\xEF\xBB\xBF"
                   "a]|[b]"});
}

TEST(CsvProperty, CutsChangeNothing) {
    std::mt19937 random(7);
    for (int round = 0; round < 20000; ++round) {
        std::string text = difficult_text(random, random() % 120);
        Dialect dialect = difficult_dialect(random);
        if (round % 8 == 0) dialect.line_end = static_cast<LineEnd>(1 + random() % 3);
        if (round % 8 == 1) dialect.trims = true;
        if (round % 8 == 2) dialect.accepts_stray_quotes = true;
        CsvParser parser(dialect, table_of({Type::kString, Type::kLong}), "");
        Read whole = read_pieces(parser, text, {});
        std::vector<size_t> cuts;
        for (size_t at = random() % 20; at < text.size(); at += random() % 30) cuts.push_back(at);
        EXPECT_EQ(read_pieces(parser, text, cuts), whole)
            << round << ": " << testing::PrintToString(text);
        if (HasFailure()) break;
    }
}

TEST(CsvCut, PrefersLineEndsOutsideQuotes) {
    Dialect dialect;
    EXPECT_EQ(last_record_end("a,b\nc,\"d\ne", dialect), 4u);
    EXPECT_EQ(last_record_end("a,b\nc,d\ne", dialect), 8u);
    EXPECT_EQ(last_record_end("a,b", dialect), 0u);
}

}  // namespace
}  // namespace mogura::plugins::csv
