#include "plugins/sql/statement_text.h"

#include "base/file.h"
#include "plugins/command_text.h"
#include "plugins/operator_options.h"

#include <utility>

namespace mogura::plugins {
namespace {

// Its templates see the parameters under the operator's word, too (digdag 4.0.5).
Result<query::Text> text_of_file(const engine::TaskContext& context, const std::string& word,
                                 const std::string& name) {
    auto path = TRY(path_in_project(context, name));
    auto sql = TRY(base::read_file(path));
    const config::Map parameters = with_defaults(context.parameters, word);
    auto evaluated = context.evaluator.evaluate_text(
        {.parameters = parameters, .time_zone = context.time_zone}, sql);
    if (!evaluated.ok()) return evaluated.error().at(name);
    return query::Text{.sql = *std::move(evaluated), .file = name};
}

// "sql/report.sql", not a statement.
bool is_file_name(const std::string& text) {
    return text.ends_with(".sql") && text.find('\n') == std::string::npos;
}

const config::Value* query_option(const engine::TaskContext& context, const std::string& name) {
    if (const config::Value* own = engine::present(context.parameters, "query")) return own;
    const config::Value* defaults = engine::present(context.parameters, name);
    return defaults && defaults->is_map() ? engine::present(defaults->map(), "query") : nullptr;
}

}  // namespace

Result<query::Text> statement_text(engine::TaskContext& context, const std::string& name,
                                   QueryOption option) {
    const Error missing(Code::kInvalid,
                        name + "> needs the name of a SQL file, or {data: \"SQL\"}");
    const config::Value* command = engine::present(context.parameters, "_command");
    bool is_option = !command;
    if (is_option) command = query_option(context, name);
    if (!command) return missing;
    if (command->is_map()) {
        const config::Value* data = command->find("data");
        if (!data || !data->is_string()) return missing;
        return query::Text{.sql = data->string(), .file = ""};
    }
    std::string text = command->scalar_text().value_or("");
    // Its templates are evaluated, as those of every parameter.
    if (is_option && (option == QueryOption::kSql || !is_file_name(text))) {
        return query::Text{.sql = std::move(text), .file = ""};
    }
    return text_of_file(context, name, text);
}

}  // namespace mogura::plugins
