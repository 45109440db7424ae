// The text of a mail (RFC 5322, MIME): headers, a body in UTF-8, attachments.
//
//     std::string text = net::format({.from = "a@b", .to = {"c@d"}, .subject = "Done"}, now, id);
//
// Pure functions. A line break in a header's value becomes a blank, so that no value can add
// headers.

#pragma once

#include "base/clock.h"

#include <string>
#include <string_view>
#include <vector>

namespace mogura::net {

struct Attachment {
    std::string name = {};
    std::string content_type = "application/octet-stream";
    std::string bytes = {};
};

struct MailMessage {
    std::string from = {};  // "a@b" or "Name <a@b>"
    std::vector<std::string> to = {};
    std::vector<std::string> cc = {};
    std::string subject = {};
    std::string body = {};
    bool is_html = false;
    std::vector<Attachment> attachments = {};
};

// `id` makes the Message-ID and the boundary unique.
std::string format(const MailMessage& message, base::Instant now, std::string_view id);

// The address alone: "a@b" of "Name <a@b>".
std::string address_of(std::string_view mailbox);
std::string encode_base64(std::string_view bytes);

}  // namespace mogura::net
