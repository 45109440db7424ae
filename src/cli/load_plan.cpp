#include "cli/load_plan.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <vector>

namespace mogura::cli {
namespace {

using load::OutputPlan;
using Step = OutputPlan::Step;

constexpr size_t kNamesShown = 10;
constexpr size_t kStatementBytesShown = 800;

struct StepWords {
    Step step;
    const char* title;
    const char* key;
};
constexpr std::array kSteps = {
    StepWords{Step::kBegin, "at the beginning", "begin"},
    StepWords{Step::kRows, "each task, for each batch of rows", "rows"},
    StepWords{Step::kCommit, "at the end", "commit"},
};

std::string number_text(size_t number) {
    return base::with_thousands(static_cast<int64_t>(number));
}

std::string count_text(size_t count, const char* noun) {
    return number_text(count) + " " + noun + (count == 1 ? "" : "s");
}

void append_names(std::string& text, const std::vector<std::string>& names) {
    for (size_t index = 0; index < std::min(names.size(), kNamesShown); ++index) {
        text += "  " + names[index] + "\n";
    }
    if (names.size() > kNamesShown) {
        text += "  and " + number_text(names.size() - kNamesShown) + " more\n";
    }
}

std::string threads_text(int threads) {
    return threads == 1 ? "one thread" : std::to_string(threads) + " threads";
}

std::string pieces_text(const load::Split& split) {
    if (split.piece_bytes == 0) return "read by " + threads_text(split.threads);
    if (split.pieces == 1) return "one piece";
    std::string text = split.pieces > 0
                           ? "about " + number_text(static_cast<size_t>(split.pieces)) + " pieces"
                           : "pieces";
    return text + " of " + std::to_string(split.piece_bytes / 1024) + " KiB on " +
           threads_text(split.threads);
}

std::string split_text(const load::Split& split) {
    std::string text;
    for (const std::string& parts : split.unpacking) {
        text += parts.empty() ? "unpacked by one thread, " : "unpacked by " + parts + ", ";
    }
    return text + pieces_text(split);
}

// Names, sizes and splits in columns.
void append_inputs(std::string& text, const load::Plan& plan) {
    std::vector<std::array<std::string, 3>> lines;
    const bool has_names = plan.inputs.size() == plan.splits.size();
    for (size_t task = 0; task < std::min(plan.splits.size(), kNamesShown); ++task) {
        const load::Split& split = plan.splits[task];
        lines.push_back({has_names ? plan.inputs[task] : "task " + std::to_string(task),
                         split.bytes < 0 ? "" : base::with_unit_bytes(split.bytes),
                         split_text(split)});
    }
    size_t name_width = 0;
    size_t size_width = 0;
    for (const auto& [name, size, split] : lines) {
        name_width = std::max(name_width, name.size());
        size_width = std::max(size_width, size.size());
    }
    for (const auto& [name, size, split] : lines) {
        text += "  " + name + std::string(name_width - name.size() + 2, ' ');
        if (size_width > 0) text += std::string(size_width - size.size(), ' ') + size + "  ";
        text += split + "\n";
    }
    if (plan.splits.size() > kNamesShown) {
        text += "  and " + number_text(plan.splits.size() - kNamesShown) + " more\n";
    }
}

std::string columns_text(const page::Schema& schema) {
    std::vector<std::string> columns;
    for (const page::Column& column : schema.columns()) {
        columns.push_back(column.name + ":" + std::string(page::type_name(column.type)));
    }
    return base::join(columns, ", ");
}

bool is_inside_character(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

// Shortened in the middle; further lines stand below the first.
std::string statement_text(const std::string& sql, const std::string& indent) {
    std::string text = sql;
    if (sql.size() > kStatementBytesShown) {
        size_t front = kStatementBytesShown / 2;
        size_t back = sql.size() - front;
        while (is_inside_character(sql[front])) --front;
        while (is_inside_character(sql[back])) ++back;
        text = sql.substr(0, front) + " [... " +
               base::with_unit_bytes(static_cast<int64_t>(back - front)) + " more ...] " +
               sql.substr(back);
    }
    return indent + base::replace_all(std::string(base::trim(text)), "\n", "\n" + indent) + "\n";
}

void append_step(std::string& text, const OutputPlan& output, const StepWords& words) {
    bool is_titled = false;
    bool is_told = false;
    for (const OutputPlan::Statement& statement : output.statements) {
        if (statement.step != words.step) continue;
        if (!std::exchange(is_titled, true)) text += std::string("  ") + words.title + "\n";
        if (!statement.is_again) {
            text += statement_text(statement.sql, "    ");
            is_told = false;
        } else if (!std::exchange(is_told, true)) {
            text += "    (the same for every other task)\n";
        }
    }
}

void append_columns(std::string& text, const char* title, const std::vector<std::string>& names,
                    const char* behind = "") {
    if (names.empty()) return;
    text += title;
    const size_t shown = std::min(names.size(), 5 * kNamesShown);
    text += base::join(std::vector<std::string>(names.begin(), names.begin() + shown), ", ");
    if (names.size() > shown) text += " and " + number_text(names.size() - shown) + " more";
    text.append(behind).append("\n");
}

void append_output(std::string& text, const OutputPlan& output) {
    if (!output.target.empty()) text += output.target + "\n";
    append_columns(text, "  columns added:    ", output.added);
    append_columns(text, "  columns cut:      ", output.cut, " (the target does not take them)");
    append_columns(text, "  columns dropped:  ", output.dropped, " (the target loses them)");
    for (const StepWords& words : kSteps) append_step(text, output, words);
    for (const std::string& note : output.notes) text += "  note: " + note + "\n";
}

config::List names_json(std::span<const std::string> names) {
    config::List list;
    for (const std::string& name : names) list.emplace_back(name);
    return list;
}

config::Value known(int64_t number) {
    return number >= 0 ? config::Value(number) : config::Value(nullptr);
}

config::List splits_json(const load::Plan& plan) {
    config::List list;
    for (const load::Split& split : plan.splits) {
        config::Map map;
        map.set("bytes", known(split.bytes));
        map.set("piece_bytes", split.piece_bytes > 0
                                   ? config::Value(static_cast<int64_t>(split.piece_bytes))
                                   : config::Value(nullptr));
        map.set("pieces", known(split.pieces));
        map.set("threads", split.threads);
        map.set("unpacking", names_json(split.unpacking));
        map.set("text", split_text(split));
        list.emplace_back(std::move(map));
    }
    return list;
}

config::Map output_json(const OutputPlan& output) {
    config::List statements;
    for (const OutputPlan::Statement& statement : output.statements) {
        config::Map map;
        map.set("step", std::ranges::find(kSteps, statement.step, &StepWords::step)->key);
        map.set("sql", statement.sql);
        statements.emplace_back(std::move(map));
    }
    config::Map map;
    map.set("name", output.target);
    map.set("statements", std::move(statements));
    map.set("added", names_json(output.added));
    map.set("cut", names_json(output.cut));
    map.set("dropped", names_json(output.dropped));
    map.set("notes", names_json(output.notes));
    return map;
}

config::List schemas_json(const load::Plan& plan) {
    config::List schemas;
    for (const page::Schema& schema : plan.schemas) {
        config::List columns;
        for (const page::Column& column : schema.columns()) {
            config::Map map;
            map.set("name", column.name);
            map.set("type", page::type_name(column.type));
            columns.emplace_back(std::move(map));
        }
        schemas.emplace_back(std::move(columns));
    }
    return schemas;
}

}  // namespace

std::string plan_text(const load::Plan& plan) {
    std::string text = count_text(plan.tasks, "input task");
    if (plan.bytes >= 0) text += ", " + base::with_unit_bytes(plan.bytes);
    text += ", on " + count_text(static_cast<size_t>(plan.threads), "thread");
    if (plan.tasks > 1) {
        text += plan.tasks_at_once == 1 ? ", one task after another"
                                        : ", " + number_text(plan.tasks_at_once) + " tasks at once";
    }
    text += "\n";
    append_inputs(text, plan);
    for (size_t index = 0; index < plan.schemas.size(); ++index) {
        text += index == 0 ? "columns of the input: "
                           : "behind filters[" + std::to_string(index - 1) + "]: ";
        text += columns_text(plan.schemas[index]) + "\n";
    }
    text += count_text(plan.output_tasks, "output task") + "\n";
    append_names(text, plan.outputs);
    append_output(text, plan.output);
    return text;
}

config::Map plan_json(const load::Plan& plan) {
    config::Map map;
    map.set("tasks", static_cast<int64_t>(plan.tasks));
    map.set("tasks_at_once", static_cast<int64_t>(plan.tasks_at_once));
    map.set("output_tasks", static_cast<int64_t>(plan.output_tasks));
    map.set("threads", plan.threads);
    map.set("bytes", known(plan.bytes));
    map.set("inputs", names_json(plan.inputs));
    map.set("splits", splits_json(plan));
    map.set("outputs", names_json(plan.outputs));
    map.set("schemas", schemas_json(plan));
    map.set("target", output_json(plan.output));
    map.set("compat", plan.compat == load::Compat::kStrict ? "strict" : "fixed");
    return map;
}

}  // namespace mogura::cli
