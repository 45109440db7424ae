#include "cli/check/calls.h"

#include "base/text.h"
#include "cli/check/task_walk.h"

#include <algorithm>
#include <optional>

namespace mogura::cli::check {
namespace {

// Where the task looks for files: the file's own folder, or what `_workdir` says (6.3.2). Nothing
// when that is known only when it runs.
std::optional<std::string> folder_of(const File& file, const TaskView& task) {
    if (!task.knows("_workdir")) return file.folder;
    const config::Value* chosen = task.mapping.find("_workdir");
    if (const auto* exported = task.exported("_workdir"); !chosen && exported) {
        chosen = &exported->value;
    }
    auto text = chosen ? chosen->scalar_text() : std::nullopt;
    if (!text || text->find('$') != std::string::npos) return std::nullopt;
    // What the top of a called file says is below the file's own folder (1.5.5).
    const config::Value* top = file.mapping()->find("_export");
    bool is_top = top && top->is_map() && top->map().find("_workdir") == chosen;
    return is_top && !file.folder.empty() ? file.folder + "/" + *text : *text;
}

bool is_templated(const std::string& text) {
    return text.find('$') != std::string::npos;
}

// A null takes it away from the tasks below, and from called files (4.0.5).
bool takes_docker_away(const TaskView& task) {
    const auto* exported = task.exported("docker");
    return exported && exported->value.is_null();
}

}  // namespace

Calls Calls::follow(Files& files) {
    Calls calls;
    // The list grows while it is walked.
    for (size_t index = 0; index < files.paths().size(); ++index) {
        const std::string path = files.paths()[index];
        calls.follow_file(files, files.at(path));
    }
    calls.hand_down_names();
    calls.spread_storing();
    return calls;
}

void Calls::follow_file(Files& files, const File& file) {
    if (!file.mapping()) return;
    walk_tasks("+" + file.title, *file.mapping(), [&](const TaskView& task) {
        follow_plugin(task);
        const config::Map::Entry* entry = operator_entry(task.mapping);
        if (!entry) return;
        const std::string name = operator_name(*entry);
        words_[file.path].insert(name);
        if (name == "param_get") follow_parameters(file, task);
        if (name == "require") follow_require(task);
        if (name == "py" || name == "rb") follow_script(files, file, task);
        if (name == "http_call" || is_templated(name)) note(file, Storing::kAnything);
        if (name == "call") follow_call(files, file, task);
    });
}

void Calls::follow_call(Files& files, const File& file, const TaskView& task) {
    const config::Value* command = command_of(task.mapping);
    auto name = command ? command->scalar_text() : std::nullopt;
    if (!name || name->empty()) return;
    auto folder = folder_of(file, task);
    if (is_templated(*name) || !folder) {
        return note(file, Storing::kAnything);  // what is called then may store
    }
    config::Mark mark =
        command->mark().line > 0 ? command->mark() : operator_entry(task.mapping)->mark;
    std::string path;
    if (const File* called = files.call(*folder, *name, path)) {
        edges_.push_back({file.path, called->path, mark, task.is_conditional,
                          takes_docker_away(task), task.names});
    } else if (path.empty()) {
        missing_.push_back({file.path, mark, "call> must stay inside the project: " + *name});
    } else {
        missing_.push_back(
            {file.path, mark, "call>: there is no file " + path + files.hint_for("", path)});
    }
}

// The words of the user's own operators.
void Calls::follow_plugin(const TaskView& task) {
    const config::Value* exported = task.mapping.find("_export");
    const config::Value* plugin = exported ? exported->find("plugin") : nullptr;
    const config::Value* own = plugin ? plugin->find("operators") : nullptr;
    if (!own || !own->is_map()) return;
    for (const config::Map::Entry& entry : own->map()) own_words_.insert(entry.key);
}

// A script of the project can be read; what is installed, stands in the task or is chosen when it
// runs may store anything.
void Calls::follow_script(Files& files, const File& file, const TaskView& task) {
    const config::Value* command = command_of(task.mapping);
    auto method = command ? command->scalar_text() : std::nullopt;
    const config::Value* required = task.mapping.find("require");
    auto source = required ? required->scalar_text() : method;
    if (!method || !source || is_templated(*method + *source)) {
        return note(file, Storing::kAnything);
    }
    bool is_python = operator_name(*operator_entry(task.mapping)) == "py";
    const std::string module = is_python ? method->substr(0, method->find('.')) : *source;
    bool is_known = files.has_script(module, is_python ? ".py" : ".rb");
    bool needs_source = is_python || required;
    note(file, is_known || !needs_source ? Storing::kByScripts : Storing::kAnything);
}

void Calls::note(const File& file, Storing storing) {
    Storing& known = storing_[file.path];
    known = std::max(known, storing);
}

// What a file stores is seen by those that it calls and by its callers.
void Calls::spread_storing() {
    for (const auto& [path, words] : words_) {
        bool has_own = std::any_of(words.begin(), words.end(),
                                   [&](const auto& word) { return own_words_.contains(word); });
        if (has_own) storing_[path] = Storing::kAnything;
    }
    for (bool changes = true; changes;) {
        changes = false;
        for (const CallEdge& edge : edges_) {
            Storing& one = storing_[edge.from];
            Storing& other = storing_[edge.to];
            changes = changes || one != other;
            one = other = std::max(one, other);
        }
    }
}

Storing Calls::storing(const std::string& path) const {
    auto found = storing_.find(path);
    return found == storing_.end() ? Storing::kNothing : found->second;
}

// Whether a caller chooses its folder: a file of the project's own folder brings none (1.5.5).
bool Calls::is_moved(const File& file) const {
    return file.folder.empty() && std::any_of(edges_.begin(), edges_.end(), [&](auto& edge) {
               const auto& names = edge.names;
               return edge.to == file.path &&
                      std::find(names.begin(), names.end(), "_workdir") != names.end();
           });
}

// `param_get>:` with `key: name` stores parameters of these names (4.14.3).
void Calls::follow_parameters(const File& file, const TaskView& task) {
    for (const config::Map::Entry& entry : task.mapping) {
        if (!entry.value.is_string() || entry.key.starts_with('_')) continue;
        if (is_templated(entry.value.string())) note(file, Storing::kAnything);
        stored_.insert(entry.value.string());
    }
}

// The workflow is started with `params`, those of the task or exported ones (4.2).
void Calls::follow_require(const TaskView& task) {
    const config::Value* command = command_of(task.mapping);
    auto name = command ? command->scalar_text() : std::nullopt;
    const config::Value* params = task.mapping.find("params");
    if (const auto* exported = task.exported("params"); !params && exported) {
        params = &exported->value;
    }
    if (!name || !params || !params->is_map()) return;
    for (const config::Map::Entry& entry : params->map()) {
        incoming_[*name + ".dig"].insert(entry.key);
    }
}

void Calls::hand_down_names() {
    for (bool changes = true; changes;) {
        changes = false;
        for (const CallEdge& edge : edges_) {
            std::set<std::string>& names = incoming_[edge.to];
            size_t before = names.size();
            bool had_docker = names.contains("docker");  // from another call
            names.insert(edge.names.begin(), edge.names.end());
            const std::set<std::string> more = incoming_[edge.from];
            names.insert(more.begin(), more.end());
            if (edge.takes_docker_away && !had_docker) names.erase("docker");
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
    auto add = [&](const std::string& from, config::Mark mark, std::string message) {
        const workflow::InspectedPart& part = files.at(from).inspection.locate(mark);
        findings.push_back(
            finding_at(part.text, part.file, mark, Severity::kError, std::move(message)));
    };
    for (const Missing& one : missing_) {
        if (!is_moved(files.at(one.from))) add(one.from, one.mark, one.message);
    }
    std::set<std::string> told;  // the files of a round that has been told already
    for (const CallEdge& edge : edges_) {
        if (edge.is_conditional || told.contains(edge.from)) continue;
        std::set<std::string> visited;
        std::vector<std::string> way;
        if (!find_way(edge.to, edge.from, visited, way)) continue;
        told.insert(way.begin(), way.end());
        add(edge.from, edge.mark,
            "call> goes round for ever: " + edge.from + " -> " + base::join(way, " -> "));
    }
}

}  // namespace mogura::cli::check
