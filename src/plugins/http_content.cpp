#include "plugins/http_content.h"

#include "base/text.h"

#include <utility>

namespace mogura::plugins {
namespace {

// Secrets in keys and texts at any depth.
Result<config::Value> with_secrets(const engine::Secrets& secrets, const config::Value& value) {
    if (value.is_string()) {
        std::string text = TRY(engine::resolve_secrets(secrets, value.string()));
        return config::Value(std::move(text));
    }
    if (value.is_list()) {
        config::List list;
        for (const config::Value& item : value.list()) {
            config::Value resolved = TRY(with_secrets(secrets, item));
            list.push_back(std::move(resolved));
        }
        return config::Value(std::move(list));
    }
    if (!value.is_map()) return value;
    config::Map map;
    for (const auto& entry : value.map()) {
        std::string key = TRY(engine::resolve_secrets(secrets, entry.key));
        config::Value resolved = TRY(with_secrets(secrets, entry.value));
        map.set(key, std::move(resolved));
    }
    return config::Value(std::move(map));
}

// Secrets are put into each text by itself, so that what is no text is told as it was written.
Result<std::string> form_of(const engine::Secrets& secrets, const config::Map& map,
                            std::string_view name) {
    std::string form;
    for (const auto& entry : map) {
        std::string value;
        if (!entry.value.is_null()) value = TRY(engine::to_text(entry.value, name));
        value = TRY(engine::resolve_secrets(secrets, value));
        std::string key = TRY(engine::resolve_secrets(secrets, entry.key));
        if (!form.empty()) form += '&';
        form += net::encode_form(key) + "=" + net::encode_form(value);
    }
    return form;
}

// "a=b&c=d", encoded or not, as it has to be sent.
std::string encode_again(const std::string& query) {
    std::string result;
    for (const std::string& pair : base::split(query, '&')) {
        if (pair.empty()) continue;
        size_t equals = pair.find('=');
        std::string_view name = std::string_view(pair).substr(0, equals);
        if (!result.empty()) result += '&';
        result += net::encode_form(net::decode_percent(name, /*plus_is_blank=*/true));
        if (equals == std::string::npos) continue;
        std::string_view value = std::string_view(pair).substr(equals + 1);
        result += '=' + net::encode_form(net::decode_percent(value, /*plus_is_blank=*/true));
    }
    return result;
}

const char* kind_of(const config::Value& content) {
    return content.is_map() ? "object" : content.is_list() ? "array" : "scalar";
}

}  // namespace

Result<HttpContent> make_content(const engine::Secrets& secrets, const config::Value& content,
                                 const std::optional<std::string>& format,
                                 const std::optional<std::string>& type) {
    config::Value resolved = TRY(with_secrets(secrets, content));
    bool is_scalar = !resolved.is_map() && !resolved.is_list();
    std::string chosen = format ? base::lower(*format) : is_scalar ? "text" : "json";
    HttpContent made;
    if (chosen == "json") {
        made = {config::to_json(resolved), type.value_or("application/json")};
    } else if (chosen == "text" && is_scalar) {
        // Digdag's own word for it, which servers may have come to expect.
        made = {engine::plain_text(resolved), type.value_or("plain/text")};
    } else if (chosen == "form" && resolved.is_map()) {
        made.body = TRY(form_of(secrets, content.map(), "content"));
        made.type = "application/x-www-form-urlencoded";
    } else {
        return Error(Code::kInvalid, "Invalid content format for " +
                                         std::string(kind_of(resolved)) + "s: '" + chosen + "'");
    }
    return made;
}

Result<HttpQuery> make_query(const engine::Secrets& secrets, const config::Map& parameters) {
    HttpQuery made;
    const config::Value* query = engine::present(parameters, "query");
    if (!query) return made;
    config::Value resolved = TRY(with_secrets(secrets, *query));
    made.has_secret = !(resolved == *query);
    if (query->is_map()) {
        made.text = TRY(form_of(secrets, query->map(), "query"));
    } else if (!query->is_string()) {
        return Error(Code::kInvalid,
                     "Expected object type for key 'query' but got " + config::to_json(*query));
    } else if (base::trim(query->string()).starts_with("{")) {
        config::Map parsed = TRY(engine::parsed_map(*query, "query"));
        made.text = TRY(form_of(secrets, parsed, "query"));
    } else {
        made.text = encode_again(resolved.string());
    }
    return made;
}

Result<net::HeaderLines> make_headers(const engine::Secrets& secrets,
                                      const config::Map& parameters) {
    net::HeaderLines headers;
    const config::Value* given = engine::present(parameters, "headers");
    if (!given) return headers;
    if (!given->is_list()) {
        return Error(Code::kInvalid, "Expected array type for key 'headers' but got " +
                                         config::to_json(*given) +
                                         " (write it like [{X-One: first}])");
    }
    for (const config::Value& item : given->list()) {
        if (!item.is_map()) {
            return Error(Code::kInvalid,
                         "headers: not a mapping of a name to a value: " + config::to_json(item));
        }
        for (const auto& entry : item.map()) {
            std::string name = TRY(engine::resolve_secrets(secrets, entry.key));
            std::string text = TRY(engine::to_text(entry.value, entry.key));
            std::string value = TRY(engine::resolve_secrets(secrets, text));
            headers.emplace_back(std::move(name), std::move(value));
        }
    }
    return headers;
}

}  // namespace mogura::plugins
