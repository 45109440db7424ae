#include "cli/dig_schema.h"

#include "cli/check/rules.h"
#include "cli/near_words.h"

#include <initializer_list>
#include <utility>

namespace mogura::cli {
namespace {

using config::List;
using config::Map;
using config::Value;
using engine::OperatorOption;
using engine::OptionKind;

// What a text must be like where another form is meant: such a value, or a template that gives one.
constexpr const char* kTemplate = "\\$\\{";
constexpr const char* kBooleanText = "^\\s*([Tt]rue|[Ff]alse)?\\s*$|\\$\\{";
// As the compiler takes them (1.2.1); "" and "!include" are files in that place.
constexpr const char* kTaskName = "^\\+[A-Za-z0-9_=\\[\\]{}%&@`,.^-]*$";
constexpr int64_t kTaskNameMax = 255;
constexpr const char* kVariableName = "^([A-Za-z_][A-Za-z_0-9]*|!include)?$";
constexpr const char* kIntervalText =  // in any case
    "^([Cc][Oo][Nn][Ss][Tt][Aa][Nn][Tt]|[Ee][Xx][Pp][Oo][Nn][Ee][Nn][Tt][Ii][Aa][Ll])$";
constexpr const char* kNumberText = "^\\s*([+-]?[0-9]+)?\\s*$|\\$\\{";

Map map(std::initializer_list<std::pair<const char*, Value>> entries) {
    Map result;
    for (const auto& [key, value] : entries) result.append(key, value);
    return result;
}

Map described(Map schema, std::string_view text) {
    schema.append("description", std::string(text));
    return schema;
}

Map of_type(const char* type, const char* text) {
    return described(map({{"type", type}}), text);
}

Map of_types(std::initializer_list<const char*> types) {
    List list;
    for (const char* type : types) list.emplace_back(type);
    return map({{"type", std::move(list)}});
}

Map nullable_mapping(const char* text) {
    return described(of_types({"object", "null"}), text);
}

Map reference(const std::string& name) {
    return map({{"$ref", "#/$defs/" + name}});
}

List list_of(std::initializer_list<Map> schemas) {
    List list;
    for (const Map& schema : schemas) list.emplace_back(schema);
    return list;
}

Map any_of(std::initializer_list<Map> choices) {
    return map({{"anyOf", list_of(choices)}});
}

Map when(Map condition, Map then) {
    return map({{"if", std::move(condition)}, {"then", std::move(then)}});
}

Map retry() {
    return described(
        any_of(
            {of_types({"integer", "string", "null"}),
             map({{"type", "object"},
                  {"properties",
                   map({{"limit", described(Map(), "How often.")},
                        {"interval", described(Map(), "Seconds between.")},
                        {"max_interval", described(Map(), "The longest pause, in seconds.")},
                        {"interval_type", any_of({map({{"enum", List{"constant", "exponential"}}}),
                                                  map({{"pattern", kIntervalText}})})}})},
                  {"required", List{"limit"}}})}),
        "Try again after a failure: how often, or {limit, interval, interval_type}.");
}

Map parallel() {
    return described(any_of({of_types({"boolean", "string", "null"}),
                             map({{"type", "object"},
                                  {"properties", map({{"limit", Map()}})},
                                  {"required", List{"limit"}}})}),
                     "Run the subtasks at once; {limit: N} runs N at a time.");
}

// Directives that hold no tasks.
Map plain_directives() {
    Map properties;
    properties.append("_export", nullable_mapping("Parameters of this task and all below it."));
    properties.append("_retry", retry());
    properties.append("_after", described(of_types({"array", "string", "null"}),
                                          "Siblings that must succeed first (with _parallel)."));
    properties.append("_background",
                      described(Map(), "true: the next task does not wait for this one."));
    properties.append("_disable", described(Map(), "true: leave this task out."));
    properties.append("_parallel", parallel());
    properties.append("_env", nullable_mapping("Environment variables of the command."));
    properties.append("_secrets", nullable_mapping("Other keys for the operator's secrets."));
    properties.append("_type", of_type("string", "The operator's name, in place of NAME>."));
    properties.append("_command", described(Map(), "What stands behind NAME> otherwise."));
    properties.append("_workdir", of_type("string", "Where commands run, in the project."));
    properties.append("_params", Map());
    return properties;
}

// Directives that hold tasks; `task` names what these are.
Map block_directives(const std::string& task) {
    Map properties;
    properties.append("_do", described(reference(task), "The tasks that the operator runs."));
    properties.append("_else_do", described(reference(task), "The same, when if> says no."));
    properties.append("_error", described(reference(task), "Tasks that run after a failure."));
    properties.append("_check", described(reference(task), "Tasks that run after a success."));
    return properties;
}

// Every name that begins with "_" and means something; editors show them when another one stands
// there.
Map known_directives() {
    List names;
    for (const Map& group : {plain_directives(), block_directives("task")}) {
        for (const auto& entry : group) names.emplace_back(entry.key);
    }
    return when(map({{"pattern", "^_"}}), map({{"enum", std::move(names)}}));
}

// A mapping without an operator is a group and has keys of its own only.
Map group_keys() {
    const List names{"timezone", "schedule", "sla",    "_parallel", "_background",
                     "_after",   "_error",   "_check", "_retry",    "_export",
                     "_secrets", "!include", ""};
    const Map is_group = map({{"propertyNames", map({{"not", map({{"pattern", ">$"}})}})},
                              {"not", any_of({map({{"required", List{"_type"}}}),
                                              map({{"required", List{"_disable"}}})})}});
    return when(
        is_group,
        map({{"propertyNames", any_of({map({{"pattern", "^\\+"}}), map({{"enum", names}})})}}));
}

Map never(std::string_view why) {
    return map({{"not", described(Map(), why)}});
}

// Left out, whatever else it holds (2.9.3).
Map is_disabled() {
    const Map says_no = map({{"enum", List{false, int64_t{0}, "false", "False", "", Value()}}});
    return map({{"type", "object"},
                {"required", List{"_disable"}},
                {"properties", map({{"_disable", map({{"not", says_no}})}})}});
}

Map names_of_tasks() {
    return map(
        {{"propertyNames", any_of({map({{"not", map({{"pattern", "^\\+"}})}}),
                                   map({{"pattern", kTaskName}, {"maxLength", kTaskNameMax}})})}});
}

// A task has one operator, and then no tasks of its own.
List one_operator(const engine::Operators& operators) {
    const Map no_operator = map({{"propertyNames", map({{"not", map({{"pattern", ">$"}})}})}});
    List rules;
    rules.emplace_back(
        when(map({{"not", no_operator}}),
             map({{"patternProperties",
                   map({{"^\\+", never("A task with an operator can't have subtasks.")}})}})));
    for (const std::string& name : operators.names()) {
        const Map other = map(
            {{"propertyNames",
              any_of({map({{"const", name + ">"}}), map({{"not", map({{"pattern", ">$"}})}})})}});
        rules.emplace_back(when(map({{"required", List{name + ">"}}}), other));
    }
    return rules;
}

// The task's operator is the one of that name.
Map is_operator(const std::string& name) {
    const Map by_key = map({{"required", List{name + ">"}}});
    const Map by_type = map(
        {{"required", List{"_type"}}, {"properties", map({{"_type", map({{"const", name}})}})}});
    return any_of({by_key, by_type});
}

// What the operator needs beside it.
List needs_of(const engine::Operators& operators) {
    List rules;
    const Map has_do = map({{"required", List{"_do"}}});
    const Map has_one = any_of({has_do, map({{"required", List{"_else_do"}}})});
    const Map variables =
        map({{"properties",
              map({{"_env", map({{"propertyNames", map({{"pattern", kVariableName}})}})}})}});
    for (const std::string& name : operators.names()) {
        std::string ignored;
        if (check::needs_tasks(name)) {
            rules.emplace_back(when(is_operator(name), name == "if" ? has_one : has_do));
        }
        if (operators.make(name, ignored)->runs_program()) {
            rules.emplace_back(when(is_operator(name), variables));
        }
    }
    return rules;
}

Map one_of_words(const OperatorOption& option) {
    List words;
    for (const std::string& word : option.words) words.emplace_back(word);
    return any_of({map({{"enum", std::move(words)}}),
                   map({{"type", "string"}, {"pattern", kTemplate}}), of_types({"null"})});
}

Map text_like(std::initializer_list<const char*> types, const char* pattern) {
    Map form = of_types(types);
    form.append("pattern", pattern);
    return form;
}

Map form_of(const OperatorOption& option) {
    if (!option.words.empty()) return one_of_words(option);
    switch (option.kind) {
        case OptionKind::kText:
        case OptionKind::kDuration:
            return of_types({"string", "number", "boolean", "null"});
        case OptionKind::kInteger:
            return text_like({"number", "string", "null"}, kNumberText);
        case OptionKind::kBoolean:
            return text_like({"boolean", "integer", "string", "null"}, kBooleanText);
        case OptionKind::kList:
            return text_like({"array", "string", "null"}, kTemplate);
        case OptionKind::kMapping:
        case OptionKind::kMappingOfLists:
            return of_types({"object", "string", "null"});
        case OptionKind::kAny:
            break;
    }
    return {};
}

// What may stand beside the operator of that name; empty when it says nothing.
Map options_of(const engine::Operators& operators, const std::string& name) {
    std::string message;
    const auto made = operators.make(name, message);
    Map properties;
    for (const OperatorOption& option : made->options().options) {
        if (option.help.empty()) continue;
        properties.append(option.name, described(form_of(option), option.help));
    }
    if (properties.empty()) return {};
    return when(is_operator(name), map({{"properties", std::move(properties)}}));
}

// Everything about one task that does not depend on the tasks around and inside it.
Map keys(const engine::Operators& operators) {
    Map properties = plain_directives();
    List rules;
    for (const std::string& name : operators.names()) {
        properties.append(name + ">", described(Map(), operators.help(name)));
        Map options = options_of(operators, name);
        if (!options.empty()) rules.emplace_back(std::move(options));
    }
    return map({{"type", "object"},
                {"properties", std::move(properties)},
                {"propertyNames", known_directives()},
                {"allOf", std::move(rules)}});
}

Map blocks(const std::string& task) {
    return map({{"properties", block_directives(task)},
                {"patternProperties", map({{"^\\+", reference(task)}})}});
}

// The mapping brings operators of the user's own, or a file that may: any word may be one then.
Map brings_operators() {
    auto exports = [](const char* name) {
        return map({{"required", List{"_export"}},
                    {"properties",
                     map({{"_export", map({{"type", "object"}, {"required", List{name}}})}})}});
    };
    return any_of({exports("plugin"), exports("!include"), exports(""),
                   map({{"required", List{"!include"}}}), map({{"required", List{""}}})});
}

// What the whole of a task must be like.
Map whole(const engine::Operators& operators) {
    List rules = one_operator(operators);
    rules.emplace_back(names_of_tasks());
    for (Value& rule : needs_of(operators)) rules.push_back(std::move(rule));
    return map({{"allOf", std::move(rules)}});
}

// `inner` says what the tasks inside may be.
Map task(Map inner) {
    const Map whole =
        map({{"allOf", list_of({reference("keys"), reference("whole"), group_keys(), inner})}});
    // Each part of a list is a piece of the mapping.
    const Map part = map({{"allOf", list_of({reference("keys"), std::move(inner)})}});
    return any_of({is_disabled(), whole, map({{"type", "array"}, {"items", part}})});
}

Map mistaken_words(const engine::Operators& operators) {
    return map(
        {{"patternProperties", map({{near_words_pattern(operators.names()).c_str(),
                                     never("No operator has this name; one is near to it.")}})}});
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
    // Other keys are told of when it runs; without a known type it does not.
    List choices{of_types({"null"})};
    for (const auto& entry : properties) {
        if (entry.key.ends_with('>')) choices.emplace_back(map({{"required", List{entry.key}}}));
    }
    for (const char* key : {"_type", "!include", ""}) {
        choices.emplace_back(map({{"required", List{key}}}));
    }
    Map schedule = nullable_mapping("When the workflow runs by itself.");
    schedule.append("properties", std::move(properties));
    schedule.append("anyOf", std::move(choices));
    return schedule;
}

Map top_properties() {
    Map top;
    top.append("timezone",
               described(of_types({"string", "null"}), "Such as Asia/Tokyo; UTC without it."));
    top.append("schedule", schedule());
    top.append("sla", of_type("object", "What to do when the workflow is late."));
    const Map plain = plain_directives();
    for (const char* key : {"_export", "_retry", "_parallel"}) top.append(key, *plain.find(key));
    const Map inner = block_directives("free_task");
    for (const char* key : {"_error", "_check"}) top.append(key, *inner.find(key));
    // A file in this place: `!include : 'path'`, as editors read it.
    top.append("!include", Map());
    top.append("", Map());
    return top;
}

}  // namespace

Map dig_schema(const engine::Operators& operators) {
    const Map strict =
        map({{"if", brings_operators()},
             {"then", blocks("free_task")},
             {"else", map({{"allOf", list_of({mistaken_words(operators), blocks("task")})}})}});
    return map({{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                {"title", "A .dig workflow"},
                {"type", "object"},
                {"properties", top_properties()},
                {"patternProperties", map({{"^\\+", Map()}})},
                {"propertyNames", *names_of_tasks().find("propertyNames")},
                {"additionalProperties", false},
                {"if", brings_operators()},
                {"then", blocks("free_task")},
                {"else", blocks("task")},
                {"$defs", map({{"keys", keys(operators)},
                               {"whole", whole(operators)},
                               {"task", task(strict)},
                               {"free_task", task(blocks("free_task"))}})}});
}

}  // namespace mogura::cli
