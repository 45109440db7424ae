// Appends to a text through a pointer, for loops that write many short pieces: a std::string looks
// after its size and its end with every piece.
//
// Owns: the end of the text while it lives; nobody else may touch the text meanwhile. The
// destructor cuts off what was made ready and not used. One thread.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace mogura::base {

class Appender {
  public:
    explicit Appender(std::string& text) : text_(text) { rest_at(text.size()); }
    ~Appender() { text_.resize(used()); }
    Appender(const Appender&) = delete;
    Appender& operator=(const Appender&) = delete;

    // Room for at least so many bytes; take() says how far it was filled.
    char* room(size_t bytes) {
        if (static_cast<size_t>(end_ - at_) < bytes) grow(bytes);
        return at_;
    }
    void take(const char* end) { at_ += end - at_; }

    void append(std::string_view bytes) {
        copy(room(bytes.size()), bytes.data(), bytes.size());
        at_ += bytes.size();
    }

  private:
    static constexpr size_t kStep = 16 * 1024;

    // Of a size that is known; the compiler makes one move of it.
    template <size_t kBytes>
    static void move(char* to, const char* from) {
        std::memcpy(to, from, kBytes);
    }
    // Both ends of a short text, which may overlap: quicker than a call.
    static void copy(char* to, const char* from, size_t size) {
        if (size >= 16) {
            if (size > 128) {
                std::memcpy(to, from, size);
                return;
            }
            const size_t last = size - 16;
            for (size_t at = 0; at < last; at += 16) move<16>(to + at, from + at);
            move<16>(to + last, from + last);
        } else if (size >= 8) {
            move<8>(to, from);
            move<8>(to + size - 8, from + size - 8);
        } else if (size >= 4) {
            move<4>(to, from);
            move<4>(to + size - 4, from + size - 4);
        } else {
            for (size_t at = 0; at < size; ++at) to[at] = from[at];
        }
    }

    size_t used() const { return static_cast<size_t>(at_ - text_.data()); }
    void rest_at(size_t used) {
        at_ = text_.data() + used;
        end_ = text_.data() + text_.size();
    }
    void grow(size_t bytes) {
        const size_t before = used();
        text_.resize(std::max(before + bytes + kStep, text_.capacity()));
        rest_at(before);
    }

    std::string& text_;
    char* at_ = nullptr;
    char* end_ = nullptr;
};

}  // namespace mogura::base
