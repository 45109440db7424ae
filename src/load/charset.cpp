#include "load/charset.h"

#include "base/log.h"
#include "base/text.h"

#include <iconv.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <set>
#include <utility>

namespace mogura::load {
namespace {

// iconv reads the bytes 5C and 7E of Shift_JIS as JIS X 0201 has them, as a yen sign and an
// overline; Java, and whoever writes a path there, as ASCII has them. No other bytes give these
// two.
bool is_shift_jis(const std::string& charset) {
    static const std::set<std::string> kNames = {"shift_jis", "shift-jis", "sjis",
                                                 "x-sjis",    "ms_kanji",  "csshiftjis"};
    return kNames.contains(base::lower(charset));
}

class Converter {
  public:
    explicit Converter(const std::string& charset)
        : handle_(::iconv_open("UTF-8", iconv_name(charset).c_str())) {}
    ~Converter() {
        if (is_open()) ::iconv_close(handle_);
    }
    Converter(const Converter&) = delete;
    Converter& operator=(const Converter&) = delete;

    bool is_open() const { return handle_ != reinterpret_cast<iconv_t>(-1); }
    iconv_t get() const { return handle_; }

  private:
    iconv_t handle_;
};

class CharsetSource final : public base::ByteSource {
  public:
    CharsetSource(std::unique_ptr<base::ByteSource> source, std::string charset, std::string name)
        : source_(std::move(source)), charset_(std::move(charset)), name_(std::move(name)) {}

    Result<size_t> read(std::span<char> buffer) override {
        while (ready_.size() == given_) {
            if (is_done_) return size_t{0};
            TRY(convert_more());
        }
        size_t count = std::min(buffer.size(), ready_.size() - given_);
        std::memcpy(buffer.data(), ready_.data() + given_, count);
        given_ += count;
        return count;
    }

  private:
    static constexpr size_t kStepBytes = 256 * 1024;

    Result<> convert_more() {
        ready_.clear();
        given_ = 0;
        TRY(open());
        size_t kept = raw_.size();
        raw_.resize(kept + kStepBytes);
        size_t count = TRY(source_->read(std::span(raw_).subspan(kept)));
        raw_.resize(kept + count);
        is_done_ = count == 0;
        convert();
        return {};
    }

    // UTF-16 without a byte order mark is big-endian in Java, as the machine has it in iconv.
    Result<> open() {
        if (converter_) return {};
        std::string name = charset_;
        if (base::lower(charset_) == "utf-16" || base::lower(charset_) == "utf16") {
            raw_.resize(2);
            size_t count = TRY(base::read_fully(*source_, raw_));
            raw_.resize(count);
            name = raw_ == "\xFF\xFE" ? "UTF-16LE" : "UTF-16BE";
            if (raw_ == "\xFF\xFE" || raw_ == "\xFE\xFF") {
                read_ = 2;
                raw_.clear();
            }
        }
        converter_ = std::make_unique<Converter>(name);
        return {};
    }

    void convert() {
        char* from = raw_.data();
        size_t left = raw_.size();
        char out[16 * 1024];
        while (left > 0) {
            char* to = out;
            size_t room = sizeof out;
            size_t result = ::iconv(converter_->get(), &from, &left, &to, &room);
            int problem = result == static_cast<size_t>(-1) ? errno : 0;
            append({out, static_cast<size_t>(to - out)});
            if (problem == 0 || problem == E2BIG) continue;
            if (problem == EINVAL && !is_done_) break;
            ready_ += "\xEF\xBF\xBD";
            warn(read_ + (from - raw_.data()));
            size_t bad = problem == EINVAL ? left : 1;
            from += bad;
            left -= bad;
        }
        read_ += from - raw_.data();
        raw_.erase(0, raw_.size() - left);
    }

    // `text` is whole characters.
    void append(std::string_view text) {
        if (!is_shift_jis_) {
            ready_ += text;
            return;
        }
        std::string plain = base::replace_all(text, "\xC2\xA5", "\\");
        ready_ += base::replace_all(plain, "\xE2\x80\xBE", "~");
    }

    // Once: a wrong character set has them everywhere.
    void warn(int64_t offset) {
        if (name_.empty()) return;
        log::warn(std::exchange(name_, "") + ": what stands at byte " + std::to_string(offset) +
                  " is no " + charset_ + " and became U+FFFD (is charset right?)");
    }

    const std::unique_ptr<base::ByteSource> source_;
    const std::string charset_;
    const bool is_shift_jis_ = is_shift_jis(charset_);
    std::string name_;
    int64_t read_ = 0;  // bytes of the source that came before raw_
    std::unique_ptr<Converter> converter_;
    std::string raw_;
    std::string ready_;
    size_t given_ = 0;
    bool is_done_ = false;
};

}  // namespace

std::string iconv_name(const std::string& charset) {
    static const std::map<std::string, std::string> kNames = {
        {"ms932", "CP932"},         {"windows-31j", "CP932"},   {"shift_jis", "SHIFT_JIS"},
        {"sjis", "SHIFT_JIS"},      {"eucjp", "EUC-JP"},        {"euc_jp", "EUC-JP"},
        {"latin1", "ISO-8859-1"},   {"cp1252", "WINDOWS-1252"}, {"iso8859_1", "ISO-8859-1"},
        {"x-sjis", "SHIFT_JIS"},    {"windows-932", "CP932"},   {"cswindows31j", "CP932"},
        {"x-euc-jp", "EUC-JP"},     {"x-eucjp", "EUC-JP"},      {"ms949", "CP949"},
        {"windows-949", "CP949"},   {"x-windows-949", "CP949"}, {"ms936", "CP936"},
        {"ms950", "CP950"},         {"x-windows-950", "CP950"}, {"utf8", "UTF-8"},
        {"utf_8", "UTF-8"},         {"utf-8", "UTF-8"},         {"macroman", "MACINTOSH"},
        {"x-macroman", "MACINTOSH"}};
    std::string lower = base::lower(charset);
    auto found = kNames.find(lower);
    return found == kNames.end() ? charset : found->second;
}

Result<> check_charset(const std::string& charset) {
    if (Converter(charset).is_open()) return {};
    return Error(Code::kInvalid, "unknown character set: " + charset +
                                     " (names are Java's: UTF-8, MS932, EUC-JP, UTF-16LE ...)");
}

bool is_utf8_charset(const std::string& charset) {
    std::string lower = base::lower(charset);
    return lower == "utf-8" || lower == "utf8" || lower == "us-ascii" || lower == "ascii";
}

Result<std::unique_ptr<base::ByteSource>> decode_charset(std::unique_ptr<base::ByteSource> source,
                                                         const std::string& charset,
                                                         const std::string& name) {
    TRY(check_charset(charset));
    return std::make_unique<CharsetSource>(std::move(source), charset, name);
}

}  // namespace mogura::load
