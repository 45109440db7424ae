#include "load/liquid/nodes.h"

#include "base/text.h"

#include <algorithm>
#include <utility>

namespace mogura::load::liquid {
namespace {

constexpr size_t kOutputBytesMax = 64 * 1024 * 1024;
constexpr int64_t kTurnsMax = 10'000'000;  // of all loops together
constexpr int kDepthMax = 100;             // of includes in includes

class Text final : public Node {
  public:
    Text(std::string_view text, config::Mark mark) : text_(text), mark_(mark) {}
    Result<Flow> render(Rendering& rendering) const override {
        TRY(rendering.write_text(text_, mark_));
        return Flow::kNext;
    }

  private:
    const std::string text_;
    const config::Mark mark_;
};

// A node that can fail, with its place.
class Placed : public Node {
  public:
    explicit Placed(std::string place) : place_(std::move(place)) {}
    Result<Flow> render(Rendering& rendering) const final {
        auto flow = perform(rendering);
        if (!flow.ok() && !flow.error().message().starts_with(place_file())) {
            return flow.error().at(place_);
        }
        return flow;
    }

  protected:
    virtual Result<Flow> perform(Rendering& rendering) const = 0;

  private:
    // A failure inside has a place of its own.
    std::string_view place_file() const {
        return std::string_view(place_).substr(0, place_.rfind(':') + 1);
    }

    const std::string place_;
};

class Shown final : public Placed {
  public:
    Shown(std::string place, config::Mark mark, ExpressionPtr value)
        : Placed(std::move(place)), mark_(mark), value_(std::move(value)) {}
    Result<Flow> perform(Rendering& rendering) const override {
        Value value = TRY(value_->value(rendering.variables));
        TRY(rendering.write_text("", mark_));
        TRY(rendering.write(text_of(value)));
        return Flow::kNext;
    }

  private:
    const config::Mark mark_;
    const ExpressionPtr value_;
};

class Assign final : public Placed {
  public:
    Assign(std::string place, std::string name, ExpressionPtr value)
        : Placed(std::move(place)), name_(std::move(name)), value_(std::move(value)) {}
    Result<Flow> perform(Rendering& rendering) const override {
        Value value = TRY(value_->value(rendering.variables));
        rendering.variables.set(name_, std::move(value));
        return Flow::kNext;
    }

  private:
    const std::string name_;
    const ExpressionPtr value_;
};

class Capture final : public Placed {
  public:
    Capture(std::string place, std::string name, Nodes body)
        : Placed(std::move(place)), name_(std::move(name)), body_(std::move(body)) {}
    Result<Flow> perform(Rendering& rendering) const override {
        Output outer = std::exchange(rendering.output, {});
        auto flow = render_all(body_, rendering);
        Output inner = std::exchange(rendering.output, std::move(outer));
        if (flow.ok()) rendering.variables.set(name_, Value(std::move(inner.text)));
        return flow;
    }

  private:
    const std::string name_;
    const Nodes body_;
};

// increment and decrement count by themselves, apart from other variables.
class Counter final : public Placed {
  public:
    Counter(std::string place, std::string name, bool is_up)
        : Placed(std::move(place)), name_(std::move(name)), is_up_(is_up) {}
    Result<Flow> perform(Rendering& rendering) const override {
        int64_t& counter = rendering.counters[name_];
        int64_t shown = is_up_ ? counter++ : --counter;
        TRY(rendering.write(std::to_string(shown)));
        return Flow::kNext;
    }

  private:
    const std::string name_;
    const bool is_up_;
};

class Cycle final : public Placed {
  public:
    Cycle(std::string place, std::string group, std::vector<ExpressionPtr> values)
        : Placed(std::move(place)), group_(std::move(group)), values_(std::move(values)) {}
    Result<Flow> perform(Rendering& rendering) const override {
        size_t turn = rendering.cycles[group_]++;
        Value value = TRY(values_[turn % values_.size()]->value(rendering.variables));
        TRY(rendering.write(text_of(value)));
        return Flow::kNext;
    }

  private:
    const std::string group_;
    const std::vector<ExpressionPtr> values_;
};

class Leave final : public Node {
  public:
    explicit Leave(Flow flow) : flow_(flow) {}
    Result<Flow> render(Rendering&) const override { return flow_; }

  private:
    const Flow flow_;
};

class If final : public Placed {
  public:
    If(std::string place, std::vector<Branch> branches)
        : Placed(std::move(place)), branches_(std::move(branches)) {}
    Result<Flow> perform(Rendering& rendering) const override {
        for (const Branch& branch : branches_) {
            bool is_taken = true;
            if (branch.condition) {
                Value value = TRY(branch.condition->value(rendering.variables));
                is_taken = is_true(value) != branch.is_negated;
            }
            if (is_taken) return render_all(branch.body, rendering);
        }
        return Flow::kNext;
    }

