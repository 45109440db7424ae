#include "cli/run_record.h"

#include "base/utf8.h"

namespace mogura::cli {
namespace {

// To the last kOutputBytesMax bytes, from the beginning of a character on.
void cut_output(RecordedTask& task) {
    if (task.output.size() <= RunRecord::kOutputBytesMax) return;
    size_t start = task.output.size() - RunRecord::kOutputBytesMax;
    while (start < task.output.size() && base::continues_utf8(task.output[start])) ++start;
    task.output.erase(0, start);
    task.is_output_cut = true;
}

}  // namespace

void RunRecord::task_called(const engine::TaskStart& start, const config::Map& parameters) {
    base::Lock lock(mutex_);
    auto [place, is_new] = tasks_.try_emplace(start.task_id);
    if (is_new) place->second.called_at = clock_.now();
    place->second.type = start.type;
    place->second.command = start.command;
    place->second.parameters = parameters;
    newest_[start.full_name] = start.task_id;
}

void RunRecord::task_printed(const std::string& full_name, std::string_view text) {
    base::Lock lock(mutex_);
    auto found = newest_.find(full_name);
    if (found == newest_.end()) return;
    RecordedTask& task = tasks_[found->second];
    task.output += text;
    // Cut now and then, not with every line.
    if (task.output.size() > 2 * kOutputBytesMax) cut_output(task);
}

void RunRecord::task_retries(const store::Task& task, const std::string& message) {
    base::Lock lock(mutex_);
    tasks_[static_cast<int64_t>(task.id)].failed_tries.push_back({clock_.now(), message});
}

std::map<int64_t, RecordedTask> RunRecord::tasks() const {
    base::Lock lock(mutex_);
    auto tasks = tasks_;
    for (auto& [id, task] : tasks) cut_output(task);
    return tasks;
}

}  // namespace mogura::cli
