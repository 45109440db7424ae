// A thin client for MySQL and MariaDB: connection, statements, streamed rows, bulk load.
//
// Owns: the session (UTF-8, UTC, TCP unless a socket is named), failures as codes. Leaves to
// others: what the tables mean, retrying. libmariadb is opened on the first connect().
//
//     auto connection = TRY(Mysql::connect({.host = "db", .user = "me", .database = "ads"}));
//     auto rows = TRY(connection->query("SELECT id FROM slot"));
//     while (TRY(rows.next())) use(rows.text(0));
//
// One thread at a time uses a connection and its rows; cancel() may come from any thread. Failures:
// kUnavailable (not reachable, connection lost), kTimeout (lock wait, deadlock: the statement did
// nothing), kDenied, kNotFound (table, database), kConflict (duplicate, constraint), kLimit (disk,
// packet), kCanceled, kInvalid (SQL).

#pragma once

#include "base/result.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::database {

struct MysqlSession;

struct MysqlOptions {
    std::string host = "localhost";
    int port = 3306;
    std::string socket = {};  // when it is set, host and port do not matter
    std::string user = {};
    std::string password = {};
    std::string database = {};
    enum class Ssl { kOff, kEncrypt, kVerify };
    Ssl ssl = Ssl::kOff;
    std::chrono::seconds connect_timeout{30};
    std::chrono::seconds answer_timeout{0};  // how long a statement may be silent; 0: for ever
    bool compress = false;
    bool local_load = false;  // allows load(); the session gives no notes
};

struct MysqlField {
    enum class Kind {
        kInteger,
        kDecimal,
        kFloat,
        kText,
        kBytes,
        kJson,
        kDate,
        kTime,
        kTimestamp,
        kBit
    };
    std::string name;
    Kind kind = Kind::kText;
    // What the kind leaves open: FLOAT among the floats, YEAR among the integers, TIMESTAMP (an
    // instant) among the timestamps.
    enum class Exact { kOther, kSingle, kYear, kInstant };
    Exact exact = Exact::kOther;
    bool is_tiny = false;  // TINYINT
    bool is_unsigned = false;
    int64_t width = 0;  // digits that are shown, bits of a kBit
    int decimals = 0;   // digits behind the point
};

// Streams from the server: the connection can do nothing else until the rows end or go.
class MysqlRows {
  public:
    MysqlRows(MysqlRows&& other) noexcept;
    MysqlRows& operator=(MysqlRows&&) = delete;
    ~MysqlRows();

    // Empty when the statement gave no rows.
    const std::vector<MysqlField>& fields() const { return fields_; }
    // Moves to the next row; false when there is none.
    Result<bool> next();
    bool is_null(size_t field) const { return cells_[field] == nullptr; }
    // As text; valid until the next row.
    std::string_view text(size_t field) const { return {cells_[field], sizes_[field]}; }

  private:
    friend class Mysql;
    struct Stream;
    explicit MysqlRows(std::unique_ptr<Stream> stream);

    std::unique_ptr<Stream> stream_;
    std::vector<MysqlField> fields_;
    char** cells_ = nullptr;
    unsigned long* sizes_ = nullptr;
};

class Mysql {
  public:
    static Result<std::unique_ptr<Mysql>> connect(const MysqlOptions& options);
    ~Mysql();
    Mysql(const Mysql&) = delete;
    Mysql& operator=(const Mysql&) = delete;

    // One statement; its rows, if any, are dropped. Returns how many rows it changed.
    Result<int64_t> execute(std::string_view sql);
    Result<MysqlRows> query(std::string_view sql);
    // The first column of the first row; empty when there is none or it is null.
    Result<std::string> value(std::string_view sql);

    // The columns that one statement would give; it does not run.
    Result<std::vector<MysqlField>> describe(std::string_view sql);

    // Runs LOAD DATA LOCAL INFILE '...' and sends `text` as the file. Where the server would only
    // warn (a value that does not fit, a duplicate key) this fails.
    Result<int64_t> load(std::string_view sql, std::string_view text);

    // Stops the statement that runs now, through a connection of its own.
    void cancel();

    // "MySQL at db:3306", for messages.
    const std::string& place() const;

  private:
    explicit Mysql(std::unique_ptr<MysqlSession> session);
    // `count`: how many warnings the last statement has given.
    Result<> fail_on_warning(unsigned int count);

    std::unique_ptr<MysqlSession> session_;
};

// Rolls back unless commit() was called.
class MysqlTransaction {
  public:
    static Result<MysqlTransaction> begin(Mysql& connection);
    MysqlTransaction(MysqlTransaction&& other) noexcept;
    MysqlTransaction& operator=(MysqlTransaction&&) = delete;
    ~MysqlTransaction();
    Result<> commit();

  private:
    explicit MysqlTransaction(Mysql& connection) : connection_(&connection) {}
    Mysql* connection_;
};

// `name` with its backticks doubled.
std::string mysql_identifier(std::string_view name);
// 'text' as a literal, for sessions in UTF-8.
std::string mysql_literal(std::string_view text);
// Appends the inside of a literal.
void append_mysql_escaped(std::string& sql, std::string_view text);

}  // namespace mogura::database