  private:
    const std::vector<Branch> branches_;
};

class Case final : public Placed {
  public:
    Case(std::string place, ExpressionPtr subject, std::vector<When> branches)
        : Placed(std::move(place)), subject_(std::move(subject)), branches_(std::move(branches)) {}
    Result<Flow> perform(Rendering& rendering) const override {
        bool is_found = false;
        for (const When& branch : branches_) {
            bool is_taken = branch.values.empty() && !is_found;
            for (const ExpressionPtr& value : branch.values) {
                bool equal = TRY(are_equal(*subject_, *value, rendering.variables));
                is_taken = is_taken || equal;
            }
            if (!is_taken) continue;
            is_found = true;
            Flow flow = TRY(render_all(branch.body, rendering));
            if (flow != Flow::kNext) return flow;
        }
        return Flow::kNext;
    }

  private:
    const ExpressionPtr subject_;
    const std::vector<When> branches_;
};

class For final : public Placed {
  public:
    For(std::string place, Loop loop) : Placed(std::move(place)), loop_(std::move(loop)) {}

    Result<Flow> perform(Rendering& rendering) const override {
        config::List items = TRY(items_of(rendering));
        if (items.empty()) return render_all(loop_.otherwise, rendering);
        rendering.variables.enter();
        auto flow = turns(items, rendering);
        rendering.variables.leave();
        return flow;
    }

  private:
    Result<config::List> items_of(Rendering& rendering) const {
        Value over = TRY(loop_.over->value(rendering.variables));
        config::List items;
        if (over.is_list()) {
            items = over.list();
        } else if (over.is_map()) {
            for (const config::Map::Entry& entry : over.map()) {
                items.emplace_back(config::List{Value(entry.key), entry.value});
            }
        } else if (over.is_string() && !over.string().empty()) {
            items.push_back(over);
        }
        size_t offset = TRY(number(loop_.offset, 0, rendering));
        size_t limit = TRY(number(loop_.limit, items.size(), rendering));
        offset = std::min(offset, items.size());
        limit = std::min(limit, items.size() - offset);
        items = config::List(items.begin() + static_cast<ptrdiff_t>(offset),
                             items.begin() + static_cast<ptrdiff_t>(offset + limit));
        if (loop_.is_reversed) std::ranges::reverse(items);
        return items;
    }

    static Result<size_t> number(const ExpressionPtr& expression, size_t otherwise,
                                 Rendering& rendering) {
        if (!expression) return otherwise;
        Value value = TRY(expression->value(rendering.variables));
        auto parsed = base::parse_integer(text_of(value));
        if (!parsed || *parsed < 0) {
            return Error(Code::kInvalid,
                         "expected a number of items, not '" + text_of(value) + "'");
        }
        return static_cast<size_t>(*parsed);
    }

    Result<Flow> turns(const config::List& items, Rendering& rendering) const {
        auto size = static_cast<int64_t>(items.size());
        for (int64_t index = 0; index < size; ++index) {
            TRY(rendering.turn());
            config::Map loop;
            loop.set("length", size);
            loop.set("index", index + 1);
            loop.set("index0", index);
            loop.set("rindex", size - index);
            loop.set("rindex0", size - index - 1);
            loop.set("first", index == 0);
            loop.set("last", index == size - 1);
            rendering.variables.set_inner("forloop", std::move(loop));
            rendering.variables.set_inner(loop_.name, items[static_cast<size_t>(index)]);
            Flow flow = TRY(render_all(loop_.body, rendering));
            if (flow == Flow::kBreak) break;
        }
        return Flow::kNext;
    }

    const Loop loop_;
};

// A partial's text is parsed when it is wanted: its name may be a variable.
class Include final : public Placed {
  public:
    Include(std::string place, Partial partial, const LiquidOptions& options)
        : Placed(std::move(place)), partial_(std::move(partial)), options_(options) {}

    Result<Flow> perform(Rendering& rendering) const override {
        Value name_value = TRY(partial_.name->value(rendering.variables));
        std::string name = text_of(name_value);
        if (!is_safe(name)) {
            return Error(Code::kInvalid, "not the name of a partial: '" + name +
                                             "' (letters, digits, underscores and slashes)");
        }
        if (!options_.partial) return Error(Code::kUnsupported, "include has no meaning here");
        if (rendering.depth >= kDepthMax) {
            return Error(Code::kLimit, "includes are nested too deeply: '" + name + "'");
        }
        std::string text = TRY(options_.partial(name));
        Nodes nodes = TRY(parse_document(text, options_, "_" + name));
        Value subject = nullptr;
        if (partial_.subject) {
            subject = TRY(partial_.subject->value(rendering.variables));
        } else if (const Value* found = rendering.variables.find(last_part(name))) {
            subject = *found;
        }
        ++rendering.depth;
        rendering.variables.enter();
        auto flow = render_body(nodes, name, subject, rendering);
        rendering.variables.leave();
        --rendering.depth;
        return flow;
    }

