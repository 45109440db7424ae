// Failures as values: a function that users, files, networks or databases can make fail returns
// Result<T>. Bugs are exceptions: see check.h.
//
//     Result<Config> load(const std::string& path) {
//         auto text = TRY(base::read_file(path));      // on failure returns the error to our
//         caller if (text.empty()) return Error(Code::kInvalid, path + ": the file is empty");
//         return parse(text);
//     }
//
// TRY stands alone on its statement, never inside braces, arguments or a larger expression.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace mogura {

// What kind of failure it is: whose it is, and whether trying again can help.
enum class Code {
    kInvalid,      // the user's input is wrong
    kDenied,       // not allowed
    kNotFound,     // no such thing
    kConflict,     // it exists already, or the state forbids it
    kUnsupported,  // not a part of this product (yet)
    kTimeout,      // the world was too slow; worth retrying
    kUnavailable,  // the world did not answer; worth retrying
    kLimit,        // a named limit was exceeded
    kCanceled,     // somebody asked to stop
    kInternal,     // our own fault
};

std::string_view code_name(Code code);
bool is_worth_retrying(Code code);

// A failure: its kind and a message made of place, what, and remedy. A pointer wide, and made out
// of line, since every step of a program can fail and hardly any does.
class Error {
  public:
    Error(Code code, std::string message);
    Error(const Error& other) : details_(other.details_ ? copy(*other.details_) : nullptr) {}
    Error(Error&& other) noexcept : details_(std::exchange(other.details_, nullptr)) {}
    Error& operator=(Error other) noexcept {
        std::swap(details_, other.details_);
        return *this;
    }
    ~Error() {
        if (details_) drop(details_);
    }

    Code code() const;
    const std::string& message() const;
    // The same failure with its place in front: "place: message". Without a place it stays as it
    // is.
    Error at(std::string_view place) const;

  private:
    template <typename T>
    friend class Result;
    struct Details;
    static Details* copy(const Details& details);
    static void drop(Details* details);

    struct None {};  // what a Result has that holds a value
    explicit Error(None) {}
    bool is_none() const { return !details_; }

    Details* details_ = nullptr;
};

template <typename T = void>
class [[nodiscard]] Result {
  public:
    using Value = T;

    Result(T value) : value_(std::move(value)) {}      // NOLINT(google-explicit-constructor)
    Result(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)
    template <typename U>
        requires(std::is_convertible_v<U, T> && !std::is_same_v<std::remove_cvref_t<U>, T> &&
                 !std::is_same_v<std::remove_cvref_t<U>, Error> &&
                 !std::is_same_v<std::remove_cvref_t<U>, Result>)
    Result(U&& value) : value_(std::forward<U>(value)) {}  // NOLINT(google-explicit-constructor)

    bool ok() const { return value_.has_value(); }
    T& operator*() & { return *value_; }
    const T& operator*() const& { return *value_; }
    T&& operator*() && { return *std::move(value_); }
    T* operator->() { return &*value_; }
    const T* operator->() const { return &*value_; }
    const Error& error() const { return error_; }

  private:
    std::optional<T> value_;
    Error error_{Error::None{}};
};

template <>
class [[nodiscard]] Result<void> {
  public:
    using Value = void;

    Result() = default;
    Result(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

    bool ok() const { return error_.is_none(); }
    void operator*() const {}
    const Error& error() const { return error_; }

  private:
    Error error_{Error::None{}};
};

}  // namespace mogura

#define TRY(...)                                           \
    __extension__({                                        \
        auto&& try_result_ = (__VA_ARGS__);                \
        if (!try_result_.ok()) return try_result_.error(); \
        *std::move(try_result_);                           \
    })
