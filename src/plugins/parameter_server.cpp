#include "plugins/parameter_server.h"

#include "database/database.h"
#include "plugins/operator_options.h"

#include <chrono>
#include <utility>

namespace mogura::plugins {
namespace {

constexpr int64_t kRedisPort = 6379;
constexpr const char* kSite = "0:";

// As Digdag's own Redis client writes it: {"value":{"value":"TEXT"},"value_type":0}.
std::string wrap(const std::string& text) {
    config::Map inner;
    inner.append("value", text);
    config::Map outer;
    outer.append("value", std::move(inner));
    outer.append("value_type", 0);
    return config::to_json(outer);
}

Result<std::string> unwrap(const std::string& json) {
    config::Value value = TRY(config::parse_json(json, "parameter server"));
    const config::Value* inner = value.find("value");
    const config::Value* text = inner ? inner->find("value") : nullptr;
    if (!text) return Error(Code::kInvalid, "parameter server: not a value of param_set>: " + json);
    return engine::plain_text(*text);
}

class RedisParameters final : public store::SharedParameters {
  public:
    explicit RedisParameters(std::unique_ptr<database::Redis> connection)
        : connection_(std::move(connection)) {}

    Result<> set(const std::map<std::string, std::string>& values, base::Instant) override {
        std::vector<database::Redis::Entry> entries;
        for (const auto& [name, value] : values) entries.push_back({kSite + name, wrap(value)});
        return connection_->set(entries, store::kSharedParameterLife);
    }

    Result<std::map<std::string, std::string>> get(const std::vector<std::string>& names,
                                                   base::Instant) override {
        std::vector<std::string> keys;
        for (const std::string& name : names) keys.push_back(kSite + name);
        auto values = TRY(connection_->get(keys));
        std::map<std::string, std::string> found;
        for (size_t index = 0; index < names.size(); ++index) {
            if (values[index]) found[names[index]] = TRY(unwrap(*values[index]));
        }
        return found;
    }

  private:
    const std::unique_ptr<database::Redis> connection_;
};

// Digdag's own table (4.14.4), made when it is missing.
constexpr const char* kTable =
    "CREATE TABLE IF NOT EXISTS params (key text NOT NULL, value jsonb NOT NULL,"
    " value_type int NOT NULL, site_id integer NOT NULL,"
    " updated_at timestamp with time zone NOT NULL, created_at timestamp with time zone NOT NULL,"
    " CONSTRAINT params_site_id_key_uniq UNIQUE (site_id, key))";
constexpr const char* kSet =
    "INSERT INTO params (key, value, value_type, site_id, updated_at, created_at)"
    " VALUES ($1, $2, 0, 0, to_timestamp($3::bigint), to_timestamp($3::bigint))"
    " ON CONFLICT (site_id, key) DO UPDATE"
    " SET value = excluded.value, value_type = 0, updated_at = excluded.updated_at";
constexpr const char* kGet =
    "SELECT value::text FROM params"
    " WHERE site_id = 0 AND key = $1 AND updated_at > to_timestamp($2::bigint)";

std::string unix_seconds(base::Instant instant) {
    return std::to_string(
        std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count());
}

class PostgresqlParameters final : public store::SharedParameters {
  public:
    explicit PostgresqlParameters(std::unique_ptr<database::Postgresql> connection)
        : connection_(std::move(connection)) {}

    Result<> set(const std::map<std::string, std::string>& values, base::Instant now) override {
        auto transaction = TRY(database::PostgresqlTransaction::begin(*connection_));
        for (const auto& [name, value] : values) {
            config::Map wrapped;
            wrapped.append("value", value);
            TRY(connection_->query(kSet, {name, config::to_json(wrapped), unix_seconds(now)}));
        }
        return transaction.commit();
    }

    Result<std::map<std::string, std::string>> get(const std::vector<std::string>& names,
                                                   base::Instant now) override {
        std::map<std::string, std::string> found;
        std::string oldest = unix_seconds(now - store::kSharedParameterLife);
        for (const std::string& name : names) {
            auto rows = TRY(connection_->query(kGet, {name, oldest}));
            if (rows.size() == 0) continue;
            config::Value value = TRY(config::parse_json(rows.text(0, 0), "params.value"));
            const config::Value* text = value.find("value");
            if (text) found[name] = engine::plain_text(*text);
        }
        return found;
    }

  private:
    const std::unique_ptr<database::Postgresql> connection_;
};

Result<ParameterServer> postgresql_server(const engine::Settings& settings) {
    database::PostgresqlOptions options;
    options.host = text_setting(settings, "param_server.host", options.host);
    options.user = text_setting(settings, "param_server.user");
    options.password = text_setting(settings, "param_server.password");
    options.database = text_setting(settings, "param_server.database");
    int64_t port = TRY(integer_setting(settings, "param_server.port", options.port));
    options.port = static_cast<int>(port);
    bool encrypts = text_setting(settings, "param_server.ssl") == "true";
    if (encrypts) options.ssl = database::PostgresqlOptions::Ssl::kEncrypt;
    auto connection = TRY(database::Postgresql::connect(options));
    TRY(connection->execute(kTable));
    ParameterServer server;
    server.own = std::make_unique<PostgresqlParameters>(std::move(connection));
    server.server = server.own.get();
    return server;
}

Result<ParameterServer> redis_server(const engine::Settings& settings) {
    if (text_setting(settings, "param_server.ssl") == "true") {
        return Error(Code::kUnsupported,
                     "param_server.ssl: Redis over TLS is not supported (use a tunnel, or leave "
                     "out param_server.type to keep the values in the store)");
    }
    database::RedisOptions options;
    options.host = text_setting(settings, "param_server.host", options.host);
    options.password = text_setting(settings, "param_server.password");
    int64_t port = TRY(integer_setting(settings, "param_server.port", kRedisPort));
    options.port = static_cast<uint16_t>(port);
    ParameterServer server;
    auto connection = TRY(database::Redis::connect(options));
    server.own = std::make_unique<RedisParameters>(std::move(connection));
    server.server = server.own.get();
    return server;
}

}  // namespace

Result<ParameterServer> parameter_server(const engine::TaskContext& context) {
    const engine::Settings& settings = context.surroundings.settings;
    std::string type = text_setting(settings, "param_server.type");
    if (type == "redis") return redis_server(settings);
    if (type == "postgresql") return postgresql_server(settings);
    if (!type.empty()) {
        return Error(Code::kUnsupported, "param_server.type: not supported: " + type +
                                             " (it is postgresql or redis; without it mogura keeps "
                                             "the values in its own store)");
    }
    if (engine::needs_parameter_server(context.compatibility)) {
        return Error(Code::kInvalid, "param_server.type is required to use this operator.");
    }
    if (!context.surroundings.shared_parameters) {
        return Error(Code::kUnsupported, "shared parameters need a store, and here is none");
    }
    ParameterServer server;
    server.server = context.surroundings.shared_parameters;
    return server;
}

}  // namespace mogura::plugins
