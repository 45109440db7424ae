// mail>: sends mail over SMTP (spec digdag 4.11).
//
// A host that the task names is used with the task's own settings only, so that the installation's
// password never goes to another server.

#include "base/file.h"
#include "base/text.h"
#include "net/net.h"
#include "plugins/command_text.h"
#include "plugins/mail_settings.h"
#include "plugins/operator_options.h"
#include "plugins/plugins.h"

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

namespace mogura::plugins {
namespace {

constexpr int64_t kAttachmentBytesMax = 50 * 1024 * 1024;

Result<std::vector<std::string>> addresses(const config::Map& parameters, std::string_view name,
                                           bool takes_text) {
    std::vector<std::string> found;
    const config::Value* value = engine::present(parameters, name);
    if (!value) return found;
    if (takes_text && value->is_string()) return std::vector<std::string>{value->string()};
    if (!value->is_list()) {
        return Error(Code::kInvalid, "Expected array type for key '" + std::string(name) +
                                         "' but got " + config::to_json(*value));
    }
    for (const config::Value& item : value->list()) {
        std::string text = TRY(engine::to_text(item, name));
        found.push_back(std::move(text));
    }
    return found;
}

Result<net::Attachment> read_attachment(const engine::TaskContext& context,
                                        const config::Value& item) {
    if (!item.is_map()) {
        return Error(Code::kInvalid,
                     "attach_files: not a mapping with path: " + config::to_json(item));
    }
    net::Attachment file;
    std::string path = TRY(engine::required_text(item.map(), "path"));
    auto type = TRY(engine::optional_text(item.map(), "content_type"));
    auto name = TRY(engine::optional_text(item.map(), "filename"));
    if (type) file.content_type = *type;
    file.name = name.value_or(std::filesystem::path(path).filename().string());
    std::string whole = TRY(path_in_project(context, path));
    int64_t size_bytes = TRY(base::file_size_bytes(whole));
    if (size_bytes > kAttachmentBytesMax) {
        return Error(Code::kLimit, "attach_files: " + path + " is larger than " +
                                       base::with_unit_bytes(kAttachmentBytesMax));
    }
    file.bytes = TRY(base::read_file(whole));
    return file;
}

class Mail final : public engine::Operator {
  public:
    engine::Outcome run(engine::TaskContext& context) override {
        auto message = read(context);
        if (!message.ok()) return failure_of(message.error());
        auto sent = net::send_mail(message->server, message->envelope, message->text);
        if (!sent.ok()) return engine::failed("Sending mail failed: " + sent.error().message());
        return engine::Done{};
    }
    engine::OperatorOptions options() const override {
        using Kind = engine::OptionKind;
        return {
            .options = {
                {.name = "_command", .is_required = true, .instead = "body"},
                {.name = "body",
                 .help = "The text, or the file with it, when it is not behind the word."},
                {.name = "subject", .kind = Kind::kText, .help = "The subject."},
                {.name = "to", .help = "One address, or a list."},
                {.name = "cc", .kind = Kind::kList, .help = "Addresses."},
                {.name = "bcc", .kind = Kind::kList, .help = "Addresses that nobody sees."},
                {.name = "from", .kind = Kind::kText, .help = "The sender's address."},
                {.name = "html", .kind = Kind::kBoolean, .help = "The text is HTML."},
                {.name = "attach_files", .help = "Mappings of path, content_type and filename."},
                {.name = "host", .kind = Kind::kText, .help = "The mail server."},
                {.name = "port", .kind = Kind::kInteger, .help = "Its port."},
                {.name = "username",
                 .kind = Kind::kText,
                 .help = "Who signs in; the password is the secret mail.password."},
                {.name = "password"},
                {.name = "tls", .kind = Kind::kBoolean, .help = "STARTTLS; true without it."},
                {.name = "ssl", .kind = Kind::kBoolean, .help = "TLS from the first byte."},
                {.name = "debug",
                 .kind = Kind::kBoolean,
                 .help = "Accepted, without effect here."}}};
    }

  private:
    struct Ready {
        net::MailServer server;
        net::Envelope envelope;
        std::string text;
    };

    static Result<Ready> read(engine::TaskContext& context) {
        config::Map parameters = with_defaults(context.parameters, "mail");
        net::MailMessage message;
        message.body = TRY(command_text(context, parameters, "body"));
        MailSettings settings = TRY(mail_settings(context, parameters));
        auto subject = TRY(engine::optional_text(parameters, "subject"));
        auto from = TRY(engine::optional_text(parameters, "from"));
        message.subject = subject.value_or(settings.subject);
        message.from = from.value_or(settings.from);
        if (message.subject.empty() && !subject) {
            TRY(engine::required_text(parameters, "subject"));
        }
        if (message.from.empty()) TRY(engine::required_text(parameters, "from"));
        TRY(engine::required(parameters, "to"));
        message.to = TRY(addresses(parameters, "to", /*takes_text=*/true));
        message.cc = TRY(addresses(parameters, "cc", /*takes_text=*/false));
        auto hidden = TRY(addresses(parameters, "bcc", /*takes_text=*/false));
        message.is_html = TRY(engine::optional_boolean(parameters, "html", false));
        message.attachments = TRY(read_attachments(context, parameters));
        Ready ready{
            .server = settings.server, .envelope = envelope_of(message, hidden), .text = {}};
        base::Instant now = context.clock.now();
        ready.text =
            net::format(message, now,
                        std::to_string(context.attempt_id) + "." + std::to_string(context.task_id) +
                            "." + std::to_string(now.time_since_epoch().count()));
        return ready;
    }

    static Result<std::vector<net::Attachment>> read_attachments(const engine::TaskContext& context,
                                                                 const config::Map& parameters) {
        std::vector<net::Attachment> files;
        const config::Value* given = engine::present(parameters, "attach_files");
        if (!given) return files;
        config::List items = TRY(engine::parsed_list(*given, "attach_files"));
        for (const config::Value& item : items) {
            net::Attachment file = TRY(read_attachment(context, item));
            files.push_back(std::move(file));
        }
        return files;
    }

    static net::Envelope envelope_of(const net::MailMessage& message,
                                     const std::vector<std::string>& hidden) {
        net::Envelope envelope{.from = net::address_of(message.from), .recipients = {}};
        for (const auto* list : {&message.to, &message.cc, &hidden}) {
            for (const std::string& one : *list) {
                envelope.recipients.push_back(net::address_of(one));
            }
        }
        return envelope;
    }
};

}  // namespace
}  // namespace mogura::plugins

PLUGIN(operator, mail) {
    registry.operators.add("mail", "Send mail.", [] { return std::make_unique<Mail>(); });
}
