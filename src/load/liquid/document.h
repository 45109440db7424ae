// A Liquid template as a tree of nodes, ready to be rendered.

#pragma once

#include "base/result.h"
#include "load/liquid.h"
#include "load/liquid/expression.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::load::liquid {

// What a node did to the loop around it.
enum class Flow { kNext, kBreak, kContinue };

// What a template gives, and where its texts stood.
struct Output {
    struct Origin {
        size_t begin = 0;
        size_t size = 0;
        config::Mark mark;
    };
    std::string text;
    std::vector<Origin> origins;  // of texts; values have no size
};

// The state of one rendering.
class Rendering {
  public:
    explicit Rendering(const LiquidOptions& options)
        : options(options), variables(options.variables) {}

    Result<> write(std::string_view text);
    // What stands at `mark` in the template.
    Result<> write_text(std::string_view text, config::Mark mark);
    // Where the lines of the output begin. A line of a value is where the value is shown.
    std::vector<config::Mark> lines() const;
    // Counts a turn of a loop.
    Result<> turn();

    const LiquidOptions& options;
    Variables variables;
    std::map<std::string, int64_t> counters;  // of increment and decrement
    std::map<std::string, size_t> cycles;     // by their words
    Output output;
    int depth = 0;  // of includes

  private:
    int64_t turns_ = 0;
};

class Node {
  public:
    virtual ~Node() = default;
    virtual Result<Flow> render(Rendering& rendering) const = 0;
};
using Nodes = std::vector<std::unique_ptr<const Node>>;

Result<Flow> render_all(const Nodes& nodes, Rendering& rendering);

// `options` outlives the nodes.
Result<Nodes> parse_document(std::string_view text, const LiquidOptions& options,
                             const std::string& file);

}  // namespace mogura::load::liquid
