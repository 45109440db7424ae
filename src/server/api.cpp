#include "server/api.h"

#include "base/text.h"
#include "base/time_zone.h"
#include "config/config.h"

#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace mogura::server {
namespace {

using net::Method;
using net::Request;
using net::Response;

Response error(int status, std::string_view message) {
    std::string body = R"({"error":{"message":)";
    config::append_json_string(body, message);
    return {.status = status, .body = body + "}}\n"};
}

bool reads(const Request& request) {
    return request.method == Method::kGet || request.method == Method::kHead;
}

// The keys of a multi-get: ?keys=a,b or a JSON list in the body.
Result<std::vector<std::string>> keys_of(const Request& request) {
    if (reads(request)) {
        const std::string* keys = request.query_value("keys");
        return keys && !keys->empty() ? base::split(*keys, ',') : std::vector<std::string>();
    }
    auto body = TRY(config::parse_json(request.body, "body"));
    if (!body.is_list()) return Error(Code::kInvalid, "the body must be a JSON list of keys");
    std::vector<std::string> keys;
    for (const config::Value& entry : body.list()) {
        auto key = entry.scalar_text();
        if (!key) return Error(Code::kInvalid, "a key is neither text nor a number");
        keys.push_back(*std::move(key));
    }
    return keys;
}

}  // namespace

Response Api::handle(const Request& request) {
    Route taken = kOther;
    Response response = route(request, taken);
    count(taken, response.status);
    return response;
}

void Api::count(Route route, int status) {
    requests_[route][static_cast<size_t>(status / 100)].fetch_add(1, std::memory_order_relaxed);
}

Response Api::route(const Request& request, Route& route) {
    const auto& segments = request.segments;
    if (segments.size() >= 2 && segments[0] == "v1" && segments[1] == "tables") {
        if (segments.size() > 2) return table_request(request, route);
        route = kTables;
        return reads(request) ? list_tables() : error(405, "use GET");
    }
    if (segments.size() == 1 && segments[0] == "healthz") {
        route = kHealth;
        return health();
    }
    if (segments.size() == 1 && segments[0] == "metrics") {
        route = kMetrics;
        return metrics();
    }
    return error(404, "there is no such path; GET /v1/tables lists the tables");
}

Response Api::table_request(const Request& request, Route& route) {
    const auto& segments = request.segments;
    route = segments.size() > 3 ? kRow : kTable;
    auto index = tables_.find(segments[2]);
    if (!index) return error(404, "there is no table " + segments[2]);
    if (segments.size() > 4) return error(404, "a key has no '/'; send it as %2F");
    auto loaded = tables_.current(*index);
    bool wants_rows = segments.size() == 3 &&
                      (request.query_value("keys") != nullptr || request.method == Method::kPost);
    if (segments.size() == 3 && !wants_rows) {
        if (!reads(request)) return error(405, "use GET, or POST with a JSON list of keys");
        std::string json;
        append_status(json, *index);
        return {.body = json + "\n"};
    }
    if (!loaded) return error(503, "the table is not loaded yet");
    if (!wants_rows && !reads(request)) return error(405, "use GET");
    if (wants_rows) route = kRows;
    Response response =
        wants_rows ? many_rows(*loaded, request) : one_row(*loaded, request, segments[3]);
    response.headers.emplace_back("X-Mogura-Generation", loaded->number_text);
    return response;
}

Response Api::one_row(const Loaded& loaded, const Request& request, const std::string& key) {
    auto row = loaded.table->find(std::string_view(key));
    if (!row) {
        misses_.fetch_add(1, std::memory_order_relaxed);
        return error(404, "there is no row " + key);
    }
    hits_.fetch_add(1, std::memory_order_relaxed);
    Response response;
    response.headers.emplace_back("ETag", loaded.etag);
    auto known = request.header("If-None-Match");
    if (known && (*known == loaded.etag || *known == "*")) {
        response.status = 304;
        return response;
    }
    response.body.reserve(256);
    row->append_json(response.body);
    response.body += '\n';
    return response;
}

// {"rows":{"KEY":{...}},"missing":["KEY"]}
Response Api::many_rows(const Loaded& loaded, const Request& request) {
    auto keys = keys_of(request);
    if (!keys.ok()) return error(400, keys.error().message());
    if (keys->size() > kKeysMax) {
        return error(413, "at most " + std::to_string(kKeysMax) + " keys at once");
    }
    std::string rows;
    std::string missing;
    std::unordered_set<std::string_view> seen;  // no name twice in one object
    for (const std::string& key : *keys) {
        if (!seen.insert(key).second) continue;
        auto row = loaded.table->find(std::string_view(key));
        std::string& list = row ? rows : missing;
        if (!list.empty()) list += ',';
        config::append_json_string(list, key);
        (row ? hits_ : misses_).fetch_add(1, std::memory_order_relaxed);
        if (!row) continue;
        list += ':';
        row->append_json(list);
    }
    return {.body = "{\"rows\":{" + rows + "},\"missing\":[" + missing + "]}\n"};
}

void Api::append_status(std::string& json, size_t index) const {
    TableStatus status = tables_.status(index);
    auto loaded = tables_.current(index);
    config::Map map;
    map.append("name", status.name);
    map.append("source", status.source);
    map.append("generation", static_cast<int64_t>(loaded ? loaded->number : 0));
    if (loaded) {
        const Generation& table = loaded->table;
        config::List columns;
        for (const page::Column& column : table->schema().columns()) {
            config::Map entry;
            entry.append("name", column.name);
            entry.append("type", page::type_name(column.type));
            columns.push_back(std::move(entry));
        }
        map.append("key", table->schema()[table->key_column()].name);
        map.append("columns", std::move(columns));
        map.append("rows", static_cast<int64_t>(table->rows()));
        map.append("bytes", static_cast<int64_t>(table->size_bytes()));
        map.append("checksum", table->checksum());
        map.append("created_at", base::format_iso(table->created_at(), base::TimeZone()));
        map.append("loaded_at", base::format_iso(loaded->loaded_at, base::TimeZone()));
    }
    map.append("refreshes", static_cast<int64_t>(status.refreshes));
    map.append("failures", static_cast<int64_t>(status.failures));
    map.append("last_error", status.last_error.empty() ? config::Value() : status.last_error);
    json += config::to_json(std::move(map));
}

Response Api::list_tables() const {
    std::string json = "{\"tables\":[";
    for (size_t index = 0; index < tables_.size(); ++index) {
        if (index > 0) json += ',';
        append_status(json, index);
    }
    return {.body = json + "]}\n"};
}

Response Api::health() const {
    if (tables_.all_loaded()) return {.body = "{\"status\":\"ok\"}\n"};
    std::string waiting;
    for (size_t index = 0; index < tables_.size(); ++index) {
        if (!tables_.current(index))
            waiting += (waiting.empty() ? "" : ", ") + tables_.status(index).name;
    }
    return error(503, "not loaded yet: " + waiting);
}

}  // namespace mogura::server
