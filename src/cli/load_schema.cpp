#include "cli/load_schema.h"

#include "base/text.h"

#include <string>
#include <utility>

namespace mogura::cli {
namespace {

config::Map type_schema(const std::string& type) {
    config::Map schema;
    if (type == "string") {
        // Numbers and booleans are read as text, too.
        schema.set("type", config::List{"string", "number", "boolean", "null"});
    } else if (type == "long" || type == "integer") {
        schema.set("type", config::List{"integer", "string", "null"});
    } else if (type == "double") {
        schema.set("type", config::List{"number", "string", "null"});
    } else if (type == "boolean") {
        schema.set("type", config::List{"boolean", "string", "null"});
    } else if (type == "list of string" || type == "list") {
        schema.set("type", config::List{"array", "null"});
    } else if (type == "mapping") {
        schema.set("type", config::List{"object", "null"});
    } else if (type.starts_with("one of ")) {
        config::List words;
        for (const std::string& word : base::split(type.substr(7), ',')) {
            words.emplace_back(base::trim(word));
        }
        schema.set("enum", std::move(words));
    }
    return schema;
}

config::Map option_schema(const config::Option& option) {
    config::Map schema = type_schema(option.type);
    schema.set("description", option.help);
    if (option.default_value.empty()) return schema;
    auto fallback = config::parse_json(option.default_value, option.name);
    if (fallback.ok()) schema.set("default", *std::move(fallback));
    return schema;
}

// `if` the type is the plugin's, `then` these are its options. Other keys are allowed: the loader
// only warns about them.
template <typename Registry>
void append_plugins(const Registry& registry, config::List& names, config::List& rules) {
    for (const std::string& name : registry.names()) {
        names.emplace_back(name);
        config::Map properties;
        config::List required;
        for (const config::Option& option : registry.options(name)) {
            properties.set(option.name, option_schema(option));
            if (option.required) required.emplace_back(option.name);
        }
        config::Map wanted;
        wanted.set("const", name);
        config::Map type;
        type.set("type", std::move(wanted));
        config::Map condition;
        condition.set("properties", std::move(type));
        config::Map then;
        then.set("description", registry.help(name));
        then.set("properties", std::move(properties));
        if (!required.empty()) then.set("required", std::move(required));
        config::Map rule;
        rule.set("if", std::move(condition));
        rule.set("then", std::move(then));
        rules.emplace_back(std::move(rule));
    }
}

config::Map reference_to(const char* definition) {
    config::Map map;
    map.set("$ref", std::string("#/$defs/") + definition);
    return map;
}

config::Map list_of(const char* definition) {
    config::Map map;
    map.set("type", config::List{"array", "null"});
    map.set("items", reference_to(definition));
    return map;
}

// A plugin of one kind; `more` are keys of the pipeline beside its options.
config::Map plugin_schema(config::List names, config::List rules, config::Map more) {
    config::Map name;
    name.set("enum", std::move(names));
    config::Map mapping;
    mapping.set("type", "object");  // {source: maven, name: ...}
    config::Map type;
    type.set("anyOf",
             config::List{config::Value(std::move(name)), config::Value(std::move(mapping))});
    config::Map properties;
    properties.set("type", std::move(type));
    config::merge(properties, more);
    config::Map schema;
    schema.set("type", "object");
    schema.set("required", config::List{"type"});
    schema.set("properties", std::move(properties));
    schema.set("allOf", std::move(rules));
    return schema;
}

template <typename... Registries>
config::Map kind_schema(config::Map more, const Registries&... registries) {
    config::List names;
    config::List rules;
    (append_plugins(registries, names, rules), ...);
    return plugin_schema(std::move(names), std::move(rules), std::move(more));
}

config::Map exec_schema() {
    config::Map properties;
    for (const char* key : {"max_threads", "min_output_tasks", "max_rejected_rows",
                            "guess_sample_buffer_bytes", "preview_sample_buffer_bytes"}) {
        properties.set(key, type_schema("long"));
    }
    properties.set("type", type_schema("one of local"));
    properties.set("compat", type_schema("one of strict, fixed"));
    properties.set("quarantine", type_schema("string"));
    properties.set("transaction_time", type_schema("string"));
    properties.set("guess_plugins", type_schema("list of string"));
    properties.set("exclude_guess_plugins", type_schema("list of string"));
    config::Map schema;
    schema.set("type", config::List{"object", "null"});
    schema.set("properties", std::move(properties));
    return schema;
}

}  // namespace

config::Map load_schema(const plugins::Registry& registry) {
    config::Map in_more;
    in_more.set("parser", reference_to("parser"));
    in_more.set("decoders", list_of("decoder"));
    config::Map out_more;
    out_more.set("formatter", reference_to("formatter"));
    out_more.set("encoders", list_of("encoder"));
    config::Map definitions;
    definitions.set("in", kind_schema(std::move(in_more), registry.file_inputs, registry.inputs));
    definitions.set("out",
                    kind_schema(std::move(out_more), registry.file_outputs, registry.outputs));
    definitions.set("parser", kind_schema({}, registry.parsers));
    definitions.set("decoder", kind_schema({}, registry.decoders));
    definitions.set("filter", kind_schema({}, registry.filters, registry.whole_filters));
    definitions.set("formatter", kind_schema({}, registry.formatters));
    definitions.set("encoder", kind_schema({}, registry.encoders));
    config::Map properties;
    properties.set("in", reference_to("in"));
    properties.set("filters", list_of("filter"));
    properties.set("out", reference_to("out"));
    properties.set("exec", exec_schema());
    properties.set("quarantine", type_schema("string"));
    properties.set("max_rejected_rows", type_schema("long"));
    properties.set("preview_sample_rows", type_schema("long"));
    config::Map schema;
    schema.set("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.set("title", "A bulk load");
    schema.set("type", "object");
    schema.set("required", config::List{"in"});
    schema.set("properties", std::move(properties));
    schema.set("$defs", std::move(definitions));
    return schema;
}

}  // namespace mogura::cli
