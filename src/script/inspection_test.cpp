#include "script/inspection.h"

#include "script/script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mogura::script {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string problem_of(const std::string& expression) {
    Inspection inspection = inspect_template("${" + expression + "}");
    return inspection.expressions.size() == 1 ? inspection.expressions[0].problem : "no expression";
}

std::vector<std::string> names_of(const std::string& expression) {
    Inspection inspection = inspect_template("${" + expression + "}");
    EXPECT_EQ(inspection.expressions.size(), 1) << expression;
    if (inspection.expressions.empty()) return {};
    EXPECT_EQ(inspection.expressions[0].problem, "") << expression;
    return inspection.expressions[0].names;
}

TEST(Inspection, AcceptsWhatIsJavaScript) {
    for (const char* good : {"a",
                             "a.b.c",
                             "a['x-y'][0].in",
                             "a ? b : c",
                             "a ? b ? 1 : 2 : 3",
                             "f(a ? b : c, d) ? [e, f] : (g, h)",
                             "f(a, 'b')(c)",
                             "f()",
                             "[]",
                             "[1, 2, 3][0]",
                             "a + -b",
                             "!a && !!b",
                             "typeof a === 'undefined' ? 1 : a",
                             "a / b / c",
                             "/a[/]b/gi.test(s)",
                             "s.replace(/-/g, '')",
                             "1.5e-3 + .5 + 0x1F + 1e+5",
                             "a++ + ++b",
                             "(a, b)",
                             "x => x * 2",
                             "(function(){ return 1; })()",
                             "{a: 1, b: [2]}.a",
                             "new Date().getTime()",
                             "'it\\'s' + \"q\"",
                             "`a ${b} c`",
                             "a ?? b",
                             "a?.b?.[0]",
                             "a /* comment */ + b // end",
                             "JSON.stringify({a: b})",
                             "moment(session_time).add(1, 'days').format(\"YYYY-MM-DD\")",
                             "a in b",
                             "v.map(function(x){return x*5})",
                             "Math.max(...list)",
                             "[1, ]",
                             "f(a, )",
                             "a\n+\nb",
                             "\xC3\xA9t\xC3\xA9",
                             "$x + _y",
                             "10n ** 2n",
                             "a >>> 1"}) {
        EXPECT_EQ(problem_of(good), "") << good;
    }
}

TEST(Inspection, NamesWhatCannotBeJavaScript) {
    struct Case {
        const char* expression;
        const char* problem;
    };
    const Case cases[] = {
        {" ", "the expression is empty"},
        {"a b", "unexpected 'b' behind 'a'"},
        {"a 'x'", "unexpected ''x'' behind 'a'"},
        {"VAR:-x", "unexpected ':' behind 'VAR'"},
        {"a +", "something is missing at the end"},
        {"a.", "something is missing at the end"},
        {"* a", "something is missing before '*'"},
        {"a && || b", "something is missing before '||'"},
        {"(a", "'(' is never closed"},
        {"a)", "')' closes nothing"},
        {"[a)", "'[' is closed by ')'"},
        {"f(a +)", "something is missing before ')'"},
        {"()", "something is missing before ')'"},
        {"'abc", "a string is never closed (')"},
        {"\"}\" + \"", "a string is never closed (\")"},
        {"a; b", "';' ends a statement; a template is one expression"},
        {"a /* b", "a comment is never closed (*/)"},
        {"a == /b", "a regular expression is never closed (/)"},
        {"a ! b", "unexpected '!' behind 'a'"},
        {"a ? b", "'?' has no ':' (write CONDITION ? YES : NO)"},
        {"session_date?replace('-','_')", "'?' has no ':' (write CONDITION ? YES : NO)"},
        {"f(a ? b)", "'?' has no ':' (write CONDITION ? YES : NO)"},
        {"a ? b, c : d", "'?' has no ':' (write CONDITION ? YES : NO)"},
        {"x #", "unexpected '#' behind 'x'"},
        {"td.last.cnt => 3", "unexpected '=>' (at least as much is written >=)"},
        {"3 => f", "unexpected '=>' (at least as much is written >=)"},
        {"var x = 1", "'var' begins a statement; a template is one expression"},
        {"let x = 1", "'let' begins a statement; a template is one expression"},
        {"if (a) b", "'if' begins a statement; a template is one expression"},
        {"...l", "unexpected '...'"},
    };
    for (const Case& one : cases)
        EXPECT_EQ(problem_of(one.expression), one.problem) << one.expression;
}

TEST(Inspection, FindsTheNames) {
    EXPECT_THAT(names_of("a.b.c"), ElementsAre("a"));
    EXPECT_THAT(names_of("a + b[c] + a"), ElementsAre("a", "b", "c"));
    EXPECT_THAT(names_of("'a' + /b/.test(c)"), ElementsAre("c"));
    EXPECT_THAT(names_of("moment(t).format('x')"), ElementsAre("t"));
    EXPECT_THAT(names_of("x => x + y"), ElementsAre("y"));
    EXPECT_THAT(names_of("list.map((x, i) => x + i + z)"), ElementsAre("list", "z"));
    EXPECT_THAT(names_of("(function f(a){ var b = a; return b + c; })()"), ElementsAre("c"));
    EXPECT_THAT(names_of("JSON.stringify({a: b, c: 1})"), ElementsAre("b"));
    EXPECT_THAT(names_of("typeof a === 'undefined'"), IsEmpty());
    EXPECT_THAT(names_of("typeof a != 'undefined' ? a.b : c"), ElementsAre("c"));
    EXPECT_THAT(names_of("typeof(a) == 'undefined' ? c : a"), ElementsAre("c"));
    EXPECT_THAT(names_of("typeof ((a)) == 'undefined' ? c : a"), ElementsAre("c"));
    EXPECT_THAT(names_of("a ? true : null"), ElementsAre("a"));
    EXPECT_THAT(names_of("Math.max(1, 2)"), IsEmpty());
}

TEST(Inspection, Places) {
    Inspection inspection = inspect_template("x ${a} $$ ${secret:k} ${} ${b + 1} end");
    ASSERT_EQ(inspection.expressions.size(), 2);
    EXPECT_EQ(inspection.expressions[0].text, "a");
    EXPECT_EQ(inspection.expressions[0].offset, 2);
    EXPECT_EQ(inspection.expressions[1].offset, 26);
    EXPECT_FALSE(inspection.unclosed.has_value());
    EXPECT_EQ(inspect_template("${a} ${b").unclosed, 5);
    EXPECT_EQ(inspect_template("${'{'}").unclosed, 0);
    EXPECT_FALSE(inspect_template("${secret:x").unclosed.has_value());
    EXPECT_TRUE(inspect_template("no $template").expressions.empty());
}

TEST(Inspection, FormsThatOperatorsRead) {
    Inspection inspection = inspect_template("a ${secret:k} ${b} ${var:-x} ${VAR:-x} ${c:d");
    ASSERT_EQ(inspection.forms.size(), 2);
    EXPECT_EQ(inspection.forms[0].word, "secret");
    EXPECT_EQ(inspection.forms[0].text, "${secret:k}");
    EXPECT_EQ(inspection.forms[1].word, "var");
    EXPECT_EQ(inspection.forms[1].offset, 19);
}

}  // namespace
}  // namespace mogura::script
