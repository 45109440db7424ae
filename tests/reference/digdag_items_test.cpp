// docs/reference/digdag-compatibility.md: each item of Digdag's behaviour, how it stands here, and
// the tests that name it. A test names items in a comment above it: `// digdag 2.8.10, 2.9.1 to
// 2.9.3`, `#` in YAML and shell. docs/compatibility.md names them in the first column of a row.
//
//     MOGURA_WRITE=1 build/dev/bin/digdag_items_test        # writes the page anew

#include "base/file.h"
#include "base/text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace mogura {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = MOGURA_SOURCE;
const fs::path kPage = kRoot / "docs/reference/digdag-compatibility.md";

std::vector<std::string> lines_of(const fs::path& path) {
    auto text = base::read_file(path.string());
    return text.ok() ? base::split(*text, '\n') : std::vector<std::string>();
}

// "2.8.10, 2.9.1 to 2.9.3" one by one.
std::vector<std::string> items_in(const std::string& text) {
    static const std::regex kWord(R"((\d+\.\d+)\.(\d+)([a-z]?)|\bto\b)");
    std::vector<std::string> items;
    bool is_range = false;
    int last = 0;
    std::string section;
    for (std::sregex_iterator at(text.begin(), text.end(), kWord), end; at != end; ++at) {
        if (at->str() == "to") {
            is_range = true;
            continue;
        }
        int number = std::stoi((*at)[2].str());
        if (is_range && (*at)[1].str() == section) {
            for (int between = last + 1; between < number; ++between) {
                items.push_back(section + "." + std::to_string(between));
            }
        }
        items.push_back(at->str());
        section = (*at)[1].str();
        last = number;
        is_range = false;
    }
    return items;
}

struct Named {
    std::string label;  // "Parallel.HasNoOrderAmongTasks"
    std::string file;   // below the root
    bool operator<(const Named& other) const {
        return std::tie(file, label) < std::tie(other.file, other.label);
    }
};
using Tests = std::map<std::string, std::set<Named>>;

// The name of the test that a line begins.
std::optional<std::string> test_name(const std::string& line) {
    static const std::regex kTest(R"(^TEST(?:_F|_P)?\((\w+), (\w+)\))");
    static const std::regex kCase(R"(^- name: (\S+))");
    if (!line.starts_with("TEST") && !line.starts_with("- name: ")) return {};
    std::smatch match;
    if (std::regex_search(line, match, kTest)) return match[1].str() + "." + match[2].str();
    if (std::regex_search(line, match, kCase)) return match[1].str();
    return {};
}

void add_tests_of(const fs::path& path, Tests& tests) {
    static const std::regex kComment(
        R"((?://|#).*\bdigdag ((?:\d+\.\d+(?:\.\d+[a-z]?)?(?:, | to )?)+))");
    std::string file = fs::relative(path, kRoot).string();
    bool names_tests = path.extension() == ".cpp" || file.starts_with("tests/cases/run/");
    std::vector<std::string> waiting;
    std::string current = names_tests ? "" : path.filename().string();
    for (const std::string& line : lines_of(path)) {
        auto begins = test_name(line);
        if (begins && names_tests) {
            current = *begins;
            for (const std::string& item : waiting) tests[item].insert({current, file});
            waiting.clear();
        }
        if (line == "}") current.clear();
        std::smatch match;
        bool may_be = line.find("digdag ") != std::string::npos;  // the expression is slow
        if (!may_be || !std::regex_search(line, match, kComment)) continue;
        for (const std::string& item : items_in(match[1].str())) {
            if (line.front() != '/' && line.front() != '#' && !current.empty()) {
                tests[item].insert({current, file});
            } else if (names_tests) {
                waiting.push_back(item);
            } else {
                tests[item].insert({current, file});
            }
        }
    }
}

Tests all_tests() {
    Tests tests;
    for (const char* folder : {"src", "tests"}) {
        for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder)) {
            std::string name = entry.path().filename().string();
            bool is_test =
                name.ends_with("_test.cpp") || (std::string(folder) == "tests" &&
                                                (name.ends_with(".yml") || name.ends_with(".sh")));
            if (is_test && name != "digdag_items_test.cpp") add_tests_of(entry.path(), tests);
        }
    }
    return tests;
}

// Items that the section on workflows of docs/compatibility.md names in its first column.
std::set<std::string> all_differences() {
    std::set<std::string> items;
    bool is_inside = false;
    for (const std::string& line : lines_of(kRoot / "docs/compatibility.md")) {
        if (line.starts_with("## ")) is_inside = line == "## Workflows";
        if (!is_inside || !line.starts_with("| ")) continue;
        for (const std::string& item : items_in(line.substr(2, line.find(" | ") - 2))) {
            items.insert(item);
        }
    }
    return items;
}

