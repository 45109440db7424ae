#include "net/mail_message.h"

#include "base/text.h"
#include "base/time_zone.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>

namespace mogura::net {
namespace {

constexpr std::string_view kEnd = "\r\n";

bool is_ascii(std::string_view text) {
    for (unsigned char c : text) {
        if (c >= 0x80 || c < 0x20) return false;
    }
    return true;
}

// In pieces of whole characters, as a word of RFC 2047 has 75 bytes at most.
std::string encode_words(std::string_view text) {
    constexpr size_t kPieceBytesMax = 39;  // "Subject: " stands before the first
    std::string result;
    while (!text.empty()) {
        size_t size = std::min(kPieceBytesMax, text.size());
        while (size > 1 && size < text.size() && (text[size] & 0xc0) == 0x80) --size;
        if (!result.empty()) result += "\r\n ";
        result += "=?UTF-8?B?" + encode_base64(text.substr(0, size)) + "?=";
        text.remove_prefix(size);
    }
    return result;
}

std::string header_text(std::string_view text) {
    std::string line(text);
    for (char& c : line) {
        if (c == '\r' || c == '\n') c = ' ';
    }
    return is_ascii(line) ? line : encode_words(line);
}

// The name of "Name <a@b>" may need encoding; the address never does.
std::string mailbox_text(std::string_view mailbox) {
    size_t open = mailbox.rfind('<');
    if (open == mailbox.npos || open == 0 || is_ascii(mailbox)) return header_text(mailbox);
    return header_text(base::trim(mailbox.substr(0, open))) + " " +
           header_text(mailbox.substr(open));
}

std::string mailboxes_text(const std::vector<std::string>& mailboxes) {
    std::vector<std::string> texts;
    for (const std::string& one : mailboxes) texts.push_back(mailbox_text(one));
    return base::join(texts, ",\r\n ");
}

std::string date_text(base::Instant now) {
    constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    base::LocalTime local = base::TimeZone().to_local(now);
    int weekday = base::weekday_of(base::days_from_civil(local.year, local.month, local.day));
    char text[48];
    std::snprintf(text, sizeof text, "%s, %d %s %04d %02d:%02d:%02d +0000",
                  kDays[static_cast<size_t>(weekday)], local.day,
                  kMonths[static_cast<size_t>(local.month - 1)], static_cast<int>(local.year),
                  local.hour, local.minute, local.second);
    return text;
}

std::string in_lines(const std::string& base64) {
    constexpr size_t kLineBytes = 76;
    std::string lines;
    for (size_t place = 0; place < base64.size(); place += kLineBytes) {
        lines += base64.substr(place, kLineBytes);
        lines += kEnd;
    }
    return lines;
}

// Headers of one part and its content.
std::string part(const std::string& content_type, std::string_view bytes,
                 const std::string& disposition = "") {
    std::string text = "Content-Type: " + header_text(content_type) + "\r\n";
    if (!disposition.empty()) text += "Content-Disposition: " + disposition + "\r\n";
    return text + "Content-Transfer-Encoding: base64\r\n\r\n" + in_lines(encode_base64(bytes));
}

// A file's name as RFC 2231 has it.
std::string disposition_of(const std::string& name) {
    constexpr char kDigits[] = "0123456789ABCDEF";
    std::string encoded;
    for (unsigned char c : name) {
        if (std::isalnum(c) || c == '.' || c == '-' || c == '_') {
            encoded += static_cast<char>(c);
        } else {
            encoded += '%';
            encoded += kDigits[c >> 4];
            encoded += kDigits[c & 15];
        }
    }
    bool plain = encoded == name;
    return plain ? "attachment; filename=\"" + name + "\""
                 : "attachment; filename*=UTF-8''" + encoded;
}

}  // namespace

std::string encode_base64(std::string_view bytes) {
    constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string result;
    result.reserve((bytes.size() + 2) / 3 * 4);
    for (size_t place = 0; place < bytes.size(); place += 3) {
        size_t count = std::min<size_t>(3, bytes.size() - place);
        uint32_t group = 0;
        for (size_t index = 0; index < 3; ++index) {
            group = group << 8 |
                    (index < count ? static_cast<unsigned char>(bytes[place + index]) : 0u);
        }
        for (size_t index = 0; index < 4; ++index) {
            result += index <= count ? kDigits[group >> (18 - 6 * index) & 63] : '=';
        }
    }
    return result;
}

std::string address_of(std::string_view mailbox) {
    size_t open = mailbox.rfind('<');
    size_t close = mailbox.rfind('>');
    if (open == mailbox.npos || close == mailbox.npos || close < open) {
        return std::string(base::trim(mailbox));
    }
    return std::string(base::trim(mailbox.substr(open + 1, close - open - 1)));
}

std::string format(const MailMessage& message, base::Instant now, std::string_view id) {
    std::string from = mailbox_text(message.from);
    std::string text = "Date: " + date_text(now) + "\r\n";
    text += "From: " + from + "\r\nSender: " + from + "\r\n";
    text += "To: " + mailboxes_text(message.to) + "\r\n";
    if (!message.cc.empty()) text += "Cc: " + mailboxes_text(message.cc) + "\r\n";
    text += "Subject: " + header_text(message.subject) + "\r\n";
    text += "Message-ID: <" + header_text(id) + "@mogura>\r\nMIME-Version: 1.0\r\n";
    std::string body = part(
        message.is_html ? "text/html; charset=utf-8" : "text/plain; charset=utf-8", message.body);
    if (message.attachments.empty()) return text + body;
    std::string boundary = "=_" + encode_base64(id).substr(0, 40);
    while (boundary.ends_with('=')) boundary.pop_back();
    text += "Content-Type: multipart/mixed; boundary=\"" + boundary + "\"\r\n\r\n";
    text += "--" + boundary + "\r\n" + body;
    for (const Attachment& file : message.attachments) {
        text += "--" + boundary + "\r\n" +
                part(file.content_type, file.bytes, disposition_of(file.name));
    }
    return text + "--" + boundary + "--\r\n";
}

}  // namespace mogura::net
