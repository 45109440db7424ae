#include "base/text.h"
#include "server/settings.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

namespace mogura::server {

std::unique_ptr<TableSource> make_source(const TableSettings& table, const query::Engines& engines,
                                         const query::Context& context, const base::Clock& clock) {
    if (table.type == "snapshot") {
        std::filesystem::path path = std::filesystem::path(context.folder) / table.path;
        return make_file_source(path.lexically_normal().string());
    }
    auto connect = [table, &engines, context] {
        config::Reader reader(table.engine, table.file, table.place);
        return engines.engines.create(table.type, reader, /*ignore_unknown=*/false, context);
    };
    return make_query_source({.table = table.options.name,
                              .key = table.key,
                              .sql = table.sql,
                              .description = table.description,
                              .connect = std::move(connect)},
                             clock);
}

std::string select_all(std::string_view engine, std::string_view table) {
    const char quote = engine == "mysql" ? '`' : '"';
    std::string sql = "SELECT * FROM ";
    for (const std::string& part : base::split(table, '.')) {
        if (sql.back() == quote) sql += '.';
        sql += quote;
        sql += base::replace_all(part, std::string(1, quote), std::string(2, quote));
        sql += quote;
    }
    return sql;
}

config::Map reading_only(config::Map options, std::string_view engine,
                         const query::Engines& engines) {
    constexpr std::string_view kOption = "read_only";
    if (options.find(kOption)) return options;
    const std::vector<config::Option> known = engines.engines.options(engine);
    const bool knows = std::any_of(known.begin(), known.end(), [&](const config::Option& option) {
        return option.name == kOption;
    });
    if (knows) options.set(kOption, true);
    return options;
}

config::Map with_time_limits(config::Map options, std::string_view engine) {
    constexpr int kConnectMilliseconds = 10'000;
    constexpr int kAnswerMilliseconds = 60'000;
    if (engine != "mysql") return options;
    const config::Value* given = options.find("options");
    if (given && !given->is_map()) return options;  // which the engine refuses
    config::Value limited = given ? *given : config::Value(config::Map());
    config::Map& properties = limited.map();
    if (!properties.find("connectTimeout")) properties.set("connectTimeout", kConnectMilliseconds);
    if (!properties.find("socketTimeout")) properties.set("socketTimeout", kAnswerMilliseconds);
    options.set("options", std::move(limited));
    return options;
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    struct Unit {
        std::string_view suffix;
        int64_t milliseconds;
    };
    constexpr std::array<Unit, 4> kUnits = {
        {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}}};
    constexpr int64_t kDay = 86'400'000;
    Unit unit{"", 1000};
    for (const Unit& candidate : kUnits) {
        if (!text.ends_with(candidate.suffix)) continue;
        unit = candidate;
        break;
    }
    auto number = base::parse_integer(text.substr(0, text.size() - unit.suffix.size()));
    if (!number || *number <= 0 || *number > kDay || *number * unit.milliseconds > 365 * kDay) {
        return std::nullopt;
    }
    return std::chrono::milliseconds(*number * unit.milliseconds);
}

}  // namespace mogura::server
