// The drawing: a group is a box around its children. Those that wait for nobody stand in the first
// row, each other one a row below the last that it waits for.

#include "base/display_width.h"
#include "cli/markup.h"
#include "cli/task_graph.h"

#include <algorithm>

namespace mogura::cli {
namespace {

constexpr int kPadding = 14;
constexpr int kTitle = 24;  // height of a group's heading
constexpr int kLeaf = 44;
constexpr int kGapAcross = 18;
constexpr int kGapDown = 30;
constexpr int kLetter = 7;      // an average letter of the font
constexpr int kNameLetter = 8;  // names are bold
constexpr int kGapBetween = 10;
constexpr size_t kLettersMax = 48;

struct Box {
    const GraphNode* node = nullptr;
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;
    std::vector<Box> children = {};
};

std::string shortened(const std::string& text) {
    return base::cut_to_width(text, kLettersMax);
}

// Of the text as it is drawn, without room around it.
int width_of(const std::string& text, int letter) {
    return static_cast<int>(base::display_width(shortened(text))) * letter;
}

// Where a group's label begins, behind its name.
int label_start(const GraphNode& group) {
    return width_of(group.name, kNameLetter) + kGapBetween;
}

int width_of_words(const GraphNode& node) {
    const int name = width_of(node.name, kNameLetter);
    if (node.label.empty()) return name;
    const int label = width_of(node.label, kLetter);
    return node.children.empty() ? std::max(name, label) : label_start(node) + label;
}

std::vector<int> rows_of(const GraphNode& group) {
    std::vector<int> rows;
    int last = -1;
    for (const GraphNode& child : group.children) {
        int row = child.is_generated ? last + 1 : 0;  // what a task makes stands below
        for (size_t upstream : child.upstreams) row = std::max(row, rows[upstream] + 1);
        rows.push_back(row);
        last = std::max(last, row);
    }
    return rows;
}

// Places are relative to the box around until move() is done.
Box layout(const GraphNode& node) {
    Box box{.node = &node};
    box.width = width_of_words(node) + 2 * kPadding;
    box.height = kLeaf;
    if (node.children.empty()) return box;
    std::vector<int> rows = rows_of(node);
    int row_count = 1 + *std::max_element(rows.begin(), rows.end());
    std::vector<int> across(static_cast<size_t>(row_count), kPadding);
    std::vector<int> heights(static_cast<size_t>(row_count), 0);
    for (size_t index = 0; index < rows.size(); ++index) {
        auto row = static_cast<size_t>(rows[index]);
        Box child = layout(node.children[index]);
        child.x = across[row];
        across[row] += child.width + kGapAcross;
        heights[row] = std::max(heights[row], child.height);
        box.children.push_back(std::move(child));
    }
    for (int end : across) box.width = std::max(box.width, end - kGapAcross + kPadding);
    for (size_t index = 0; index < rows.size(); ++index) {
        Box& child = box.children[index];
        child.y = kTitle;
        for (int row = 0; row < rows[index]; ++row) {
            child.y += heights[static_cast<size_t>(row)] + kGapDown;
        }
        child.x +=
            (box.width - across[static_cast<size_t>(rows[index])] + kGapAcross - kPadding) / 2;
    }
    box.height = kTitle + kPadding + (row_count - 1) * kGapDown;
    for (int height : heights) box.height += height;
    return box;
}

void move(Box& box, int x, int y) {
    box.x += x;
    box.y += y;
    for (Box& child : box.children) move(child, box.x, box.y);
}

std::string attribute(const char* name, int value) {
    return std::string(" ") + name + "=\"" + std::to_string(value) + "\"";
}

std::string text_at(int x, int y, const std::string& kind, const std::string& text) {
    return "<text class=\"" + kind + "\"" + attribute("x", x) + attribute("y", y) + ">" +
           markup_escaped(shortened(text)) + "</text>\n";
}

void draw(std::string& svg, const Box& box) {
    const GraphNode& node = *box.node;
    bool is_leaf = box.children.empty();
    std::string kind = node.is_generated ? "generated" : is_leaf ? "leaf" : "group";
    svg += "<rect class=\"" + kind + "\" rx=\"6\"" + attribute("x", box.x) + attribute("y", box.y) +
           attribute("width", box.width) + attribute("height", box.height) + "><title>" +
           markup_escaped(node.full_name + (node.label.empty() ? "" : "\n" + node.label)) +
           "</title></rect>\n";
    svg += text_at(box.x + 10, box.y + 17, "name", node.name);
    if (is_leaf) {
        svg += text_at(box.x + 10, box.y + 35, "label", node.label);
    } else if (!node.label.empty()) {
        svg += text_at(box.x + 10 + label_start(node), box.y + 17, "label", node.label);
    }
    for (const Box& child : box.children) draw(svg, child);
    for (const Box& child : box.children) {
        for (size_t upstream : child.node->upstreams) {
            const Box& from = box.children[upstream];
            int x1 = from.x + from.width / 2;
            int x2 = child.x + child.width / 2;
            int y1 = from.y + from.height;
            int y2 = child.y - 3;
            std::string middle = std::to_string((y1 + y2) / 2);
            svg += "<path class=\"arrow\" d=\"M" + std::to_string(x1) + " " + std::to_string(y1) +
                   " C" + std::to_string(x1) + " " + middle + " " + std::to_string(x2) + " " +
                   middle + " " + std::to_string(x2) + " " + std::to_string(y2) + "\"/>\n";
        }
    }
}

}  // namespace

std::string graph_as_svg(const GraphNode& root) {
    Box box = layout(root);
    move(box, 1, 1);
    std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"" +
                      attribute("width", box.width + 2) + attribute("height", box.height + 2) +
                      R"(>
<style>
text { font: 12px sans-serif; fill: #1c2733; }
text.name { font-weight: bold; }
text.label { fill: #51606f; font-family: monospace; font-size: 11px; }
rect { stroke: #8fa1b3; }
rect.leaf { fill: #ffffff; }
rect.group { fill: #eef3f8; }
rect.generated { fill: #fbf6ea; stroke-dasharray: 5 3; }
path.arrow { fill: none; stroke: #51606f; stroke-width: 1.4; marker-end: url(#head); }
</style>
<defs><marker id="head" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="#51606f"/></marker></defs>
)";
    draw(svg, box);
    return svg + "</svg>\n";
}

}  // namespace mogura::cli
