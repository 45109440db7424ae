// One million rows of 64 bytes (8 longs) by random 8-byte keys: nanoseconds a lookup and bytes a
// row, of a snapshot, of boost::unordered_flat_map and of LevelDB, in one run.
//
//     serve_bench [ROWS] [LOOKUPS]
//
// Every lookup reads one column of its row. The keys are asked in an order unlike the one they
// were built in. Rounds alternate between the rivals, and the fastest of each counts, so that a
// noisy machine favours nobody.

#include "base/clock.h"
#include "page/page.h"
#include "snapshot/snapshot.h"

#include <leveldb/cache.h>
#include <leveldb/db.h>
#include <leveldb/filter_policy.h>
#include <leveldb/options.h>
#include <leveldb/write_batch.h>
#include <malloc.h>
#include <sys/mman.h>
#include <boost/unordered/unordered_flat_map.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace {

using mogura::page::Type;
using mogura::snapshot::Table;

constexpr size_t kColumns = 8;  // the key and 7 values
using Values = std::array<int64_t, kColumns>;

struct Rival {
    std::string name;
    double bytes_a_row;
    std::function<uint64_t(const std::vector<int64_t>&)> look_up;  // the sum of what it found
    double best_ns = std::numeric_limits<double>::infinity();
};

Values values_of(int64_t key) {
    Values values;
    for (size_t column = 0; column < kColumns; ++column)
        values[column] = key + static_cast<int64_t>(column);
    return values;
}

// What the process holds on the heap and in maps of its own.
size_t heap_bytes() {
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

void require(bool condition, const std::string& what) {
    if (condition) return;
    std::fprintf(stderr, "serve_bench: %s\n", what.c_str());
    std::exit(1);
}

std::string write_snapshot(const std::vector<int64_t>& keys, const std::string& folder) {
    std::vector<mogura::page::Column> columns;
    for (size_t column = 0; column < kColumns; ++column) {
        columns.push_back({.name = "c" + std::to_string(column), .type = Type::kLong});
    }
    mogura::page::Builder page{mogura::page::Schema(columns)};
    for (int64_t key : keys) {
        Values values = values_of(key);
        for (size_t column = 0; column < kColumns; ++column) page.set_long(column, values[column]);
        page.end_row();
    }
    auto builder = mogura::snapshot::Builder::create(mogura::page::Schema(columns),
                                                     {.table = "bench", .key = "c0"});
    auto added = builder->add(page.finish());
    require(added.ok(), "the snapshot takes no rows");
    std::string path = folder + "/bench.snapshot";
    auto written = builder->write(path);
    require(written.ok(), "the snapshot cannot be written");
    return path;
}

Rival snapshot_one_by_one(const std::string& name, const std::shared_ptr<const Table>& table) {
    return {name, static_cast<double>(table->size_bytes()) / static_cast<double>(table->rows()),
            [table](const std::vector<int64_t>& keys) {
                uint64_t sum = 0;
                for (int64_t key : keys) {
                    if (auto row = table->find(key)) sum += static_cast<uint64_t>(row->long_at(3));
                }
                return sum;
            }};
}

Rival snapshot_in_batches(const std::shared_ptr<const Table>& table) {
    Rival rival = snapshot_one_by_one("snapshot, 100 keys at once", table);
    rival.look_up = [table](const std::vector<int64_t>& keys) {
        constexpr size_t kKeys = 100;
        uint64_t sum = 0;
        for (size_t begin = 0; begin < keys.size(); begin += kKeys) {
            auto batch = std::span(keys).subspan(begin);
            if (batch.size() > kKeys) batch = batch.first(kKeys);
            table->find_many(batch, [&](size_t, const auto& row) {
                if (row) sum += static_cast<uint64_t>(row->long_at(3));
            });
        }
        return sum;
    };
    return rival;
}

Rival flat_map(const std::vector<int64_t>& keys) {
    size_t before = heap_bytes();
    auto map =
        std::make_shared<boost::unordered_flat_map<int64_t, std::array<int64_t, kColumns>>>();
    map->reserve(keys.size());
    for (int64_t key : keys) map->emplace(key, values_of(key));
    double bytes = static_cast<double>(heap_bytes() - before) / static_cast<double>(keys.size());
    return {"boost::unordered_flat_map", bytes, [map](const std::vector<int64_t>& asked) {
                uint64_t sum = 0;
                for (int64_t key : asked) {
                    auto found = map->find(key);
                    if (found != map->end()) sum += static_cast<uint64_t>(found->second[3]);
                }
                return sum;
            }};
}

leveldb::Slice slice_of(const int64_t& key) {
    return {reinterpret_cast<const char*>(&key), sizeof key};
}

Rival level_db(const std::vector<int64_t>& keys, const std::string& folder) {
    leveldb::Options options;
    options.create_if_missing = true;
    options.compression = leveldb::kNoCompression;
    options.block_cache = leveldb::NewLRUCache(512 << 20);  // room for everything
    options.filter_policy = leveldb::NewBloomFilterPolicy(10);
    leveldb::DB* opened = nullptr;
    require(leveldb::DB::Open(options, folder + "/leveldb", &opened).ok(), "LevelDB does not open");
    std::shared_ptr<leveldb::DB> database(opened);
    leveldb::WriteBatch batch;
    for (int64_t key : keys) {
        Values values = values_of(key);
        batch.Put(slice_of(key), {reinterpret_cast<const char*>(&values), sizeof values});
    }
    require(database->Write({}, &batch).ok(), "LevelDB does not write");
    database->CompactRange(nullptr, nullptr);
    uint64_t size = 0;
    std::string most(8, '\xff');
    leveldb::Range all("", most);
    database->GetApproximateSizes(&all, 1, &size);
    return {"LevelDB", static_cast<double>(size) / static_cast<double>(keys.size()),
            [database](const std::vector<int64_t>& asked) {
                uint64_t sum = 0;
                std::string value;
                for (int64_t key : asked) {
                    if (!database->Get({}, slice_of(key), &value).ok()) continue;
                    uint64_t found;
                    std::memcpy(&found, value.data() + 3 * sizeof found, sizeof found);
                    sum += found;
                }
                return sum;
            }};
}

}  // namespace

