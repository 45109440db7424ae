// libpq as it is called here. Private to this room; the only place that names its header.
//
// It is opened on first use: linked, it would make every start of the program longer (it brings
// Kerberos, LDAP and libcrypto along).

#pragma once

#include "base/result.h"

#include <libpq-fe.h>

namespace mogura::database {

struct PqLibrary {
    decltype(&::PQconnectdbParams) connect;
    decltype(&::PQfinish) finish;
    decltype(&::PQstatus) status;
    decltype(&::PQerrorMessage) error_message;
    decltype(&::PQsocket) socket;
    decltype(&::PQsetNoticeProcessor) set_notice_processor;
    decltype(&::PQsendQuery) send_query;
    decltype(&::PQsendQueryParams) send_query_params;
    decltype(&::PQsendPrepare) send_prepare;
    decltype(&::PQsendDescribePrepared) send_describe;
    decltype(&::PQisBusy) is_busy;
    decltype(&::PQconsumeInput) consume_input;
    decltype(&::PQgetResult) get_result;
    decltype(&::PQclear) clear;
    decltype(&::PQresultStatus) result_status;
    decltype(&::PQresultErrorField) error_field;
    decltype(&::PQresultErrorMessage) result_error;
    decltype(&::PQntuples) rows;
    decltype(&::PQnfields) fields;
    decltype(&::PQfname) field_name;
    decltype(&::PQftype) field_type;
    decltype(&::PQfmod) field_modifier;
    decltype(&::PQgetisnull) is_null;
    decltype(&::PQgetvalue) value;
    decltype(&::PQgetlength) length;
    decltype(&::PQcmdTuples) changed;
    decltype(&::PQputCopyData) put_copy_data;
    decltype(&::PQputCopyEnd) put_copy_end;
    decltype(&::PQgetCopyData) get_copy_data;
    decltype(&::PQfreemem) free_memory;
    decltype(&::PQgetCancel) get_cancel;
    decltype(&::PQcancel) cancel;
    decltype(&::PQfreeCancel) free_cancel;
};

// The same library for all callers; any thread may call.
Result<const PqLibrary*> open_postgresql_library();

}  // namespace mogura::database
