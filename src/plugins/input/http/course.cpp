#include "plugins/input/http/course.h"

#include "base/text.h"
#include "plugins/input/http/brace_expansion.h"
#include "plugins/input/http/link_header.h"

#include <functional>

namespace mogura::plugins::web {
namespace {

constexpr size_t kFieldBodyBytesMax = size_t{64} * 1024 * 1024;
constexpr int64_t kRepetitionsMax = 99;
constexpr const char* kForm = "application/x-www-form-urlencoded";
constexpr const char* kPlain = "text/plain; charset=utf-8";

std::string form_of(const Values& values) {
    std::string form;
    for (const auto& [name, value] : values) {
        if (!form.empty()) form += '&';
        form += net::encode_form(name) + "=" + net::encode_form(value);
    }
    return form;
}

// What the pager adds.
void add_page(const Pager& pager, const Step& step, Values& values) {
    if (pager.kind == Pager::Kind::kNumber) {
        values.emplace_back(pager.from_param, std::to_string(step.number));
        if (!pager.to_param.empty()) {
            values.emplace_back(pager.to_param, std::to_string(step.number + pager.step - 1));
        }
    } else if (step.cursor) {
        values.emplace_back(pager.next_param, *step.cursor);
    }
}

bool has_header(const Options& options, std::string_view name) {
    for (const auto& [given, value] : options.headers) {
        if (base::lower(given) == name) return true;
    }
    return false;
}

std::string links_of(const net::HttpAnswer& answer) {
    std::string links;
    for (const auto& [name, value] : answer.headers) {
        if (base::lower(name) != "link") continue;
        if (!links.empty()) links += ',';
        links += value;
    }
    return links;
}

// The text that the next request takes; nothing at the last page.
std::optional<std::string> next_text(const load::Json* value) {
    using Type = load::Json::Type;
    if (!value || value->type == Type::kNull) return std::nullopt;
    if (value->type == Type::kBoolean && !value->boolean) return std::nullopt;
    if (value->type == Type::kString) {
        if (value->text.empty()) return std::nullopt;
        return value->text;
    }
    std::string text;
    load::append_json(*value, text);
    return text;
}

}  // namespace

Result<std::vector<Values>> combinations_of(const std::vector<Param>& params) {
    size_t count = 1;
    for (const Param& param : params) {
        count *= param.choices.size();
        if (count > kExpansionsMax) {
            return Error(Code::kLimit, "params stand for more than " +
                                           base::with_thousands(kExpansionsMax) + " requests");
        }
    }
    std::vector<Values> combinations(count);
    for (size_t index = 0; index < count; ++index) {
        size_t rest = index;
        for (const Param& param : params) {
            for (const std::string& value : param.choices[rest % param.choices.size()]) {
                combinations[index].emplace_back(param.name, value);
            }
            rest /= param.choices.size();
        }
    }
    return combinations;
}

net::HttpRequest request_of(const Options& options, const Values& values, const Step& step) {
    net::HttpRequest request;
    Values all = values;
    if (options.pager) add_page(*options.pager, step, all);
    if (!options.is_post) {
        request.url = step.url.empty() ? net::with_query(options.url, form_of(all)) : step.url;
        return request;
    }
    request.method = "POST";
    request.url = step.url.empty() ? options.url : step.url;
    bool is_form = !all.empty() || !options.body;
    request.body = is_form ? form_of(all) : *options.body;
    if (!has_header(options, "content-type")) {
        request.headers.emplace_back("Content-Type", is_form ? kForm : kPlain);
    }
    return request;
}

Result<> Course::learn(const Answer& answer) {
    if (!options_->pager) return {};
    shown_ = options_->mask.url(answer.head.url);
    repeats_ = step_.page > 1 && answer.body->hash() == hash_;
    repetitions_ = repeats_ ? repetitions_ + 1 : 0;
    hash_ = answer.body->hash();
    next_.reset();
    if (options_->pager->kind == Pager::Kind::kField) return learn_field(answer);
    if (options_->pager->kind == Pager::Kind::kLink) {
        auto link = find_link(links_of(answer.head), "next");
        if (link) return follow(*link, answer.head.url);
    }
    return {};
}

Result<> Course::learn_field(const Answer& answer) {
    auto source = Spool::source(answer.body);
    auto body = base::read_all(*source, kFieldBodyBytesMax);
    if (!body.ok()) return body.error().at(shown_ + ": pager.next_field");
    if (base::trim(*body).empty()) return {};
    size_t used = 0;
    auto value = load::parse_json_value(*body, used);
    if (!value.ok()) {
        return Error(Code::kInvalid, shown_ + ": pager.next_field: the answer is no JSON: " +
                                         value.error().message());
    }
    auto text = next_text(follow_expand_path(*value, options_->pager->field));
    if (!text) return {};
    if (options_->pager->next_param.empty()) return follow(*text, answer.head.url);
    next_ = Step{.page = step_.page + 1, .cursor = *std::move(text)};
    return {};
}

// Headers may hold a key: they go to the server that they were written for, and to no other.
Result<> Course::follow(const std::string& link, const std::string& base) {
    std::string url;
    auto resolved = net::resolve_link(base, link);
    if (!resolved.ok()) return resolved.error().at(shown_ + ": the link to the next page");
    if (options_->has_credentials) {
        bool is_same = TRY(net::is_same_server(options_->url, *resolved));
        if (!is_same) {
            return Error(Code::kDenied,
                         shown_ +
                             ": the next page is on another server, which must not see "
                             "request_headers and basic_auth: " +
                             options_->mask.url(*resolved) +
                             " (give the url in the form in which the server links to itself)");
        }
    }
    next_ = Step{.page = step_.page + 1, .url = *std::move(resolved)};
    return {};
}

Result<> Course::check_new(const std::string& next) {
    if (seen_.insert(std::hash<std::string>()(next)).second) return {};
    return Error(Code::kInvalid, shown_ +
                                     ": the server names a next page that was there already (does "
                                     "it take what pager sends?)");
}

Result<bool> Course::advance_number(int64_t rows) {
    if (rows == 0) return false;
    if (repeats_) {
        return Error(Code::kInvalid, shown_ +
                                         ": the same answer as for the page before (does the "
                                         "server know " +
                                         options_->pager->from_param +
                                         "? If so, say how many pages there are: pager.pages)");
    }
    ++step_.page;
    step_.number += options_->pager->step;
    return true;
}

Result<bool> Course::advance(int64_t rows) {
    if (!options_->pager) return false;
    if (options_->pager->pages && step_.page >= *options_->pager->pages) return false;
    if (options_->pager->kind == Pager::Kind::kNumber) return advance_number(rows);
    if (!next_) return false;
    if (repetitions_ >= kRepetitionsMax && !options_->pager->pages) {
        return Error(Code::kLimit,
                     shown_ + ": the same answer for " + std::to_string(kRepetitionsMax + 1) +
                         " pages, and one more is named (when they are meant so, say how many "
                         "pages there are: pager.pages)");
    }
    TRY(check_new(next_->cursor.value_or(next_->url)));
    step_ = *std::move(next_);
    next_.reset();
    return true;
}

}  // namespace mogura::plugins::web
