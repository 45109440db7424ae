#include "plugins/query/duckdb/instance_module.h"

#include "base/leftovers.h"
#include "base/mutex.h"
#include "base/text.h"
#include "plugins/query/duckdb/folder_module.h"

#include "duckdb/common/virtual_file_system.hpp"

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

namespace mogura::plugins {
namespace {

constexpr std::string_view kFolder = "duckdb-";

// What killed processes had spilled can be large; each process looks once.
void remove_leftovers(const std::string& temporary) {
    static base::Mutex mutex;
    static std::set<std::string> looked_at;
    {
        base::Lock lock(mutex);
        if (!looked_at.insert(temporary).second) return;
    }
    base::remove_leftovers(temporary, [](std::string_view name) -> std::optional<int64_t> {
        if (!name.starts_with(kFolder)) return {};
        std::vector<std::string> numbers = base::split(name.substr(kFolder.size()), '-');
        if (numbers.size() != 2 || !base::parse_integer(numbers[1])) return {};
        return base::parse_integer(numbers[0]);
    });
}

// DuckDB's spill files carry fixed names, so every instance has a folder of its own.
std::string own_folder(const std::string& temporary) {
    static std::atomic<int64_t> next = 0;
    return temporary + "/" + std::string(kFolder) + std::to_string(::getpid()) + "-" +
           std::to_string(next++);
}

std::string quoted(const std::string& text) {
    return "'" + base::replace_all(text, "'", "''") + "'";
}

}  // namespace

Result<std::shared_ptr<Instance>> Instance::open(const DuckdbOptions& options) {
    std::shared_ptr<Instance> instance(new Instance());
    TRY(guarded([&] { instance->start(options); }));
    return instance;
}

void Instance::start(const DuckdbOptions& options) {
    remove_leftovers(options.temporary);
    temporary_ = options.temporary;
    own_folder_ = own_folder(options.temporary);
    duckdb::DBConfig config;
    config.file_system =
        duckdb::make_uniq<duckdb::VirtualFileSystem>(folder_file_system(options.folder));
    config.options.autoinstall_known_extensions = false;
    config.options.autoload_known_extensions = false;
    config.options.allow_community_extensions = false;
    config.options.temporary_directory = own_folder_;
    config.options.maximum_threads = static_cast<duckdb::idx_t>(std::max(1, options.threads));
    config.options.maximum_memory = duckdb::DBConfig::ParseMemoryLimit(options.memory_limit);
    config.options.load_extensions = true;
    // Files are local: the system keeps what it read of them already.
    config.options.enable_external_file_cache = false;
    database_ = std::make_unique<duckdb::DuckDB>(
        options.database.empty() ? nullptr : options.database.c_str(), &config);
    connection_ = std::make_unique<duckdb::Connection>(*database_);
    connection_->context->config.enable_progress_bar = true;
    connection_->context->config.print_progress_bar = false;
    connection_->context->config.wait_time = 0;
    auto result = connection_->Query("SET TimeZone = " + quoted(options.time_zone));
    if (result->HasError()) result->ThrowError();
}

Instance::~Instance() {
    try {
        // Otherwise closing waits until DuckDB's threads have finished what nobody reads any more.
        if (connection_) connection_->Interrupt();
        connection_.reset();
        database_.reset();
    } catch (const std::exception&) {
        // The database file keeps its write-ahead log; the next opening replays it.
    }
    std::error_code ignored;
    if (!own_folder_.empty()) std::filesystem::remove_all(own_folder_, ignored);
}

Code code_of(const duckdb::ErrorData& error) {
    const std::string& message = error.RawMessage();
    auto says = [&](std::string_view words) { return message.find(words) != std::string::npos; };
    switch (error.Type()) {
        case duckdb::ExceptionType::INTERRUPT:
            return Code::kCanceled;
        case duckdb::ExceptionType::OUT_OF_MEMORY:
            return Code::kLimit;
        case duckdb::ExceptionType::PERMISSION:
            return Code::kDenied;
        case duckdb::ExceptionType::TRANSACTION:
            return Code::kConflict;
        case duckdb::ExceptionType::FATAL:
        case duckdb::ExceptionType::INTERNAL:
            return Code::kInternal;
        case duckdb::ExceptionType::IO:
            if (says("No files found") || says("No such file")) return Code::kNotFound;
            if (says("No space left") || says("Disk quota")) return Code::kLimit;
            if (says("Permission denied")) return Code::kDenied;
            if (says("set lock")) return Code::kConflict;
            return Code::kUnavailable;
        default:
            return Code::kInvalid;
    }
}

Error error_of(const duckdb::ErrorData& error) {
    Code code = code_of(error);
    bool is_full = error.Type() == duckdb::ExceptionType::IO && code == Code::kLimit;
    return Error(code, error.RawMessage() + (is_full ? " (free some space there)" : ""));
}

Error error_of(const std::exception& exception) {
    return error_of(duckdb::ErrorData(exception));
}

}  // namespace mogura::plugins
