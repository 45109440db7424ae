// The nodes of a Liquid template: what each tag does when it is rendered. `place` stands in front
// of failures.

#pragma once

#include "load/liquid/document.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mogura::load::liquid {

using NodePtr = std::unique_ptr<const Node>;

// Of if and unless.
struct Branch {
    ExpressionPtr condition;  // none: else
    bool is_negated = false;
    Nodes body;
};

// Of case.
struct When {
    std::vector<ExpressionPtr> values;  // none: else
    Nodes body;
};

struct Loop {
    std::string name;
    ExpressionPtr over;
    ExpressionPtr limit;
    ExpressionPtr offset;
    bool is_reversed = false;
    Nodes body;
    Nodes otherwise;
};

// What include says.
struct Partial {
    ExpressionPtr name;
    ExpressionPtr subject;  // with, for
    bool is_each = false;
    std::vector<std::pair<std::string, ExpressionPtr>> variables;
};

NodePtr make_text(std::string_view text, config::Mark mark);
NodePtr make_shown(std::string place, config::Mark mark, ExpressionPtr value);
NodePtr make_assign(std::string place, std::string name, ExpressionPtr value);
NodePtr make_capture(std::string place, std::string name, Nodes body);
// increment and decrement.
NodePtr make_counter(std::string place, std::string name, bool is_up);
NodePtr make_cycle(std::string place, std::string group, std::vector<ExpressionPtr> values);
// break and continue.
NodePtr make_leave(Flow flow);
NodePtr make_if(std::string place, std::vector<Branch> branches);
NodePtr make_case(std::string place, ExpressionPtr subject, std::vector<When> branches);
NodePtr make_for(std::string place, Loop loop);
// `options` outlives the node.
NodePtr make_include(std::string place, Partial partial, const LiquidOptions& options);

}  // namespace mogura::load::liquid
