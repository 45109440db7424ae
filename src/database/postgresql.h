// A thin client for PostgreSQL (and Redshift): connection, statements, parameters, COPY.
//
// Owns: the session (UTF-8, UTC, ISO dates), waiting with a limit, failures as codes. Leaves to
// others: what the tables mean, retrying, cursors (plain DECLARE and FETCH through query()). libpq
// is opened on the first connect().
//
//     auto connection = TRY(Postgresql::connect({.host = "db", .user = "me", .database = "ads"}));
//     auto rows = TRY(connection->query("SELECT id FROM slot WHERE name = $1", {{"top"}}));
//     for (size_t row = 0; row < rows.size(); ++row) use(rows.text(row, 0));
//
// One thread at a time uses a connection and its copies; cancel() may come from any thread, rows
// outlive their connection. Failures: kUnavailable (not reachable, connection lost), kTimeout (lock
// wait, deadlock, serialization: the statement did nothing; or no answer in time), kDenied,
// kNotFound (table, database), kConflict (duplicate, constraint), kLimit (disk, memory), kCanceled,
// kInvalid (SQL, values).

#pragma once

#include "base/result.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::database {

struct PostgresqlSession;

struct PostgresqlOptions {
    std::string host = "localhost";  // beginning with '/': the folder of the server's Unix socket
    int port = 5432;
    std::string user = {};
    std::string password = {};
    std::string database = {};
    enum class Ssl { kOff, kEncrypt, kVerify };
    Ssl ssl = Ssl::kOff;
    std::chrono::seconds connect_timeout{30};
    std::chrono::seconds answer_timeout{0};  // how long the server may be silent; 0: for ever
    std::string application_name = "mogura";
};

// Types by their number in pg_type, which never changes.
enum class PostgresqlType : uint32_t {
    kBoolean = 16,
    kBytes = 17,
    kName = 19,
    kBigint = 20,
    kSmallint = 21,
    kInteger = 23,
    kText = 25,
    kOid = 26,
    kJson = 114,
    kReal = 700,
    kDouble = 701,
    kUnknown = 705,
    kMoney = 790,
    kChar = 1042,
    kVarchar = 1043,
    kDate = 1082,
    kTime = 1083,
    kTimestamp = 1114,
    kTimestampWithZone = 1184,
    kTimeWithZone = 1266,
    kBit = 1560,
    kNumeric = 1700,
    kUuid = 2950,
    kJsonb = 3802,
};

struct PostgresqlField {
    std::string name;
    PostgresqlType type = PostgresqlType::kText;  // others may come too
    int modifier = -1;                            // length, precision and scale as pg_type has them
};

// A value that goes along with a statement, as text; nothing is null.
using PostgresqlParameters = std::vector<std::optional<std::string>>;

// All rows of one statement, in memory.
class PostgresqlRows {
  public:
    PostgresqlRows(PostgresqlRows&& other) noexcept;
    PostgresqlRows& operator=(PostgresqlRows&& other) noexcept;
    ~PostgresqlRows();

    // Empty when the statement gave no rows.
    const std::vector<PostgresqlField>& fields() const { return fields_; }
    size_t size() const { return size_; }
    // How many rows an INSERT, UPDATE, DELETE, COPY or SELECT reports.
    int64_t changed() const { return changed_; }
    bool is_null(size_t row, size_t field) const;
    std::string_view text(size_t row, size_t field) const;

  private:
    friend struct PostgresqlSession;
    struct Held;
    explicit PostgresqlRows(std::unique_ptr<Held> held);

    std::unique_ptr<Held> held_;
    std::vector<PostgresqlField> fields_;
    size_t size_ = 0;
    int64_t changed_ = 0;
};

// Rows on their way into a table: COPY ... FROM STDIN. Nothing is there before finish() succeeds;
// without it the server forgets what was sent. The connection can do nothing else meanwhile.
class PostgresqlCopy {
  public:
    PostgresqlCopy(PostgresqlCopy&& other) noexcept;
    PostgresqlCopy& operator=(PostgresqlCopy&&) = delete;
    ~PostgresqlCopy();

    // Part of the stream, cut anywhere, in the format that the statement names.
    Result<> write(std::string_view bytes);
    // Returns how many rows arrived.
    Result<int64_t> finish();

  private:
    friend class Postgresql;
    explicit PostgresqlCopy(PostgresqlSession& session) : session_(&session) {}
    PostgresqlSession* session_;
};

class Postgresql {
  public:
    static Result<std::unique_ptr<Postgresql>> connect(const PostgresqlOptions& options);
    ~Postgresql();
    Postgresql(const Postgresql&) = delete;
    Postgresql& operator=(const Postgresql&) = delete;

    // One statement or several, separated by ';'; their rows are dropped. Several are one
    // transaction unless they say otherwise. Returns how many rows the last one changed.
    Result<int64_t> execute(std::string_view sql);
    // The rows of the last statement.
    Result<PostgresqlRows> query(std::string_view sql);
    // One statement with $1, $2, ...
    Result<PostgresqlRows> query(std::string_view sql, const PostgresqlParameters& parameters);
    // The first column of the first row; empty when there is none or it is null.
    Result<std::string> value(std::string_view sql);
    // The columns that one statement would give; it does not run.
    Result<std::vector<PostgresqlField>> describe(std::string_view sql);

    // COPY table FROM STDIN ...
    Result<PostgresqlCopy> copy_in(std::string_view sql);
    // COPY ... TO STDOUT ...: every row as one piece.
    Result<> copy_out(std::string_view sql, const std::function<Result<>(std::string_view)>& sink);

    // Stops the statement that runs now.
    void cancel();
    // Where the last failing statement stopped, in bytes from its start, if the server said so.
    std::optional<size_t> error_offset() const;
    // "PostgreSQL at db:5432", for messages.
    const std::string& place() const;

  private:
    explicit Postgresql(std::unique_ptr<PostgresqlSession> session);
    std::unique_ptr<PostgresqlSession> session_;
};

// Rolls back unless commit() was called.
class PostgresqlTransaction {
  public:
    // `mode` stands behind BEGIN: "READ ONLY", "ISOLATION LEVEL SERIALIZABLE".
    static Result<PostgresqlTransaction> begin(Postgresql& connection, std::string_view mode = "");
    PostgresqlTransaction(PostgresqlTransaction&& other) noexcept;
    PostgresqlTransaction& operator=(PostgresqlTransaction&&) = delete;
    ~PostgresqlTransaction();
    Result<> commit();

  private:
    explicit PostgresqlTransaction(Postgresql& connection) : connection_(&connection) {}
    Postgresql* connection_;
};

// "name" with its quotes doubled.
std::string postgresql_identifier(std::string_view name);
// 'text' as a literal. PostgreSQL's text has no NUL characters: they are left out.
std::string postgresql_literal(std::string_view text);

}  // namespace mogura::database
