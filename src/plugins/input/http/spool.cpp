#include "plugins/input/http/spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace mogura::plugins::web {

class SpoolSource final : public base::ByteSource {
  public:
    explicit SpoolSource(std::shared_ptr<const Spool> spool) : spool_(std::move(spool)) {}

    Result<size_t> read(std::span<char> buffer) override {
        if (!spool_->file_) {
            std::string_view rest = std::string_view(spool_->memory_).substr(at_);
            size_t count = std::min(rest.size(), buffer.size());
            std::memcpy(buffer.data(), rest.data(), count);
            at_ += count;
            return count;
        }
        while (true) {
            ssize_t count =
                ::pread(spool_->file_.get(), buffer.data(), buffer.size(), static_cast<off_t>(at_));
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return base::system_error(spool_->folder_, "read a file of");
            at_ += static_cast<size_t>(count);
            return static_cast<size_t>(count);
        }
    }

  private:
    const std::shared_ptr<const Spool> spool_;
    size_t at_ = 0;
};

std::unique_ptr<base::ByteSource> Spool::source(std::shared_ptr<const Spool> spool) {
    return std::make_unique<SpoolSource>(std::move(spool));
}

Result<> Spool::write(std::string_view bytes) {
    constexpr uint64_t kPrime = 1099511628211U;  // FNV-1a
    for (char byte : bytes) hash_ = (hash_ ^ static_cast<unsigned char>(byte)) * kPrime;
    size_bytes_ += static_cast<int64_t>(bytes.size());
    if (!file_ && memory_.size() + bytes.size() <= kSpoolMemoryBytes) {
        memory_ += bytes;
        return {};
    }
    std::string before;
    if (!file_) {
        TRY(open_file());
        before = std::exchange(memory_, {});
    }
    for (std::string_view rest : {std::string_view(before), bytes}) {
        while (!rest.empty()) {
            ssize_t count = ::write(file_.get(), rest.data(), rest.size());
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return base::system_error(folder_, "write to a file of");
            rest.remove_prefix(static_cast<size_t>(count));
        }
    }
    return {};
}

void Spool::clear() {
    memory_.clear();
    file_ = base::Descriptor();
    size_bytes_ = 0;
    hash_ = kHashStart;
}

Result<> Spool::open_file() {
    std::string path = folder_ + "/mogura_http_XXXXXX";
    file_ = base::Descriptor(::mkostemp(path.data(), O_CLOEXEC));
    if (!file_) return base::system_error(folder_, "make a file in");
    ::unlink(path.c_str());  // it goes with its descriptor, whatever happens
    return {};
}

}  // namespace mogura::plugins::web