std::string links(const std::set<Named>& tests) {
    std::string text;
    for (const Named& test : tests) {
        if (!text.empty()) text += ", ";
        text += "[" + test.label + "](../../" + test.file + ")";
    }
    return text;
}

struct Item {
    std::string number;
    std::string mark;  // "server", "later", "none" or nothing
    std::string words;
};

Item read_item(const std::string& line) {
    static const std::regex kLine(R"(^(\S+) (?:\[(\w+)\] )?(.*)$)");
    std::smatch match;
    if (!std::regex_match(line, match, kLine)) return {};
    return {match[1].str(), match[2].str(), match[3].str()};
}

// Nothing when neither a test nor a reason stands for it.
std::optional<std::string> state_of(const Item& item, bool has_tests, bool differs) {
    if (differs) return "differs: see [compatibility](../compatibility.md)";
    if (has_tests) return "as the original";
    if (item.mark == "server") return "comes with the server";
    if (item.mark == "later") return "planned";
    if (item.mark == "none") return "nothing to do";
    return {};
}

struct Page {
    std::string text;
    std::vector<std::string> open;  // items without a state
};

Page make_page() {
    Tests tests = all_tests();
    std::set<std::string> differences = all_differences();
    std::set<std::string> listed;
    Page page;
    std::ostringstream out;
    out << "# Digdag, item by item\n\n"
           "Made from tests/reference/digdag_items.txt, from the tests that name an item and from\n"
           "docs/compatibility.md; `MOGURA_WRITE=1 build/dev/bin/digdag_items_test` writes it "
           "anew.\n";
    for (const std::string& line : lines_of(kRoot / "tests/reference/digdag_items.txt")) {
        if (line.empty() || line.starts_with("#")) continue;
        Item item = read_item(line);
        if (item.number.find('.') == std::string::npos) {
            out << "\n## " << line << "\n\n| item | what | here | tests |\n|---|---|---|---|\n";
            continue;
        }
        listed.insert(item.number);
        auto state = state_of(item, tests.contains(item.number), differences.contains(item.number));
        if (!state) page.open.push_back(line);
        out << "| " << item.number << " | " << item.words << " | " << state.value_or("open")
            << " | " << links(tests[item.number]) << " |\n";
    }
    out << "\n## Items of other chapters that tests name\n\n| item | tests |\n|---|---|\n";
    auto numbers = [](const std::string& item) {
        std::vector<int> parts;
        for (const std::string& part : base::split(item, '.'))
            parts.push_back(std::atoi(part.c_str()));
        return std::pair(parts, item);
    };
    std::vector<std::string> others;
    for (const auto& [item, named] : tests) {
        if (!listed.contains(item) && !named.empty()) others.push_back(item);
    }
    std::sort(others.begin(), others.end(),
              [&](const auto& one, const auto& other) { return numbers(one) < numbers(other); });
    for (const std::string& item : others) {
        out << "| " << item << " | " << links(tests[item]) << " |\n";
    }
    page.text = out.str();
    return page;
}

TEST(DigdagItems, ThePageIsCurrentAndLeavesNothingOpen) {
    Page page = make_page();
    for (const std::string& item : page.open) {
        ADD_FAILURE() << "neither a test nor a row of docs/compatibility.md names: " << item;
    }
    if (std::getenv("MOGURA_WRITE")) {
        ASSERT_TRUE(base::write_file(kPage.string(), page.text).ok());
    }
    auto text = base::read_file(kPage.string());
    ASSERT_TRUE(text.ok()) << text.error().message();
    EXPECT_TRUE(*text == page.text)
        << "out of date: MOGURA_WRITE=1 build/dev/bin/digdag_items_test writes it anew";
}

TEST(DigdagItems, RangesAndListsAreRead) {
    using List = std::vector<std::string>;
    EXPECT_EQ(items_in("2.8.10, 2.9.1 to 2.9.3"), (List{"2.8.10", "2.9.1", "2.9.2", "2.9.3"}));
    EXPECT_EQ(items_in("7.1.9a, 4.5"), (List{"7.1.9a"}));
    EXPECT_EQ(*test_name("TEST_F(Some, Thing) {  // digdag 1.1.1"), "Some.Thing");
    EXPECT_EQ(*test_name("- name: a_case"), "a_case");
}

}  // namespace
}  // namespace mogura
