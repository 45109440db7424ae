#include "plugins/formatter/parquet/thrift.h"

namespace mogura::plugins::parquet {
namespace {

constexpr int kTrue = 1;
constexpr int kFalse = 2;
constexpr int kList = 9;

}  // namespace

void Thrift::varint(uint64_t value) {
    while (value >= 0x80) {
        bytes_ += static_cast<char>(value | 0x80);
        value >>= 7;
    }
    bytes_ += static_cast<char>(value);
}

void Thrift::header(int field, int type) {
    int step = field - last_fields_.back();
    if (step > 0 && step <= 15) {
        bytes_ += static_cast<char>(step << 4 | type);
    } else {
        bytes_ += static_cast<char>(type);
        varint(zigzag(field));
    }
    last_fields_.back() = field;
}

void Thrift::boolean(int field, bool value) {
    header(field, value ? kTrue : kFalse);
}

void Thrift::integer(int field, int32_t value) {
    header(field, kI32);
    varint(zigzag(value));
}

void Thrift::big_integer(int field, int64_t value) {
    header(field, kI64);
    varint(zigzag(value));
}

void Thrift::binary(int field, std::string_view bytes) {
    header(field, kBinary);
    element(bytes);
}

void Thrift::begin(int field) {
    header(field, kStruct);
    last_fields_.push_back(0);
}

void Thrift::begin_list(int field, int element_type, size_t size) {
    header(field, kList);
    if (size < 15) {
        bytes_ += static_cast<char>(size << 4 | static_cast<size_t>(element_type));
    } else {
        bytes_ += static_cast<char>(0xF0 | element_type);
        varint(size);
    }
}

void Thrift::element(std::string_view bytes) {
    varint(bytes.size());
    bytes_ += bytes;
}

void Thrift::end() {
    bytes_ += '\0';
    last_fields_.pop_back();
}

}  // namespace mogura::plugins::parquet
