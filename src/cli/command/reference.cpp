// Prints the reference of every plugin's options as Markdown: docs/reference/plugins.md is this.

#include "cli/command.h"

#include <cstdio>

namespace {

constexpr const char* kHelp =
    R"(Prints every plugin with its options, types, defaults and meanings as Markdown: inputs, decoders,
parsers, filters, formatters, encoders, outputs, guesses, SQL engines and operators.

Usage: mogura reference

  mogura reference | less
  mogura reference >plugins.md
)";

using mogura::config::Option;
using mogura::engine::OperatorOption;
using mogura::engine::OptionKind;

std::string in_cell(const std::string& text) {
    std::string cell;
    for (char letter : text) {
        if (letter == '|') cell += '\\';
        cell += letter;
    }
    return cell;
}

template <typename Registry>
void print_kind(const char* title, const Registry& registry) {
    std::printf("\n## %s\n", title);
    for (const std::string& name : registry.names()) {
        std::printf("\n### `%s`\n\n%s\n", name.c_str(), registry.help(name).c_str());
        std::vector<Option> options = registry.options(name);
        if (options.empty()) continue;
        std::printf("\n| option | type | default | |\n|---|---|---|---|\n");
        for (const Option& option : options) {
            std::string fallback = option.required ? "required"
                                   : option.default_value.empty()
                                       ? ""
                                       : "`" + option.default_value + "`";
            std::printf("| `%s` | %s | %s | %s |\n", option.name.c_str(),
                        in_cell(option.type).c_str(), in_cell(fallback).c_str(),
                        in_cell(option.help).c_str());
        }
    }
}

std::string kind_of(const OperatorOption& option) {
    std::string words;
    for (const std::string& word : option.words) words += (words.empty() ? "" : ", ") + word;
    if (!words.empty()) return "one of " + words;
    switch (option.kind) {
        case OptionKind::kText:
            return "string";
        case OptionKind::kInteger:
            return "long";
        case OptionKind::kBoolean:
            return "boolean";
        case OptionKind::kDuration:
            return "duration";
        case OptionKind::kList:
            return "list";
        case OptionKind::kMapping:
        case OptionKind::kMappingOfLists:
            return "mapping";
        case OptionKind::kAny:
            break;
    }
    return "any";
}

void print_operators(const mogura::engine::Operators& operators) {
    std::printf("\n## Operators\n");
    for (const std::string& name : operators.names()) {
        std::printf("\n### `%s>`\n\n%s\n", name.c_str(), operators.help(name).c_str());
        std::string rows;
        std::string message;
        const auto made = operators.make(name, message);
        for (const OperatorOption& option : made->options().options) {
            if (option.help.empty()) continue;
            rows += "| `" + option.name + "` | " + in_cell(kind_of(option)) + " | " +
                    in_cell(option.help) + " |\n";
        }
        if (!rows.empty()) std::printf("\n| option | type | |\n|---|---|---|\n%s", rows.c_str());
    }
}

}  // namespace

COMMAND(reference, "Print all plugins and their options as Markdown") {
    if (!arguments.empty() && (arguments[0] == "--help" || arguments[0] == "-h")) {
        std::fputs(kHelp, stdout);
        return 0;
    }
    if (!arguments.empty()) {
        std::fprintf(stderr,
                     "mogura reference: it takes no arguments: %s\n"
                     "`mogura reference --help` explains.\n",
                     arguments[0].c_str());
        return 2;
    }
    const auto& registry = house.registry;
    std::printf(
        "# Plugins and their options\n\nWritten by `mogura reference`. What is not listed here "
        "answers with an error.\n");
    print_kind("Inputs of files", registry.file_inputs);
    print_kind("Other inputs", registry.inputs);
    print_kind("Decoders", registry.decoders);
    print_kind("Parsers", registry.parsers);
    print_kind("Filters", registry.filters);
    print_kind("Filters that need every row", registry.whole_filters);
    print_kind("Formatters", registry.formatters);
    print_kind("Encoders", registry.encoders);
    print_kind("Outputs of files", registry.file_outputs);
    print_kind("Other outputs", registry.outputs);
    print_kind("Query engines", registry.engines);
    print_operators(registry.operators);
    return 0;
}
