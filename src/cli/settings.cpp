#include "cli/settings.h"

#include "base/file.h"
#include "base/log.h"
#include "cli/house.h"
#include "cli/log_level.h"
#include "cli/parameter_options.h"
#include "engine/engine.h"

#include <algorithm>
#include <fstream>
#include <initializer_list>
#include <memory>
#include <thread>

namespace mogura::cli {
namespace {

std::string variable(const base::Environment& environment, const std::string& name) {
    auto found = environment.find(name);
    return found == environment.end() ? "" : found->second;
}

// Each key of `more` replaces its namesake.
void add(Properties& properties, Properties more) {
    more.merge(properties);
    properties = std::move(more);
}

Result<> add_file(Properties& properties, const std::string& path) {
    auto text = base::read_file(path);
    if (!text.ok() && text.error().code() == Code::kNotFound) {
        return Error(Code::kNotFound, path + " (no such file)");
    }
    if (!text.ok()) return text.error();
    add(properties, parse_properties(*text));
    return {};
}

Result<> log_to_file(House& house, const std::string& path) {
    auto file = std::make_shared<std::ofstream>(path, std::ios::app);
    if (!*file) return base::system_error(path, "open the log");
    log::set_writer([file](std::string_view line) { *file << line << std::flush; });
    house.is_terminal = false;  // the live display would take the log back
    return {};
}

// The options out of the arguments. Values of other options are not looked at here: a word such
// as "-X" would be one of them only by mistake.
struct Taken {
    std::vector<std::string> settings;
    std::vector<std::string> rest;
};

Taken take(std::span<const std::string> arguments) {
    Taken taken;
    for (size_t index = 0; index < arguments.size(); ++index) {
        const std::string& word = arguments[index];
        bool is_joined = word.starts_with("-X") && word.size() > 2;
        bool is_setting = is_joined;
        for (const OptionSpec& spec : setting_options()) {
            for (const std::string& name : spec.names) is_setting = is_setting || word == name;
        }
        if (!is_setting) {
            taken.rest.push_back(word);
            continue;
        }
        taken.settings.push_back(word);
        if (!is_joined && index + 1 < arguments.size()) {
            taken.settings.push_back(arguments[++index]);
        }
    }
    return taken;
}

Result<int64_t> limit_of(const Properties& properties, std::initializer_list<const char*> names,
                         int64_t usual) {
    for (const char* name : names) {
        auto found = properties.find(name);
        if (found == properties.end()) continue;
        auto limit = base::parse_integer(found->second);
        if (limit && *limit > 0) return *limit;
        return Error(Code::kInvalid, std::string(name) + ": expected a number above 0, not '" +
                                         found->second + "'");
    }
    return usual;
}

Result<std::chrono::seconds> duration_of(const Properties& properties, const char* name,
                                         std::chrono::seconds usual) {
    auto found = properties.find(name);
    if (found == properties.end()) return usual;
    auto duration = engine::parse_duration(found->second);
    if (duration.ok() && duration->count() > 0) return *duration;
    return Error(
        Code::kInvalid,
        std::string(name) + ": expected a duration such as '1h 30m', not '" + found->second + "'");
}

Result<config::Map> default_parameters(const Properties& properties) {
    constexpr const char* kName = "digdag.defaultParams";
    auto found = properties.find(kName);
    if (found == properties.end()) return config::Map{};
    auto value = TRY(config::parse_json(found->second, kName));
    if (!value.is_map()) {
        return Error(Code::kInvalid, std::string(kName) + ": expected a JSON object, not " +
                                         config::to_json(value));
    }
    return std::move(value.map());
}

}  // namespace

std::string config_home(const base::Environment& environment) {
    if (std::string own = variable(environment, "DIGDAG_CONFIG_HOME"); !own.empty()) return own;
    if (std::string xdg = variable(environment, "XDG_CONFIG_HOME"); !xdg.empty()) {
        return xdg + "/digdag";
    }
    return variable(environment, "HOME") + "/.config/digdag";
}

const OptionSpecs& setting_options() {
    static const OptionSpecs kOptions = {
        {{"-c", "--config"}, OptionKind::kValue, "FILE", "Configuration, a properties file."},
        {{"-X"}, OptionKind::kJoined, "KEY=VALUE", "A property of the configuration."},
        {{"-L", "--log"}, OptionKind::kValue, "FILE", "Where the log goes (-: the console)."},
        {{"--logback-config"}, OptionKind::kValue, "FILE", ""}};
    return kOptions;
}

Result<std::vector<std::string>> take_settings(House& house,
                                               std::span<const std::string> arguments) {
    Taken taken = take(arguments);
    set_log_level_of(taken.rest);
    CommandLine line = TRY(parse_options(taken.settings, setting_options()));
    Properties properties;
    if (!line.has("-c")) {
        std::string usual = config_home(house.environment) + "/config";
        if (base::file_exists(usual)) TRY(add_file(properties, usual));
    }
    add(properties, parse_properties(variable(house.environment, "DIGDAG_CONFIG")));
    for (const std::string& pair : line.values("-X")) {
        size_t equals = pair.find('=');
        if (equals == std::string::npos) {
            return Error(Code::kInvalid,
                         "Parameter -X expected a value of the form a=b but got:" + pair);
        }
        properties[pair.substr(0, equals)] = pair.substr(equals + 1);
    }
    if (line.has("-c")) TRY(add_file(properties, line.value("-c")));
    if (line.has("--logback-config")) {
        log::warn("--logback-config has no effect here: the log's form is fixed.");
    }
    if (std::string path = line.value("-L", "-"); path != "-") TRY(log_to_file(house, path));
    house.properties = std::move(properties);
    return std::move(taken.rest);
}

Result<int64_t> tasks_max(const House& house) {
    constexpr int64_t kStrict = 1'000;
    constexpr int64_t kOurs = 1'000'000;
    return limit_of(house.properties,
                    {"executor.task_max_run", "io.digdag.limits.maxWorkflowTasks"},
                    house.called_as == "digdag" ? kStrict : kOurs);
}

Result<int64_t> attempts_max(const House& house) {
    constexpr int64_t kUsual = 100;
    return limit_of(house.properties, {"executor.attempt_max_run", "io.digdag.limits.maxAttempts"},
                    kUsual);
}

Result<TimeLimits> time_limits(const House& house) {
    using namespace std::chrono_literals;
    auto attempt = TRY(duration_of(house.properties, "executor.attempt_ttl", 7 * 24h));
    auto task = TRY(duration_of(house.properties, "executor.task_ttl", 24h));
    auto interval = TRY(duration_of(house.properties, "executor.ttl_reaping_interval", 5s));
    return TimeLimits{.attempt = attempt, .task = task, .interval = interval};
}

int operator_threads() {
    constexpr int kThreads = 12;
    int cores = static_cast<int>(std::thread::hardware_concurrency());
    return std::max(kThreads, 2 * cores);
}

Result<config::Map> parameters_of(const Properties& properties) {
    constexpr std::string_view kPrefix = "params.";
    config::Map parameters;
    config::Map defaults = TRY(default_parameters(properties));
    for (auto at = properties.lower_bound(std::string(kPrefix));
         at != properties.end() && at->first.starts_with(kPrefix); ++at) {
        TRY(set_parameter(parameters, at->first.substr(kPrefix.size()), at->second));
    }
    config::merge(defaults, parameters);
    return defaults;
}

}  // namespace mogura::cli
