// Local files: whole files in and out, sources and sinks, durable replacement, and errors that say
// which path and why.
//
// Failures carry the path and the system's reason: kNotFound, kDenied, kLimit (disk full), else
// kUnavailable.

#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::base {

// An open file descriptor, closed when it goes.
class Descriptor {
  public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept;
    Descriptor& operator=(Descriptor&& other) noexcept;
    ~Descriptor();

    int get() const { return number_; }
    explicit operator bool() const { return number_ >= 0; }
    int release();

  private:
    int number_ = -1;
};

// The error for the current `errno`: "path: cannot <action>: <reason>", and for a full disk the
// remedy.
Error system_error(std::string_view path, std::string_view action);

Result<std::string> read_file(const std::string& path);
// Replaces the file in one step: a reader sees the old bytes or the new, also after a power cut.
Result<> write_file(const std::string& path, std::string_view bytes);
// Waits until a file's bytes, or the names in a file's folder, are on the disk.
Result<> sync_file(const std::string& path);
Result<> sync_folder_of(const std::string& path);
// Creates the folder and its parents; fine when it exists.
Result<> make_folders(const std::string& path);
bool file_exists(const std::string& path);
Result<int64_t> file_size_bytes(const std::string& path);
// When its bytes last changed, in nanoseconds since 1970.
Result<int64_t> file_modified_ns(const std::string& path);
// The names in a folder, sorted, without "." and "..".
Result<std::vector<std::string>> list_folder(const std::string& path);

// From byte `offset` on.
Result<std::unique_ptr<ByteSource>> open_source(const std::string& path, int64_t offset = 0);
// Creates or truncates `path`. finish() reports write errors that the system kept back.
Result<std::unique_ptr<ByteSink>> open_sink(const std::string& path);
// The file is there: its first `size` bytes stay, what is written goes behind them.
Result<std::unique_ptr<ByteSink>> open_sink_behind(const std::string& path, int64_t size);

// A file's bytes mapped into memory, read-only, for as long as this lives.
class MappedFile {
  public:
    static Result<std::unique_ptr<MappedFile>> open(const std::string& path);
    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    std::string_view bytes() const { return {data_, size_}; }

  private:
    MappedFile(const char* data, size_t size) : data_(data), size_(size) {}
    const char* data_;
    size_t size_;
};

}  // namespace mogura::base