  private:
    static bool is_safe(const std::string& name) {
        constexpr std::string_view kAllowed =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_/";
        return !name.empty() && name[0] != '/' &&
               name.find_first_not_of(kAllowed) == std::string::npos;
    }
    static std::string last_part(const std::string& name) {
        return name.substr(name.rfind('/') + 1);
    }

    Result<Flow> render_body(const Nodes& nodes, const std::string& name, const Value& subject,
                             Rendering& rendering) const {
        for (const auto& [key, expression] : partial_.variables) {
            Value value = TRY(expression->value(rendering.variables));
            rendering.variables.set_inner(key, std::move(value));
        }
        if (!partial_.is_each || !subject.is_list()) {
            rendering.variables.set_inner(last_part(name), subject);
            return render_all(nodes, rendering);
        }
        for (const Value& item : subject.list()) {
            TRY(rendering.turn());
            rendering.variables.set_inner(last_part(name), item);
            TRY(render_all(nodes, rendering));
        }
        return Flow::kNext;
    }

    const Partial partial_;
    const LiquidOptions& options_;
};

}  // namespace

NodePtr make_text(std::string_view text, config::Mark mark) {
    return std::make_unique<Text>(text, mark);
}

NodePtr make_shown(std::string place, config::Mark mark, ExpressionPtr value) {
    return std::make_unique<Shown>(std::move(place), mark, std::move(value));
}

NodePtr make_assign(std::string place, std::string name, ExpressionPtr value) {
    return std::make_unique<Assign>(std::move(place), std::move(name), std::move(value));
}

NodePtr make_capture(std::string place, std::string name, Nodes body) {
    return std::make_unique<Capture>(std::move(place), std::move(name), std::move(body));
}

NodePtr make_counter(std::string place, std::string name, bool is_up) {
    return std::make_unique<Counter>(std::move(place), std::move(name), is_up);
}

NodePtr make_cycle(std::string place, std::string group, std::vector<ExpressionPtr> values) {
    return std::make_unique<Cycle>(std::move(place), std::move(group), std::move(values));
}

NodePtr make_leave(Flow flow) {
    return std::make_unique<Leave>(flow);
}

NodePtr make_if(std::string place, std::vector<Branch> branches) {
    return std::make_unique<If>(std::move(place), std::move(branches));
}

NodePtr make_case(std::string place, ExpressionPtr subject, std::vector<When> branches) {
    return std::make_unique<Case>(std::move(place), std::move(subject), std::move(branches));
}

NodePtr make_for(std::string place, Loop loop) {
    return std::make_unique<For>(std::move(place), std::move(loop));
}

NodePtr make_include(std::string place, Partial partial, const LiquidOptions& options) {
    return std::make_unique<Include>(std::move(place), std::move(partial), options);
}

Result<> Rendering::write(std::string_view text) {
    if (output.text.size() + text.size() > kOutputBytesMax) {
        return Error(Code::kLimit, "the rendered text is too long");
    }
    output.text.append(text);
    return {};
}

Result<> Rendering::write_text(std::string_view text, config::Mark mark) {
    output.origins.push_back({output.text.size(), text.size(), mark});
    return write(text);
}

std::vector<config::Mark> Rendering::lines() const {
    std::vector<config::Mark> lines;
    config::Mark mark{.line = 1, .file = config::file_name(options.file)};
    auto origin = output.origins.begin();
    const auto is_line_end = [&](size_t at) { return output.text[at] == '\n'; };
    for (size_t at = 0; at <= output.text.size(); ++at) {
        for (; origin != output.origins.end() && origin->begin <= at; ++origin) mark = origin->mark;
        if (at == 0 || is_line_end(at - 1)) lines.push_back(mark);
        if (at == output.text.size() || !is_line_end(at) || origin == output.origins.begin()) {
            continue;
        }
        const Output::Origin& last = *std::prev(origin);
        if (at < last.begin + last.size) ++mark.line;
    }
    return lines;
}

Result<> Rendering::turn() {
    if (++turns_ > kTurnsMax) return Error(Code::kLimit, "loops take too many turns");
    return {};
}

Result<Flow> render_all(const Nodes& nodes, Rendering& rendering) {
    for (const auto& node : nodes) {
        Flow flow = TRY(node->render(rendering));
        if (flow != Flow::kNext) return flow;
    }
    return Flow::kNext;
}

}  // namespace mogura::load::liquid
