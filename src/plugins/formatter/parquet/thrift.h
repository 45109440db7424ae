// Structures in Thrift's compact protocol, as Parquet's footer and page headers have them.
//
//     Thrift out;
//     out.integer(1, version);
//     out.begin_list(2, Thrift::kStruct, columns);   // the elements follow, each ended by end()
//     out.end();
//
// Fields of a structure come in the order of their numbers. Source of the format: the Thrift
// compact protocol specification of Apache Thrift; field numbers: parquet.thrift of Apache Parquet.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::plugins::parquet {

class Thrift {
  public:
    static constexpr int kI32 = 5;
    static constexpr int kI64 = 6;
    static constexpr int kBinary = 8;
    static constexpr int kStruct = 12;

    void boolean(int field, bool value);
    void integer(int field, int32_t value);
    void big_integer(int field, int64_t value);
    void binary(int field, std::string_view bytes);
    // Fields of the inner structure follow until end().
    void begin(int field);
    void begin_list(int field, int element_type, size_t size);
    // Elements of a list.
    void element(int32_t value) { varint(zigzag(value)); }
    void element(std::string_view bytes);
    void begin_element() { last_fields_.push_back(0); }
    void end();

    const std::string& bytes() const { return bytes_; }

  private:
    static uint64_t zigzag(int64_t value) {
        return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
    }
    void varint(uint64_t value);
    void header(int field, int type);

    std::string bytes_;
    std::vector<int> last_fields_ = {0};
};

}  // namespace mogura::plugins::parquet
