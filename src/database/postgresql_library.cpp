#include "database/postgresql_library.h"

#include "base/shared_library.h"

namespace mogura::database {
namespace {

Result<PqLibrary> find_library() {
    auto opened = TRY(base::SharedLibrary::open("libpq.so.5", "install the package libpq5"));
    PqLibrary found{};
    TRY(opened.find("PQconnectdbParams", found.connect));
    TRY(opened.find("PQfinish", found.finish));
    TRY(opened.find("PQstatus", found.status));
    TRY(opened.find("PQerrorMessage", found.error_message));
    TRY(opened.find("PQsocket", found.socket));
    TRY(opened.find("PQsetNoticeProcessor", found.set_notice_processor));
    TRY(opened.find("PQsendQuery", found.send_query));
    TRY(opened.find("PQsendQueryParams", found.send_query_params));
    TRY(opened.find("PQsendPrepare", found.send_prepare));
    TRY(opened.find("PQsendDescribePrepared", found.send_describe));
    TRY(opened.find("PQisBusy", found.is_busy));
    TRY(opened.find("PQconsumeInput", found.consume_input));
    TRY(opened.find("PQgetResult", found.get_result));
    TRY(opened.find("PQclear", found.clear));
    TRY(opened.find("PQresultStatus", found.result_status));
    TRY(opened.find("PQresultErrorField", found.error_field));
    TRY(opened.find("PQresultErrorMessage", found.result_error));
    TRY(opened.find("PQntuples", found.rows));
    TRY(opened.find("PQnfields", found.fields));
    TRY(opened.find("PQfname", found.field_name));
    TRY(opened.find("PQftype", found.field_type));
    TRY(opened.find("PQfmod", found.field_modifier));
    TRY(opened.find("PQgetisnull", found.is_null));
    TRY(opened.find("PQgetvalue", found.value));
    TRY(opened.find("PQgetlength", found.length));
    TRY(opened.find("PQcmdTuples", found.changed));
    TRY(opened.find("PQputCopyData", found.put_copy_data));
    TRY(opened.find("PQputCopyEnd", found.put_copy_end));
    TRY(opened.find("PQgetCopyData", found.get_copy_data));
    TRY(opened.find("PQfreemem", found.free_memory));
    TRY(opened.find("PQgetCancel", found.get_cancel));
    TRY(opened.find("PQcancel", found.cancel));
    TRY(opened.find("PQfreeCancel", found.free_cancel));
    return found;
}

}  // namespace

Result<const PqLibrary*> open_postgresql_library() {
    static const Result<PqLibrary> library = find_library();
    if (!library.ok()) return library.error();
    return &*library;
}

}  // namespace mogura::database
