#include "database/mysql.h"

#include "base/shared_library.h"
#include "database/mysql_code.h"

#include <mysql.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <optional>
#include <utility>

namespace mogura::database {

namespace {

// The functions of libmariadb that are called here. It is opened on first use: linked, it would
// make every start of the program half a millisecond longer (it brings libcrypto along).
struct MariadbLibrary {
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
    decltype(&::mysql_stmt_init) statement_init;
    decltype(&::mysql_stmt_prepare) statement_prepare;
    decltype(&::mysql_stmt_result_metadata) statement_fields;
    decltype(&::mysql_stmt_close) statement_close;
};

Result<MariadbLibrary> find_library() {
    auto opened =
        TRY(base::SharedLibrary::open("libmariadb.so.3", "install the package libmariadb3"));
    MariadbLibrary found{};
    decltype(&::mysql_server_init) server_init = nullptr;
    TRY(opened.find("mysql_server_init", server_init));
    TRY(opened.find("mysql_init", found.init));
    TRY(opened.find("mysql_options", found.options));
    TRY(opened.find("mysql_real_connect", found.real_connect));
    TRY(opened.find("mysql_close", found.close));
    TRY(opened.find("mysql_errno", found.error_number));
    TRY(opened.find("mysql_error", found.error));
    TRY(opened.find("mysql_real_query", found.real_query));
    TRY(opened.find("mysql_use_result", found.use_result));
    TRY(opened.find("mysql_field_count", found.field_count));
    TRY(opened.find("mysql_num_fields", found.num_fields));
    TRY(opened.find("mysql_fetch_fields", found.fetch_fields));
    TRY(opened.find("mysql_fetch_row", found.fetch_row));
    TRY(opened.find("mysql_fetch_lengths", found.fetch_lengths));
    TRY(opened.find("mysql_free_result", found.free_result));
    TRY(opened.find("mysql_affected_rows", found.affected_rows));
    TRY(opened.find("mysql_next_result", found.next_result));
    TRY(opened.find("mysql_warning_count", found.warning_count));
    TRY(opened.find("mysql_thread_id", found.thread_id));
    TRY(opened.find("mysql_set_local_infile_handler", found.set_local_infile_handler));
    TRY(opened.find("mariadb_field_attr", found.field_attribute));
    TRY(opened.find("mysql_stmt_init", found.statement_init));
    TRY(opened.find("mysql_stmt_prepare", found.statement_prepare));
    TRY(opened.find("mysql_stmt_result_metadata", found.statement_fields));
    TRY(opened.find("mysql_stmt_close", found.statement_close));
    if (server_init(0, nullptr, nullptr) != 0) {
        return Error(Code::kInternal, "libmariadb.so.3: cannot be started");
    }
    return found;
}

// The same library for all callers; any thread may call.
Result<const MariadbLibrary*> open_library() {
    static const Result<MariadbLibrary> library = find_library();
    if (!library.ok()) return library.error();
    return &*library;
}

}  // namespace

struct MysqlSession {
    const MariadbLibrary* library;
    MYSQL* handle;
    MysqlOptions options;
    std::string place;
    std::optional<std::string_view> upload;  // what is left of the text that load() sends
    std::atomic<unsigned long> thread = 0;

    ~MysqlSession() {
        if (handle) library->close(handle);
    }

    Error failure() const {
        const unsigned int number = library->error_number(handle);
        std::string what = place + ": ";
        if (is_mysql_connection_lost(number)) what += "the connection was lost: ";
        what += library->error(handle);
        what += mysql_remedy(number);
        if (is_mysql_connection_lost(number) && options.answer_timeout.count() > 0) {
            what += " (or was it silent for more than the socket timeout, " +
                    std::to_string(options.answer_timeout.count()) + " s?)";
        }
        return {mysql_code(number), what};
    }

