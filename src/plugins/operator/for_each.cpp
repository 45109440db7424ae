// for_each>: tasks for every combination of values (spec digdag 4.4).

#include "plugins/plugins.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

constexpr size_t kNamePartMax = 8;

struct Variable {
    std::string name;
    config::List values;
};

struct Chosen {
    size_t variable;
    size_t value;
};

// The first 8 characters, without cutting one in two.
std::string_view beginning(std::string_view text) {
    size_t end = 0;
    for (size_t count = 0; end < text.size() && count < kNamePartMax; ++count) {
        ++end;
        while (end < text.size() && (text[end] & 0xc0) == 0x80) ++end;
    }
    return text.substr(0, end);
}

std::string url_encoded(std::string_view text) {
    constexpr char kDigits[] = "0123456789ABCDEF";
    std::string encoded;
    for (unsigned char byte : text) {
        bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                     (byte >= '0' && byte <= '9') || byte == '-' || byte == '_' || byte == '.' ||
                     byte == '*';
        if (plain) {
            encoded += static_cast<char>(byte);
        } else {
            encoded += '%';
            encoded += kDigits[byte >> 4];
            encoded += kDigits[byte & 15];
        }
    }
    return encoded;
}

std::string name_part(const Variable& variable, Chosen chosen) {
    std::string value = engine::plain_text(variable.values[chosen.value]);
    return std::to_string(chosen.variable) + "=" + url_encoded(beginning(variable.name)) + "=" +
           std::to_string(chosen.value) + "=" + url_encoded(beginning(value));
}

using Combination = std::vector<Chosen>;

// First variable slowest. An empty list starts the product anew: so does the original (4.4.4).
Result<std::vector<Combination>> combine(const std::vector<Variable>& variables, int64_t most) {
    std::vector<Combination> product;
    for (size_t index = 0; index < variables.size(); ++index) {
        size_t count = variables[index].values.size();
        if (product.empty()) product.emplace_back();
        if (product.size() * count > static_cast<size_t>(most)) {
            return Error(Code::kLimit,
                         "Too many for_each subtasks. Limit: " + std::to_string(most));
        }
        std::vector<Combination> longer;
        for (const Combination& start : product) {
            for (size_t value = 0; value < count; ++value) {
                longer.push_back(start);
                longer.back().push_back({index, value});
            }
        }
        product = std::move(longer);
    }
    return product;
}

class ForEach final : public engine::Operator {
  public:
    engine::Outcome run(engine::TaskContext& context) override {
        auto subtasks = generate(context);
        if (subtasks.ok()) return engine::Done{.subtask_config = std::move(*subtasks)};
        return engine::failed_config(subtasks.error().message());
    }
    bool honours_retry() const override { return false; }
    std::optional<std::vector<std::string>> keys() const override {
        return std::vector<std::string>{"_do"};
    }
    engine::OperatorOptions options() const override {
        return {.options = {{.name = "_command",
                             .kind = engine::OptionKind::kMappingOfLists,
                             .is_required = true}}};
    }

  private:
    static Result<std::vector<Variable>> read_variables(const config::Map& parameters) {
        const config::Value* command = TRY(engine::required(parameters, "_command"));
        config::Map options = TRY(engine::parsed_map(*command, "_command"));
        std::vector<Variable> variables;
        for (const auto& entry : options) {
            auto values = TRY(engine::parsed_list(entry.value, entry.key));
            variables.push_back({entry.key, std::move(values)});
        }
        return variables;
    }

    static Result<config::Map> generate(const engine::TaskContext& context) {
        auto repeated = TRY(engine::Repeated::read(context.parameters));
        auto variables = TRY(read_variables(context.parameters));
        auto product = TRY(combine(variables, context.tasks_max));
        for (const Combination& combination : product) {
            std::string name;
            config::Map exports;
            for (Chosen chosen : combination) {
                const Variable& variable = variables[chosen.variable];
                name += (name.empty() ? "+for-" : "&") + name_part(variable, chosen);
                exports.set(variable.name, variable.values[chosen.value]);
            }
            repeated.add(std::move(name), exports);
        }
        return std::move(repeated).take();
    }
};

}  // namespace
}  // namespace mogura::plugins

PLUGIN(operator, for_each) {
    registry.operators.add("for_each", "Repeat tasks for every combination of values.",
                           [] { return std::make_unique<ForEach>(); });
}
