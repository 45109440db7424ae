// What a reader refuses: files whose checksums are right and whose numbers are not.

#include "snapshot/table.h"

#include "snapshot/builder.h"
#include "snapshot/format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

namespace mogura::snapshot {
namespace {

using page::Type;
using ::testing::HasSubstr;

template <typename T>
void put(std::string& file, size_t offset, T value) {
    std::memcpy(file.data() + offset, &value, sizeof value);
}
template <typename T>
void add(std::string& file, size_t offset, T value) {
    put(file, offset, static_cast<T>(fetch<T>(file.data() + offset) + value));
}
Header header_of(const std::string& file) {
    return fetch<Header>(file.data());
}

// The file with sizes and checksums as if its writer had meant it.
std::string mended(std::string file) {
    put(file, offsetof(Header, file_bytes), uint64_t{file.size()});
    put(file, offsetof(Header, body_checksum),
        checksum_of(std::string_view(file).substr(sizeof(Header))));
    constexpr size_t kSummed = offsetof(Header, header_checksum);
    put(file, kSummed, checksum_of(std::string_view(file).substr(0, kSummed)));
    return file;
}

// With texts, rows have heads and so there are places; without, neither.
std::string file_of(int64_t rows, bool with_texts) {
    std::vector<page::Column> columns = {{.name = "id", .type = Type::kLong},
                                         {.name = "at", .type = Type::kTimestamp}};
    if (with_texts) columns.push_back({.name = "name", .type = Type::kString});
    page::Builder page{page::Schema(columns)};
    for (int64_t row = 0; row < rows; ++row) {
        page.set_long(0, row);
        page.set_timestamp(1, {.seconds = row, .nanoseconds = 5});
        if (with_texts && row % 3 != 0) page.set_text(2, "name " + std::to_string(row));
        page.end_row();
    }
    auto builder = Builder::create(page::Schema(columns), {.table = "t", .key = "id"});
    EXPECT_TRUE(builder->add(page.finish()).ok());
    return *builder->finish();
}

struct Damage {
    std::string name;
    bool with_texts;
    std::function<void(std::string&)> change;
    std::string remark;
};

constexpr const char* kOutside = "a section lies outside the file";
constexpr const char* kRow = "a row lies outside its place";

std::vector<Damage> damaged_headers() {
    const auto field = [](size_t offset, uint64_t value) {
        return [=](std::string& file) { put(file, offset, value); };
    };
    const auto more = [](size_t offset, uint64_t value) {
        return [=](std::string& file) { add(file, offset, value); };
    };
    return {
        {"no group", true, field(offsetof(Header, groups), 0), kOutside},
        {"too many groups", true, field(offsetof(Header, groups), 1000), kOutside},
        {"groups wrap", true, field(offsetof(Header, groups), uint64_t{1} << 60), kOutside},
        {"groups at 8", true, more(offsetof(Header, groups_offset), 8), kOutside},
        {"groups wrap", true, field(offsetof(Header, groups_offset), -uint64_t{16}), kOutside},
        {"fewer groups", true, more(offsetof(Header, groups), -uint64_t{1}), "number of rows"},
        {"other groups", true, more(offsetof(Header, groups_offset), 16), "begin behind the last"},
        {"no places", true, field(offsetof(Header, places_offset), 0), kOutside},
        {"places at 4", true, more(offsetof(Header, places_offset), 4), kOutside},
        {"places wrap", true, field(offsetof(Header, places_offset), -uint64_t{64}), kOutside},
        {"other places", true, more(offsetof(Header, places_offset), 64), "not where it should"},
        {"places unasked for", false, field(offsetof(Header, places_offset), 256), kOutside},
        {"a row more", true, more(offsetof(Header, rows), 1), "another number of rows"},
        {"a row less", false, more(offsetof(Header, rows), -uint64_t{1}), "another number of rows"},
        {"rows wrap", true, field(offsetof(Header, rows), uint64_t{1} << 62), kOutside},
        {"rows at 4", true, more(offsetof(Header, rows_offset), 4), kOutside},
        {"rows too long", true, more(offsetof(Header, rows_bytes), 8), kOutside},
        {"rows too short", true, more(offsetof(Header, rows_bytes), -uint64_t{8}), kRow},
        {"a row cut", false, more(offsetof(Header, rows_bytes), -uint64_t{8}), kRow},
        {"a row missing", false, more(offsetof(Header, rows_bytes), -uint64_t{24}),
         "the number of rows differs"},
        {"no schema", true, field(offsetof(Header, schema_offset), -uint64_t{8}), kOutside},
        {"no heads", true,
         [](std::string& file) {
             put(file, offsetof(Header, row_head_bytes), uint32_t{0});
             put(file, offsetof(Header, places_offset), uint64_t{0});
         },
         "heads have the wrong size"},
        {"large heads", true,
         [](std::string& file) { add(file, offsetof(Header, row_head_bytes), uint32_t{8}); },
         "heads have the wrong size"},
        {"no key", true,
         [](std::string& file) { put(file, offsetof(Header, key_column), uint32_t{3}); },
         "the key is not a column"},
        {"a key of time", true,
         [](std::string& file) { put(file, offsetof(Header, key_column), uint32_t{1}); },
         "a type that keys cannot have"},
    };
}

std::vector<Damage> damaged_bodies() {
    const auto in_group = [](size_t group, size_t offset, auto value) {
        return [=](std::string& file) {
            add(file, header_of(file).groups_offset + group * sizeof(Group) + offset, value);
        };
    };
    const auto in_place = [](size_t row, uint32_t value) {
        return
            [=](std::string& file) { put(file, header_of(file).places_offset + row * 4, value); };
    };
    const auto in_row = [](size_t offset, auto value) {
        return [=](std::string& file) { put(file, header_of(file).rows_offset + offset, value); };
    };
    constexpr size_t kFirst = offsetof(Group, first);
    return {
        {"first row", true, in_group(0, kFirst, uint32_t{1}), "begin behind the last"},
        {"a row left out", false, in_group(1, kFirst, uint32_t{1}), "begin behind the last"},
        {"a row named twice", true, in_group(2, kFirst, ~uint32_t{0}), "begin behind the last"},
        {"a slot of no row", true,
         [](std::string& file) {
             uint64_t group = header_of(file).groups_offset;
             while (fetch<Group>(file.data() + group).taken() + 1 >= kSlots) group += sizeof(Group);
             put(file, group + kSlots - 1, uint8_t{9});
         },
         "behind a free one"},
        {"a hole", true,
         [](std::string& file) { put(file, header_of(file).groups_offset, uint8_t{0}); },
         "behind a free one"},
        {"places swapped", true,
         [](std::string& file) {
             const size_t places = header_of(file).places_offset;
             const auto second = fetch<uint32_t>(file.data() + places + 4);
             put(file, places + 4, fetch<uint32_t>(file.data() + places + 8));
             put(file, places + 8, second);
         },
         "not where it should be"},
        {"a place outside", true, in_place(3, ~uint32_t{0}), "not where it should be"},
        {"a place twice", true, in_place(1, 0), "not where it should be"},
        {"a row of nothing", true, in_row(0, uint32_t{0}), kRow},
        {"a row of 4 bytes more", true,
         [](std::string& file) { add(file, header_of(file).rows_offset, uint32_t{4}); }, kRow},
        {"a row too long", true, in_row(0, ~uint32_t{7}), kRow},
        {"a text outside", true, in_row(32, ~uint32_t{0}), kRow},
        {"a text too long", true, in_row(36, ~uint32_t{0}), kRow},
        {"nanoseconds", true, in_row(24, int64_t{1'000'000'000}), kRow},
        {"negative nanoseconds", false, in_row(16, int64_t{-1}), kRow},
    };
}

TEST(SnapshotTable, RefusesWhatDoesNotFitTogether) {
    std::vector<Damage> all = damaged_headers();
    for (Damage& damage : damaged_bodies()) all.push_back(std::move(damage));
    for (const Damage& damage : all) {
        SCOPED_TRACE(damage.name);
        const std::string good = file_of(20, damage.with_texts);
        EXPECT_TRUE(Table::from_bytes(mended(good), "t").ok());
        std::string bad = good;
        damage.change(bad);
        auto table = Table::from_bytes(mended(bad), "slots.snapshot");
        ASSERT_FALSE(table.ok());
        EXPECT_THAT(table.error().message(), HasSubstr(damage.remark));
        EXPECT_THAT(table.error().message(), HasSubstr("slots.snapshot: the snapshot is damaged"));
        EXPECT_THAT(table.error().message(), HasSubstr("build it again"));
    }
}

TEST(SnapshotTable, RefusesGroupsWithoutAFreeSlot) {
    std::string file = file_of(12, false);
    const size_t groups = header_of(file).groups_offset;
    ASSERT_EQ(header_of(file).groups, 2u);
    std::memset(file.data() + groups, 7, kSlots);
    put(file, groups + offsetof(Group, first), uint32_t{0});
    put(file, offsetof(Header, groups), uint64_t{1});
    auto table = Table::from_bytes(mended(file), "t");
    ASSERT_FALSE(table.ok());
    EXPECT_THAT(table.error().message(), HasSubstr("every group is full"));
}

TEST(SnapshotTable, RefusesCutFilesOfEveryLength) {
    for (bool with_texts : {false, true}) {
        for (int64_t rows : {0, 1, 9}) {
            const std::string good = file_of(rows, with_texts);
            for (size_t size = 0; size < good.size(); ++size) {
                const std::string cut = good.substr(0, size);
                EXPECT_FALSE(Table::from_bytes(cut, "t").ok()) << size;
                if (size < sizeof(Header)) continue;
                EXPECT_FALSE(Table::from_bytes(mended(cut), "t").ok()) << size;
            }
            EXPECT_FALSE(Table::from_bytes(good + "12345678", "t").ok());
        }
    }
}

// Under the sanitizers: what is accepted can be read in every way.
TEST(SnapshotTable, ReadsNothingOutsideWhateverAByteSays) {
    size_t accepted = 0;
    for (bool with_texts : {false, true}) {
        const std::string good = file_of(9, with_texts);
        for (size_t index = 0; index < good.size() * 3; ++index) {
            constexpr uint8_t kBits[] = {1, 0x80, 0xff};
            std::string bad = good;
            bad[index / 3] = static_cast<char>(bad[index / 3] ^ kBits[index % 3]);
            auto table = Table::from_bytes(mended(bad), "t");
            if (!table.ok()) continue;
            ++accepted;
            uint64_t rows = 0;
            std::string json;
            (*table)->each([&](const Row& row) {
                row.append_json(json);
                ++rows;
                return true;
            });
            EXPECT_EQ(rows, (*table)->rows());
            std::vector<int64_t> keys;
            for (int64_t key = -1; key < 12; ++key) keys.push_back(key);
            size_t visited = 0;
            (*table)->find_many(keys, [&](size_t at, const auto& row) {
                EXPECT_EQ(row.has_value(), (*table)->find(keys[at]).has_value());
                ++visited;
            });
            EXPECT_EQ(visited, keys.size());
        }
    }
    EXPECT_GT(accepted, 100u);  // values and times change nothing of the structure
}

}  // namespace
}  // namespace mogura::snapshot
