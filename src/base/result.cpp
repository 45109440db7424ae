#include "base/result.h"

namespace mogura {

struct Error::Details {
    Code code;
    std::string message;
};

Error::Error(Code code, std::string message) : details_(new Details{code, std::move(message)}) {}

Error::Details* Error::copy(const Details& details) {
    return new Details(details);
}

void Error::drop(Details* details) {
    delete details;
}

Code Error::code() const {
    return details_->code;
}

const std::string& Error::message() const {
    return details_->message;
}

Error Error::at(std::string_view place) const {
    if (place.empty()) return *this;
    return {code(), std::string(place) + ": " + message()};
}

std::string_view code_name(Code code) {
    switch (code) {
        case Code::kInvalid:
            return "invalid";
        case Code::kDenied:
            return "denied";
        case Code::kNotFound:
            return "not_found";
        case Code::kConflict:
            return "conflict";
        case Code::kUnsupported:
            return "unsupported";
        case Code::kTimeout:
            return "timeout";
        case Code::kUnavailable:
            return "unavailable";
        case Code::kLimit:
            return "limit";
        case Code::kCanceled:
            return "canceled";
        case Code::kInternal:
            return "internal";
    }
    return "internal";
}

bool is_worth_retrying(Code code) {
    return code == Code::kTimeout || code == Code::kUnavailable;
}

}  // namespace mogura
