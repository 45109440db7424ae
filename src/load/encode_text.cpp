#include "load/encode_text.h"

#include "base/check.h"
#include "base/text.h"
#include "load/charset.h"

#include <iconv.h>

#include <cerrno>
#include <utility>

namespace mogura::load {
namespace {

class Conversion {
  public:
    explicit Conversion(const std::string& to) : handle_(iconv_open(to.c_str(), "UTF-8")) {}
    ~Conversion() {
        if (is_open()) iconv_close(handle_);
    }
    Conversion(const Conversion&) = delete;
    Conversion& operator=(const Conversion&) = delete;

    bool is_open() const { return handle_ != reinterpret_cast<iconv_t>(-1); }
    // Converts as far as it goes; returns how many bytes of `text` were taken.
    size_t run(std::string_view text, std::string& bytes) {
        char* in = const_cast<char*>(text.data());  // iconv's signature; it does not write there
        size_t in_left = text.size();
        char buffer[8192];
        while (in_left > 0) {
            char* out = buffer;
            size_t out_left = sizeof buffer;
            size_t status = iconv(handle_, &in, &in_left, &out, &out_left);
            bytes.append(buffer, static_cast<size_t>(out - buffer));
            if (status == static_cast<size_t>(-1) && errno != E2BIG) break;
        }
        return text.size() - in_left;
    }
    // Back to the initial state, for charsets that have states (ISO-2022-JP).
    void finish(std::string& bytes) {
        char buffer[64];
        char* out = buffer;
        size_t out_left = sizeof buffer;
        iconv(handle_, nullptr, nullptr, &out, &out_left);
        bytes.append(buffer, static_cast<size_t>(out - buffer));
    }

  private:
    iconv_t handle_;
};

size_t character_size(char first) {
    auto byte = static_cast<unsigned char>(first);
    if (byte < 0xC0) return 1;
    if (byte < 0xE0) return 2;
    return byte < 0xF0 ? 3 : 4;
}

}  // namespace

Result<TextEncoder> TextEncoder::find(std::string_view charset) {
    TextEncoder encoder;
    std::string lower = base::lower(charset);
    encoder.name_ = iconv_name(std::string(charset));
    if (encoder.name_ == "UTF-8") return TextEncoder();
    if (lower == "utf-16") encoder.mark_ = "\xFE\xFF";
    if (lower == "utf-16" || lower == "utf-32") encoder.name_ += "BE";
    if (!Conversion(encoder.name_).is_open()) {
        return Error(Code::kInvalid, "unknown charset: " + std::string(charset));
    }
    return encoder;
}

void TextEncoder::encode(std::string_view text, std::string& bytes) const {
    if (is_utf8()) {
        bytes.append(text);
        return;
    }
    Conversion conversion(name_);
    CHECK(conversion.is_open());
    while (!text.empty()) {
        text.remove_prefix(conversion.run(text, bytes));
        if (text.empty()) break;
        conversion.run("?", bytes);
        text.remove_prefix(std::min(character_size(text[0]), text.size()));
    }
    conversion.finish(bytes);
}

}  // namespace mogura::load
