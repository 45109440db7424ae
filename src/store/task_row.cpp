#include "store/task_row.h"

#include "base/text.h"

#include <string>
#include <utility>

namespace mogura::store {
namespace {

int64_t pack(const TaskFlags& flags) {  // Digdag's bits (2.1)
    return (flags.cancel_requested ? 1 : 0) | (flags.delayed_error ? 2 : 0) |
           (flags.delayed_group_error ? 4 : 0) | (flags.is_initial ? 8 : 0);
}

TaskFlags unpack(int64_t bits) {
    return {.cancel_requested = (bits & 1) != 0,
            .delayed_error = (bits & 2) != 0,
            .delayed_group_error = (bits & 4) != 0,
            .is_initial = (bits & 8) != 0};
}

void bind_instant(database::SqliteStatement& statement, int index,
                  std::optional<base::Instant> instant) {
    if (!instant) return statement.bind_null(index);
    statement.bind(index, int64_t{instant->time_since_epoch().count()});
}

std::optional<base::Instant> read_instant(const database::SqliteStatement& row, int index) {
    if (row.is_null(index)) return std::nullopt;
    return base::Instant(std::chrono::microseconds(row.integer(index)));
}

void bind_map(database::SqliteStatement& statement, int index, const config::Map& map) {
    if (map.empty()) return statement.bind_null(index);
    statement.bind(index, config::to_json(map));
}

// What the operator returned, in one column: most tasks return nothing.
config::Map results_of(const Task& task) {
    config::Map results;
    auto add = [&](const char* name, const config::Map& map) {
        if (!map.empty()) results.append(name, map);
    };
    add("export", task.export_parameters);
    add("store", task.store_parameters);
    add("subtask", task.subtask_config);
    add("error", task.error);
    add("report", task.report);
    if (!task.reset_store_parameters.empty()) {
        config::List names(task.reset_store_parameters.begin(), task.reset_store_parameters.end());
        results.append("reset", std::move(names));
    }
    return results;
}

void take_results(Task& task, const config::Map& results) {
    auto take = [&](const char* name, config::Map& map) {
        if (const config::Value* value = results.find(name)) map = value->map();
    };
    take("export", task.export_parameters);
    take("store", task.store_parameters);
    take("subtask", task.subtask_config);
    take("error", task.error);
    take("report", task.report);
    if (const config::Value* names = results.find("reset")) {
        for (const config::Value& name : names->list()) {
            task.reset_store_parameters.push_back(name.string());
        }
    }
}

std::string upstreams_text(const Task& task) {
    std::string text;
    for (TaskId id : task.upstreams) {
        if (!text.empty()) text += ',';
        text += std::to_string(static_cast<int64_t>(id));
    }
    return text;
}

// Columns 8 to 15 of an insertion and 3 to 10 of an update are the same.
void bind_state(database::SqliteStatement& statement, int first, const Task& task) {
    statement.bind(first, static_cast<int64_t>(task.state));
    statement.bind(first + 1, pack(task.flags));
    statement.bind(first + 2, task.retry_count);
    bind_instant(statement, first + 3, task.retry_at);
    bind_instant(statement, first + 4, task.started_at);
    bind_instant(statement, first + 5, task.updated_at);
    bind_map(statement, first + 6, task.state_parameters);
    bind_map(statement, first + 7, results_of(task));
}

}  // namespace

const char* const kInsertTask =
    "INSERT INTO tasks (attempt_id, id, parent_id, full_name, is_group, upstreams, config, state,"
    " flags, retry_count, retry_at, started_at, updated_at, state_parameters, results)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";
const char* const kUpdateTask =
    "UPDATE tasks SET state = ?3, flags = ?4, retry_count = ?5, retry_at = ?6, started_at = ?7,"
    " updated_at = ?8, state_parameters = ?9, results = ?10 WHERE attempt_id = ?1 AND id = ?2";
const char* const kSelectTasks =
    "SELECT id, parent_id, full_name, is_group, upstreams, config, state, flags, retry_count,"
    " retry_at, started_at, updated_at, state_parameters, results FROM tasks"
    " WHERE attempt_id = ?1 ORDER BY id";

Result<> insert_task(database::SqliteStatement& statement, int64_t attempt, const Task& task) {
    statement.bind(1, attempt);
    statement.bind(2, static_cast<int64_t>(task.id));
    if (task.parent) {
        statement.bind(3, static_cast<int64_t>(*task.parent));
    } else {
        statement.bind_null(3);
    }
    statement.bind_borrowed(4, task.full_name);
    statement.bind(5, int64_t{task.is_group});
    statement.bind(6, upstreams_text(task));
    statement.bind(7, config::to_json(task.config));
    bind_state(statement, 8, task);
    return statement.run();
}

Result<> update_task(database::SqliteStatement& statement, int64_t attempt, const Task& task) {
    statement.bind(1, attempt);
    statement.bind(2, static_cast<int64_t>(task.id));
    bind_state(statement, 3, task);
    return statement.run();
}

Result<Task> read_task(const database::SqliteStatement& row) {
    Task task;
    task.id = TaskId{row.integer(0)};
    if (!row.is_null(1)) task.parent = TaskId{row.integer(1)};
    task.full_name = row.text(2);
    task.is_group = row.integer(3) != 0;
    if (!row.text(4).empty()) {
        for (const std::string& id : base::split(row.text(4), ',')) {
            task.upstreams.push_back(TaskId{base::parse_integer(id).value_or(0)});
        }
    }
    task.config = TRY(read_map(row.text(5)));
    task.state = static_cast<TaskState>(row.integer(6));
    task.flags = unpack(row.integer(7));
    task.retry_count = row.integer(8);
    task.retry_at = read_instant(row, 9);
    task.started_at = read_instant(row, 10);
    task.updated_at = read_instant(row, 11).value_or(base::Instant{});
    task.state_parameters = TRY(read_map(row.text(12)));
    config::Map results = TRY(read_map(row.text(13)));
    take_results(task, results);
    return task;
}

Result<config::Map> read_map(std::string_view json) {
    if (json.empty()) return config::Map{};
    config::Value value = TRY(config::parse_json(json, "store"));
    if (!value.is_map()) return Error(Code::kInternal, "store: a mapping was expected");
    return std::move(value.map());
}

}  // namespace mogura::store
