// embulk 1.6, and the public documentation of Liquid's tags and filters.

#include "load/liquid.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace mogura::load {
namespace {

config::Map variables() {
    auto value = config::parse_json(
        R"({"env":{"HOST":"db1","PORT":"5432","EMPTY":"","LIST":"a,b,c","with space":"yes"},
            "numbers":[3,1,2],"rows":[{"n":"x"},{"n":"y"}],"half":0.5})",
        "test");
    return value->map();
}

LiquidOptions options() {
    LiquidOptions options{.file = "load.yml.liquid", .variables = variables()};
    options.now = base::Instant(std::chrono::seconds(1'772'150'400));  // 2026-02-27T00:00:00Z
    options.partial = [](const std::string& name) -> Result<std::string> {
        const std::map<std::string, std::string> partials = {
            {"host", "host: {{ env.HOST }}"},
            {"db/prod", "{{ user }}@{{ env.HOST }}"},
            {"item", "<{{ item }}>"},
            {"lines", "one\ntwo"},
            {"endless", "{% include 'endless' %}"},
            {"broken", "line\n{{ 1 | nothing }}"},
        };
        auto found = partials.find(name);
        if (found == partials.end()) return Error(Code::kNotFound, "no partial: " + name);
        return found->second;
    };
    return options;
}

std::string rendered(std::string_view text) {
    auto result = render_liquid(text, options());
    return result.ok() ? result->text : "error: " + result.error().message();
}

struct Row {
    const char* text;
    const char* result;
};

void expect_all(std::span<const Row> rows) {
    for (const Row& row : rows) EXPECT_EQ(rendered(row.text), row.result) << row.text;
}

TEST(Liquid, ShowsVariables) {  // embulk 1.6.2
    const Row rows[] = {
        {"plain { text } % }", "plain { text } % }"},
        {"host: {{ env.HOST }}:{{env.PORT}}", "host: db1:5432"},
        {"{{ env[\"HOST\"] }} {{ env['with space'] }}", "db1 yes"},
        {"[{{ env.NOTHING }}{{ nothing.at.all }}]", "[]"},
        {"{{ numbers[0] }} {{ numbers[-1] }} {{ numbers.size }} {{ numbers.first }}", "3 2 3 3"},
        {"{{ numbers }} {{ 'a' }} {{ 12 }} {{ 1.5 }} {{ half }} {{ true }} {{ nil }}",
         "312 a 12 1.5 0.5 true "},
        {"{{ }}", ""},
        {"{{ rows[1].n }}", "y"},
    };
    expect_all(rows);
}

TEST(Liquid, Filters) {  // embulk 1.6.3
    const Row rows[] = {
        {"{{ env.NOTHING | default: 'x' }}{{ env.EMPTY | default: 'y' }}{{ env.HOST | default: 'z' "
         "}}",
         "xydb1"},
        {"{{ env.LIST | split: ',' | join: '-' }}", "a-b-c"},
        {"{{ env.LIST | split: ',' | size }} {{ env.LIST | size }}", "3 5"},
        {"{{ env.LIST | split: ',' | last | upcase | append: '!' | prepend: '>' }}", ">C!"},
        {"{{ 'a-b-a' | replace: 'a', 'x' }} {{ 'a-b-a' | replace_first: 'a', 'x' }}",
         "x-b-x x-b-a"},
        {"{{ 'a-b-a' | remove: 'a' }} {{ 'a-b-a' | remove_first: 'a' }}", "-b- -b-a"},
        {"{{ ' x ' | strip }}|{{ ' x ' | lstrip }}|{{ ' x ' | rstrip }}", "x|x | x"},
        {"{{ 'hELLO wORLD' | capitalize }} {{ 'AB' | downcase }}", "Hello world ab"},
        {"{{ env.PORT | plus: 1 }} {{ 5 | minus: 7 }} {{ 3 | times: 4 }}", "5433 -2 12"},
        {"{{ 7 | divided_by: 2 }} {{ -7 | divided_by: 2 }} {{ 7.0 | divided_by: 2 }} {{ -7 | "
         "modulo: 3 }}",
         "3 -4 3.5 2"},
        {"{{ 1.6 | round }} {{ 1.25 | round: 1 }} {{ 1.2 | ceil }} {{ 1.8 | floor }} {{ -3 | abs "
         "}}",
         "2 1.3 2 1 3"},
        {"{{ 3 | at_least: 5 }} {{ 3 | at_most: 2 }}", "5 2"},
        {"{{ numbers | sort | join }} {{ numbers | reverse | join: ',' }}", "1 2 3 2,1,3"},
        {"{{ 'a,b,a' | split: ',' | uniq | join: ',' }}", "a,b"},
        {"{{ rows | map: 'n' | join: ',' }}", "x,y"},
        {"{{ numbers | concat: numbers | size }}", "6"},
        {"{{ 'abcdef' | slice: 2, 3 }} {{ 'abcdef' | slice: -2, 2 }} {{ 'abc' | slice: 9 }}",
         "cde ef "},
        {"{{ 'abcdef' | truncate: 5 }} {{ 'abc' | truncate: 5 }}", "ab... abc"},
        {"{{ '<a&\"b\">' | escape }} {{ 'a b&c' | url_encode }} {{ 'a+b%26c' | url_decode }}",
         "&lt;a&amp;&quot;b&quot;&gt; a+b%26c a b&c"},
        {"{{ 'now' | date: '%Y%m%d' }} {{ 'now' | date: '%s' }}", "20260227 1772150400"},
        {"{{ '2015-01-02 03:04:05' | date: '%d/%m/%y %H' }} {{ '2015-01-02' | date: '%b' }}",
         "02/01/15 03 Jan"},
        {"{{ 0 | date: '%Y' }} {{ 'no date' | date: '%Y' }}", "1970 no date"},
    };
    expect_all(rows);
}

TEST(Liquid, Conditions) {
    const Row rows[] = {
        {"{% if env.HOST == 'db1' %}a{% elsif true %}b{% else %}c{% endif %}", "a"},
        {"{% if env.HOST != 'db1' %}a{% elsif env.PORT == '5432' %}b{% else %}c{% endif %}", "b"},
        {"{% if env.NOTHING %}a{% else %}c{% endif %}", "c"},
        {"{% if env.EMPTY %}text is true{% endif %}", "text is true"},
        {"{% if env.EMPTY == empty %}e{% endif %}{% if env.HOST == blank %}b{% endif %}", "e"},
        {"{% unless env.HOST == 'x' %}u{% else %}v{% endunless %}", "u"},
        {"{% if env.LIST contains 'b' %}in{% endif %}{% if numbers contains 9 %}out{% endif %}",
         "in"},
        {"{% if 1 < 2 and 2 <= 2 and 3 > 2 and 3 >= 3 and 1 <> 2 %}all{% endif %}", "all"},
        // From right to left: true or (false and false).
        {"{% if true or false and false %}right{% endif %}", "right"},
        {"{% case env.HOST %}\n{% when 'x', 'db1' %}w{% else %}e{% endcase %}", "w"},
        {"{% case 3 %}{% when 1 or 2 %}w{% else %}e{% endcase %}", "e"},
    };
    expect_all(rows);
}

TEST(Liquid, LoopsAndVariables) {
    const Row rows[] = {
        {"{% for n in numbers %}{{ n }}{% unless forloop.last %},{% endunless %}{% endfor %}",
         "3,1,2"},
        {"{% for n in (1..4) reversed %}{{ n }}{% endfor %}", "4321"},
        {"{% for n in (1..9) limit:2 offset:3 %}{{ n }}{% endfor %}", "45"},
        {"{% for n in nothing %}x{% else %}none{% endfor %}", "none"},
        {"{% for n in (1..9) %}{% if n == 2 %}{% continue %}{% endif %}{% if n == 4 %}{% break %}"
         "{% endif %}{{ n }}{% endfor %}",
         "13"},
        {"{% for n in (1..2) %}{{ forloop.index }}{{ forloop.index0 }}{{ forloop.rindex }}{{ "
         "forloop.first }} {% endfor %}",
         "102true 211false "},
        {"{% for pair in rows[0] %}{{ pair[0] }}={{ pair[1] }}{% endfor %}", "n=x"},
        {"{% assign a = 'x' | append: 'y' %}{{ a }}{% for i in (1..2) %}{% assign a = i %}{% "
         "endfor %}{{ "
         "a }}",
         "xy2"},
        {"{% capture c %}[{{ env.HOST }}]{% endcapture %}{{ c }}{{ c | size }}", "[db1]5"},
        {"{% increment i %}{% increment i %}{% decrement j %}", "01-1"},
        {"{% for n in (1..3) %}{% cycle 'a', 'b' %}{% endfor %}", "aba"},
    };
    expect_all(rows);
}

TEST(Liquid, BlanksRawAndComments) {  // embulk 1.6.5
    const Row rows[] = {
        {"a\n  {%- if true -%}\n  b\n  {%- endif -%}\n c", "abc"},
        {"a {{- 'x' -}} b", "axb"},
        {"{% raw %}{{ not }} {% this %}{% endraw %}!", "{{ not }} {% this %}!"},
        {"a {%- comment %} {{ broken | {% endcomment -%} b", "ab"},
    };
    expect_all(rows);
}

TEST(Liquid, Partials) {  // embulk 1.6.4
    const Row rows[] = {
        {"{% include 'host' %}", "host: db1"},
        {"{% include 'db/prod', user: 'me' %} {{ user }}", "me@db1 "},
        {"{% assign p = 'host' %}{% include p %}", "host: db1"},
        {"{% include 'item' with 'x' %}{% include 'item' for numbers %}", "<x><3><1><2>"},
        {"{% include '../secret' %}",
         "error: load.yml.liquid:1: not the name of a partial: '../secret' (letters, digits, "
         "underscores and slashes)"},
        {"\n{% include 'missing' %}", "error: load.yml.liquid:2: no partial: missing"},
        {"{% include 'broken' %}", "error: load.yml.liquid:1: _broken:2: unknown filter: nothing"},
    };
    expect_all(rows);
    EXPECT_NE(rendered("{% include 'endless' %}").find("includes are nested too deeply"),
              std::string::npos);
}

TEST(Liquid, KnowsWhereLinesBegin) {
    const auto lines = [](std::string_view text) {
        std::string places;
        auto result = render_liquid(text, options());
        if (!result.ok()) return result.error().message();
        for (const config::Mark& mark : result->lines) {
            places += *mark.file + ":" + std::to_string(mark.line) + " ";
        }
        return places;
    };
    EXPECT_EQ(lines("a\nb"), "load.yml.liquid:1 load.yml.liquid:2 ");
    EXPECT_EQ(lines("{% if true %}\n  a\n{% endif %}\nb\n"),
              "load.yml.liquid:1 load.yml.liquid:2 load.yml.liquid:3 load.yml.liquid:4 "
              "load.yml.liquid:5 ");
    EXPECT_EQ(lines("{%- if true -%}\n\n  a\n{%- endif %}\nb"),
              "load.yml.liquid:3 load.yml.liquid:5 ");
    EXPECT_EQ(lines("{% include 'lines' %}\nb"), "_lines:1 _lines:2 load.yml.liquid:2 ");
    EXPECT_EQ(lines("{% for n in numbers %}x\n{% endfor %}y"),
              "load.yml.liquid:1 load.yml.liquid:1 load.yml.liquid:1 load.yml.liquid:2 ");
    // A value of several lines is where it is shown.
    EXPECT_EQ(lines("{% capture v %}1\n2\n{% endcapture %}{{ v }}\nb"),
              "load.yml.liquid:3 load.yml.liquid:3 load.yml.liquid:3 load.yml.liquid:4 ");
}

TEST(Liquid, SaysWhatIsMalformed) {  // embulk 1.6.3: strict
    const Row rows[] = {
        {"a\n{{ b", "error: load.yml.liquid:2: a value has no end"},
        {"{% if true", "error: load.yml.liquid:1: a tag has no end"},
        {"{% if true %}", "error: load.yml.liquid:1: 'if' has no end"},
        {"{% raw %}", "error: load.yml.liquid:1: raw has no end"},
        {"\n\n{% iff true %}", "error: load.yml.liquid:3: unknown tag: iff (did you mean if?)"},
        {"{% else %}", "error: load.yml.liquid:1: unknown tag: else"},
        {"{{ 'a' | upcas }}",
         "error: load.yml.liquid:1: unknown filter: upcas (did you mean upcase?)"},
        {"{{ a b }}", "error: load.yml.liquid:1: unexpected 'b'"},
        {"{{ 'a }}", "error: load.yml.liquid:1: a quote has no end"},
        {"{{ a ! }}", "error: load.yml.liquid:1: unexpected character '!'"},
        {"{% assign a 1 %}", "error: load.yml.liquid:1: expected '=', not '1'"},
        {"{% if env.PORT > 1 %}{% endif %}",
         "error: load.yml.liquid:1: cannot compare string with integer (env values are text: write "
         "{{ env.X | plus: 0 }} into a variable)"},
        {"{{ 1 | divided_by: 0 }}", "error: load.yml.liquid:1: filter divided_by: divided by 0"},
        {"{% for i in (1..200000) %}{% endfor %}",
         "error: load.yml.liquid:1: a range of more than 100000 numbers"},
    };
    for (const Row& row : rows) {
        std::string result = rendered(row.text);
        EXPECT_EQ(result.substr(0, std::string(row.result).size()), row.result) << row.text;
    }
}

}  // namespace
}  // namespace mogura::load
