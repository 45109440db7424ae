// The layout of files, as docs/design/snapshot_format.md describes it.

#include "snapshot/format.h"

#include "snapshot/builder.h"
#include "snapshot/table.h"

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <string>
#include <vector>

namespace mogura::snapshot {
namespace {

using page::Type;

std::string file_of(const page::Page& page, const std::string& key, int64_t micros = 0) {
    auto builder = Builder::create(
        page.schema(), {.table = "slots",
                        .key = key,
                        .created_at = base::Instant(std::chrono::microseconds(micros))});
    EXPECT_TRUE(builder->add(page).ok());
    return *builder->finish();
}

std::vector<Group> groups_of(const std::string& file) {
    const auto header = fetch<Header>(file.data());
    std::vector<Group> groups(header.groups);
    std::memcpy(groups.data(), file.data() + header.groups_offset, groups.size() * sizeof(Group));
    return groups;
}

page::Page longs(const std::vector<int64_t>& keys) {
    page::Builder rows(page::Schema(
        {{.name = "id", .type = Type::kLong}, {.name = "value", .type = Type::kLong}}));
    for (int64_t key : keys) {
        rows.set_long(0, key);
        rows.set_long(1, key * 3);
        rows.end_row();
    }
    return rows.finish();
}

TEST(SnapshotFormat, HashesAsTheProtocolSays) {
    EXPECT_EQ(hash_of(int64_t{2}), 0x6c406af5f5f1ce13U);
    EXPECT_EQ(hash_of(int64_t{113}), 0x1670974b1da75d00U);  // tag 1
    EXPECT_EQ(hash_of(int64_t{-1}), 0x40a7b892e31b1a47U);
    EXPECT_EQ(hash_of(std::string_view()), 0x2d06800538d394c2U);
    EXPECT_EQ(tag_of(0x1234), 0x34);
    EXPECT_EQ(tag_of(0x1200), 1);  // 0 means free
    EXPECT_EQ(group_of(0, 3), 0u);
    EXPECT_EQ(group_of(~uint64_t{0}, 3), 2u);
    EXPECT_EQ(group_of(uint64_t{1} << 63, 4), 2u);
}

TEST(SnapshotFormat, ComparesAllTagsOfAGroupAtOnce) {
    Group group{};
    for (uint32_t slot = 0; slot < kSlots; ++slot)
        group.tags[slot] = static_cast<uint8_t>(slot % 5 + 250);
    group.first = 0xfbfbfbfb;  // behind the tags, and no slot
    for (uint32_t tag = 0; tag < 256; ++tag) {
        EXPECT_EQ(slots_with(group, tag | 0x1200), slots_one_by_one(group, tag | 0x1200));
    }
    EXPECT_EQ(slots_with(group, 251), 1u << 1 | 1u << 6 | 1u << 11);
    EXPECT_EQ(slots_with(group, 7), 0u);
    EXPECT_EQ(group.taken(), kSlots);
    group.tags[kSlots - 1] = 0;
    EXPECT_EQ(group.taken(), kSlots - 1);
    EXPECT_FALSE(group.is_full());
}

TEST(SnapshotFormat, WritesTheExampleOfItsPage) {
    page::Builder rows(page::Schema(
        {{.name = "slot_id", .type = Type::kLong}, {.name = "name", .type = Type::kString}}));
    rows.set_long(0, 2);
    rows.end_row();
    rows.set_long(0, 1);
    rows.set_text(1, "top");
    rows.end_row();
    const std::string file = file_of(rows.finish(), "slot_id", 0x0005610654d8b9b2);
    EXPECT_EQ(file.size(), 440u);
    const auto header = fetch<Header>(file.data());
    EXPECT_EQ(header.groups_offset, 256u);
    EXPECT_EQ(header.places_offset, 320u);
    EXPECT_EQ(header.rows_offset, 384u);
    const Group group = groups_of(file)[0];
    EXPECT_EQ(group.tags[0], 0x13);
    EXPECT_EQ(group.tags[1], 0x2d);
    EXPECT_EQ(group.taken(), 2u);
    EXPECT_EQ(group.first, 0u);
    EXPECT_EQ(fetch<uint32_t>(file.data() + 324), 3u);  // the second row's place
    EXPECT_EQ(fetch<int64_t>(file.data() + 384 + 3 * 8 + 8), 1);
    EXPECT_EQ(header.body_checksum, 0x0ffb8ef107c07396U);
    EXPECT_EQ(header.header_checksum, 0x0a2bcf0fc8460bd9U);
}

// Where the row of each ordinal begins, by the protocol alone.
uint64_t row_offset(const std::string& file, uint64_t ordinal) {
    const auto header = fetch<Header>(file.data());
    if (header.places_offset == 0) return ordinal * (header.rows_bytes / header.rows);
    return uint64_t{fetch<uint32_t>(file.data() + header.places_offset + ordinal * 4)} * 8;
}

// Every taken slot's tag is that of the row with the slot's ordinal, and the row's group is this
// one or is full. `hash_at` hashes the key of the row that begins there.
void expect_rows_in_their_groups(const std::string& file,
                                 const std::function<uint64_t(const char*)>& hash_at) {
    const auto header = fetch<Header>(file.data());
    EXPECT_EQ(header.groups, header.rows / 8 + 1);
    EXPECT_EQ(header.groups_offset % 64, 0u);
    EXPECT_EQ(header.places_offset % 64, 0u);
    EXPECT_EQ(header.rows_offset % 64, 0u);
    EXPECT_EQ(header.places_offset == 0, header.row_head_bytes == 0);
    EXPECT_EQ(header.rows_offset + header.rows_bytes, file.size());
    const std::vector<Group> groups = groups_of(file);
    uint32_t ordinal = 0;
    for (size_t index = 0; index < groups.size(); ++index) {
        ASSERT_EQ(groups[index].first, ordinal);
        for (uint32_t slot = 0; slot < groups[index].taken(); ++slot, ++ordinal) {
            const uint64_t hash =
                hash_at(file.data() + header.rows_offset + row_offset(file, ordinal));
            ASSERT_EQ(groups[index].tags[slot], tag_of(hash));
            for (size_t own = group_of(hash, groups.size()); own != index;
                 own = (own + 1) % groups.size()) {
                ASSERT_TRUE(groups[own].is_full());
            }
        }
    }
    EXPECT_EQ(ordinal, header.rows);
}

TEST(SnapshotFormat, RowsStandInTheOrderOfGroupsAndSlots) {
    for (int64_t rows : {0, 1, 7, 8, 12, 13, 100, 5000}) {
        SCOPED_TRACE(rows);
        std::vector<int64_t> keys;
        for (int64_t key = rows; key > 0; --key) keys.push_back(key);
        expect_rows_in_their_groups(file_of(longs(keys), "id"),
                                    [](const char* row) { return hash_of(fetch<int64_t>(row)); });
        page::Builder texts(
            page::Schema(std::vector<page::Column>{{.name = "k", .type = Type::kString}}));
        for (int64_t row = 0; row < rows; ++row) {
            texts.set_text(0, std::to_string(row * row));
            texts.end_row();
        }
        expect_rows_in_their_groups(file_of(texts.finish(), "k"), [](const char* row) {
            return hash_of(
                std::string_view(row + fetch<uint32_t>(row + 8), fetch<uint32_t>(row + 12)));
        });
    }
}

// 13 keys whose group is the last of two, and one of the first.
std::vector<int64_t> keys_of_a_full_group() {
    std::vector<int64_t> keys;
    for (int64_t key = 0; keys.size() < kSlots + 1; ++key)
        if (group_of(hash_of(key), 2) == 1) keys.push_back(key);
    int64_t other = 0;
    while (group_of(hash_of(other), 2) != 0) ++other;
    keys.push_back(other);
    return keys;
}

TEST(SnapshotFormat, TheFirstGroupFollowsTheFullLastOne) {
    const std::vector<int64_t> keys = keys_of_a_full_group();
    const std::string file = file_of(longs(keys), "id");
    const std::vector<Group> groups = groups_of(file);
    ASSERT_EQ(groups.size(), 2u);
    EXPECT_EQ(groups[0].taken(), 2u);
    EXPECT_TRUE(groups[1].is_full());
    EXPECT_EQ(groups[1].first, 2u);
    expect_rows_in_their_groups(file, [](const char* row) { return hash_of(fetch<int64_t>(row)); });

    auto table = Table::from_bytes(file, "t");
    ASSERT_TRUE(table.ok()) << table.error().message();
    for (int64_t key : keys) {
        auto row = (*table)->find(key);
        ASSERT_TRUE(row.has_value()) << key;
        EXPECT_EQ(row->long_at(1), key * 3);
    }
    for (int64_t key = 1000; key < 3000; ++key) EXPECT_FALSE((*table)->find(key).has_value());
    std::vector<int64_t> order;
    (*table)->each([&](const Row& row) {
        order.push_back(row.long_at(0));
        return true;
    });
    ASSERT_EQ(order.size(), keys.size());
    EXPECT_EQ(order[0], keys.back());
    EXPECT_EQ(group_of(hash_of(order[1]), 2), 1u);
}

}  // namespace
}  // namespace mogura::snapshot
