#include "plugins/notification.h"

#include "base/file.h"
#include "base/text.h"
#include "base/time_zone.h"
#include "net/net.h"
#include "plugins/mail_settings.h"
#include "plugins/operator_options.h"

#include <poll.h>

#include <filesystem>
#include <optional>
#include <utility>

namespace mogura::plugins {
namespace {

constexpr int64_t kShellMilliseconds = 30'000;

std::vector<std::string> words(const std::string& list) {
    std::vector<std::string> found;
    for (const std::string& word : base::split(list, ',')) {
        if (!base::trim(word).empty()) found.emplace_back(base::trim(word));
    }
    return found;
}

Result<> send_http(const engine::TaskContext& context, const config::Map& payload) {
    const engine::Settings& settings = context.surroundings.settings;
    constexpr std::string_view kHeaders = "notification.http.headers.";
    net::HttpRequest request;
    request.url = text_setting(settings, "notification.http.url");
    request.method = text_setting(settings, "notification.http.method", "POST");
    request.headers = {{"Content-Type", "application/json"}, {"User-Agent", "Mogura"}};
    for (const auto& [name, value] : settings) {
        if (name.starts_with(kHeaders)) {
            request.headers.emplace_back(name.substr(kHeaders.size()), value);
        }
    }
    request.body = config::to_json(payload);
    request.stop = context.stop;
    if (request.url.empty()) {
        return Error(Code::kInvalid, "notification.http.url is not set in the configuration");
    }
    auto answer = TRY(net::send(request));
    if (answer.status >= 200 && answer.status < 300) return {};
    return Error(Code::kUnavailable, "notification.http.url: the server answered " +
                                         std::to_string(answer.status) + " " + answer.reason);
}

Result<std::string> mail_body(const engine::TaskContext& context, const config::Map& payload) {
    std::string file =
        text_setting(context.surroundings.settings, "notification.mail.body_template_file");
    if (!file.empty()) {
        std::string text = TRY(base::read_file(file));
        return context.evaluator.evaluate_text(
            {.parameters = payload, .time_zone = context.time_zone}, text);
    }
    std::string body;
    for (const auto& entry : payload) {
        body += entry.key + ": " + (entry.value.is_null() ? "" : engine::plain_text(entry.value)) +
                "\n";
    }
    return body;
}

Result<> send_by_mail(const engine::TaskContext& context, const config::Map& payload) {
    const engine::Settings& settings = context.surroundings.settings;
    constexpr const char* kPrefix = "notification.mail.";
    auto setting = [&](const char* name, const std::string& otherwise = "") {
        return text_setting(settings, std::string(kPrefix) + name, otherwise);
    };
    net::MailServer server = TRY(mail_server_in(settings, kPrefix));
    net::MailMessage message{.from = setting("from"),
                             .to = words(setting("to")),
                             .cc = words(setting("cc")),
                             .subject = setting("subject", "Digdag Notification"),
                             .body = {},
                             .is_html = setting("html") == "true"};
    if (server.host.empty() || message.from.empty() || message.to.empty()) {
        return Error(Code::kInvalid,
                     "notification.mail.host, from and to must be set in the configuration");
    }
    message.body = TRY(mail_body(context, payload));
    net::Envelope envelope{.from = net::address_of(message.from), .recipients = {}};
    for (const auto& list : {message.to, message.cc, words(setting("bcc"))}) {
        for (const std::string& one : list) envelope.recipients.push_back(net::address_of(one));
    }
    base::Instant now = context.clock.now();
    std::string id = "notification." + std::to_string(context.attempt_id) + "." +
                     std::to_string(now.time_since_epoch().count());
    return net::send_mail(server, envelope, net::format(message, now, id));
}

// Waits for a command; nothing when it still ran after that time and was killed.
Result<std::optional<int>> wait_for(executor::Executor& executor, const config::Map& handle,
                                    const base::Clock& clock, std::chrono::milliseconds time_max) {
    auto end = clock.monotonic() + time_max;
    while (true) {
        auto status = TRY(executor.status(handle));
        if (!status.is_running) return {status.exit_code.value_or(1)};
        auto left = std::chrono::ceil<std::chrono::milliseconds>(end - clock.monotonic());
        if (left.count() <= 0) break;
        pollfd ended{.fd = status.wake_descriptor.value_or(-1), .events = POLLIN, .revents = 0};
        ::poll(&ended, 1, static_cast<int>(left.count()));
    }
    TRY(executor.kill(handle, /*force=*/true));
    return std::optional<int>();
}

Result<> send_to_shell(const engine::TaskContext& context, const config::Map& payload) {
    const engine::Settings& settings = context.surroundings.settings;
    std::string text = text_setting(settings, "notification.shell.command");
    if (text.empty()) {
        return Error(Code::kInvalid, "notification.shell.command is not set in the configuration");
    }
    int64_t time_max =
        TRY(integer_setting(settings, "notification.shell.timeout", kShellMilliseconds));
    std::string file = context.temporary_folder + "/notification-" +
                       std::to_string(context.attempt_id) + "-" + std::to_string(context.task_id) +
                       ".json";
    TRY(base::make_folders(context.temporary_folder));
    TRY(base::write_file(file, config::to_json(payload)));
    config::Map handle = TRY(context.executor.start(
        {.arguments = {"/bin/sh", "-c", "exec <\"$0\" && eval \"$1\"", file, text},
         .environment = {},
         .folder = context.project_folder,
         .output_file = "/dev/null"}));
    auto code =
        wait_for(context.executor, handle, context.clock, std::chrono::milliseconds(time_max));
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
    if (!code.ok()) return code.error();
    if (!*code) {
        return Error(Code::kTimeout, "notification.shell.command: still running after " +
                                         std::to_string(time_max) + " ms");
    }
    if (**code == 0) return {};
    return Error(Code::kUnavailable,
                 "notification.shell.command: ended with code " + std::to_string(**code));
}

}  // namespace

config::Map notification_payload(const engine::TaskContext& context, const std::string& message) {
    config::Map payload;
    auto add = [&](const char* name, const char* parameter) {
        const config::Value* value = engine::present(context.parameters, parameter);
        payload.append(name, value ? *value : config::Value());
    };
    payload.append("timestamp", base::format_iso(context.clock.now(), base::TimeZone()));
    payload.append("message", message);
    payload.append("site_id", 0);
    add("project_id", "project_id");
    add("project_name", "project_name");
    // "+workflow+task^failure-alert"
    std::string_view name = context.full_name;
    if (name.starts_with('+')) name.remove_prefix(1);
    payload.append("workflow_name", name.substr(0, name.find_first_of("+^")));
    add("revision", "revision");
    payload.append("attempt_id", context.attempt_id);
    add("session_id", "session_id");
    payload.append("task_name", context.full_name);
    payload.append("timezone", context.time_zone);
    add("session_uuid", "session_uuid");
    add("session_time", "session_time");
    add("workflow_definition_id", "workflow_definition_id");
    return payload;
}

Result<bool> send_notification(const engine::TaskContext& context, const config::Map& payload) {
    std::string type = text_setting(context.surroundings.settings, "notification.type");
    if (type.empty()) return false;
    Result<> sent =
        type == "http"   ? send_http(context, payload)
        : type == "mail" ? send_by_mail(context, payload)
        : type == "shell"
            ? send_to_shell(context, payload)
            : Error(Code::kInvalid, "notification.type is http, mail or shell, not " + type);
    TRY(sent);
    return true;
}

Result<NotificationRetry> notification_retry(const engine::Settings& settings) {
    NotificationRetry retry;
    retry.retries = TRY(integer_setting(settings, "notification.retries", retry.retries));
    int64_t least =
        TRY(integer_setting(settings, "notification.min_retry_wait", retry.wait_min.count()));
    int64_t most =
        TRY(integer_setting(settings, "notification.max_retry_wait", retry.wait_max.count()));
    retry.wait_min = std::chrono::milliseconds(least);
    retry.wait_max = std::chrono::milliseconds(most);
    return retry;
}

}  // namespace mogura::plugins
