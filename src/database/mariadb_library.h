// libmariadb, opened on first use: linked, it would make every start of the program 1.2 ms longer
// (it brings libcrypto along), whether or not MySQL is used. Private to this room.

#pragma once

#include "base/result.h"

#include <mysql.h>

namespace mogura::database {

struct MariadbLibrary {
    // The same library for all callers; any thread may call. Fails with kNotFound when the machine
    // lacks it.
    static Result<const MariadbLibrary*> open();

    decltype(&::mysql_init) init;
    decltype(&::mysql_options) options;
    decltype(&::mysql_real_connect) real_connect;
    decltype(&::mysql_close) close;
    decltype(&::mysql_errno) error_number;
    decltype(&::mysql_error) error;
    decltype(&::mysql_real_query) real_query;
    decltype(&::mysql_use_result) use_result;
    decltype(&::mysql_field_count) field_count;
    decltype(&::mysql_num_fields) num_fields;
    decltype(&::mysql_fetch_fields) fetch_fields;
    decltype(&::mysql_fetch_row) fetch_row;
    decltype(&::mysql_fetch_lengths) fetch_lengths;
    decltype(&::mysql_free_result) free_result;
    decltype(&::mysql_affected_rows) affected_rows;
    decltype(&::mysql_next_result) next_result;
    decltype(&::mysql_warning_count) warning_count;
    decltype(&::mysql_thread_id) thread_id;
    decltype(&::mysql_set_local_infile_handler) set_local_infile_handler;
    decltype(&::mariadb_field_attr) field_attribute;
};

}  // namespace mogura::database
