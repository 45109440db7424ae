// What the input of input.h needs to know about a database: one session, its SQL, its rows as text.
//
// One thread at a time uses a source.

#pragma once

#include "base/result.h"
#include "plugins/input/table/options.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::plugins::source {

// A column of a SELECT, as the database names and types it.
struct SourceColumn {
    std::string name;
    std::string sql_type;                 // "BIGINT", for default_column_options
    std::string native_type;              // as the database spells it, for messages
    std::optional<ValueType> value_type;  // nothing: values of this type cannot be read
    bool is_instant = false;              // a timestamp that says which instant it is
    bool has_plain_elements = false;      // of a kArray: numbers and booleans
    bool is_hstore = false;               // a text that is a mapping where JSON is wanted
};

using Cells = std::vector<std::optional<std::string_view>>;

class Source {
  public:
    virtual ~Source() = default;

    // Fails when it gives rows: "A result was returned when none was expected.".
    virtual Result<> execute(const std::string& sql) = 0;
    // The same, but rows are dropped.
    virtual Result<> run(const std::string& sql) = 0;
    // Stops the statement that runs now; from any thread.
    virtual void cancel() = 0;
    virtual std::string begin_statement() const { return "BEGIN"; }
    virtual std::string begin_read_only_statement() const { return "BEGIN READ ONLY"; }
    virtual std::string identifier(const std::string& name) const = 0;
    virtual std::string literal(const std::string& text) const = 0;
    // Whether timestamps are texts that compare as texts: last_record has them as they stand.
    // Elsewhere it has them as YYYY-MM-DDTHH:MM:SS.ffffff, with Z behind where it is an instant.
    virtual bool keeps_timestamp_texts() const { return false; }
    // A timestamp of last_record.
    virtual std::string timestamp_literal(const std::string& text) const { return literal(text); }
    // The table's name as the database has it (spec embulk 8.4.4).
    virtual Result<std::string> resolve_name(const std::string& table) = 0;
    virtual Result<std::vector<std::string>> primary_key(const std::string& table) = 0;
    // The columns that a SELECT will give.
    virtual Result<std::vector<SourceColumn>> describe(const std::string& sql) = 0;

    // Starts a SELECT; next() gives its rows, false at the end. Cells live until the next call.
    virtual Result<> start(const std::string& sql) = 0;
    virtual Result<bool> next(Cells& cells) = 0;
};

}  // namespace mogura::plugins::source
