// Sending mail over SMTP, with TLS from the start or by STARTTLS, and with a sign-in.
//
// Owns: the conversation with the server. Leaves to others: the message's text (mail_message.h).
// Built on libcurl like the HTTP client. Any thread; blocks. Failures: kTimeout, kUnavailable (no
// connection, or the server says later), kDenied (sign-in, certificate), kInvalid (refused).

#pragma once

#include "base/result.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace mogura::net {

struct MailServer {
    std::string host = {};
    uint16_t port = 25;
    std::string user = {};  // empty: no sign-in
    std::string password = {};
    bool starts_tls = true;  // STARTTLS where the server offers it
    bool is_tls = false;     // TLS from the first byte
    std::string authorities_file = {};
    std::chrono::milliseconds connect_time_max{10'000};
    std::chrono::milliseconds time_max{60'000};
};

struct Envelope {
    std::string from = {};
    std::vector<std::string> recipients = {};
};

Result<> send_mail(const MailServer& server, const Envelope& envelope, const std::string& message);

}  // namespace mogura::net
