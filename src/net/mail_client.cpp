#include "net/mail_client.h"

#include "net/curl_library.h"

#include <algorithm>
#include <cstring>

namespace mogura::net {
namespace {

struct Upload {
    std::string_view left;
};

size_t give(char* buffer, size_t one, size_t count, void* from) {
    auto& upload = *static_cast<Upload*>(from);
    size_t size = std::min(one * count, upload.left.size());
    std::memcpy(buffer, upload.left.data(), size);
    upload.left.remove_prefix(size);
    return size;
}

bool is_safe(const std::string& text) {
    return text.find_first_of(std::string_view("\r\n\0<>", 5)) == text.npos;
}

}  // namespace

Result<> send_mail(const MailServer& server, const Envelope& envelope, const std::string& message) {
    bool safe = is_safe(envelope.from) && is_safe(server.host) &&
                std::all_of(envelope.recipients.begin(), envelope.recipients.end(), is_safe);
    if (!safe || envelope.recipients.empty() || server.host.empty()) {
        return Error(Code::kInvalid, "mail: not an address among host, sender and recipients");
    }
    auto handle = TRY(CurlHandle::make());
    std::string place = server.host + ":" + std::to_string(server.port);
    handle.set(CURLOPT_URL, (server.is_tls ? "smtps://" : "smtp://") + place);
    handle.set(CURLOPT_USE_SSL,
               long{server.starts_tls && !server.is_tls ? CURLUSESSL_TRY : CURLUSESSL_NONE});
    if (!server.authorities_file.empty()) handle.set(CURLOPT_CAINFO, server.authorities_file);
    if (!server.user.empty()) {
        handle.set(CURLOPT_USERNAME, server.user);
        handle.set(CURLOPT_PASSWORD, server.password);
    }
    handle.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(server.connect_time_max.count()));
    handle.set(CURLOPT_TIMEOUT_MS,
               static_cast<long>((server.connect_time_max + server.time_max).count()));
    handle.set(CURLOPT_MAIL_FROM, "<" + envelope.from + ">");
    std::vector<std::string> recipients;
    for (const std::string& one : envelope.recipients) recipients.push_back("<" + one + ">");
    handle.set_list(CURLOPT_MAIL_RCPT, recipients);
    Upload upload{message};
    handle.set(CURLOPT_UPLOAD, 1L);
    handle.set(CURLOPT_READFUNCTION, &give);
    handle.set(CURLOPT_READDATA, &upload);
    CURLcode code = handle.perform();
    if (code == CURLE_OK) return {};
    long status = handle.status();
    Code kind = code_of(code);
    if (status >= 500 && kind == Code::kUnavailable) kind = Code::kInvalid;
    std::string text = place + ": " + handle.failure_text(code);
    if (status >= 400) text += " (the server said " + std::to_string(status) + ")";
    return Error(kind, text);
}

}  // namespace mogura::net