    Result<> send(std::string_view sql) const {
        if (library->real_query(handle, sql.data(), sql.size()) != 0) return failure();
        return {};
    }
};

namespace {

// The server may ask for any local file at any time; it gets what load() sends, or nothing.
int open_upload(void** state, const char*, void* upload) {
    *state = upload;
    return static_cast<std::optional<std::string_view>*>(upload)->has_value() ? 0 : 1;
}

int read_upload(void* state, char* buffer, unsigned int size) {
    std::string_view& text = **static_cast<std::optional<std::string_view>*>(state);
    const size_t taken = std::min<size_t>(size, text.size());
    std::memcpy(buffer, text.data(), taken);
    text.remove_prefix(taken);
    return static_cast<int>(taken);
}

void end_upload(void*) {}

int explain_upload(void*, char* message, unsigned int size) {
    constexpr std::string_view kText = "the server asked for a file that nobody sends";
    const size_t taken = std::min<size_t>(size > 0 ? size - 1 : 0, kText.size());
    std::memcpy(message, kText.data(), taken);
    if (size > 0) message[taken] = '\0';
    return 1;
}

std::string place_of(const MysqlOptions& options) {
    if (!options.socket.empty()) return "MySQL at " + options.socket;
    return "MySQL at " + options.host + ":" + std::to_string(options.port);
}

void apply(const MariadbLibrary& library, MYSQL* handle, const MysqlOptions& options) {
    const auto connect_timeout = static_cast<unsigned int>(options.connect_timeout.count());
    const auto answer_timeout = static_cast<unsigned int>(options.answer_timeout.count());
    const unsigned int protocol =
        options.socket.empty() ? MYSQL_PROTOCOL_TCP : MYSQL_PROTOCOL_SOCKET;
    const unsigned int local_load = options.local_load ? 1 : 0;
    library.options(handle, MYSQL_OPT_PROTOCOL, &protocol);
    library.options(handle, MYSQL_OPT_CONNECT_TIMEOUT, &connect_timeout);
    if (answer_timeout > 0) {
        library.options(handle, MYSQL_OPT_READ_TIMEOUT, &answer_timeout);
        library.options(handle, MYSQL_OPT_WRITE_TIMEOUT, &answer_timeout);
    }
    library.options(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    // Literals are escaped with backslashes. load() looks for warnings in a list that ends after a
    // few: without the notes, what it seeks is not behind them.
    std::string settings =
        "SET time_zone = '+00:00', sql_mode = REPLACE(@@sql_mode, 'NO_BACKSLASH_ESCAPES', '')";
    if (options.local_load) {
        // And an INSERT fails where LOAD DATA warns, whatever the mode of the server.
        settings +=
            ", sql_notes = 0, sql_mode = CONCAT_WS(',', NULLIF(@@sql_mode, ''), "
            "'STRICT_ALL_TABLES')";
    }
    library.options(handle, MYSQL_INIT_COMMAND, settings.c_str());
    library.options(handle, MYSQL_OPT_LOCAL_INFILE, &local_load);
    if (options.compress) library.options(handle, MYSQL_OPT_COMPRESS, nullptr);
    const my_bool enforce = options.ssl != MysqlOptions::Ssl::kOff;
    const my_bool verify = options.ssl == MysqlOptions::Ssl::kVerify;
    if (enforce) {
        library.options(handle, MYSQL_OPT_SSL_ENFORCE, &enforce);
        library.options(handle, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
    }
}

MysqlField::Kind kind_of(const MariadbLibrary& library, const MYSQL_FIELD& field) {
    constexpr unsigned int kBinaryCharset = 63;
    MARIADB_CONST_STRING format{};
    switch (field.type) {
        case MYSQL_TYPE_TINY:
        case MYSQL_TYPE_SHORT:
        case MYSQL_TYPE_INT24:
        case MYSQL_TYPE_LONG:
        case MYSQL_TYPE_LONGLONG:
        case MYSQL_TYPE_YEAR:
            return MysqlField::Kind::kInteger;
        case MYSQL_TYPE_DECIMAL:
        case MYSQL_TYPE_NEWDECIMAL:
            return MysqlField::Kind::kDecimal;
        case MYSQL_TYPE_FLOAT:
        case MYSQL_TYPE_DOUBLE:
            return MysqlField::Kind::kFloat;
        case MYSQL_TYPE_DATE:
        case MYSQL_TYPE_NEWDATE:
            return MysqlField::Kind::kDate;
        case MYSQL_TYPE_TIME:
        case MYSQL_TYPE_TIME2:
            return MysqlField::Kind::kTime;
        case MYSQL_TYPE_DATETIME:
        case MYSQL_TYPE_DATETIME2:
        case MYSQL_TYPE_TIMESTAMP:
        case MYSQL_TYPE_TIMESTAMP2:
            return MysqlField::Kind::kTimestamp;
        case MYSQL_TYPE_BIT:
            return MysqlField::Kind::kBit;
        case MYSQL_TYPE_JSON:
            return MysqlField::Kind::kJson;
        default:
            break;
    }
    // MariaDB's JSON is a text with a mark. So are its addresses and ids, which come as texts and
    // call themselves binary.
    if (library.field_attribute(&format, &field, MARIADB_FIELD_ATTR_FORMAT_NAME) == 0 &&
        std::string_view(format.str, format.length) == "json") {
        return MysqlField::Kind::kJson;
    }
    if (library.field_attribute(&format, &field, MARIADB_FIELD_ATTR_DATA_TYPE_NAME) == 0) {
        const std::string_view name(format.str, format.length);
        if (name == "uuid" || name == "inet4" || name == "inet6") return MysqlField::Kind::kText;
    }
    return field.charsetnr == kBinaryCharset ? MysqlField::Kind::kBytes : MysqlField::Kind::kText;
}

MysqlField::Exact exact_of(const MYSQL_FIELD& field) {
    switch (field.type) {
        case MYSQL_TYPE_FLOAT:
            return MysqlField::Exact::kSingle;
        case MYSQL_TYPE_YEAR:
            return MysqlField::Exact::kYear;
        case MYSQL_TYPE_TIMESTAMP:
        case MYSQL_TYPE_TIMESTAMP2:
            return MysqlField::Exact::kInstant;
        default:
            return MysqlField::Exact::kOther;
    }
}

std::vector<MysqlField> fields_of(const MariadbLibrary& library, MYSQL_RES* result) {
    std::vector<MysqlField> fields;
    const MYSQL_FIELD* given = library.fetch_fields(result);
    for (unsigned int index = 0; index < library.num_fields(result); ++index) {
        const MYSQL_FIELD& field = given[index];
        fields.push_back({.name = std::string(field.name, field.name_length),
                          .kind = kind_of(library, field),
                          .exact = exact_of(field),
                          .is_tiny = field.type == MYSQL_TYPE_TINY,
                          .is_unsigned = (field.flags & UNSIGNED_FLAG) != 0,
                          .width = static_cast<int64_t>(field.length),
                          .decimals = static_cast<int>(field.decimals)});
    }
    return fields;
}

}  // namespace

struct MysqlRows::Stream {
    MysqlSession& session;
    MYSQL_RES* result;  // null: a statement without rows

    // A CALL is followed by results of its own; they must be taken before the next statement.
    ~Stream() {
        if (result) session.library->free_result(result);
        while (session.library->next_result(session.handle) == 0) {
            if (MYSQL_RES* next = session.library->use_result(session.handle)) {
                session.library->free_result(next);
            }
        }
    }
};

MysqlRows::MysqlRows(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {
    if (stream_->result) fields_ = fields_of(*stream_->session.library, stream_->result);
}
MysqlRows::MysqlRows(MysqlRows&& other) noexcept = default;
MysqlRows::~MysqlRows() = default;

Result<bool> MysqlRows::next() {
    if (!stream_->result) return false;
    const MysqlSession& session = stream_->session;
    cells_ = session.library->fetch_row(stream_->result);
    if (!cells_) {
        if (session.library->error_number(session.handle) != 0) return session.failure();
        return false;
    }
    sizes_ = session.library->fetch_lengths(stream_->result);
    return true;
}

Mysql::Mysql(std::unique_ptr<MysqlSession> session) : session_(std::move(session)) {}
Mysql::~Mysql() = default;

Result<std::unique_ptr<Mysql>> Mysql::connect(const MysqlOptions& options) {
    const MariadbLibrary* library = TRY(open_library());
    auto session = std::make_unique<MysqlSession>();
    session->library = library;
    session->handle = library->init(nullptr);
    session->options = options;
    session->place = place_of(options);
    if (!session->handle) return Error(Code::kLimit, session->place + ": no memory");
    apply(*library, session->handle, options);
    library->set_local_infile_handler(session->handle, open_upload, read_upload, end_upload,
                                      explain_upload, &session->upload);
    const bool by_socket = !options.socket.empty();
    if (!library->real_connect(session->handle, by_socket ? nullptr : options.host.c_str(),
                               options.user.c_str(), options.password.c_str(),
                               options.database.empty() ? nullptr : options.database.c_str(),
                               by_socket ? 0 : static_cast<unsigned int>(options.port),
                               by_socket ? options.socket.c_str() : nullptr, 0)) {
        const unsigned int number = library->error_number(session->handle);
        const Code code = mysql_code(number);
        if (code != Code::kUnavailable) return session->failure();
        return Error(code, "cannot reach " + session->place + ": " +
                               library->error(session->handle) + std::string(mysql_remedy(number)));
    }
    session->thread = library->thread_id(session->handle);
    return std::unique_ptr<Mysql>(new Mysql(std::move(session)));
}

Result<int64_t> Mysql::execute(std::string_view sql) {
    auto rows = TRY(query(sql));
    const auto changed = static_cast<int64_t>(session_->library->affected_rows(session_->handle));
    bool more = true;
    while (more) {
        more = TRY(rows.next());
    }
    return std::max<int64_t>(changed, 0);
}

Result<MysqlRows> Mysql::query(std::string_view sql) {
    TRY(session_->send(sql));
    MYSQL_RES* result = session_->library->use_result(session_->handle);
    if (!result && session_->library->field_count(session_->handle) > 0) {
        return session_->failure();
    }
    return MysqlRows(std::unique_ptr<MysqlRows::Stream>(new MysqlRows::Stream{*session_, result}));
}

Result<std::string> Mysql::value(std::string_view sql) {
    auto rows = TRY(query(sql));
    const bool found = TRY(rows.next());
    if (!found || rows.is_null(0)) return std::string();
    return std::string(rows.text(0));
}

Result<std::vector<MysqlField>> Mysql::describe(std::string_view sql) {
    const MariadbLibrary& library = *session_->library;
    MYSQL_STMT* statement = library.statement_init(session_->handle);
    if (!statement) return Error(Code::kLimit, place() + ": no memory");
    Result<std::vector<MysqlField>> described = std::vector<MysqlField>();
    if (library.statement_prepare(statement, sql.data(), sql.size()) != 0) {
        described = session_->failure();
    } else if (MYSQL_RES* result = library.statement_fields(statement)) {
        described = fields_of(library, result);
        library.free_result(result);
    }
    library.statement_close(statement);
    return described;
}

Result<int64_t> Mysql::load(std::string_view sql, std::string_view text) {
    session_->upload = text;
    auto sent = session_->send(sql);
    session_->upload.reset();
    TRY(std::move(sent));
    const auto loaded = static_cast<int64_t>(session_->library->affected_rows(session_->handle));
    const unsigned int warnings = session_->library->warning_count(session_->handle);
    if (warnings > 0) TRY(fail_on_warning(warnings));
    return loaded;
}

Result<> Mysql::fail_on_warning(unsigned int count) {
    auto warnings = TRY(query("SHOW WARNINGS"));
    unsigned int listed = 0;
    while (true) {
        const bool found = TRY(warnings.next());
        if (!found) break;
        ++listed;
        if (warnings.text(0) == "Note") continue;
        const auto number = static_cast<unsigned int>(std::stoul(std::string(warnings.text(1))));
        return Error(mysql_code(number), session_->place + ": " + std::string(warnings.text(2)));
    }
    if (listed >= count) return {};
    return Error(Code::kInvalid,
                 session_->place + ": " + std::to_string(count) +
                     " warnings, of which the server lists " + std::to_string(listed) +
                     ": values may have been changed (raise max_error_count of the server)");
}

void Mysql::cancel() {
    MysqlOptions options = session_->options;
    options.connect_timeout = std::chrono::seconds(10);
    auto connection = connect(options);
    if (!connection.ok()) return;  // the server is gone, and the statement with it
    [[maybe_unused]] auto killed =
        (*connection)->execute("KILL QUERY " + std::to_string(session_->thread.load()));
}

const std::string& Mysql::place() const {
    return session_->place;
}

Result<MysqlTransaction> MysqlTransaction::begin(Mysql& connection) {
    TRY(connection.execute("START TRANSACTION"));
    return MysqlTransaction(connection);
}

MysqlTransaction::MysqlTransaction(MysqlTransaction&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)) {}

MysqlTransaction::~MysqlTransaction() {
    // When this fails the connection is gone, and the server rolls back by itself.
    if (connection_) [[maybe_unused]]
        auto ignored = connection_->execute("ROLLBACK");
}

Result<> MysqlTransaction::commit() {
    TRY(connection_->execute("COMMIT"));
    connection_ = nullptr;
    return {};
}

}  // namespace mogura::database
