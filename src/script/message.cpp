#include "script/message.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace mogura::script {
namespace {

class Encoder {
  public:
    template <typename Number>
    void number(Number number) {
        bytes_.append(reinterpret_cast<const char*>(&number), sizeof number);
    }
    void text(std::string_view text) {
        number(static_cast<uint32_t>(text.size()));
        bytes_ += text;
    }
    std::string take() {
        const auto size = static_cast<uint32_t>(bytes_.size() - sizeof(uint32_t));
        std::memcpy(bytes_.data(), &size, sizeof size);
        return std::move(bytes_);
    }

  private:
    std::string bytes_ = std::string(sizeof(uint32_t), '\0');  // room for the length
};

class Decoder {
  public:
    explicit Decoder(std::string_view bytes) : bytes_(bytes) {}

    template <typename Number>
    Number number() {
        Number number = 0;
        if (bytes_.size() < sizeof number) {
            failed_ = true;
            return 0;
        }
        std::memcpy(&number, bytes_.data(), sizeof number);
        bytes_.remove_prefix(sizeof number);
        return number;
    }
    std::string text() {
        const auto size = number<uint32_t>();
        if (size > bytes_.size()) failed_ = true;
        if (failed_) return "";
        std::string text(bytes_.substr(0, size));
        bytes_.remove_prefix(size);
        return text;
    }
    // A count of things that take at least a byte each.
    size_t count() {
        const auto count = number<uint32_t>();
        if (count > bytes_.size()) failed_ = true;
        return failed_ ? 0 : count;
    }
    bool ok() const { return !failed_ && bytes_.empty(); }

  private:
    std::string_view bytes_;
    bool failed_ = false;
};

}  // namespace

std::string encode(const Job& job) {
    Encoder encoder;
    encoder.text(job.time_zone);
    encoder.number(job.time_max_ms);
    encoder.number(job.memory_max_bytes);
    encoder.number(static_cast<uint32_t>(job.values.size()));
    for (const std::string& value : job.values) encoder.text(value);
    encoder.number(static_cast<uint32_t>(job.scripts.size()));
    for (const Script& script : job.scripts) {
        encoder.text(script.source);
        encoder.number(static_cast<uint32_t>(script.scope.size()));
        for (const auto& [name, value] : script.scope) {
            encoder.text(name);
            encoder.number(value);
        }
        encoder.number(static_cast<uint8_t>(script.uses_moment));
        encoder.number(static_cast<uint8_t>(script.uses_dates));
        encoder.number(static_cast<uint8_t>(script.uses_java));
    }
    return encoder.take();
}

std::string encode(const Answer& answer) {
    Encoder encoder;
    encoder.number(static_cast<uint8_t>(answer.ok));
    encoder.text(answer.text);
    return encoder.take();
}

std::optional<Job> decode_job(std::string_view frame) {
    Decoder decoder(frame);
    Job job;
    job.time_zone = decoder.text();
    job.time_max_ms = decoder.number<uint32_t>();
    job.memory_max_bytes = decoder.number<int64_t>();
    job.values.resize(decoder.count());
    for (std::string& value : job.values) value = decoder.text();
    job.scripts.resize(decoder.count());
    for (Script& script : job.scripts) {
        script.source = decoder.text();
        script.scope.resize(decoder.count());
        for (auto& [name, value] : script.scope) {
            name = decoder.text();
            value = decoder.number<uint32_t>();
            if (value >= job.values.size()) return std::nullopt;
        }
        script.uses_moment = decoder.number<uint8_t>() != 0;
        script.uses_dates = decoder.number<uint8_t>() != 0;
        script.uses_java = decoder.number<uint8_t>() != 0;
    }
    if (!decoder.ok()) return std::nullopt;
    return job;
}

std::optional<Answer> decode_answer(std::string_view frame) {
    Decoder decoder(frame);
    Answer answer;
    answer.ok = decoder.number<uint8_t>() != 0;
    answer.text = decoder.text();
    if (!decoder.ok()) return std::nullopt;
    return answer;
}

bool write_fully(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        bytes.remove_prefix(static_cast<size_t>(count));
    }
    return true;
}

namespace {

bool read_fully(int descriptor, char* buffer, size_t size) {
    while (size > 0) {
        const ssize_t count = ::read(descriptor, buffer, size);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        buffer += count;
        size -= static_cast<size_t>(count);
    }
    return true;
}

}  // namespace

bool read_frame(int descriptor, std::string& frame) {
    uint32_t size = 0;
    if (!read_fully(descriptor, reinterpret_cast<char*>(&size), sizeof size)) return false;
    if (size > kFrameBytesMax) return false;
    frame.resize(size);
    return read_fully(descriptor, frame.data(), size);
}

}  // namespace mogura::script
