// What operators are told: values that they cannot take, names that are misspelt, docker.

#include "base/text.h"
#include "cli/check/near_miss.h"
#include "cli/check/rules.h"

#include <algorithm>

namespace mogura::cli::check {
namespace {

using engine::OperatorOption;

class OptionsCheck {
  public:
    OptionsCheck(const Place& place, const TaskView& task, const config::Map::Entry& entry,
                 const engine::Operator& own)
        : place_(place),
          task_(task),
          entry_(entry),
          word_(operator_name(entry)),
          operator_(own),
          options_(own.options()) {}

    void run() {
        for (const OperatorOption& option : options_.options) check_option(option);
        check_whole();
        check_names();
        if (operator_.runs_program()) check_docker();
    }

  private:
    void check_option(const OperatorOption& option) {
        bool is_command = option.name == "_command";
        const config::Value* value =
            is_command ? command_of(task_.mapping) : task_.mapping.find(option.name);
        if (is_command && option.is_required && (!value || value->is_null())) {
            return check_missing(option);
        }
        if (!value) return;
        std::string problem =
            engine::problem_with(option, *value, is_command ? word_ + ">" : option.name);
        if (problem.empty()) return;
        config::Mark mark = value->mark().line > 0 ? value->mark() : entry_.mark;
        place_.add(mark, Severity::kError, problem);
    }

    // What is exported under the operator's own name may hold what stands in its place (4.0.5).
    void check_missing(const OperatorOption& option) {
        bool has_other =
            !option.instead.empty() && (place_.may_have(task_, option.instead) ||
                                        task_.exported(word_) || place_.incoming.contains(word_));
        if (has_other) return;
        place_.add(entry_.mark, Severity::kError,
                   word_ + ">: nothing stands behind it" +
                       (option.instead.empty() ? "" : " (or give it " + option.instead + ":)"));
    }

    void check_whole() {
        config::Map written;
        for (const auto& entry : task_.mapping) written.append(entry.key, entry.value);
        if (const config::Value* command = command_of(task_.mapping)) {
            written.set("_command", *command);
        }
        auto checked = operator_.check(written);
        if (!checked.ok()) place_.add(entry_.mark, Severity::kError, checked.error().message());
    }

    void check_names() {
        if (options_.options.empty()) return;
        std::vector<std::string> known;
        for (const OperatorOption& option : options_.options) known.push_back(option.name);
        for (const auto& entry : task_.mapping) {
            bool is_other = !entry.key.starts_with('_') && !entry.key.starts_with('+') &&
                            !entry.key.ends_with('>') &&
                            std::find(known.begin(), known.end(), entry.key) == known.end();
            if (!is_other) continue;
            if (!options_.takes_parameters) {
                place_.add(entry.mark, Severity::kError,
                           word_ + ">: unknown option: " + entry.key +
                               base::did_you_mean(entry.key, known));
            } else if (auto near = near_miss(entry.key, known);
                       near && !place_.files.mentions(entry.key)) {
                place_.add(entry.mark, Severity::kWarning,
                           word_ + ">: unknown option: " + entry.key + hint(near));
            }
        }
    }

    void check_docker() {
        constexpr const char* kMessage =
            "docker: containers are not supported yet, and the task fails (remove docker: to run "
            "the command here)";
        const config::Map::Entry* found = task_.exported("docker");
        for (const auto& entry : task_.mapping) {
            if (entry.key == "docker") found = &entry;
        }
        if (found && !found->value.is_null()) {
            place_.add(found->mark, Severity::kWarning, kMessage);
        } else if (!found && place_.incoming.contains("docker")) {
            place_.add(entry_.mark, Severity::kWarning, kMessage);
        }
    }

    const Place& place_;
    const TaskView& task_;
    const config::Map::Entry& entry_;
    const std::string word_;
    const engine::Operator& operator_;
    const engine::OperatorOptions options_;
};

// `_export: {http: {methd: POST}}`: what all tasks of an operator are told (4.0.5).
void check_exported_options(const Place& place, const TaskView& task) {
    const config::Value* exported = task.mapping.find("_export");
    if (!exported || !exported->is_map()) return;
    for (const auto& mapping : exported->map()) {
        std::string ignored;
        if (!mapping.value.is_map()) continue;
        auto own = place.operators.make(mapping.key, ignored);
        if (!own) continue;
        std::vector<std::string> known;
        for (const OperatorOption& option : own->options().options) known.push_back(option.name);
        for (const auto& entry : mapping.value.map()) {
            if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
            auto near = near_miss(entry.key, known);
            if (!near || place.files.mentions(entry.key)) continue;
            place.add(entry.mark, Severity::kWarning,
                      mapping.key + ": unknown option: " + entry.key + hint(near));
        }
    }
}

}  // namespace

void check_options(const Place& place, const TaskView& task) {
    check_exported_options(place, task);
    const config::Map::Entry* entry = operator_entry(task.mapping);
    if (!entry) return;
    std::string ignored;
    auto own = operator_of(place, task, operator_name(*entry), ignored);
    if (own) OptionsCheck(place, task, *entry, *own).run();
}

}  // namespace mogura::cli::check
