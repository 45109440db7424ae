#include "database/sqlite.h"

#include "base/file.h"

#include <sqlite3.h>

#include <cerrno>
#include <utility>

namespace mogura::database {
namespace {

Code code_of(int result) {
    switch (result & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_CONSTRAINT:
            return Code::kConflict;
        case SQLITE_FULL:
        case SQLITE_TOOBIG:
            return Code::kLimit;
        case SQLITE_CANTOPEN:
            return Code::kNotFound;
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
            return Code::kDenied;
        case SQLITE_INTERRUPT:
            return Code::kCanceled;
        case SQLITE_IOERR:
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return Code::kUnavailable;
        default:
            return Code::kInvalid;
    }
}

Error failure(sqlite3* connection) {
    const char* path = sqlite3_db_filename(connection, "main");
    std::string place = path && *path ? path : "sqlite";
    Code code = code_of(sqlite3_extended_errcode(connection));
    bool is_full = sqlite3_errcode(connection) == SQLITE_FULL;
    return {code, place + ": " + sqlite3_errmsg(connection) +
                      (is_full ? " (free some space there)" : "")};
}

}  // namespace

SqliteStatement::SqliteStatement(SqliteStatement&& other) noexcept
    : connection_(other.connection_), statement_(std::exchange(other.statement_, nullptr)) {}
SqliteStatement& SqliteStatement::operator=(SqliteStatement&& other) noexcept {
    std::swap(connection_, other.connection_);
    std::swap(statement_, other.statement_);
    return *this;
}
SqliteStatement::~SqliteStatement() {
    sqlite3_finalize(statement_);
}

void SqliteStatement::bind_null(int index) {
    sqlite3_bind_null(statement_, index);
}
void SqliteStatement::bind(int index, int64_t value) {
    sqlite3_bind_int64(statement_, index, value);
}
void SqliteStatement::bind(int index, double value) {
    sqlite3_bind_double(statement_, index, value);
}
void SqliteStatement::bind(int index, std::string_view text) {
    sqlite3_bind_text64(statement_, index, text.data() ? text.data() : "", text.size(),
                        SQLITE_TRANSIENT, SQLITE_UTF8);
}
void SqliteStatement::bind_borrowed(int index, std::string_view text) {
    sqlite3_bind_text64(statement_, index, text.data() ? text.data() : "", text.size(),
                        SQLITE_STATIC, SQLITE_UTF8);
}

Result<bool> SqliteStatement::step() {
    int result = sqlite3_step(statement_);
    if (result == SQLITE_ROW) return true;
    if (result == SQLITE_DONE) return false;
    return failure(connection_);
}

Result<> SqliteStatement::run() {
    int result = SQLITE_ROW;
    while (result == SQLITE_ROW) result = sqlite3_step(statement_);
    if (result != SQLITE_DONE) {
        Error error = failure(connection_);
        sqlite3_reset(statement_);
        return error;
    }
    sqlite3_reset(statement_);
    return {};
}

void SqliteStatement::reset() {
    sqlite3_reset(statement_);
}

bool SqliteStatement::is_read_only() const {
    return sqlite3_stmt_readonly(statement_) != 0;
}
int SqliteStatement::columns() const {
    return sqlite3_column_count(statement_);
}
std::string SqliteStatement::column_name(int index) const {
    return sqlite3_column_name(statement_, index);
}
std::string SqliteStatement::declared_type(int index) const {
    const char* type = sqlite3_column_decltype(statement_, index);
    return type ? type : "";
}
bool SqliteStatement::is_null(int index) const {
    return kind(index) == Kind::kNull;
}
SqliteStatement::Kind SqliteStatement::kind(int index) const {
    switch (sqlite3_column_type(statement_, index)) {
        case SQLITE_INTEGER:
            return Kind::kInteger;
        case SQLITE_FLOAT:
            return Kind::kFloat;
        case SQLITE_TEXT:
            return Kind::kText;
        case SQLITE_BLOB:
            return Kind::kBlob;
        default:
            return Kind::kNull;
    }
}
int64_t SqliteStatement::integer(int index) const {
    return sqlite3_column_int64(statement_, index);
}
double SqliteStatement::floating(int index) const {
    return sqlite3_column_double(statement_, index);
}
std::string_view SqliteStatement::text(int index) const {
    const unsigned char* text = sqlite3_column_text(statement_, index);
    if (!text) return {};
    return {reinterpret_cast<const char*>(text),
            static_cast<size_t>(sqlite3_column_bytes(statement_, index))};
}

Result<std::unique_ptr<Sqlite>> Sqlite::open(const std::string& path, Mode mode) {
    int flags =
        mode == Mode::kReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    sqlite3* handle = nullptr;
    int result = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    std::unique_ptr<Sqlite> connection(new Sqlite(handle, path));
    if (result != SQLITE_OK) {
        if (const int reason = handle ? sqlite3_system_errno(handle) : 0; reason != 0) {
            errno = reason;
            return base::system_error(path, "open the database");
        }
        return Error(code_of(result),
                     path + ": cannot open the database: " + sqlite3_errstr(result));
    }
    sqlite3_busy_timeout(handle, 10'000);
    if (mode == Mode::kReadOnly) return connection;
    TRY(connection->execute("PRAGMA synchronous=FULL"));
    bool is_ours = mode == Mode::kReadWrite;
    if (!is_ours) is_ours = TRY(connection->is_new());
    if (is_ours) TRY(connection->execute("PRAGMA journal_mode=WAL"));
    return connection;
}

Result<bool> Sqlite::is_new() {
    auto statement = TRY(prepare("PRAGMA page_count"));
    TRY(statement.step());
    return statement.integer(0) == 0;
}

Result<std::unique_ptr<Sqlite>> Sqlite::open_in_memory() {
    sqlite3* handle = nullptr;
    int result =
        sqlite3_open_v2(":memory:", &handle,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    std::unique_ptr<Sqlite> connection(new Sqlite(handle, ":memory:"));
    if (result != SQLITE_OK) {
        return Error(code_of(result), std::string("cannot open memory: ") + sqlite3_errstr(result));
    }
    return connection;
}

Sqlite::~Sqlite() {
    sqlite3_close_v2(connection_);
}

Result<> Sqlite::execute(const std::string& sql) {
    if (sqlite3_exec(connection_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        return failure(connection_);
    }
    return {};
}

Result<SqliteStatement> Sqlite::prepare(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    int result = sqlite3_prepare_v2(connection_, sql.data(), static_cast<int>(sql.size()),
                                    &statement, nullptr);
    if (result != SQLITE_OK) return failure(connection_);
    if (!statement) return Error(Code::kInvalid, path_ + ": the statement is empty");
    return SqliteStatement(connection_, statement);
}

Result<std::optional<SqliteStatement>> Sqlite::prepare_next(std::string_view& sql) {
    while (!sql.empty()) {
        sqlite3_stmt* statement = nullptr;
        const char* tail = nullptr;
        int result = sqlite3_prepare_v2(connection_, sql.data(), static_cast<int>(sql.size()),
                                        &statement, &tail);
        if (result != SQLITE_OK) return failure(connection_);
        sql.remove_prefix(static_cast<size_t>(tail - sql.data()));
        if (statement) return std::optional(SqliteStatement(connection_, statement));
    }
    return std::optional<SqliteStatement>();
}

std::optional<size_t> Sqlite::error_offset() const {
    int offset = sqlite3_error_offset(connection_);
    if (offset < 0) return std::nullopt;
    return static_cast<size_t>(offset);
}

bool Sqlite::is_in_transaction() const {
    return sqlite3_get_autocommit(connection_) == 0;
}
int64_t Sqlite::last_insert_id() const {
    return sqlite3_last_insert_rowid(connection_);
}
int64_t Sqlite::changes() const {
    return sqlite3_changes64(connection_);
}
void Sqlite::keep_log_on_close() {
    sqlite3_db_config(connection_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}
void Sqlite::interrupt() {
    sqlite3_interrupt(connection_);
}

Result<SqliteTransaction> SqliteTransaction::begin(Sqlite& connection) {
    TRY(connection.execute("BEGIN IMMEDIATE"));
    return SqliteTransaction(connection);
}

SqliteTransaction::SqliteTransaction(SqliteTransaction&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)) {}

SqliteTransaction::~SqliteTransaction() {
    // Nothing can be done about a rollback that fails: the connection rolls back when it closes.
    if (connection_) [[maybe_unused]]
        auto ignored = connection_->execute("ROLLBACK");
}

Result<> SqliteTransaction::commit() {
    TRY(connection_->execute("COMMIT"));
    connection_ = nullptr;
    return {};
}

std::string sqlite_identifier(std::string_view name) {
    std::string quoted = "\"";
    for (char letter : name) {
        if (letter == '"') quoted += '"';
        quoted += letter;
    }
    return quoted + '"';
}

}  // namespace mogura::database
