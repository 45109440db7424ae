#include "plugins/output/postgresql/wire.h"

#include <gtest/gtest.h>

#include <cmath>

namespace mogura::plugins::postgresql {
namespace {

std::string hex(std::string_view bytes) {
    std::string digits;
    for (const char byte : bytes) {
        const auto value = static_cast<unsigned char>(byte);
        digits += "0123456789abcdef"[value >> 4];
        digits += "0123456789abcdef"[value & 15];
    }
    return digits;
}

// What PostgreSQL 15 answers to numeric_send().
TEST(PostgresqlNumeric, HasTheServersForm) {
    struct Case {
        const char* text;
        const char* bytes;
    };
    for (const Case& one :
         {Case{"0", "0000000000000000"}, Case{"0.00", "0000000000000002"},
          Case{"-0e999999999", "0000000000000000"}, Case{"1", "00010000000000000001"},
          Case{"-1", "00010000400000000001"}, Case{"+12.50", "0002000000000002000c1388"},
          Case{"10000", "00010001000000000001"}, Case{"0.0001", "0001ffff000000040001"},
          Case{"1e-5", "0001fffe0000000503e8"}, Case{"1.5E+3", "000100000000000005dc"},
          Case{"123456789.125", "0004000200000003000109291a8504e2"}}) {
        EXPECT_EQ(hex(numeric_bytes(one.text)), one.bytes) << one.text;
    }
}

table::Coercion coercion(page::Type type, const char* word) {
    return *table::Coercion::create(
        {.type = type, .kind = *table::kind_of_word(word), .zone = {}, .timestamp_format = "%Y"});
}

TEST(PostgresqlWire, IsBinaryWhereTheKindFitsTheColumn) {
    using database::PostgresqlType;
    using page::Type;
    struct Case {
        const char* word;
        PostgresqlType type;
        bool is_binary;
    };
    for (const Case& one :
         {Case{"long", PostgresqlType::kBigint, true},
          Case{"long", PostgresqlType::kInteger, false},
          Case{"int", PostgresqlType::kInteger, true},
          Case{"int", PostgresqlType::kSmallint, false},
          Case{"byte", PostgresqlType::kSmallint, true},
          Case{"short", PostgresqlType::kNumeric, true},
          Case{"double", PostgresqlType::kReal, false},
          Case{"float", PostgresqlType::kDouble, true},
          Case{"string", PostgresqlType::kVarchar, true},
          Case{"string", PostgresqlType::kUuid, false},
          Case{"pass", PostgresqlType::kTimestamp, false},
          Case{"json", PostgresqlType::kJsonb, true}, Case{"null", PostgresqlType::kUuid, true},
          Case{"boolean", PostgresqlType::kBit, false},
          Case{"date", PostgresqlType::kTimestamp, false}}) {
        EXPECT_EQ(binary_wire(coercion(Type::kString, one.word), one.type).has_value(),
                  one.is_binary)
            << one.word << " for type " << static_cast<int>(one.type);
    }
}

TEST(PostgresqlWire, WritesTextWithoutWhatTheServerCannotRead) {
    using Kind = table::Cell::Kind;
    auto text = [](const table::Cell& cell) {
        std::string row;
        append_text(row, cell, {});
        return row;
    };
    EXPECT_EQ(text({}), "\\N");
    EXPECT_EQ(text({.kind = Kind::kText, .text = std::string_view("a\tb\nc\rd\\e\0f", 11)}),
              "a\\tb\\nc\\rd\\\\ef");
    EXPECT_EQ(text({.kind = Kind::kDate, .local = {.year = 0, .month = 12, .day = 31}}),
              "0001-12-31 BC");
    EXPECT_EQ(text({.kind = Kind::kFloating, .floating = -HUGE_VAL}), "-Infinity");
    std::string bytes;
    append_binary(bytes, {.kind = Kind::kText, .text = std::string_view("a\0b", 3)}, Wire::kText);
    EXPECT_EQ(hex(bytes), "000000026162");
    bytes.clear();
    append_binary(bytes, {.kind = Kind::kTimestamp, .instant = {.seconds = 946684801}},
                  Wire::kInstant);
    EXPECT_EQ(hex(bytes), "0000000800000000000f4240");
}

}  // namespace
}  // namespace mogura::plugins::postgresql
