#include "load/liquid/document.h"

#include "base/text.h"
#include "load/liquid/chunks.h"
#include "load/liquid/nodes.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace mogura::load::liquid {
namespace {

constexpr int kBlocksMax = 200;  // of tags in tags

class DocumentParser {
  public:
    DocumentParser(std::vector<Chunk> chunks, const LiquidOptions& options, const std::string& file)
        : chunks_(std::move(chunks)), options_(options), file_(file) {}

    Result<Nodes> run() {
        Nodes nodes = TRY(body(""));
        return nodes;
    }

  private:
    config::Mark mark_of(const Chunk& chunk) const {
        return {.line = static_cast<int32_t>(chunk.line), .file = config::file_name(file_)};
    }
    std::string place_of(const Chunk& chunk) const {
        return file_ + ":" + std::to_string(chunk.line);
    }

    // Nodes up to a tag that ends or divides the block (its word is in stop_); at the top: all.
    Result<Nodes> body(std::string_view block) {
        Nodes nodes;
        stop_.clear();
        if (++blocks_ > kBlocksMax) {
            return Error(Code::kLimit, file_ + ": tags are nested too deeply");
        }
        while (next_ < chunks_.size()) {
            const Chunk& chunk = chunks_[next_++];
            if (chunk.type == Chunk::Type::kText) {
                nodes.push_back(make_text(chunk.text, mark_of(chunk)));
                continue;
            }
            auto node =
                chunk.type == Chunk::Type::kValue ? value_node(chunk) : tag_node(chunk, block);
            if (!node.ok()) {
                bool has_place = node.error().message().starts_with(file_ + ":");
                return has_place ? node.error() : node.error().at(place_of(chunk));
            }
            if (!*node) {  // the end of the block
                --blocks_;
                return nodes;
            }
            nodes.push_back(*std::move(node));
        }
        --blocks_;
        if (!block.empty()) {
            return Error(Code::kInvalid, "'" + std::string(block) + "' has no end");
        }
        return nodes;
    }

    using NodeResult = Result<NodePtr>;

    NodeResult value_node(const Chunk& chunk) {
        std::vector<Token> tokens = TRY(tokenize(chunk.text));
        TokenReader reader(std::move(tokens));
        if (reader.at_end()) return make_text("", mark_of(chunk));
        ExpressionPtr value = TRY(parse_filtered(reader, options_));
        TRY(reader.expect_end());
        return make_shown(place_of(chunk), mark_of(chunk), std::move(value));
    }

    // Nothing when the tag belongs to the block around it.
    NodeResult tag_node(const Chunk& chunk, std::string_view block) {
        std::vector<Token> tokens = TRY(tokenize(chunk.text));
        TokenReader reader(std::move(tokens));
        std::string word = TRY(reader.expect_word("the name of a tag"));
        std::string place = place_of(chunk);
        bool divides = (word == "else" && !block.empty()) || (word == "elsif" && block == "if") ||
                       (word == "elsif" && block == "unless") ||
                       (word == "when" && block == "case");
        if (divides || (!block.empty() && word == "end" + std::string(block))) {
            stop_ = word;
            stop_reader_.emplace(std::move(reader));
            return NodePtr();
        }
        if (word == "assign") return assign_node(reader, std::move(place));
        if (word == "capture") return capture_node(reader, std::move(place));
        if (word == "if" || word == "unless") return if_node(reader, std::move(place), word);
        if (word == "case") return case_node(reader, std::move(place));
        if (word == "for") return for_node(reader, std::move(place));
        if (word == "include") return include_node(reader, std::move(place));
        if (word == "cycle") return cycle_node(reader, std::move(place), std::string(chunk.text));
        if (word == "increment" || word == "decrement") {
            std::string name = TRY(reader.expect_word("the name of a counter"));
            TRY(reader.expect_end());
            return make_counter(std::move(place), std::move(name), word == "increment");
        }
        if (word == "break" || word == "continue") {
            TRY(reader.expect_end());
            return make_leave(word == "break" ? Flow::kBreak : Flow::kContinue);
        }
        return Error(Code::kInvalid,
                     "unknown tag: " + word + base::did_you_mean(word, tag_names()));
    }

    static std::vector<std::string> tag_names() {
        return {"assign",  "capture", "if",      "unless",    "case",      "for",   "cycle",
                "include", "raw",     "comment", "increment", "decrement", "break", "continue"};
    }

    NodeResult assign_node(TokenReader& reader, std::string place) {
        std::string name = TRY(reader.expect_word("the name of a variable"));
        TRY(reader.expect_sign("="));
        ExpressionPtr value = TRY(parse_filtered(reader, options_));
        TRY(reader.expect_end());
        return make_assign(std::move(place), std::move(name), std::move(value));
    }

    NodeResult capture_node(TokenReader& reader, std::string place) {
        Token name = reader.take();
        if (name.type != Token::Type::kWord && name.type != Token::Type::kString) {
            return Error(Code::kInvalid, "expected the name of a variable");
        }
        TRY(reader.expect_end());
        Nodes inner = TRY(body("capture"));
        TRY(expect_end_of("capture"));
        return make_capture(std::move(place), std::move(name.text), std::move(inner));
    }

