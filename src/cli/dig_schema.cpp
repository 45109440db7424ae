#include "cli/dig_schema.h"

#include <initializer_list>
#include <utility>

namespace mogura::cli {
namespace {

using config::List;
using config::Map;
using config::Value;

Map map(std::initializer_list<std::pair<const char*, Value>> entries) {
    Map result;
    for (const auto& [key, value] : entries) result.append(key, value);
    return result;
}

Map described(Map schema, const char* text) {
    schema.append("description", text);
    return schema;
}

Map of_type(const char* type, const char* text) {
    return described(map({{"type", type}}), text);
}

Map reference(const char* name) {
    return map({{"$ref", std::string("#/$defs/") + name}});
}

Map any_of(std::initializer_list<Map> choices) {
    List list;
    for (const Map& choice : choices) list.emplace_back(choice);
    return map({{"anyOf", std::move(list)}});
}

Map retry() {
    return described(
        any_of({map({{"type", "integer"}}), map({{"type", "string"}}),
                map({{"type", "object"},
                     {"properties",
                      map({{"limit", Map()},
                           {"interval", Map()},
                           {"max_interval", Map()},
                           {"interval_type", map({{"enum", List{"constant", "exponential"}}})}})},
                     {"required", List{"limit"}}})}),
        "Try again after a failure: how often, or {limit, interval, interval_type}.");
}

Map parallel() {
    return described(any_of({map({{"type", "boolean"}}), map({{"type", "string"}}),
                             map({{"type", "object"},
                                  {"properties", map({{"limit", Map()}})},
                                  {"required", List{"limit"}}})}),
                     "Run the subtasks at once; {limit: N} runs N at a time.");
}

// Keys that groups and operators have in common.
Map shared_properties() {
    Map properties;
    properties.append("_export", of_type("object", "Parameters of this task and all below it."));
    properties.append("_retry", retry());
    properties.append("_error", described(reference("task"), "Tasks that run after a failure."));
    properties.append("_check", described(reference("task"), "Tasks that run after a success."));
    properties.append("_after",
                      described(map({{"type", "array"}, {"items", map({{"type", "string"}})}}),
                                "Siblings that must succeed first (with _parallel)."));
    properties.append("_background",
                      described(Map(), "true: the next task does not wait for this one."));
    properties.append("_disable", described(Map(), "true: leave this task out."));
    return properties;
}

Map task_properties(const engine::Operators& operators) {
    Map properties = shared_properties();
    properties.append("_parallel", parallel());
    properties.append("_env", of_type("object", "Environment variables of the command."));
    properties.append("_secrets", of_type("object", "Other keys for the operator's secrets."));
    properties.append("_do", described(reference("task"), "The tasks that the operator runs."));
    properties.append("_else_do", described(reference("task"), "The same, when if> says no."));
    properties.append("_type", of_type("string", "The operator's name, in place of NAME>."));
    properties.append("_command", described(Map(), "What stands behind NAME> otherwise."));
    for (const std::string& name : operators.names()) {
        properties.append(name + ">", described(Map(), operators.help(name).c_str()));
    }
    return properties;
}

Map schedule() {
    Map properties;
    properties.append("hourly>", described(Map(), "MM:SS"));
    properties.append("daily>", described(Map(), "HH:MM:SS"));
    properties.append("weekly>", described(Map(), "DDD,HH:MM:SS"));
    properties.append("monthly>", described(Map(), "D,HH:MM:SS"));
    properties.append("minutes_interval>", described(Map(), "Every so many minutes of an hour."));
    properties.append("seconds_interval>", described(Map(), "Every so many seconds."));
    properties.append("cron>", of_type("string", "minute hour day-of-month month day-of-week"));
    properties.append("delay", described(Map(), "Seconds by which runs are put off."));
    properties.append("start", of_type("string", "First day: yyyy-MM-dd."));
    properties.append("end", of_type("string", "Last day: yyyy-MM-dd."));
    properties.append("skip_on_overtime",
                      of_type("boolean", "Leave out a session while the last one runs."));
    properties.append("skip_delayed_by", of_type("string", "Leave out a session so late: 1h 30m."));
    properties.append("_type", Map());
    properties.append("_command", Map());
    return described(map({{"type", "object"},
                          {"properties", std::move(properties)},
                          {"additionalProperties", false}}),
                     "When the workflow runs by itself.");
}

Map subtasks() {
    return map({{"^\\+", reference("task")}});
}

}  // namespace

Map dig_schema(const engine::Operators& operators) {
    Map task = map({{"type", "object"},
                    {"properties", task_properties(operators)},
                    {"patternProperties", subtasks()}});
    Map top;
    top.append("timezone", of_type("string", "Such as Asia/Tokyo; UTC without it."));
    top.append("schedule", schedule());
    top.append("sla", of_type("object", "What to do when the workflow is late."));
    for (const char* key : {"_export", "_error", "_check", "_retry"}) {
        top.append(key, *shared_properties().find(key));
    }
    top.append("_parallel", parallel());
    top.append("!include", Map());
    return map({{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                {"title", "A .dig workflow"},
                {"type", "object"},
                {"properties", std::move(top)},
                {"patternProperties", subtasks()},
                {"additionalProperties", false},
                {"$defs",
                 map({{"task", any_of({std::move(task), map({{"type", "array"},
                                                             {"items", reference("task")}})})}})}});
}

}  // namespace mogura::cli
