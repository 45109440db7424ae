#include "cli/task_graph.h"

#include "base/display_width.h"
#include "cli/markup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <string>

namespace mogura::cli {
namespace {

using testing::HasSubstr;

GraphNode graph(const std::string& text) {
    auto workflow = workflow::load_workflow("w", text, "w.dig", ".");
    EXPECT_TRUE(workflow.ok()) << workflow.error().message();
    auto root = graph_of(*workflow);
    EXPECT_TRUE(root.ok()) << root.error().message();
    return *root;
}

const char* const kWorkflow = R"(
+first:
  echo>: hello
+both:
  _parallel: true
  +a:
    sh>: |
      echo 1
      echo 2
  +b:
    call>: other
  +c:
    _after: [+a]
    echo>: c
+loop:
  for_each>: {x: [1, 2]}
  _do:
    +one: {echo>: one}
    +two: {echo>: two}
  _error:
    fail>: "no <good>"
)";

TEST(TaskGraph, AsText) {
    EXPECT_EQ(graph_as_text(graph(kWorkflow)), R"(+w
  +first  echo> hello
  +both
    +a  sh> echo 1 ...
    +b  call> other  (at once)
    +c  echo> c  <- +a
  +loop  for_each> {"x":[1,2]}
    ^sub
      +one  echo> one
      +two  echo> two
    ^error  fail> no <good>
)");
}

TEST(TaskGraph, SaysWhatIsDisabled) {
    EXPECT_EQ(graph_as_text(graph("+a: {_disable: true, sh>: x, +b: {}}\n"
                                  "+c: {_disable: false, sh>: y}\n")),
              "+w\n  +a  (disabled)\n  +c  sh> y\n");
}

TEST(TaskGraph, AsDot) {
    std::string dot = graph_as_dot(graph(kWorkflow));
    EXPECT_THAT(dot, HasSubstr("digraph \"+w\" {"));
    EXPECT_THAT(dot, HasSubstr("\"+w+first\" [label=\"+first\\necho> hello\"];"));
    EXPECT_THAT(dot, HasSubstr("\"+w+first\" -> \"+w+both+a\" [lhead=\"cluster+w+both\"];"));
    EXPECT_THAT(dot, HasSubstr("\"+w+both+a\" -> \"+w+both+c\";"));
    EXPECT_THAT(dot, HasSubstr("style=dashed;"));
    // The label of for_each> has a pair of its own.
    EXPECT_EQ(std::count(dot.begin(), dot.end(), '{'), std::count(dot.begin(), dot.end(), '}'));
}

TEST(TaskGraph, AsSvg) {
    std::string svg = graph_as_svg(graph(kWorkflow));
    EXPECT_TRUE(svg.starts_with("<svg xmlns="));
    EXPECT_TRUE(svg.ends_with("</svg>\n"));
    EXPECT_THAT(svg, HasSubstr(">+first</text>"));
    EXPECT_THAT(svg, HasSubstr("fail&gt; no &lt;good&gt;"));
    auto count = [&](const std::string& words) {
        size_t number = 0;
        for (size_t at = svg.find(words); at != svg.npos; at = svg.find(words, at + 1)) ++number;
        return number;
    };
    EXPECT_EQ(count("<rect "), 11);
    EXPECT_EQ(count("class=\"arrow\""), 4);  // first-both-loop, a-c, one-two
}

TEST(TaskGraph, WordsStayInTheirBoxes) {
    std::string svg = graph_as_svg(
        graph("+a_group_that_has_a_rather_long_name_of_its_own:\n"
              "  for_each>: {fruit: [apple, banana, cherry, damson], colour: [red, green]}\n"
              "  _do:\n    +inner: {echo>: "
              "今日は世界、これはとても長い文字列です。もっと長くなりますよ}\n"));
    const std::regex shape(
        R"re(<rect class="\w+" rx="6" x="(\d+)" y="\d+" width="(\d+)"|<text class="(\w+)" x="(\d+)" y="\d+">([^<]*)<)re");
    int right = 0;
    int words = 0;
    for (std::sregex_iterator at(svg.begin(), svg.end(), shape), end; at != end; ++at) {
        if ((*at)[1].matched) {
            right = std::stoi((*at)[1]) + std::stoi((*at)[2]);
            continue;
        }
        const int letter = (*at)[3].str() == "name" ? 8 : 7;
        const std::string shown = std::regex_replace((*at)[5].str(), std::regex("&\\w+;"), "x");
        int columns = static_cast<int>(base::display_width(shown));
        EXPECT_LE(std::stoi((*at)[4]) + columns * letter, right) << (*at)[5];
        ++words;
    }
    EXPECT_GE(words, 6);
}

TEST(Markup, Escapes) {
    EXPECT_EQ(markup_escaped("a<b>&\"'\n\xC3\xA9"), "a&lt;b&gt;&amp;&quot;&#39;\n\xC3\xA9");
    EXPECT_EQ(markup_escaped("\x01\xFF"), "\xEF\xBF\xBD\xEF\xBF\xBD");
}

}  // namespace
}  // namespace mogura::cli
