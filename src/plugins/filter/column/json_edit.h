// Changes inside a JSON value: drop paths, keep only some, add some (embulk 7.4.7 to 7.4.10).
//
// A value that is not of the kind that a path needs (an array where the path has a key) stays as
// it is. Immutable once made; several threads may use one.

#pragma once

#include "load/load.h"
#include "plugins/filter/column/json_path.h"

#include <memory>
#include <optional>
#include <vector>

namespace mogura::plugins {

// A leaf that is kept or added, and where its value comes from when it is absent or null.
struct JsonLeaf {
    std::vector<PathStep> steps;
    std::optional<std::vector<PathStep>> source;  // another path in the same cell
    std::optional<load::Json> fallback;
};

class JsonEdit {
  public:
    void drop(std::vector<PathStep> steps) { drops_.push_back(std::move(steps)); }
    void keep(JsonLeaf leaf);
    void add(JsonLeaf leaf) { adds_.push_back(std::move(leaf)); }

    bool is_empty() const { return drops_.empty() && adds_.empty() && !kept_; }
    load::Json apply(load::Json value) const;

  private:
    // The kept paths as a tree, children in the order in which they were listed.
    struct Node {
        PathStep step;
        std::vector<Node> children;
        const JsonLeaf* leaf = nullptr;
    };

    load::Json kept(const Node& node, const load::Json* value, const load::Json& cell) const;

    std::vector<std::vector<PathStep>> drops_;
    std::vector<JsonLeaf> adds_;
    std::vector<std::unique_ptr<const JsonLeaf>> kept_leaves_;
    std::optional<Node> kept_;
};

}  // namespace mogura::plugins
