#include "plugins/input/leveldb/database.h"

#include "base/file.h"
#include "plugins/input/leveldb/overlay_env.h"

#include <leveldb/db.h>

#include <filesystem>
#include <utility>

namespace mogura::plugins::level {
namespace {

namespace fs = std::filesystem;

leveldb::Slice slice_of(std::string_view text) {
    return {text.data(), text.size()};
}

std::string_view text_of(const leveldb::Slice& slice) {
    return {slice.data(), slice.size()};
}

// `where`: the folder, and how far reading came.
Error error_of(const std::string& where, const leveldb::Status& status) {
    std::string what = status.ToString();
    if (what.find("does not match existing comparator") != std::string::npos) {
        return {Code::kUnsupported,
                where + ": the keys of this database have an order of their own (" + what +
                    "); only the usual bytewise one is known here (copy it with the program that "
                    "made it into a database without a comparator)"};
    }
    // The second is what the library makes of a file that ends too early.
    if (status.IsCorruption() || what.ends_with("Invalid argument")) {
        return {Code::kInvalid, where + ": the database is damaged: " + what +
                                    " (take an older copy, or a copy that leveldb's RepairDB has "
                                    "mended; when another process writes to it, try again)"};
    }
    return {Code::kUnavailable, where + ": cannot be read: " + what +
                                    " (when another process writes to it, files may go: try "
                                    "again, or read a copy)"};
}

// What the library would say less clearly, or create.
Result<> check_folder(const std::string& folder) {
    std::error_code failure;
    fs::file_status status = fs::status(folder, failure);
    if (!fs::exists(status)) {
        return Error(failure && failure != std::errc::no_such_file_or_directory &&
                             failure != std::errc::not_a_directory
                         ? Code::kDenied
                         : Code::kNotFound,
                     folder + ": there is no such folder");
    }
    if (!fs::is_directory(status)) {
        return Error(Code::kInvalid, folder + ": a LevelDB database is a folder, this is a file");
    }
    TRY(base::list_folder(folder));
    if (base::file_exists(folder + "/CURRENT")) {
        if (!base::file_exists(folder + "/IDENTITY")) return {};
        return Error(Code::kUnsupported,
                     folder + ": this is a RocksDB database, not a LevelDB one");
    }
    return Error(Code::kInvalid,
                 folder +
                     ": this is no LevelDB database: the file CURRENT is missing (is the "
                     "path that of the folder with the .ldb files?)");
}

// The key behind all that begin with `prefix`; nothing when there is none.
std::optional<std::string> behind(std::string_view prefix) {
    std::string key(prefix);
    while (!key.empty() && key.back() == '\xff') key.pop_back();
    if (key.empty()) return std::nullopt;
    key.back() = static_cast<char>(static_cast<unsigned char>(key.back()) + 1);
    return key;
}

}  // namespace

Range with_prefix(std::string_view prefix, Range range) {
    if (range.from < prefix) range.from = prefix;
    auto end = behind(prefix);
    if (end && (!range.to || *end < *range.to)) range.to = std::move(end);
    return range;
}

struct Database::Opened {
    OverlayEnv env;
    std::unique_ptr<leveldb::DB> database;  // goes before its env
};

Result<std::unique_ptr<Database>> Database::open(const std::string& folder) {
    TRY(check_folder(folder));
    auto opened = std::make_unique<Opened>();
    leveldb::Options options;
    options.env = &opened->env;
    options.paranoid_checks = true;  // else damaged parts of the log are left out silently
    leveldb::DB* database = nullptr;
    leveldb::Status status = leveldb::DB::Open(options, folder, &database);
    if (!status.ok()) return error_of(folder, status);
    opened->database.reset(database);
    return std::unique_ptr<Database>(new Database(folder, std::move(opened)));
}

Database::Database(std::string folder, std::unique_ptr<Opened> opened)
    : folder_(std::move(folder)), opened_(std::move(opened)) {}

Database::~Database() {
    opened_->env.end_background_work();
}

Result<> Database::each(const Range& range, const Visit& visit) const {
    leveldb::ReadOptions options;
    options.verify_checksums = true;
    options.fill_cache = false;
    std::unique_ptr<leveldb::Iterator> at(opened_->database->NewIterator(options));
    int64_t count = 0;
    for (at->Seek(slice_of(range.from)); at->Valid(); at->Next()) {
        std::string_view key = text_of(at->key());
        if (range.to && key >= *range.to) return {};
        TRY(visit(key, text_of(at->value())));
        ++count;
    }
    if (at->status().ok()) return {};
    return error_of(folder_ + ": behind " + std::to_string(count) + " entries", at->status());
}

}  // namespace mogura::plugins::level
