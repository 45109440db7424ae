#include "base/file.h"

#include "base/leftovers.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace mogura::base {
namespace {

Code code_of(int number) {
    switch (number) {
        case ENOENT:
        case ENOTDIR:
            return Code::kNotFound;
        case EACCES:
        case EPERM:
        case EROFS:
            return Code::kDenied;
        case ENOSPC:
        case EDQUOT:
        case EFBIG:
            return Code::kLimit;
        case EISDIR:
            return Code::kInvalid;
        default:
            return Code::kUnavailable;
    }
}

Result<> write_all(int descriptor, const std::string& path, std::string_view bytes) {
    while (!bytes.empty()) {
        ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return system_error(path, "write");
        bytes.remove_prefix(static_cast<size_t>(count));
    }
    return {};
}

class FileSource final : public ByteSource {
  public:
    FileSource(Descriptor descriptor, std::string path)
        : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

    Result<size_t> read(std::span<char> buffer) override {
        while (true) {
            ssize_t count = ::read(descriptor_.get(), buffer.data(), buffer.size());
            if (count >= 0) return static_cast<size_t>(count);
            if (errno != EINTR) return system_error(path_, "read");
        }
    }

  private:
    const Descriptor descriptor_;
    const std::string path_;
};

class FileSink final : public ByteSink {
  public:
    // The descriptor stands at its byte `written`.
    FileSink(Descriptor descriptor, std::string path, off_t written = 0)
        : written_(written),
          begun_(written),
          descriptor_(std::move(descriptor)),
          path_(std::move(path)) {}

    Result<> write(std::string_view bytes) override {
        TRY(write_all(descriptor_.get(), path_, bytes));
        written_ += static_cast<off_t>(bytes.size());
        constexpr off_t kStep = off_t{8} << 20;
        if (written_ - begun_ >= kStep) begin_storing();
        return {};
    }

    Result<> finish() override {
        if (::close(descriptor_.release()) != 0) return system_error(path_, "close");
        return {};
    }

  private:
    // The disk works meanwhile, so that there is little left for whoever syncs the file at its end.
    // What goes wrong here is told there.
    void begin_storing() {
        ::sync_file_range(descriptor_.get(), begun_, written_ - begun_, SYNC_FILE_RANGE_WRITE);
        begun_ = written_;
    }

    off_t written_;
    off_t begun_;  // to be stored up to here
    Descriptor descriptor_;
    const std::string path_;
};

}  // namespace

Descriptor::Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
}
Descriptor::~Descriptor() {
    if (number_ >= 0) ::close(number_);
}
int Descriptor::release() {
    return std::exchange(number_, -1);
}

Error system_error(std::string_view path, std::string_view action) {
    int number = errno;
    std::string message(path);
    message += ": cannot ";
    message += action;
    message += ": ";
    message += std::generic_category().message(number);
    if (number == ENOSPC || number == EDQUOT) message += " (free some space there)";
    return {code_of(number), message};
}

Result<std::string> read_file(const std::string& path) {
    Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!descriptor) return system_error(path, "open");
    struct stat status{};
    if (::fstat(descriptor.get(), &status) != 0) return system_error(path, "read");
    if (S_ISDIR(status.st_mode)) {
        return Error(Code::kInvalid, path + ": cannot read: it is a folder");
    }
    std::string text;
    text.reserve(static_cast<size_t>(status.st_size) + 1);
    char buffer[64 * 1024];
    while (true) {
        ssize_t count = ::read(descriptor.get(), buffer, sizeof buffer);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return system_error(path, "read");
        if (count == 0) return text;
        text.append(buffer, static_cast<size_t>(count));
    }
}

Result<> write_file(const std::string& path, std::string_view bytes) {
    std::string temporary = unfinished_path(path);
    Descriptor descriptor(
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!descriptor) return system_error(path, "write");
    auto fail = [&](Error error) {
        ::unlink(temporary.c_str());
        return error;
    };
    auto written = write_all(descriptor.get(), path, bytes);
    if (!written.ok()) return fail(written.error());
    if (::fsync(descriptor.get()) != 0) return fail(system_error(path, "sync"));
    if (::rename(temporary.c_str(), path.c_str()) != 0) return fail(system_error(path, "replace"));
    return sync_folder_of(path);
}

