#include "engine/inheritance.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace mogura::engine {
namespace {

SharedMap inner_parameters(Node& node, const SharedMap& base) {
    if (node.inner) return node.inner;
    SharedMap entry = entry_parameters(node, base);
    const store::Task& row = node.row;
    const config::Value* exported = row.config.find("_export");
    bool exports = exported && exported->is_map() && !exported->map().empty();
    if (!exports && row.export_parameters.empty() && row.store_parameters.empty() &&
        row.reset_store_parameters.empty()) {
        node.inner = entry;
        return entry;
    }
    config::Map inner = *entry;
    if (exports) config::merge(inner, exported->map());
    config::merge(inner, row.export_parameters);
    for (const std::string& path : row.reset_store_parameters) erase_path(inner, path);
    config::merge(inner, row.store_parameters);
    node.inner = std::make_shared<const config::Map>(std::move(inner));
    return node.inner;
}

std::vector<Node*> upstreams_of(const Node& node) {
    std::vector<Node*> result;
    // Siblings stand in id order, and so do upstreams.
    auto sibling = node.parent->children.begin();
    for (store::TaskId id : node.row.upstreams) {
        sibling = std::lower_bound(
            sibling, node.parent->children.end(), id,
            [](const Node* one, store::TaskId wanted) { return one->row.id < wanted; });
        result.push_back(*sibling);
    }
    return result;
}

// Every upstream, the far ones first, each after its own upstreams.
std::vector<Node*> all_upstreams(const Node& node) {
    struct Visit {
        Node* node;
        std::vector<Node*> upstreams;
        size_t next = 0;
    };
    std::vector<Node*> ordered;
    std::unordered_set<const Node*> seen;
    std::vector<Visit> stack;
    stack.push_back({nullptr, upstreams_of(node)});
    while (!stack.empty()) {
        Visit& visit = stack.back();
        if (visit.next < visit.upstreams.size()) {
            Node* upstream = visit.upstreams[visit.next++];
            if (seen.insert(upstream).second) stack.push_back({upstream, upstreams_of(*upstream)});
            continue;
        }
        if (visit.node) ordered.push_back(visit.node);
        stack.pop_back();
    }
    return ordered;
}

SharedMap with_stores(const SharedMap& start, const std::vector<Node*>& nodes) {
    std::shared_ptr<config::Map> merged;
    for (const Node* node : nodes) {
        if (!node->has_stores) continue;
        if (!merged) merged = std::make_shared<config::Map>(*start);
        apply_stores(*merged, *node);
    }
    return merged ? merged : start;
}

// The sibling before it, if both wait for the same tasks: members of one parallel chunk.
Node* twin_of(const Node& node) {
    const auto& siblings = node.parent->children;
    auto place = std::lower_bound(
        siblings.begin(), siblings.end(), node.row.id,
        [](const Node* one, store::TaskId wanted) { return one->row.id < wanted; });
    if (place == siblings.begin()) return nullptr;
    Node* before = *(place - 1);
    return before->row.upstreams == node.row.upstreams ? before : nullptr;
}

// One step: whatever stands in front of it has its entry if it is a single task.
SharedMap next_entry(Node& node, const SharedMap& base) {
    if (node.row.upstreams.empty()) return inner_parameters(*node.parent, base);
    if (Node* twin = twin_of(node); twin && twin->entry) return twin->entry;
    std::vector<Node*> upstreams = upstreams_of(node);
    SharedMap start = upstreams.front()->entry;
    for (Node* upstream : upstreams) {
        if (upstream->entry != start) start = nullptr;
    }
    if (!start) return with_stores(inner_parameters(*node.parent, base), all_upstreams(node));
    SharedMap entry = with_stores(start, upstreams);
    // A long row of tasks that all store something must not keep a mapping for each of them.
    Node* only = upstreams.front();
    if (entry != start && upstreams.size() == 1 && only->downstreams.size() == 1) {
        only->entry.reset();
    }
    return entry;
}

}  // namespace

SharedMap entry_parameters(Node& node, const SharedMap& base) {
    if (node.entry) return node.entry;
    if (!node.parent) return node.entry = base;
    std::vector<Node*> row = {&node};
    while (row.back()->row.upstreams.size() == 1) {
        Node* upstream = upstreams_of(*row.back()).front();
        if (upstream->entry) break;
        row.push_back(upstream);
    }
    for (; !row.empty(); row.pop_back()) row.back()->entry = next_entry(*row.back(), base);
    return node.entry;
}

void apply_stores(config::Map& parameters, const Node& node) {
    if (!node.has_stores) return;
    for (const std::string& path : node.row.reset_store_parameters) erase_path(parameters, path);
    config::merge(parameters, node.row.store_parameters);
    apply_descendant_stores(parameters, node);
}

void apply_descendant_stores(config::Map& parameters, const Node& node) {
    if (!node.has_stores) return;
    for (const Node* child : node.children) apply_stores(parameters, *child);
}

void erase_path(config::Map& parameters, std::string_view path) {
    size_t dot = path.find('.');
    if (dot == std::string_view::npos) {
        parameters.erase(path);
        return;
    }
    config::Value* inside = parameters.find(path.substr(0, dot));
    if (inside && inside->is_map()) erase_path(inside->map(), path.substr(dot + 1));
}

}  // namespace mogura::engine
