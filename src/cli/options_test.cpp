#include "cli/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mogura::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Words = std::vector<std::string>;

const OptionSpecs kSpecs = {{{"-d", "--dry-run"}, OptionKind::kFlag, "", "Try it."},
                            {{"-t", "--session"}, OptionKind::kValue, "TIME", "When."},
                            {{"-p"}, OptionKind::kMany, "K=V", "A parameter."},
                            {{"-X"}, OptionKind::kJoined, "K=V", "A property."},
                            {{"--set"}, OptionKind::kList, "K=V...", "Set."}};

// 9.1.6
TEST(Options, MayStandBeforeAndAfterWords) {
    Words words = {"a", "-t", "1", "b", "--dry-run", "-p", "x=-1", "-p", "y=2", "-"};
    auto line = parse_options(words, kSpecs);
    ASSERT_TRUE(line.ok()) << line.error().message();
    EXPECT_THAT(line->words(), ElementsAre("a", "b", "-"));
    EXPECT_EQ(line->value("-t"), "1");
    EXPECT_TRUE(line->has("-d"));
    EXPECT_FALSE(line->has("--set"));
    EXPECT_EQ(line->value("--set", "none"), "none");
    EXPECT_THAT(line->values("-p"), ElementsAre("x=-1", "y=2"));
}

TEST(Options, JoinedValuesAndLists) {
    Words words = {"-Xa=1", "-X", "b=2", "--set", "k=v", "-", "l=w", "-d", "rest"};
    auto line = parse_options(words, kSpecs);
    ASSERT_TRUE(line.ok()) << line.error().message();
    EXPECT_THAT(line->values("-X"), ElementsAre("a=1", "b=2"));
    EXPECT_THAT(line->values("--set"), ElementsAre("k=v", "-", "l=w"));
    EXPECT_THAT(line->words(), ElementsAre("rest"));
}

TEST(Options, NamesWhatIsWrong) {
    struct Case {
        Words words;
        const char* message;
    };
    const Case cases[] = {
        {{"--frob"}, "Unknown option: --frob"},
        {{"--sesion", "1"}, "did you mean --session?"},
        {{"--session=1"}, "Unknown option: --session=1"},
        {{"-t"}, "Expected a value after parameter -t"},
        {{"-p", "a=1", "-p"}, "Expected a value after parameter -p"},
        {{"-t", "1", "--session", "2"}, "Can only specify option --session once."},
    };
    for (const Case& one : cases) {
        auto line = parse_options(one.words, kSpecs);
        ASSERT_FALSE(line.ok()) << one.message;
        EXPECT_THAT(line.error().message(), HasSubstr(one.message));
    }
}

TEST(Options, DescribesEveryOptionThatHasHelp) {
    std::string text = describe_options(kSpecs);
    EXPECT_THAT(text, HasSubstr("  -d, --dry-run "));
    EXPECT_THAT(text, HasSubstr("  -t, --session TIME "));
    EXPECT_EQ(describe_options({{{"--quiet"}, OptionKind::kFlag, "", ""}}), "");
}

}  // namespace
}  // namespace mogura::cli
