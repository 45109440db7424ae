#include "plugins/filter/column/json_edit.h"

#include <algorithm>
#include <span>
#include <utility>

namespace mogura::plugins {
namespace {

using load::Json;
using Steps = std::span<const PathStep>;

Json null() {
    return {};
}
Json empty_object() {
    return {.type = Json::Type::kObject};
}
Json empty_array() {
    return {.type = Json::Type::kArray};
}

bool is_object(const Json& value) {
    return value.type == Json::Type::kObject;
}
bool is_array(const Json& value) {
    return value.type == Json::Type::kArray;
}
bool is_null(const Json& value) {
    return value.type == Json::Type::kNull;
}

Json* find(Json& object, std::string_view key) {
    auto found = std::find(object.keys.begin(), object.keys.end(), key);
    if (found == object.keys.end()) return nullptr;
    return &object.items[static_cast<size_t>(found - object.keys.begin())];
}

void append(Json& object, std::string key, Json value) {
    object.keys.push_back(std::move(key));
    object.items.push_back(std::move(value));
}

// The value at a path without [*]; nullptr when there is none.
const Json* lookup(const Json& cell, Steps steps) {
    const Json* value = &cell;
    for (const PathStep& step : steps) {
        if (step.kind == PathStep::Kind::kKey) {
            value = is_object(*value) ? value->find(step.key) : nullptr;
        } else {
            bool is_there = step.kind == PathStep::Kind::kIndex && is_array(*value) &&
                            step.index < value->items.size();
            value = is_there ? &value->items[step.index] : nullptr;
        }
        if (!value) return nullptr;
    }
    return value;
}

void drop_at(Json& value, Steps steps) {
    const PathStep& step = steps.front();
    bool is_last = steps.size() == 1;
    if (step.kind == PathStep::Kind::kKey) {
        if (!is_object(value)) return;
        for (size_t index = value.keys.size(); index-- > 0;) {
            if (value.keys[index] != step.key) continue;
            if (is_last) {
                value.keys.erase(value.keys.begin() + static_cast<ptrdiff_t>(index));
                value.items.erase(value.items.begin() + static_cast<ptrdiff_t>(index));
            } else {
                drop_at(value.items[index], steps.subspan(1));
            }
        }
        return;
    }
    if (!is_array(value)) return;
    if (step.kind == PathStep::Kind::kIndex) {
        if (step.index >= value.items.size()) return;
        value.items.erase(value.items.begin() + static_cast<ptrdiff_t>(step.index));
    } else if (is_last) {
        value.items.clear();
    } else {
        for (Json& item : value.items) drop_at(item, steps.subspan(1));
    }
}

// What a kept or added leaf holds, given what stands there already.
Json leaf_value(const JsonLeaf& leaf, const Json* present, const Json& cell) {
    if (leaf.source) present = lookup(cell, *leaf.source);
    if (present && !is_null(*present)) return *present;
    return leaf.fallback ? *leaf.fallback : null();
}

// Parents that are missing are made: arrays in front of [*] and [n], else objects.
Json new_parent(const PathStep& next) {
    return next.kind == PathStep::Kind::kKey ? empty_object() : empty_array();
}

void add_at(Json& value, Steps steps, const JsonLeaf& leaf, const Json& cell) {
    const PathStep& step = steps.front();
    bool is_last = steps.size() == 1;
    auto settle = [&](Json& place) {
        if (is_last) {
            if (is_null(place)) place = leaf_value(leaf, &place, cell);
        } else {
            if (is_null(place)) place = new_parent(steps[1]);
            add_at(place, steps.subspan(1), leaf, cell);
        }
    };
    if (step.kind == PathStep::Kind::kKey) {
        if (!is_object(value)) return;
        if (!find(value, step.key)) append(value, step.key, null());
        settle(*find(value, step.key));
        return;
    }
    if (!is_array(value)) return;
    if (step.kind == PathStep::Kind::kEach) {
        for (Json& item : value.items) settle(item);
        return;
    }
    if (step.index >= value.items.size()) value.items.resize(step.index + 1);
    settle(value.items[step.index]);
}

}  // namespace

void JsonEdit::keep(JsonLeaf leaf) {
    if (!kept_) kept_ = Node{.step = {}, .children = {}, .leaf = nullptr};
    kept_leaves_.push_back(std::make_unique<const JsonLeaf>(std::move(leaf)));
    Node* node = &*kept_;
    for (const PathStep& step : kept_leaves_.back()->steps) {
        auto same = std::find_if(node->children.begin(), node->children.end(),
                                 [&](const Node& child) { return child.step == step; });
        if (same == node->children.end()) {
            node->children.push_back({.step = step, .children = {}, .leaf = nullptr});
            same = node->children.end() - 1;
        }
        node = &*same;
    }
    node->leaf = kept_leaves_.back().get();
}

load::Json JsonEdit::kept(const Node& node, const Json* value, const Json& cell) const {
    if (node.leaf) return leaf_value(*node.leaf, value, cell);
    if (node.children.front().step.kind == PathStep::Kind::kKey) {
        Json object = empty_object();
        for (const Node& child : node.children) {
            const Json* member = value && is_object(*value) ? value->find(child.step.key) : nullptr;
            append(object, child.step.key, kept(child, member, cell));
        }
        return object;
    }
    Json array = empty_array();
    if (!value || !is_array(*value)) return array;
    for (size_t index = 0; index < value->items.size(); ++index) {
        for (const Node& child : node.children) {
            bool is_meant = child.step.kind == PathStep::Kind::kEach || child.step.index == index;
            if (!is_meant) continue;
            array.items.push_back(kept(child, &value->items[index], cell));
            break;
        }
    }
    return array;
}

load::Json JsonEdit::apply(Json value) const {
    for (const auto& steps : drops_) drop_at(value, steps);
    if (kept_ && !kept_->children.empty()) {
        bool wants_object = kept_->children.front().step.kind == PathStep::Kind::kKey;
        if (wants_object ? is_object(value) : is_array(value)) value = kept(*kept_, &value, value);
    }
    if (!adds_.empty()) {
        const Json before = value;
        for (const JsonLeaf& leaf : adds_) add_at(value, leaf.steps, leaf, before);
    }
    return value;
}

}  // namespace mogura::plugins
