// Which mail server is used (spec digdag 4.11.2 to 4.11.4): the task's own, from its secrets and
// parameters, or the installation's, from config.mail.*; never a mixture.

#pragma once

#include "engine/engine.h"
#include "net/net.h"

#include <string>

namespace mogura::plugins {

struct MailSettings {
    net::MailServer server;
    std::string from;     // of the installation; may be empty
    std::string subject;  // the same
};

// `parameters` with those of the mapping `mail` below them. Fails with "Missing SMTP
// configuration".
Result<MailSettings> mail_settings(const engine::TaskContext& context,
                                   const config::Map& parameters);

// host, port, username, password, tls, ssl below `prefix` in the settings.
Result<net::MailServer> mail_server_in(const engine::Settings& settings, const std::string& prefix);

}  // namespace mogura::plugins
