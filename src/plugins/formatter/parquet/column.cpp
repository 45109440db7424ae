#include "plugins/formatter/parquet/column.h"

#include "load/load.h"
#include "plugins/formatter/parquet/bit_packing.h"
#include "plugins/formatter/parquet/dictionary.h"
#include "plugins/formatter/parquet/thrift.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <span>

namespace mogura::plugins::parquet {
namespace {

constexpr int32_t kPlain = 0;
constexpr int32_t kRle = 3;
constexpr int32_t kRleDictionary = 8;
constexpr int32_t kDataPage = 0;
constexpr int32_t kDictionaryPage = 2;
constexpr size_t kPageBytes = 1024 * 1024;
// Longer texts are left out of the statistics: they would make the footer large.
constexpr size_t kRangeTextMax = 64;

// Which rows have a value; empty when all have.
std::vector<uint8_t> presence(const Group& group, size_t column) {
    bool has_nulls = std::any_of(group.slices.begin(), group.slices.end(), [&](const Slice& slice) {
        return slice.page->column(column).validity.has_nulls();
    });
    std::vector<uint8_t> present;
    if (!has_nulls) return present;
    present.reserve(group.rows);
    for (const Slice& slice : group.slices) {
        const page::ColumnData& data = slice.page->column(column);
        for (size_t row = slice.first; row < slice.first + slice.rows; ++row) {
            present.push_back(data.validity.is_valid(row));
        }
    }
    return present;
}

// The values that are not null, one after the other.
template <typename T, typename From, typename Convert>
std::vector<T> gather(const Group& group, size_t column, Convert convert) {
    std::vector<T> values;
    values.reserve(group.rows);
    for (const Slice& slice : group.slices) {
        const page::ColumnData& data = slice.page->column(column);
        const auto& from = std::get<std::vector<From>>(data.values);
        for (size_t row = slice.first; row < slice.first + slice.rows; ++row) {
            if (data.validity.is_valid(row)) values.push_back(convert(from[row]));
        }
    }
    return values;
}

void append_plain(std::string& target, std::span<const int64_t> values) {
    target.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
}
void append_plain(std::string& target, std::span<const double> values) {
    target.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
}
void append_plain(std::string& target, std::span<const std::string_view> values) {
    size_t size = 0;
    for (std::string_view value : values) size += value.size() + sizeof(uint32_t);
    size_t place = target.size();
    target.resize(place + size);
    char* at = target.data() + place;
    for (std::string_view value : values) {
        auto length = static_cast<uint32_t>(value.size());
        std::memcpy(at, &length, sizeof length);
        if (length > 0) std::memcpy(at + sizeof length, value.data(), length);
        at += sizeof length + length;
    }
}
void append_plain(std::string& target, std::span<const uint8_t> values) {
    append_bits(target, values);
}

class ChunkWriter {
  public:
    ChunkWriter(const Group& group, const Packing& packing, std::vector<uint8_t> present)
        : rows_(group.rows), packing_(packing), present_(std::move(present)) {}

    // `append` puts the values from `first` to `end` into a page.
    template <typename Append>
    Result<> data_pages(size_t values, size_t value_bytes, int32_t encoding, Append append) {
        chunk_.data_offset = static_cast<int64_t>(chunk_.bytes.size());
        chunk_.nulls = static_cast<int64_t>(rows_ - values);
        size_t pages = std::clamp<size_t>(value_bytes / kPageBytes, 1, std::max<size_t>(rows_, 1));
        size_t rows_each = (rows_ + pages - 1) / pages;
        size_t value = 0;
        for (size_t row = 0; row < rows_; row += rows_each) {
            size_t end = std::min(rows_, row + rows_each);
            std::string body;
            size_t end_value = value + append_levels(body, row, end);
            append(body, value, end_value);
            TRY(page(kDataPage, body, end - row, encoding));
            value = end_value;
        }
        return {};
    }

