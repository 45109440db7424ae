#include "base/result.h"

namespace mogura {

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
