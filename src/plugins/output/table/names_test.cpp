#include "plugins/output/table/names.h"

#include <gtest/gtest.h>

namespace mogura::plugins::table {
namespace {

constexpr size_t kMysqlBytes = 64;
constexpr int64_t kTime = 0x0000'019b'067f'1e14;

TEST(IntermediateNames, CarryTheTimeAndTheTask) {
    EXPECT_EQ(*intermediate_name("t", kTime, std::nullopt, kMysqlBytes),
              "t_0000019b067f1e14_embulk");
    EXPECT_EQ(*intermediate_name("t", kTime, TaskNumber{.task = 7, .tasks = 20}, kMysqlBytes),
              "t_0000019b067f1e14_embulk007");
    EXPECT_EQ(*intermediate_name("t", kTime, TaskNumber{.task = 7, .tasks = 20'000}, kMysqlBytes),
              "t_0000019b067f1e14_embulk00007");
}

TEST(IntermediateNames, LoseDigitsAndThenTheEndOfTheTable) {
    const TaskNumber number{.task = 0, .tasks = 1};
    EXPECT_EQ(*intermediate_name(std::string(40, 'a'), kTime, number, kMysqlBytes),
              std::string(40, 'a') + "_0019b067f1e14_embulk000");
    const std::string name = *intermediate_name(std::string(76, 'a'), kTime, number, kMysqlBytes);
    EXPECT_EQ(name, std::string(45, 'a') + "_067f1e14_embulk000");
    EXPECT_EQ(name.size(), kMysqlBytes);
    // Never in the middle of a character.
    std::string letters;
    for (int count = 0; count < 38; ++count) letters += "\xC3\xA9";
    const std::string cut = *intermediate_name(letters, kTime, number, kMysqlBytes);
    EXPECT_EQ(cut, letters.substr(0, 44) + "_067f1e14_embulk000");
}

// Embulk 9.12.12.
TEST(IntermediateNames, FitPostgresql) {
    EXPECT_EQ(*intermediate_name(
                  "this_is_a_very_long_table_name_that_exceeds_the_limit_of_the_name_by_some",
                  kTime, TaskNumber{.task = 0, .tasks = 1}, 63),
              "this_is_a_very_long_table_name_that_exceeds__067f1e14_embulk000");
}

TEST(IntermediateNames, AreKnownAgain) {
    struct Case {
        std::string name;
        std::string table;
        bool is_one;
    };
    const std::string longest(76, 'a');
    for (const Case& one :
         {Case{"t_0000019b067f1e14_embulk", "t", true},
          Case{"t_0000019b067f1e14_embulk007", "t", true},
          Case{"t_x_0000019b067f1e14_embulk007", "t", false},
          Case{"t_x_0000019b067f1e14_embulk007", "t_x", true},
          Case{"t_0000019b067f1e14_embulk_swap_tmp", "t", false}, Case{"t_19b_embulk", "t", false},
          Case{"t_0000019b067f1e1G_embulk", "t", false}, Case{"t_embulk", "t", false},
          Case{"t", "t", false}, Case{"aaa_067f1e14_embulk000", longest, false},
          Case{*intermediate_name(longest, kTime, TaskNumber{.task = 0, .tasks = 1}, 64), longest,
               true}}) {
        EXPECT_EQ(is_intermediate_of(one.name, one.table, 64), one.is_one) << one.name;
    }
}

}  // namespace
}  // namespace mogura::plugins::table
