#include "plugins/query/duckdb/chunk_module.h"

#include "base/check.h"

#include "duckdb/common/types/vector.hpp"
#include "duckdb/common/vector_operations/vector_operations.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

namespace mogura::plugins {
namespace {

using duckdb::LogicalType;
using duckdb::LogicalTypeId;

// The few types that pages are read from; every other type is cast to one of them first.
LogicalType target_of(const LogicalType& type) {
    if (type.IsJSONType()) return type;
    switch (type.id()) {
        case LogicalTypeId::BOOLEAN:
            return LogicalType::BOOLEAN;
        case LogicalTypeId::TINYINT:
        case LogicalTypeId::SMALLINT:
        case LogicalTypeId::INTEGER:
        case LogicalTypeId::BIGINT:
        case LogicalTypeId::UTINYINT:
        case LogicalTypeId::USMALLINT:
        case LogicalTypeId::UINTEGER:
        case LogicalTypeId::UBIGINT:
        case LogicalTypeId::HUGEINT:
        case LogicalTypeId::UHUGEINT:
            return LogicalType::BIGINT;
        case LogicalTypeId::DECIMAL:
            return duckdb::DecimalType::GetScale(type) == 0 ? LogicalType::BIGINT
                                                            : LogicalType::DOUBLE;
        case LogicalTypeId::FLOAT:
        case LogicalTypeId::DOUBLE:
            return LogicalType::DOUBLE;
        case LogicalTypeId::TIMESTAMP_NS:
            return LogicalType::TIMESTAMP_NS;
        case LogicalTypeId::TIMESTAMP_TZ:
            return LogicalType::TIMESTAMP_TZ;
        case LogicalTypeId::DATE:
        case LogicalTypeId::TIMESTAMP_SEC:
        case LogicalTypeId::TIMESTAMP_MS:
        case LogicalTypeId::TIMESTAMP:
            return LogicalType::TIMESTAMP;
        case LogicalTypeId::LIST:
        case LogicalTypeId::ARRAY:
        case LogicalTypeId::STRUCT:
        case LogicalTypeId::MAP:
        case LogicalTypeId::UNION:
            return LogicalType::JSON();
        default:
            return LogicalType::VARCHAR;
    }
}

page::Type page_type(const LogicalType& target) {
    if (target.IsJSONType()) return page::Type::kJson;
    switch (target.id()) {
        case LogicalTypeId::BOOLEAN:
            return page::Type::kBoolean;
        case LogicalTypeId::BIGINT:
            return page::Type::kLong;
        case LogicalTypeId::DOUBLE:
            return page::Type::kDouble;
        case LogicalTypeId::TIMESTAMP:
        case LogicalTypeId::TIMESTAMP_TZ:
        case LogicalTypeId::TIMESTAMP_NS:
            return page::Type::kTimestamp;
        default:
            return page::Type::kString;
    }
}

template <typename From, typename To, typename Convert>
void read(duckdb::Vector& vector, size_t rows, std::vector<To>& values, Convert convert) {
    const auto* data = duckdb::FlatVector::GetData<From>(vector);
    values.resize(rows);
    for (size_t row = 0; row < rows; ++row) values[row] = convert(data[row]);
}

// Units of 1/`per_second` seconds since 1970, rounded towards the past.
page::Timestamp instant(int64_t units, int64_t per_second) {
    int64_t seconds = units / per_second;
    int64_t rest = units % per_second;
    if (rest < 0) {
        rest += per_second;
        --seconds;
    }
    return {seconds, static_cast<int32_t>(rest * (1'000'000'000 / per_second))};
}

void check_finite(duckdb::Vector& vector, size_t rows) {
    const auto* data = duckdb::FlatVector::GetData<int64_t>(vector);
    const auto& validity = duckdb::FlatVector::Validity(vector);
    for (size_t row = 0; row < rows; ++row) {
        bool is_infinite = data[row] == std::numeric_limits<int64_t>::max() ||
                           data[row] == -std::numeric_limits<int64_t>::max();
        if (is_infinite && validity.RowIsValid(row)) {
            throw duckdb::InvalidInputException("an infinite timestamp has no place in a page");
        }
    }
}

void read_validity(duckdb::Vector& vector, size_t rows, page::ColumnData& column) {
    const auto& validity = duckdb::FlatVector::Validity(vector);
    if (validity.AllValid()) return;
    for (size_t row = 0; row < rows; ++row) {
        if (!validity.RowIsValid(row)) column.validity.set_null(row, rows);
    }
}

page::ColumnData read_column(duckdb::Vector& vector, size_t rows, const page::Column& described) {
    page::ColumnData column(described.type);
    vector.Flatten(rows);
    switch (described.type) {
        case page::Type::kBoolean:
            read<bool>(vector, rows, column.booleans(), [](bool value) { return uint8_t{value}; });
            break;
        case page::Type::kLong:
            column.longs().resize(rows);
            std::memcpy(column.longs().data(), vector.GetData(), rows * sizeof(int64_t));
            break;
        case page::Type::kDouble:
            column.doubles().resize(rows);
            std::memcpy(column.doubles().data(), vector.GetData(), rows * sizeof(double));
            break;
        case page::Type::kTimestamp: {
            check_finite(vector, rows);
            int64_t per_second =
                vector.GetType().id() == LogicalTypeId::TIMESTAMP_NS ? 1'000'000'000 : 1'000'000;
            read<int64_t>(vector, rows, column.timestamps(),
                          [&](int64_t units) { return instant(units, per_second); });
            break;
        }
        case page::Type::kString:
        case page::Type::kJson: {
            // A short text lies inside its string_t, so the view must be of the vector's own.
            const auto* data = duckdb::FlatVector::GetData<duckdb::string_t>(vector);
            const auto& validity = duckdb::FlatVector::Validity(vector);
            column.texts().resize(rows);
            for (size_t row = 0; row < rows; ++row) {
                if (!validity.RowIsValid(row)) continue;
                column.texts()[row] = {data[row].GetData(), data[row].GetSize()};
            }
            break;
        }
    }
    read_validity(vector, rows, column);
    return column;
}

// Destroyed in this order: the chunk, then what it may have been allocated from.
struct ChunkOwner {
    std::shared_ptr<Instance> instance;
    duckdb::unique_ptr<duckdb::DataChunk> chunk;
    std::vector<std::unique_ptr<duckdb::Vector>> casts;
};

}  // namespace

ChunkReader::ChunkReader(std::shared_ptr<Instance> instance,
                         const duckdb::vector<std::string>& names,
                         const duckdb::vector<LogicalType>& types)
    : instance_(std::move(instance)) {
    std::vector<page::Column> columns;
    for (size_t index = 0; index < names.size(); ++index) {
        targets_.push_back(target_of(types[index]));
        columns.push_back({names[index], page_type(targets_.back())});
        if (types[index].id() == LogicalTypeId::DATE) columns.back().format = query::kDateFormat;
    }
    schema_ = page::Schema(std::move(columns));
}

page::Page ChunkReader::page(duckdb::unique_ptr<duckdb::DataChunk> chunk) {
    auto owner = std::make_shared<ChunkOwner>();
    owner->instance = instance_;
    owner->chunk = std::move(chunk);
    const size_t rows = owner->chunk->size();
    std::vector<page::ColumnData> columns;
    for (size_t index = 0; index < schema_.size(); ++index) {
        duckdb::Vector* vector = &owner->chunk->data[index];
        try {
            if (vector->GetType() != targets_[index]) {
                auto cast =
                    std::make_unique<duckdb::Vector>(targets_[index], std::max<size_t>(rows, 1));
                duckdb::VectorOperations::Cast(instance_->context(), *vector, *cast, rows);
                vector = cast.get();
                owner->casts.push_back(std::move(cast));
            }
            columns.push_back(read_column(*vector, rows, schema_[index]));
        } catch (const std::exception& exception) {
            throw duckdb::InvalidInputException("column " + schema_[index].name + ": " +
                                                error_of(exception).message() +
                                                " (CAST it to DOUBLE or VARCHAR)");
        }
    }
    return page::Page(schema_, std::move(columns), rows, {std::move(owner)});
}

LogicalType duckdb_type(page::Type type) {
    switch (type) {
        case page::Type::kBoolean:
            return LogicalType::BOOLEAN;
        case page::Type::kLong:
            return LogicalType::BIGINT;
        case page::Type::kDouble:
            return LogicalType::DOUBLE;
        case page::Type::kString:
            return LogicalType::VARCHAR;
        case page::Type::kTimestamp:
            return LogicalType::TIMESTAMP;
        case page::Type::kJson:
            return LogicalType::JSON();
    }
    return LogicalType::VARCHAR;
}

namespace {

// Numbers are borrowed from the page: nobody writes to a chunk that is only read.
template <typename T>
void borrow(duckdb::Vector& vector, const std::vector<T>& values, size_t first) {
    auto* data = reinterpret_cast<duckdb::data_ptr_t>(const_cast<T*>(values.data() + first));
    duckdb::FlatVector::SetData(vector, data);
}

void write_timestamps(duckdb::Vector& vector, const page::ColumnData& column, size_t first,
                      size_t rows) {
    auto* data = duckdb::FlatVector::GetData<int64_t>(vector);
    for (size_t row = 0; row < rows; ++row) {
        const page::Timestamp& value = column.timestamps()[first + row];
        if (!__builtin_mul_overflow(value.seconds, int64_t{1'000'000}, &data[row]) &&
            !__builtin_add_overflow(data[row], value.nanoseconds / 1000, &data[row])) {
            continue;
        }
        // The value under a null means nothing, and may be anything.
        if (!column.is_null(first + row)) {
            throw duckdb::InvalidInputException("a timestamp is too far from 1970 for DuckDB");
        }
        data[row] = 0;
    }
}

void write_texts(duckdb::Vector& vector, const page::ColumnData& column, size_t first,
                 size_t rows) {
    auto* data = duckdb::FlatVector::GetData<duckdb::string_t>(vector);
    const bool has_nulls = column.validity.has_nulls();
    for (size_t row = 0; row < rows; ++row) {
        std::string_view text = column.texts()[first + row];
        // The value under a null means nothing, and may be anything.
        if (has_nulls && column.is_null(first + row)) text = {};
        data[row] =
            duckdb::string_t(text.data() ? text.data() : "", static_cast<uint32_t>(text.size()));
    }
}

void write_validity(duckdb::Vector& vector, const page::Validity& from, size_t first, size_t rows) {
    if (!from.has_nulls()) return;
    auto& validity = duckdb::FlatVector::Validity(vector);
    validity.Initialize(STANDARD_VECTOR_SIZE);
    auto words = from.words().subspan(std::min(first / 64, from.words().size()));
    words = words.first(std::min(words.size(), (rows + 63) / 64));
    std::copy(words.begin(), words.end(), validity.GetData());
}

}  // namespace

ChunkWriter::ChunkWriter(const page::Schema& schema) {
    for (const page::Column& column : schema.columns()) {
        types_.push_back(duckdb_type(column.type));
    }
}

duckdb::DataChunk& ChunkWriter::chunk(const page::Page& page, size_t first, size_t rows) {
    CHECK(first % STANDARD_VECTOR_SIZE == 0 && rows <= STANDARD_VECTOR_SIZE);
    if (chunk_.ColumnCount() == 0) chunk_.Initialize(duckdb::Allocator::DefaultAllocator(), types_);
    chunk_.Reset();
    for (size_t index = 0; index < page.columns(); ++index) {
        const page::ColumnData& column = page.column(index);
        duckdb::Vector& vector = chunk_.data[index];
        switch (page.schema()[index].type) {
            case page::Type::kBoolean:
                borrow(vector, column.booleans(), first);
                break;
            case page::Type::kLong:
                borrow(vector, column.longs(), first);
                break;
            case page::Type::kDouble:
                borrow(vector, column.doubles(), first);
                break;
            case page::Type::kTimestamp:
                write_timestamps(vector, column, first, rows);
                break;
            case page::Type::kString:
            case page::Type::kJson:
                write_texts(vector, column, first, rows);
                break;
        }
        write_validity(vector, column.validity, first, rows);
    }
    chunk_.SetCardinality(rows);
    return chunk_;
}

}  // namespace mogura::plugins
