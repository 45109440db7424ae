// A workflow as boxes in boxes with arrows between them, from its file alone: tasks, the tasks
// that loops and conditions would make, what waits for what. As text, as DOT and as SVG.

#pragma once

#include "workflow/workflow.h"

#include <string>
#include <vector>

namespace mogura::cli {

struct GraphNode {
    std::string name;  // "+load"
    std::string full_name;
    std::string label;                   // "sh> echo ..." in short; "" for groups
    std::vector<GraphNode> children;     // in the file's order
    std::vector<size_t> upstreams = {};  // indexes of siblings that must succeed first
    bool is_generated = false;           // inside _do, _else_do, _error or _check
};

Result<GraphNode> graph_of(const workflow::Workflow& workflow);

// A line for each task, indented; "<- +a, +b" where it does not simply follow the one above.
std::string graph_as_text(const GraphNode& root);
// For graphviz.
std::string graph_as_dot(const GraphNode& root);
// Drawn here: nothing else is needed to look at it.
std::string graph_as_svg(const GraphNode& root);

}  // namespace mogura::cli