int main(int argc, char** argv) {
    const size_t rows = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
    const size_t lookups = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 4'000'000;
    std::string pattern = (std::filesystem::temp_directory_path() / "serve_bench_XXXXXX").string();
    require(::mkdtemp(pattern.data()) != nullptr, "there is no folder to work in");

    std::mt19937_64 random(7);
    std::vector<int64_t> keys(rows);
    for (int64_t& key : keys) key = static_cast<int64_t>(random());
    std::vector<int64_t> asked(lookups);
    for (int64_t& key : asked) key = keys[random() % rows];

    const std::string path = write_snapshot(keys, pattern);
    auto mapped = Table::open(path);
    auto loaded = Table::load(path);
    require(mapped.ok() && loaded.ok(), "the snapshot does not open");
    std::vector<Rival> rivals;
    rivals.push_back(snapshot_one_by_one("snapshot, mapped", *mapped));
    rivals.push_back(snapshot_one_by_one("snapshot, in memory", *loaded));
    rivals.push_back(snapshot_in_batches(*loaded));
    rivals.push_back(flat_map(keys));
    rivals.push_back(level_db(keys, pattern));

    mogura::base::SystemClock clock;
    const std::vector<int64_t> fewer(asked.begin(),
                                     asked.begin() + static_cast<ptrdiff_t>(lookups / 10));
    uint64_t expected = 0;
    for (int round = 0; round < 5; ++round) {
        for (Rival& rival : rivals) {
            const auto& mine = rival.name == "LevelDB" ? fewer : asked;
            auto began = clock.monotonic();
            uint64_t sum = rival.look_up(mine);
            double ns = static_cast<double>((clock.monotonic() - began).count()) /
                        static_cast<double>(mine.size());
            rival.best_ns = std::min(rival.best_ns, ns);
            if (&mine != &asked) continue;
            if (expected == 0) expected = sum;
            require(sum == expected, rival.name + " finds something else");
        }
    }
    const double flat = rivals[rivals.size() - 2].best_ns;
    std::printf("%zu rows of 64 bytes, 8-byte keys, %zu random lookups, the best of 5 rounds\n\n",
                rows, lookups);
    std::printf("%-28s %12s %12s %16s\n", "", "ns/lookup", "bytes/row", "time/flat map");
    for (const Rival& rival : rivals) {
        std::printf("%-28s %12.1f %12.1f %16.2f\n", rival.name.c_str(), rival.best_ns,
                    rival.bytes_a_row, rival.best_ns / flat);
    }
    rivals.clear();
    std::filesystem::remove_all(pattern);
    return 0;
}