    template <typename T>
    Result<> dictionary_page(const std::vector<T>& entries) {
        chunk_.dictionary_offset = static_cast<int64_t>(chunk_.bytes.size());
        std::string body;
        append_plain(body, std::span<const T>(entries));
        return page(kDictionaryPage, body, entries.size(), kPlain);
    }

    template <typename T>
    void range(const std::vector<T>& values) {
        if (values.empty()) return;
        auto [smallest, largest] = std::minmax_element(values.begin(), values.end());
        set_range(*smallest, *largest);
    }

    ColumnChunk take() { return std::move(chunk_); }

  private:
    void set_range(int64_t smallest, int64_t largest) {
        chunk_.smallest.assign(reinterpret_cast<const char*>(&smallest), sizeof smallest);
        chunk_.largest.assign(reinterpret_cast<const char*>(&largest), sizeof largest);
        chunk_.has_range = true;
    }
    void set_range(std::string_view smallest, std::string_view largest) {
        if (smallest.size() > kRangeTextMax || largest.size() > kRangeTextMax) return;
        chunk_.smallest = smallest;
        chunk_.largest = largest;
        chunk_.has_range = true;
    }

    // Which rows of the page have a value; returns how many do.
    size_t append_levels(std::string& body, size_t row, size_t end) {
        std::string levels;
        size_t values = end - row;
        if (present_.empty()) {
            append_run(levels, 1, 1, end - row);
        } else {
            auto flags = std::span(present_).subspan(row, end - row);
            std::vector<uint32_t> numbers(flags.begin(), flags.end());
            append_packed(levels, numbers, 1);
            values = static_cast<size_t>(std::count(flags.begin(), flags.end(), uint8_t{1}));
        }
        auto size = static_cast<uint32_t>(levels.size());
        body.append(reinterpret_cast<const char*>(&size), sizeof size);
        body += levels;
        return values;
    }

    Result<> page(int32_t type, const std::string& body, size_t values, int32_t encoding) {
        if (body.size() > static_cast<size_t>(INT32_MAX)) {
            return Error(Code::kLimit,
                         "a Parquet page of more than 2 GiB (a single value is too large)");
        }
        std::string packed;
        TRY(pack(packing_.codec, packing_.level, body, packed));
        Thrift header;
        header.integer(1, type);
        header.integer(2, static_cast<int32_t>(body.size()));
        header.integer(3, static_cast<int32_t>(packed.size()));
        header.begin(type == kDataPage ? 5 : 7);
        header.integer(1, static_cast<int32_t>(values));
        header.integer(2, encoding);
        if (type == kDataPage) {
            header.integer(3, kRle);  // definition levels
            header.integer(4, kRle);  // repetition levels, of which there are none
        }
        header.end();
        header.end();
        chunk_.bytes += header.bytes();
        chunk_.bytes += packed;
        chunk_.unpacked_bytes += static_cast<int64_t>(header.bytes().size() + body.size());
        return {};
    }

