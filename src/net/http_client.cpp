#include "net/http_client.h"

#include "base/text.h"
#include "net/curl_library.h"

#include <algorithm>
#include <cctype>

namespace mogura::net {
namespace {

constexpr int64_t kWaitSecondsMax = 366 * 86'400;

// What the library's callbacks fill.
struct Transfer {
    const HttpRequest& request;
    HttpAnswer answer;
    bool is_too_large = false;
    Result<> sunk = {};
};

bool is_success(const HttpAnswer& answer) {
    return answer.status >= 200 && answer.status < 300;
}

size_t take_body(char* bytes, size_t one, size_t count, void* into) {
    auto& transfer = *static_cast<Transfer*>(into);
    size_t size = one * count;
    if (transfer.request.sink && is_success(transfer.answer)) {
        transfer.sunk = transfer.request.sink->write({bytes, size});
        return transfer.sunk.ok() ? size : 0;
    }
    if (transfer.answer.body.size() + size > transfer.request.body_bytes_max) {
        transfer.is_too_large = true;
        return 0;
    }
    transfer.answer.body.append(bytes, size);
    return size;
}

// Every answer on the way (a redirect, a proxy's) begins with a status line: the last one counts.
size_t take_header(char* bytes, size_t one, size_t count, void* into) {
    HttpAnswer& answer = static_cast<Transfer*>(into)->answer;
    std::string_view line = base::trim({bytes, one * count});
    if (line.starts_with("HTTP/")) {
        answer = HttpAnswer();
        size_t code = line.find(' ');
        size_t reason = code == line.npos ? line.npos : line.find(' ', code + 1);
        if (code != line.npos) {
            answer.status =
                static_cast<int>(base::parse_integer(line.substr(code + 1, 3)).value_or(0));
        }
        if (reason != line.npos) answer.reason = line.substr(reason + 1);
    } else if (size_t colon = line.find(':'); colon != line.npos) {
        answer.headers.emplace_back(line.substr(0, colon), base::trim(line.substr(colon + 1)));
    }
    return one * count;
}

int check_stop(void* into, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Transfer*>(into)->request.stop.stop_requested() ? 1 : 0;
}

bool same_name(std::string_view one, std::string_view other) {
    return base::lower(one) == base::lower(other);
}

void set_headers(CurlHandle& handle, const HttpRequest& request) {
    std::vector<std::string> lines;
    bool has_type = false;
    for (const auto& [name, value] : request.headers) {
        // With nothing behind the colon the library would leave the header out.
        lines.push_back(value.empty() ? name + ";" : name + ": " + value);
        has_type = has_type || same_name(name, "content-type");
    }
    lines.emplace_back("Expect:");  // no waiting for "100 Continue"
    if (request.body && !has_type) lines.emplace_back("Content-Type:");
    handle.set_list(CURLOPT_HTTPHEADER, lines);
}

// The method is named only where the library would not choose it, so that a redirect of a POST can
// become a GET.
void set_method(CurlHandle& handle, const HttpRequest& request) {
    bool wants_body = request.body || request.method == "POST" || request.method == "PUT";
    if (wants_body) {
        std::string_view body = request.body ? std::string_view(*request.body) : "";
        handle.set(CURLOPT_POST, 1L);
        handle.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
        handle.set(CURLOPT_POSTFIELDS, body.data());
    }
    if (request.method == "HEAD") {
        handle.set(CURLOPT_NOBODY, 1L);
    } else if (request.method != (wants_body ? "POST" : "GET")) {
        handle.set(CURLOPT_CUSTOMREQUEST, request.method);
    }
}

bool is_safe(const HttpRequest& request) {
    auto has_break = [](std::string_view text) {
        return text.find_first_of(std::string_view("\r\n\0", 3)) != text.npos;
    };
    bool safe = !has_break(request.url) && !has_break(request.method) && !request.method.empty();
    for (const auto& [name, value] : request.headers) {
        safe = safe && !has_break(name) && !has_break(value);
    }
    return safe;
}

std::string encode(std::string_view text, bool plus_for_blank) {
    constexpr char kDigits[] = "0123456789ABCDEF";
    std::string result;
    for (char c : text) {
        auto byte = static_cast<unsigned char>(c);
        bool plain = std::isalnum(byte) || c == '-' || c == '_' || c == '.';
        if (plain || (plus_for_blank ? c == '*' : c == '~')) {
            result += c;
        } else if (c == ' ' && plus_for_blank) {
            result += '+';
        } else {
            result += '%';
            result += kDigits[byte >> 4];
            result += kDigits[byte & 15];
        }
    }
    return result;
}

}  // namespace

std::optional<std::string_view> HttpAnswer::header(std::string_view name) const {
    auto found = std::find_if(headers.rbegin(), headers.rend(),
                              [&](const auto& line) { return same_name(line.first, name); });
    if (found == headers.rend()) return std::nullopt;
    return found->second;
}

Result<HttpAnswer> send(const HttpRequest& request) {
    if (!is_safe(request)) {
        return Error(Code::kInvalid, "a line break in the method, the URL or a header");
    }
    auto handle = TRY(CurlHandle::make());
    Transfer transfer{.request = request, .answer = {}};
    handle.set(CURLOPT_URL, request.url);
    handle.set(CURLOPT_PROTOCOLS_STR, "http,https");
    handle.set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    handle.set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
    handle.set(CURLOPT_ACCEPT_ENCODING, "");  // whatever it can unpack
    handle.set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.time_max.count()));
    if (request.connect_max.count() > 0) {
        handle.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_max.count()));
    }
    if (request.silence_max.count() > 0) {
        handle.set(CURLOPT_LOW_SPEED_LIMIT, 1L);
        handle.set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(request.silence_max.count()));
    }
    handle.set(CURLOPT_FOLLOWLOCATION, request.redirects_max > 0 ? 1L : 0L);
    handle.set(CURLOPT_MAXREDIRS, static_cast<long>(request.redirects_max));
    handle.set(CURLOPT_SSL_VERIFYPEER, request.verifies_certificate ? 1L : 0L);
    handle.set(CURLOPT_SSL_VERIFYHOST, request.verifies_certificate ? 2L : 0L);
    handle.set(CURLOPT_PROXY, request.proxy);
    if (!request.authorities_file.empty()) handle.set(CURLOPT_CAINFO, request.authorities_file);
    set_headers(handle, request);
    set_method(handle, request);
    handle.set(CURLOPT_WRITEFUNCTION, &take_body);
    handle.set(CURLOPT_WRITEDATA, &transfer);
    handle.set(CURLOPT_HEADERFUNCTION, &take_header);
    handle.set(CURLOPT_HEADERDATA, &transfer);
    handle.set(CURLOPT_XFERINFOFUNCTION, &check_stop);
    handle.set(CURLOPT_XFERINFODATA, &transfer);
    handle.set(CURLOPT_NOPROGRESS, 0L);
    CURLcode code = handle.perform();
    if (transfer.is_too_large) {
        return Error(Code::kLimit,
                     "the answer is larger than " +
                         base::with_unit_bytes(static_cast<int64_t>(request.body_bytes_max)));
    }
    if (!transfer.sunk.ok()) return transfer.sunk.error();
    if (code != CURLE_OK) return Error(code_of(code), handle.failure_text(code));
    transfer.answer.status = static_cast<int>(handle.status());
    transfer.answer.url = handle.url();
    return std::move(transfer.answer);
}

std::optional<std::chrono::seconds> retry_after(const HttpAnswer& answer, base::Instant now) {
    auto asked = answer.header("Retry-After");
    if (!asked) return std::nullopt;
    if (auto seconds = base::parse_integer(*asked)) {
        return std::chrono::seconds(std::clamp(*seconds, int64_t{0}, kWaitSecondsMax));
    }
    auto library = open_curl();
    time_t date = library.ok() ? (*library)->parse_date(std::string(*asked).c_str(), nullptr) : -1;
    if (date < 0) return std::nullopt;
    auto wait =
        std::chrono::ceil<std::chrono::seconds>(base::Instant(std::chrono::seconds(date)) - now);
    return std::clamp(wait, std::chrono::seconds(0), std::chrono::seconds(kWaitSecondsMax));
}

std::string encode_form(std::string_view text) {
    return encode(text, /*plus_for_blank=*/true);
}

std::string encode_percent(std::string_view text) {
    return encode(text, /*plus_for_blank=*/false);
}

}  // namespace mogura::net
