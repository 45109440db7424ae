// A thin client for SQLite: connection, statement, transaction. No SQLite type shows.
//
// One thread at a time uses a connection and its statements; statements end before it. Failures:
// kConflict (busy, constraint), kLimit (disk full), kNotFound, kUnavailable, kInvalid (SQL).

#pragma once

#include "base/result.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace mogura::database {

class SqliteStatement {
  public:
    SqliteStatement(SqliteStatement&& other) noexcept;
    SqliteStatement& operator=(SqliteStatement&& other) noexcept;
    ~SqliteStatement();

    // Parameters from 1. Texts are copied.
    void bind_null(int index);
    void bind(int index, int64_t value);
    void bind(int index, double value);
    void bind(int index, std::string_view text);
    // Without a copy: `text` must live until the statement has run.
    void bind_borrowed(int index, std::string_view text);

    // Runs to the next row; false when there is none. reset() before it runs again.
    Result<bool> step();
    // Runs a statement that gives no rows, and resets it.
    Result<> run();
    void reset();

    // It changes nothing in the database.
    bool is_read_only() const;

    // Columns of the current row from 0.
    int columns() const;
    std::string column_name(int index) const;
    std::string declared_type(int index) const;
    bool is_null(int index) const;
    enum class Kind { kNull, kInteger, kFloat, kText, kBlob };
    Kind kind(int index) const;
    int64_t integer(int index) const;
    double floating(int index) const;
    // Valid until the next step.
    std::string_view text(int index) const;

  private:
    friend class Sqlite;
    SqliteStatement(sqlite3* connection, sqlite3_stmt* statement)
        : connection_(connection), statement_(statement) {}
    sqlite3* connection_ = nullptr;
    sqlite3_stmt* statement_ = nullptr;
};

class Sqlite {
  public:
    // kReadWrite is for files of our own. kForeign writes, too, but a file that is there keeps the
    // journal mode that it has: changing it would outlast the connection.
    enum class Mode { kReadWrite, kForeign, kReadOnly };
    // WAL with synchronous=FULL: a committed transaction survives a power cut. Waits up to 10 s
    // for another writer.
    static Result<std::unique_ptr<Sqlite>> open(const std::string& path, Mode mode);
    static Result<std::unique_ptr<Sqlite>> open_in_memory();
    ~Sqlite();
    Sqlite(const Sqlite&) = delete;
    Sqlite& operator=(const Sqlite&) = delete;

    // One statement or several, separated by ';', without rows.
    Result<> execute(const std::string& sql);
    Result<SqliteStatement> prepare(std::string_view sql);
    // Takes the first statement off `sql`, which then starts behind its ';'. Nothing when only
    // blanks and comments are left. A statement may need what the one before it created, so run
    // each before the next is taken.
    Result<std::optional<SqliteStatement>> prepare_next(std::string_view& sql);
    // Where the last prepare failed, in bytes from the start of what it was given.
    std::optional<size_t> error_offset() const;
    bool is_in_transaction() const;
    // The write-ahead log stays when the connection closes, for the next one to go on with: saves
    // two syncs. Not for files that others are given.
    void keep_log_on_close();
    int64_t last_insert_id() const;
    int64_t changes() const;
    // Stops what runs now; from any thread.
    void interrupt();
    sqlite3* handle() { return connection_; }
    const std::string& path() const { return path_; }

  private:
    Sqlite(sqlite3* connection, std::string path)
        : connection_(connection), path_(std::move(path)) {}
    Result<bool> is_new();

    sqlite3* connection_;
    std::string path_;
};

// Rolls back unless commit() was called.
class SqliteTransaction {
  public:
    static Result<SqliteTransaction> begin(Sqlite& connection);
    SqliteTransaction(SqliteTransaction&& other) noexcept;
    SqliteTransaction& operator=(SqliteTransaction&&) = delete;
    ~SqliteTransaction();
    Result<> commit();

  private:
    explicit SqliteTransaction(Sqlite& connection) : connection_(&connection) {}
    Sqlite* connection_;
};

// "name" with its quotes doubled.
std::string sqlite_identifier(std::string_view name);

}  // namespace mogura::database