    const size_t rows_;
    const Packing packing_;
    const std::vector<uint8_t> present_;
    ColumnChunk chunk_;
};

template <typename T>
size_t plain_bytes(const std::vector<T>& values) {
    if constexpr (std::is_same_v<T, std::string_view>) {
        size_t size = 0;
        for (std::string_view value : values) size += value.size() + sizeof(uint32_t);
        return size;
    } else {
        return values.size() * sizeof(T);
    }
}

template <typename T>
Result<ColumnChunk> write_plain(ChunkWriter writer, const std::vector<T>& values) {
    TRY(writer.data_pages(values.size(), plain_bytes(values), kPlain,
                          [&](std::string& body, size_t first, size_t end) {
                              append_plain(body,
                                           std::span<const T>(values).subspan(first, end - first));
                          }));
    return writer.take();
}

template <typename T>
Result<ColumnChunk> write_repeating(ChunkWriter writer, const std::vector<T>& values) {
    Dictionary<T> dictionary;
    if (!dictionary.add_all(values)) {
        writer.range(values);
        return write_plain(std::move(writer), values);
    }
    writer.range(dictionary.entries());
    TRY(writer.dictionary_page(dictionary.entries()));
    const auto& indices = dictionary.indices();
    auto entries = static_cast<uint32_t>(dictionary.entries().size());
    int bits = bits_of(entries > 0 ? entries - 1 : 0);
    auto append = [&](std::string& body, size_t first, size_t end) {
        body += static_cast<char>(bits);
        if (entries <= 1) {
            append_run(body, 0, bits, end - first);
        } else {
            append_packed(body, std::span(indices).subspan(first, end - first), bits);
        }
    };
    TRY(writer.data_pages(values.size(), values.size() * static_cast<size_t>(bits) / 8,
                          kRleDictionary, append));
    return writer.take();
}

// Since 1970; nothing when 64 bits are too few.
std::optional<int64_t> units_of(const page::Timestamp& time, bool nanoseconds) {
    const int64_t per_second = nanoseconds ? 1'000'000'000 : 1'000'000;
    const int64_t part = nanoseconds ? time.nanoseconds : time.nanoseconds / 1000;
    // Behind the next second, so that the first one that fits is found, too.
    const bool is_early = time.seconds < 0;
    int64_t units = 0;
    if (__builtin_mul_overflow(time.seconds + (is_early ? 1 : 0), per_second, &units) ||
        __builtin_add_overflow(units, is_early ? part - per_second : part, &units)) {
        return std::nullopt;
    }
    return units;
}

Error does_not_fit(page::Timestamp time, const std::string& column, bool nanoseconds) {
    auto format = load::TimestampFormatter::compile("%Y-%m-%d %H:%M:%S", "UTC");
    std::string text;
    if (format.ok()) format->format(time, text);
    return {Code::kInvalid, "column " + column + ": " + text + " does not fit timestamp_unit: " +
                                (nanoseconds ? "nanosecond (use microsecond)" : "microsecond")};
}

}  // namespace

PhysicalType physical_type(page::Type type) {
    switch (type) {
        case page::Type::kBoolean:
            return PhysicalType::kBoolean;
        case page::Type::kDouble:
            return PhysicalType::kDouble;
        case page::Type::kLong:
        case page::Type::kTimestamp:
            return PhysicalType::kInt64;
        case page::Type::kString:
        case page::Type::kJson:
            return PhysicalType::kByteArray;
    }
    return PhysicalType::kByteArray;
}

Result<ColumnChunk> encode_column(const Group& group, size_t column, const Packing& packing) {
    ChunkWriter writer(group, packing, presence(group, column));
    auto same = [](auto value) { return value; };
    switch (group.slices.front().page->schema()[column].type) {
        case page::Type::kBoolean:
            return write_plain(std::move(writer), gather<uint8_t, uint8_t>(group, column, same));
        case page::Type::kLong:
            return write_repeating(std::move(writer),
                                   gather<int64_t, int64_t>(group, column, same));
        case page::Type::kDouble:
            return write_plain(std::move(writer), gather<double, double>(group, column, same));
        case page::Type::kTimestamp: {
            std::optional<page::Timestamp> unfit;
            auto units = [&](const page::Timestamp& value) {
                auto number = units_of(value, packing.nanoseconds);
                if (!number) unfit = value;
                return number.value_or(0);
            };
            auto values = gather<int64_t, page::Timestamp>(group, column, units);
            if (unfit) {
                return does_not_fit(*unfit, group.slices.front().page->schema()[column].name,
                                    packing.nanoseconds);
            }
            return write_repeating(std::move(writer), values);
        }
        case page::Type::kString:
        case page::Type::kJson:
            return write_repeating(std::move(writer),
                                   gather<std::string_view, std::string_view>(group, column, same));
    }
    return Error(Code::kInternal, "an unknown type of column");
}

}  // namespace mogura::plugins::parquet
