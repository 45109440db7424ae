#include "cli/task_graph.h"

#include "base/text.h"

#include <map>

namespace mogura::cli {
namespace {

using Tasks = std::vector<workflow::TaskDefinition>;

std::string label_of(const config::Map& task) {
    const config::Value* disabled = task.find("_disable");
    if (disabled && disabled->is_boolean() && disabled->boolean()) return "(disabled)";
    auto found = workflow::find_operator(task);
    if (!found) return "";
    std::string command;
    if (!found->command.is_null()) {
        command = found->command.scalar_text().value_or(config::to_json(found->command));
    }
    command = std::string(base::trim(command));
    size_t end = command.find('\n');
    if (end != std::string::npos) command = command.substr(0, end) + " ...";
    return found->type + ">" + (command.empty() ? "" : " " + command);
}

Result<> add_block(GraphNode& node, const config::Map& task, const char* key, const char* name);

// The task at `index` with everything below it. Children of a task follow it in the list.
Result<GraphNode> build(const Tasks& tasks, const std::vector<std::vector<size_t>>& children,
                        size_t index) {
    const workflow::TaskDefinition& task = tasks[index];
    GraphNode node{.name = task.name,
                   .full_name = task.full_name,
                   .label = label_of(task.config),
                   .children = {}};
    std::map<size_t, size_t> place_of;
    for (size_t child : children[index]) {
        place_of[child] = node.children.size();
        GraphNode made = TRY(build(tasks, children, child));
        for (size_t upstream : tasks[child].upstreams) {
            made.upstreams.push_back(place_of.at(upstream));
        }
        node.children.push_back(std::move(made));
    }
    TRY(add_block(node, task.config, "_do", "^sub"));
    TRY(add_block(node, task.config, "_else_do", "^else"));
    TRY(add_block(node, task.config, "_check", "^check"));
    TRY(add_block(node, task.config, "_error", "^error"));
    return node;
}

Result<GraphNode> build(const Tasks& tasks) {
    std::vector<std::vector<size_t>> children(tasks.size());
    for (size_t index = 0; index < tasks.size(); ++index) {
        if (tasks[index].parent) children[*tasks[index].parent].push_back(index);
    }
    return build(tasks, children, 0);
}

Result<> add_block(GraphNode& node, const config::Map& task, const char* key, const char* name) {
    const config::Value* block = task.find(key);
    if (!block || !block->is_map()) return {};
    auto tasks = TRY(workflow::compile(node.full_name, name, block->map()));
    GraphNode made = TRY(build(tasks));
    made.is_generated = true;
    node.children.push_back(std::move(made));
    return {};
}

void add_lines(std::string& text, const GraphNode& node, size_t depth) {
    for (size_t index = 0; index < node.children.size(); ++index) {
        const GraphNode& child = node.children[index];
        text += std::string(2 * depth, ' ') + child.name;
        if (!child.label.empty()) text += "  " + child.label;
        bool follows = index == 0 ? child.upstreams.empty()
                                  : child.upstreams == std::vector<size_t>{index - 1};
        if (child.is_generated) {
            // Its name says when it runs.
        } else if (!follows && child.upstreams.empty()) {
            text += "  (at once)";
        } else if (!follows) {
            std::vector<std::string> names;
            for (size_t upstream : child.upstreams) names.push_back(node.children[upstream].name);
            text += "  <- " + base::join(names, ", ");
        }
        text += '\n';
        add_lines(text, child, depth + 1);
    }
}

std::string dot_text(const std::string& text) {
    return config::to_json(config::Value(text));
}

// Graphviz joins nodes, not clusters: an edge between groups runs between their first nodes.
const GraphNode& first_leaf(const GraphNode& node) {
    return node.children.empty() ? node : first_leaf(node.children.front());
}
const GraphNode& last_leaf(const GraphNode& node) {
    return node.children.empty() ? node : last_leaf(node.children.back());
}

void add_dot(std::string& text, const GraphNode& node, size_t depth) {
    std::string indent(2 * depth, ' ');
    if (node.children.empty()) {
        std::string label = node.name + (node.label.empty() ? "" : "\n" + node.label);
        text += indent + dot_text(node.full_name) + " [label=" + dot_text(label) + "];\n";
        return;
    }
    std::string label = node.name + (node.label.empty() ? "" : "  " + node.label);
    text += indent + "subgraph " + dot_text("cluster" + node.full_name) + " {\n" + indent +
            "  label=" + dot_text(label) + ";" + (node.is_generated ? " style=dashed;" : "") + "\n";
    for (const GraphNode& child : node.children) add_dot(text, child, depth + 1);
    for (const GraphNode& child : node.children) {
        for (size_t upstream : child.upstreams) {
            const GraphNode& from = node.children[upstream];
            text += indent + "  " + dot_text(last_leaf(from).full_name) + " -> " +
                    dot_text(first_leaf(child).full_name);
            std::vector<std::string> ends;
            if (!from.children.empty())
                ends.push_back("ltail=" + dot_text("cluster" + from.full_name));
            if (!child.children.empty()) {
                ends.push_back("lhead=" + dot_text("cluster" + child.full_name));
            }
            text += (ends.empty() ? "" : " [" + base::join(ends, ", ") + "]") + ";\n";
        }
    }
    text += indent + "}\n";
}

}  // namespace

Result<GraphNode> graph_of(const workflow::Workflow& workflow) {
    return build(workflow.tasks);
}

std::string graph_as_text(const GraphNode& root) {
    std::string text = root.name + (root.label.empty() ? "" : "  " + root.label) + "\n";
    add_lines(text, root, 1);
    return text;
}

std::string graph_as_dot(const GraphNode& root) {
    std::string text = "digraph " + dot_text(root.name) +
                       " {\n  compound=true;\n  node [shape=box, style=rounded];\n";
    add_dot(text, root, 1);
    return text + "}\n";
}

}  // namespace mogura::cli