Result<> sync_file(const std::string& path) {
    Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!descriptor) return system_error(path, "open");
    // A pipe or a device has nothing to keep.
    if (::fsync(descriptor.get()) != 0 && errno != EINVAL) return system_error(path, "sync");
    return {};
}

Result<> sync_folder_of(const std::string& path) {
    std::string folder = std::filesystem::path(path).parent_path().string();
    return sync_file(folder.empty() ? "." : folder);
}

Result<> make_folders(const std::string& path) {
    std::error_code failure;
    std::filesystem::create_directories(path, failure);
    if (failure) {
        errno = failure.value();
        return system_error(path, "create the folder");
    }
    return {};
}

bool file_exists(const std::string& path) {
    return ::access(path.c_str(), F_OK) == 0;
}

Result<int64_t> file_size_bytes(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) return system_error(path, "look at");
    return static_cast<int64_t>(status.st_size);
}

Result<int64_t> file_modified_ns(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) return system_error(path, "look at");
    constexpr int64_t kNanoseconds = 1'000'000'000;
    return int64_t{status.st_mtim.tv_sec} * kNanoseconds + status.st_mtim.tv_nsec;
}

Result<std::vector<std::string>> list_folder(const std::string& path) {
    std::error_code failure;
    std::filesystem::directory_iterator entries(path, failure);
    std::vector<std::string> names;
    while (!failure && entries != std::filesystem::directory_iterator()) {
        names.push_back(entries->path().filename().string());
        entries.increment(failure);
    }
    if (failure) {
        errno = failure.value();
        return system_error(path, "list");
    }
    std::sort(names.begin(), names.end());
    return names;
}

Result<std::unique_ptr<ByteSource>> open_source(const std::string& path, int64_t offset) {
    Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!descriptor) return system_error(path, "open");
    if (offset > 0 && ::lseek(descriptor.get(), offset, SEEK_SET) < 0) {
        return system_error(path, "read from the middle");
    }
    ::posix_fadvise(descriptor.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
    return std::make_unique<FileSource>(std::move(descriptor), path);
}

Result<std::unique_ptr<ByteSink>> open_sink(const std::string& path) {
    Descriptor descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!descriptor) return system_error(path, "create");
    return std::make_unique<FileSink>(std::move(descriptor), path);
}

Result<std::unique_ptr<ByteSink>> open_sink_behind(const std::string& path, int64_t size) {
    Descriptor descriptor(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!descriptor) return system_error(path, "open");
    if (::ftruncate(descriptor.get(), size) != 0) return system_error(path, "cut");
    if (::lseek(descriptor.get(), size, SEEK_SET) < 0) return system_error(path, "go on writing");
    return std::make_unique<FileSink>(std::move(descriptor), path, size);
}

Result<std::unique_ptr<MappedFile>> MappedFile::open(const std::string& path) {
    Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!descriptor) return system_error(path, "open");
    struct stat status{};
    if (::fstat(descriptor.get(), &status) != 0) return system_error(path, "look at");
    if (S_ISDIR(status.st_mode)) {
        return Error(Code::kInvalid, path + ": cannot read: it is a folder");
    }
    size_t size = static_cast<size_t>(status.st_size);
    if (size == 0) return std::unique_ptr<MappedFile>(new MappedFile(nullptr, 0));
    void* data = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor.get(), 0);
    if (data == MAP_FAILED) return system_error(path, "map");
    return std::unique_ptr<MappedFile>(new MappedFile(static_cast<const char*>(data), size));
}

MappedFile::~MappedFile() {
    if (size_ > 0) ::munmap(const_cast<char*>(data_), size_);
}

}  // namespace mogura::base