    Result<> expect_end_of(std::string_view block) const {
        if (stop_ == "end" + std::string(block)) return {};
        return Error(Code::kInvalid, "unexpected tag in " + std::string(block) + ": " + stop_);
    }

    NodeResult if_node(TokenReader& reader, std::string place, const std::string& word) {
        std::vector<Branch> branches;
        ExpressionPtr condition = TRY(parse_condition(reader));
        TRY(reader.expect_end());
        bool is_negated = word == "unless";
        while (true) {
            Nodes inner = TRY(body(word));
            branches.push_back({std::move(condition), is_negated, std::move(inner)});
            is_negated = false;
            if (stop_ == "end" + word) break;
            condition = nullptr;
            if (stop_ == "elsif") {
                TokenReader more = *std::move(stop_reader_);
                condition = TRY(parse_condition(more));
                TRY(more.expect_end());
            }
        }
        return make_if(std::move(place), std::move(branches));
    }

    NodeResult case_node(TokenReader& reader, std::string place) {
        ExpressionPtr subject = TRY(parse_expression(reader));
        TRY(reader.expect_end());
        TRY(body("case"));  // what stands before the first when is not shown
        std::vector<When> branches;
        while (stop_ != "endcase") {
            When branch;
            if (stop_ == "when") {
                TokenReader more = *std::move(stop_reader_);
                do {
                    ExpressionPtr value = TRY(parse_expression(more));
                    branch.values.push_back(std::move(value));
                } while (more.take_sign(",") || more.take_word("or"));
                TRY(more.expect_end());
            }
            branch.body = TRY(body("case"));
            branches.push_back(std::move(branch));
        }
        return make_case(std::move(place), std::move(subject), std::move(branches));
    }

    NodeResult for_node(TokenReader& reader, std::string place) {
        Loop loop;
        loop.name = TRY(reader.expect_word("the name of a variable"));
        if (!reader.take_word("in")) return Error(Code::kInvalid, "expected 'in' behind the name");
        loop.over = TRY(parse_expression(reader));
        while (!reader.at_end()) {
            reader.take_sign(",");
            std::string word = TRY(reader.expect_word("limit, offset or reversed"));
            if (word == "reversed") {
                loop.is_reversed = true;
                continue;
            }
            if (word != "limit" && word != "offset") {
                return Error(Code::kInvalid, "expected limit, offset or reversed, not " + word);
            }
            TRY(reader.expect_sign(":"));
            ExpressionPtr value = TRY(parse_expression(reader));
            (word == "limit" ? loop.limit : loop.offset) = std::move(value);
        }
        loop.body = TRY(body("for"));
        if (stop_ == "else") loop.otherwise = TRY(body("for"));
        TRY(expect_end_of("for"));
        return make_for(std::move(place), std::move(loop));
    }

    NodeResult include_node(TokenReader& reader, std::string place) {
        Partial partial;
        partial.name = TRY(parse_expression(reader));
        if (reader.take_word("with")) {
            partial.subject = TRY(parse_expression(reader));
        } else if (reader.take_word("for")) {
            partial.subject = TRY(parse_expression(reader));
            partial.is_each = true;
        }
        while (!reader.at_end()) {
            reader.take_sign(",");
            std::string key = TRY(reader.expect_word("the name of a variable"));
            TRY(reader.expect_sign(":"));
            ExpressionPtr value = TRY(parse_expression(reader));
            partial.variables.emplace_back(std::move(key), std::move(value));
        }
        return make_include(std::move(place), std::move(partial), options_);
    }

    NodeResult cycle_node(TokenReader& reader, std::string place, std::string group) {
        std::vector<ExpressionPtr> values;
        ExpressionPtr first = TRY(parse_expression(reader));
        if (reader.take_sign(":")) {
            group = "named";
            Value name = TRY(first->value(Variables({})));
            group += ":" + text_of(name);
            first = TRY(parse_expression(reader));
        }
        values.push_back(std::move(first));
        while (reader.take_sign(",")) {
            ExpressionPtr value = TRY(parse_expression(reader));
            values.push_back(std::move(value));
        }
        TRY(reader.expect_end());
        return make_cycle(std::move(place), std::move(group), std::move(values));
    }

    const std::vector<Chunk> chunks_;
    const LiquidOptions& options_;
    const std::string& file_;
    size_t next_ = 0;
    int blocks_ = 0;
    std::string stop_;
    std::optional<TokenReader> stop_reader_;
};

}  // namespace

Result<Nodes> parse_document(std::string_view text, const LiquidOptions& options,
                             const std::string& file) {
    std::vector<Chunk> chunks = TRY(cut(text, file));
    return DocumentParser(std::move(chunks), options, file).run();
}

}  // namespace mogura::load::liquid

namespace mogura::load {

Result<RenderedLiquid> render_liquid(std::string_view text, const LiquidOptions& options) {
    liquid::Nodes nodes = TRY(liquid::parse_document(text, options, options.file));
    liquid::Rendering rendering(options);
    TRY(liquid::render_all(nodes, rendering));
    std::vector<config::Mark> lines = rendering.lines();
    return RenderedLiquid{.text = std::move(rendering.output.text), .lines = std::move(lines)};
}

}  // namespace mogura::load
