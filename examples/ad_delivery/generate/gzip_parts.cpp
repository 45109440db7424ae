#include "gzip_parts.h"

#include <zlib.h>

#include <fstream>
#include <stdexcept>
#include <utility>

namespace ad_delivery {
namespace {

constexpr size_t kPartBytes = size_t{32} << 20;
constexpr int kLevel = 4;
constexpr int kGzipWindow = 15 + 16;  // zlib: the largest window, with a gzip header

std::string compress(std::string_view text) {
    z_stream stream = {};
    if (deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipWindow, 9, Z_DEFAULT_STRATEGY) != Z_OK) {
        throw std::runtime_error("zlib does not start");
    }
    std::string out(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int result = deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    if (result != Z_STREAM_END) throw std::runtime_error("zlib does not finish");
    return out;
}

std::string part_name(int part, const std::string& extension) {
    const std::string number = std::to_string(part);
    return "part-" + std::string(number.size() < 3 ? 3 - number.size() : 0, '0') + number +
           extension;
}

}  // namespace

void write_gzip(const std::filesystem::path& file, std::string_view text) {
    const std::string bytes = compress(text);
    std::ofstream out(file, std::ios::binary);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (!out) throw std::runtime_error("cannot write " + file.string());
}

Compressors::Compressors(int threads) {
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

Compressors::~Compressors() {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    changed_.notify_all();
}

void Compressors::add(std::filesystem::path file, std::string text) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_.size() < threads_.size() || failure_; });
    rethrow();
    waiting_.push_back({std::move(file), std::move(text)});
    changed_.notify_all();
}

void Compressors::finish() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_.empty() && running_ == 0; });
    rethrow();
}

void Compressors::rethrow() {
    if (failure_) std::rethrow_exception(failure_);
}

void Compressors::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        const Job job = std::move(waiting_.front());
        waiting_.pop_front();
        ++running_;
        changed_.notify_all();
        lock.unlock();
        std::exception_ptr failure;
        try {
            write_gzip(job.file, job.text);
        } catch (...) {
            failure = std::current_exception();
        }
        lock.lock();
        --running_;
        if (failure) failure_ = failure;
        changed_.notify_all();
    }
}

PartWriter::PartWriter(Compressors& compressors, std::filesystem::path folder,
                       std::string extension, std::string header)
    : compressors_(compressors),
      folder_(std::move(folder)),
      extension_(std::move(extension)),
      header_(std::move(header)),
      text_(header_) {
    std::filesystem::create_directories(folder_);
}

void PartWriter::line_done() {
    if (text_.size() < kPartBytes) return;
    compressors_.add(folder_ / part_name(part_++, extension_), std::exchange(text_, header_));
}

// A folder has at least one part, even if no row came.
void PartWriter::close() {
    if (text_.size() == header_.size() && part_ > 0) return;
    compressors_.add(folder_ / part_name(part_++, extension_), std::exchange(text_, header_));
}

}  // namespace ad_delivery
