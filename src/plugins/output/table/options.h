// Options that every output into a database table shares (spec embulk 9.6).

#pragma once

#include "base/result.h"
#include "config/config.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::plugins::table {

// All but the direct modes leave the table as it was until everything has arrived.
enum class Mode {
    kInsert,          // adds the rows
    kInsertDirect,    // the same, batch by batch
    kTruncateInsert,  // the table afterwards holds just these rows
    kReplace,         // the same, with the input's columns
    kMerge,           // rows whose keys are there change, others are added
    kMergeDirect,     // the same, batch by batch
};

constexpr bool is_direct(Mode mode) {
    return mode == Mode::kInsertDirect || mode == Mode::kMergeDirect;
}

// As the option spells it.
std::string_view mode_word(Mode mode);

struct ColumnOption {
    std::optional<std::string> type;  // as CREATE TABLE spells it
    std::string value_type = "coerce";
    std::string timestamp_format = "%Y-%m-%d %H:%M:%S.%6N";
    std::optional<std::string> time_zone = {};
    std::string place = {};  // for messages
};

struct Options {
    std::string table;
    Mode mode = Mode::kInsert;
    std::optional<std::vector<std::string>> merge_keys;
    std::optional<std::vector<std::string>> merge_rule;
    std::map<std::string, ColumnOption> columns;  // by input column
    std::string default_time_zone = "UTC";
    int64_t batch_bytes = 0;
    std::optional<std::string> create_table_constraint;
    std::optional<std::string> create_table_option;
    std::optional<std::string> before_load;
    std::optional<std::string> after_load;
    int retry_limit = 0;
    std::chrono::milliseconds retry_wait{0};
    std::chrono::milliseconds retry_wait_max{0};
};

Options read_options(config::Reader& reader);
// As SET TRANSACTION spells it, "READ COMMITTED"; nothing for the server's own.
std::optional<std::string> read_isolation(config::Reader& reader);

}  // namespace mogura::plugins::table
