#include "plugins/mail_settings.h"

#include "base/log.h"
#include "base/text.h"
#include "plugins/operator_options.h"

#include <optional>

namespace mogura::plugins {
namespace {

constexpr uint16_t kSubmission = 587;
constexpr uint16_t kSubmissionTls = 465;

Result<uint16_t> port_of(const std::string& text, const std::string& name) {
    auto number = base::parse_integer(text);
    if (number && *number > 0 && *number < 65536) return static_cast<uint16_t>(*number);
    return Error(Code::kInvalid, name + ": not a port: " + text);
}

// The secret mail.NAME, else the parameter NAME.
Result<std::optional<std::string>> own(const engine::TaskContext& context,
                                       const config::Map& parameters, const std::string& name) {
    auto secret = TRY(engine::find_secret(context.secrets, parameters, "mail." + name));
    if (secret) return secret;
    return engine::optional_text(parameters, name);
}

Result<bool> own_boolean(const engine::TaskContext& context, const config::Map& parameters,
                         const std::string& name, bool otherwise) {
    auto text = TRY(own(context, parameters, name));
    if (!text) return otherwise;
    return engine::to_boolean(config::Value(*text), name);
}

Result<net::MailServer> own_server(const engine::TaskContext& context,
                                   const config::Map& parameters, const std::string& host) {
    net::MailServer server;
    server.host = host;
    server.is_tls = TRY(own_boolean(context, parameters, "ssl", false));
    server.starts_tls = TRY(own_boolean(context, parameters, "tls", true));
    if (engine::needs_mail_port(context.compatibility)) {
        TRY(engine::required_integer(parameters, "port"));
    }
    auto port = TRY(own(context, parameters, "port"));
    server.port = server.is_tls ? kSubmissionTls : kSubmission;
    if (port) server.port = TRY(port_of(*port, "port"));
    auto user = TRY(own(context, parameters, "username"));
    server.user = user.value_or("");
    auto password = TRY(engine::find_secret(context.secrets, parameters, "mail.password"));
    server.password = password.value_or("");
    if (engine::present(parameters, "password")) {
        log::warn("mail>: the parameter password is not used: set the secret mail.password",
                  {{"task", context.full_name}});
    }
    return server;
}

}  // namespace

Result<net::MailServer> mail_server_in(const engine::Settings& settings,
                                       const std::string& prefix) {
    net::MailServer server;
    server.host = text_setting(settings, prefix + "host");
    server.is_tls = text_setting(settings, prefix + "ssl") == "true";
    server.starts_tls = text_setting(settings, prefix + "tls", "true") == "true";
    std::string port = text_setting(settings, prefix + "port");
    server.port = server.is_tls ? kSubmissionTls : kSubmission;
    if (!port.empty()) server.port = TRY(port_of(port, prefix + "port"));
    server.user = text_setting(settings, prefix + "username");
    server.password = text_setting(settings, prefix + "password");
    return server;
}

Result<MailSettings> mail_settings(const engine::TaskContext& context,
                                   const config::Map& parameters) {
    const engine::Settings& settings = context.surroundings.settings;
    MailSettings found;
    found.from = text_setting(settings, "config.mail.from");
    found.subject = text_setting(settings, "config.mail.subject");
    auto host = TRY(own(context, parameters, "host"));
    if (host) {
        found.server = TRY(own_server(context, parameters, *host));
        return found;
    }
    if (!settings.contains("config.mail.host")) {
        return Error(Code::kInvalid,
                     "Missing SMTP configuration (set the parameter mail: {host: ..., port: ...}, "
                     "the secrets mail.host and mail.password, or config.mail.host in the "
                     "configuration)");
    }
    found.server = TRY(mail_server_in(settings, "config.mail."));
    return found;
}

}  // namespace mogura::plugins
