#include "cli/check/calls.h"

#include "base/text.h"
#include "cli/check/task_walk.h"

#include <filesystem>

namespace mogura::cli::check {

Calls Calls::follow(Files& files) {
    Calls calls;
    // The list grows while it is walked.
    for (size_t index = 0; index < files.paths().size(); ++index) {
        const std::string path = files.paths()[index];
        calls.follow_file(files, files.at(path));
    }
    calls.hand_down_names();
    return calls;
}

void Calls::follow_file(Files& files, const File& file) {
    if (!file.workflow) return;
    walk_tasks("+" + file.workflow->name, file.workflow->config, [&](const TaskView& task) {
        const config::Map::Entry* entry = operator_entry(task.mapping);
        if (!entry || operator_name(*entry) != "call") return;
        const config::Value* command = command_of(task.mapping);
        auto name = command ? command->scalar_text() : std::nullopt;
        if (!name || name->empty() || name->find('$') != std::string::npos) return;
        config::Mark mark = command->mark().line > 0 ? command->mark() : entry->mark;
        std::string path;
        if (const File* called = files.call(file.folder, *name, path)) {
            edges_.push_back({file.path, called->path, mark, task.is_conditional, task.names});
        } else if (path.empty()) {
            missing_.push_back({file.path, mark, "call> must stay inside the project: " + *name});
        } else {
            missing_.push_back({file.path, mark, "call>: there is no file " + path});
        }
    });
}

void Calls::hand_down_names() {
    for (bool changes = true; changes;) {
        changes = false;
        for (const CallEdge& edge : edges_) {
            std::set<std::string>& names = incoming_[edge.to];
            size_t before = names.size();
            names.insert(edge.names.begin(), edge.names.end());
            const std::set<std::string> more = incoming_[edge.from];
            names.insert(more.begin(), more.end());
            changes = changes || names.size() != before;
        }
    }
}

const std::set<std::string>& Calls::incoming(const std::string& path) const {
    static const std::set<std::string> kNone;
    auto found = incoming_.find(path);
    return found == incoming_.end() ? kNone : found->second;
}

std::set<std::string> Calls::reachable(const std::string& path) const {
    std::set<std::string> reached = {path};
    for (size_t before = 0; before != reached.size();) {
        before = reached.size();
        for (const CallEdge& edge : edges_) {
            if (reached.contains(edge.from)) reached.insert(edge.to);
        }
    }
    return reached;
}

bool Calls::find_way(const std::string& path, const std::string& target,
                     std::set<std::string>& visited, std::vector<std::string>& way) const {
    way.push_back(path);
    if (path == target) return true;
    if (visited.insert(path).second) {
        for (const CallEdge& edge : edges_) {
            if (edge.from != path || edge.is_conditional) continue;
            if (find_way(edge.to, target, visited, way)) return true;
        }
    }
    way.pop_back();
    return false;
}

void Calls::add_findings(const Files& files, std::vector<Finding>& findings) const {
    for (const Missing& one : missing_) {
        std::vector<std::string> known;
        for (const std::string& path : files.paths()) {
            known.push_back(path.substr(0, path.size() - 4));
        }
        size_t space = one.message.rfind(' ');
        std::string name = one.message.substr(space + 1);
        if (name.ends_with(".dig")) name.resize(name.size() - 4);
        findings.push_back(finding_at(files.at(one.from).text, one.from, one.mark, Severity::kError,
                                      one.message + base::did_you_mean(name, known)));
    }
    std::set<std::string> told;  // the files of a round that has been told already
    for (const CallEdge& edge : edges_) {
        if (edge.is_conditional || told.contains(edge.from)) continue;
        std::set<std::string> visited;
        std::vector<std::string> way;
        if (!find_way(edge.to, edge.from, visited, way)) continue;
        told.insert(way.begin(), way.end());
        findings.push_back(finding_at(
            files.at(edge.from).text, edge.from, edge.mark, Severity::kError,
            "call> goes round for ever: " + edge.from + " -> " + base::join(way, " -> ")));
    }
}

}  // namespace mogura::cli::check
