// One DuckDB database with a connection, limited in memory and threads, and its failures as ours.
//
// Nothing is downloaded or loaded beside what DuckDB has built in. Relative paths, read or written,
// start at the folder that was given.

#pragma once

#include "base/result.h"
#include "plugins/query/duckdb/module.h"

#include "duckdb.hpp"

#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace mogura::plugins {

class Instance {
  public:
    static Result<std::shared_ptr<Instance>> open(const DuckdbOptions& options);
    ~Instance();

    duckdb::Connection& connection() { return *connection_; }
    duckdb::ClientContext& context() { return *connection_->context; }
    // Where it spills to: a folder of its own in here.
    const std::string& temporary() const { return temporary_; }

  private:
    Instance() = default;
    void start(const DuckdbOptions& options);

    std::string temporary_;
    std::string own_folder_;
    std::unique_ptr<duckdb::DuckDB> database_;
    std::unique_ptr<duckdb::Connection> connection_;
};

// What kind of failure it is.
Code code_of(const duckdb::ErrorData& error);
Error error_of(const duckdb::ErrorData& error);
Error error_of(const std::exception& exception);

// Calls something that may throw, as DuckDB does; what it throws becomes an Error.
template <typename Call>
auto guarded(Call&& call) -> Result<decltype(call())> {
    try {
        if constexpr (std::is_void_v<decltype(call())>) {
            call();
            return {};
        } else {
            return call();
        }
    } catch (const std::exception& exception) {
        return error_of(exception);
    }
}

}  // namespace mogura::plugins
