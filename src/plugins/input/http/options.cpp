#include "plugins/input/http/options.h"

#include "base/log.h"
#include "base/text.h"
#include "plugins/input/http/brace_expansion.h"

#include <algorithm>
#include <utility>

namespace mogura::plugins::web {
namespace {

constexpr int64_t kOpenTimeout = 2000;
constexpr int64_t kReadTimeout = 10'000;
constexpr int64_t kRetriesMax = 5;
constexpr int64_t kRetryInterval = 10'000;

std::chrono::milliseconds read_time(config::Reader& reader, const char* name, int64_t usual,
                                    const char* help) {
    int64_t time = reader.optional(name, usual, help);
    if (time < 0) reader.problem(name, "must be 0 or more milliseconds");
    return std::chrono::milliseconds(time);
}

// The texts of a value or of a list of values.
std::optional<std::vector<std::string>> texts_of(const config::Value& value) {
    std::vector<std::string> texts;
    if (!value.is_list()) {
        auto text = value.scalar_text();
        if (!text) return std::nullopt;
        return std::vector<std::string>{*std::move(text)};
    }
    for (const config::Value& item : value.list()) {
        auto text = item.scalar_text();
        if (!text) return std::nullopt;
        texts.push_back(*std::move(text));
    }
    return texts;
}

// {name: x, value: "{1..3}", expand: true} or {name: x, values: [1, 2], expand: true}.
Param read_param(config::Reader& reader, Mask& mask) {
    Param param{.name = reader.required<std::string>("name", "")};
    const config::Value* value = reader.raw("value", "string", "");
    const config::Value* values = reader.raw("values", "list of string", "");
    bool expands = reader.optional("expand", false, "");
    bool is_secret = reader.optional("secret", false, "");
    if (is_secret) mask.add_name(param.name);
    const config::Value* given = value && !value->is_null() ? value : values;
    auto texts = given && !given->is_null() ? texts_of(*given) : std::nullopt;
    if (!texts || texts->empty()) {
        reader.problem("name", "give value (a text) or values (a list of texts) beside it");
        return param;
    }
    if (mask.is_secret(param.name)) {
        for (const std::string& text : *texts) mask.add_value(text);
    }
    if (!expands) {
        param.choices.push_back(*std::move(texts));
        return param;
    }
    if (given == value) {
        auto expanded = expand_braces(texts->front());
        if (!expanded.ok()) reader.problem("value", expanded.error().message());
        if (expanded.ok()) texts = *std::move(expanded);
    }
    for (std::string& text : *texts) param.choices.push_back({std::move(text)});
    return param;
}

void read_params(config::Reader& reader, Options& options) {
    const config::Value* value =
        reader.raw("params", "list or mapping",
                   "Parameters: a list of {name, value or values, expand, secret}, or a mapping.");
    if (!value || value->is_null()) return;
    if (value->is_map()) {
        for (const auto& entry : value->map()) {
            auto texts = texts_of(entry.value);
            if (!texts) {
                reader.problem("params", entry.key + " must be a text or a list of texts");
                continue;
            }
            if (options.mask.is_secret(entry.key)) {
                for (const std::string& text : *texts) options.mask.add_value(text);
            }
            options.params.push_back({.name = entry.key, .choices = {*std::move(texts)}});
        }
        return;
    }
    if (!value->is_list()) {
        reader.problem("params", "must be a list such as [{name: size, value: 100}]");
        return;
    }
    size_t index = 0;
    for (const config::Value& item : value->list()) {
        std::string place = "params[" + std::to_string(index++) + "]";
        if (!item.is_map()) {
            reader.problem("params", place + " must be a mapping such as {name: size, value: 100}");
            continue;
        }
        config::Reader nested(item.map(), reader.file(), reader.path() + "." + place);
        options.params.push_back(read_param(nested, options.mask));
        reader.absorb(std::move(nested));
    }
}

void read_number_pager(config::Reader& reader, Pager& pager) {
    pager.to_param = reader.optional("to_param", "", "");
    pager.start = reader.optional("start", int64_t{0}, "");
    pager.step = reader.optional("step", int64_t{1}, "");
    if (pager.step < 1) reader.problem("step", "must be 1 or more");
}

void read_field_pager(config::Reader& reader, Pager& pager) {
    pager.kind = Pager::Kind::kField;
    pager.next_param = reader.optional("next_param", "", "");
    std::string path =
        pager.field_text.starts_with('$') ? pager.field_text : "$." + pager.field_text;
    auto steps = parse_expand_path(path);
    if (steps.ok()) {
        pager.field = *std::move(steps);
    } else {
        reader.problem("next_field", steps.error().message());
    }
}

Pager read_pager(config::Reader& reader) {
    Pager pager;
    pager.from_param = reader.optional("from_param", "", "");
    bool follows_link = reader.optional("next_link", false, "");
    pager.field_text = reader.optional("next_field", "", "");
    pager.pages = reader.maybe<int64_t>("pages", "");
    if (pager.pages && *pager.pages < 1) reader.problem("pages", "must be 1 or more");
    int ways = static_cast<int>(!pager.from_param.empty()) + static_cast<int>(follows_link) +
               static_cast<int>(!pager.field_text.empty());
    if (ways != 1) {
        reader.problem("from_param",
                       "give one of from_param (a number that grows), next_link: true (the Link "
                       "header) and next_field (a field of the body)");
    }
    if (!pager.field_text.empty()) {
        read_field_pager(reader, pager);
    } else if (follows_link) {
        pager.kind = Pager::Kind::kLink;
    } else {
        read_number_pager(reader, pager);
    }
    return pager;
}

// A misspelt one would ask for other pages than wanted.
void check_pager_keys(config::Reader& reader, const config::Map& pager) {
    static const std::vector<std::string> kKnown = {"from_param", "to_param",  "start",
                                                    "step",       "pages",     "next_link",
                                                    "next_field", "next_param"};
    for (const auto& entry : pager) {
        if (std::ranges::find(kKnown, entry.key) != kKnown.end()) continue;
        reader.problem(entry.key, "unknown option" + base::did_you_mean(entry.key, kKnown));
    }
}

void read_pager(config::Reader& reader, Options& options) {
    const config::Value* value = reader.raw(
        "pager", "mapping",
        "Pages: {from_param, to_param, start, step, pages}, {next_link: true}, or {next_field, "
        "next_param}.");
    if (!value || value->is_null()) return;
    if (!value->is_map()) {
        reader.problem("pager", "must be a mapping such as {from_param: page, start: 1}");
        return;
    }
    config::Reader nested(value->map(), reader.file(), reader.path() + ".pager");
    options.pager = read_pager(nested);
    check_pager_keys(nested, value->map());
    reader.absorb(std::move(nested));
}

void read_headers(config::Reader& reader, Options& options) {
    auto agent = reader.optional("user_agent", "Mogura", "Sent as User-Agent.");
    auto charset = reader.maybe<std::string>("charset", "Sent as Accept-Charset.");
    config::Map headers = reader.optional<config::Map>("request_headers", {}, "Headers to send.");
    for (const auto& entry : headers) {
        auto text = entry.value.scalar_text();
        if (!text) {
            reader.problem("request_headers", entry.key + " must be a text");
            continue;
        }
        options.has_credentials = true;
        if (options.mask.is_secret(entry.key)) options.mask.add_value(*text);
        options.headers.emplace_back(entry.key, *std::move(text));
    }
    auto is_given = [&](const std::string& name) {
        return std::ranges::any_of(options.headers, [&](const auto& line) {
            return base::lower(line.first) == base::lower(name);
        });
    };
    options.open_headers.emplace_back("User-Agent", agent);
    if (charset) options.open_headers.emplace_back("Accept-Charset", *charset);
    for (const auto& [name, value] : options.open_headers) {
        if (!is_given(name)) options.headers.emplace_back(name, value);
    }
}

void read_basic_auth(config::Reader& reader, Options& options) {
    const config::Value* value =
        reader.raw("basic_auth", "mapping", "{user, password} of the basic authentication.");
    if (!value || value->is_null()) return;
    if (!value->is_map()) {
        reader.problem("basic_auth", "must be a mapping such as {user: me, password: ...}");
        return;
    }
    config::Reader nested(value->map(), reader.file(), reader.path() + ".basic_auth");
    auto user = nested.required<std::string>("user", "");
    auto password = nested.optional("password", "", "");
    reader.absorb(std::move(nested));
    std::string encoded = net::encode_base64(user + ":" + password);
    options.mask.add_value(password);
    options.mask.add_value(encoded);
    options.headers.emplace_back("Authorization", "Basic " + encoded);
    options.has_credentials = true;
}

void read_request(config::Reader& reader, Options& options) {
    options.url = reader.required<std::string>("url", "Where to ask.");
    options.place = reader.place_of("url");
    if (!reader.is_manual() && !base::lower(options.url).starts_with("http://") &&
        !base::lower(options.url).starts_with("https://")) {
        reader.problem("url", "must begin with http:// or https://");
    }
    options.is_post =
        reader.choice("method", {"get", "post"}, "get, or post: params are sent as a form.",
                      /*ignore_case=*/true) == 1;
    read_params(reader, options);
    read_pager(reader, options);
    read_headers(reader, options);
    read_basic_auth(reader, options);
    options.body = reader.maybe<std::string>("request_body", "Body of a post without params.");
    if (options.body && (!options.is_post || !options.params.empty())) {
        log::warn(reader.place_of("request_body") +
                  ": not sent: a body goes with method: post and without params only");
    }
}

void read_times(config::Reader& reader, Options& options) {
    options.open_timeout =
        read_time(reader, "open_timeout", kOpenTimeout, "Milliseconds until a connection stands.");
    options.read_timeout = read_time(reader, "read_timeout", kReadTimeout,
                                     "Milliseconds that the server may be silent.");
    options.retries_max = reader.optional("max_retries", kRetriesMax,
                                          "Times to ask again after 429, 5xx, or no connection.");
    if (options.retries_max < 0) reader.problem("max_retries", "must be 0 or more");
    options.retry_interval = read_time(reader, "retry_interval", kRetryInterval,
                                       "Milliseconds before that; they double each time.");
    options.request_interval =
        read_time(reader, "request_interval", 0, "Milliseconds between requests.");
    options.interval_includes_response_time =
        reader.optional("interval_includes_response_time", false,
                        "The interval begins with a request, not with its answer.");
}

}  // namespace

Options read_options(config::Reader& reader) {
    Options options;
    read_request(reader, options);
    read_times(reader, options);
    options.proxy = reader.optional("proxy", "", "http://host:port to go through.");
    options.authorities_file =
        reader.optional("ca_file", "", "Certificates to trust in place of the system's.");
    reader.maybe<bool>("input_direct", "Not used: an answer is whole before its rows are read.");
    return options;
}

}  // namespace mogura::plugins::web
