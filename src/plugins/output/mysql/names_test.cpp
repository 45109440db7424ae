#include "plugins/output/mysql/names.h"

#include <gtest/gtest.h>

namespace mogura::plugins::mysql {
namespace {

constexpr int64_t kTime = 0x0000'019b'067f'1e14;

TEST(IntermediateNames, CarryTheTimeAndTheTask) {
    EXPECT_EQ(*intermediate_name("t", kTime, std::nullopt), "t_0000019b067f1e14_embulk");
    EXPECT_EQ(*intermediate_name("t", kTime, TaskNumber{.task = 7, .tasks = 20}),
              "t_0000019b067f1e14_embulk007");
    EXPECT_EQ(*intermediate_name("t", kTime, TaskNumber{.task = 7, .tasks = 20'000}),
              "t_0000019b067f1e14_embulk00007");
}

TEST(IntermediateNames, LoseDigitsAndThenTheEndOfTheTable) {
    const TaskNumber number{.task = 0, .tasks = 1};
    EXPECT_EQ(*intermediate_name(std::string(40, 'a'), kTime, number),
              std::string(40, 'a') + "_0019b067f1e14_embulk000");
    const std::string name = *intermediate_name(std::string(76, 'a'), kTime, number);
    EXPECT_EQ(name, std::string(45, 'a') + "_067f1e14_embulk000");
    EXPECT_EQ(name.size(), kNameBytesMax);
    // Never in the middle of a character.
    std::string letters;
    for (int count = 0; count < 38; ++count) letters += "\xC3\xA9";
    const std::string cut = *intermediate_name(letters, kTime, number);
    EXPECT_EQ(cut, letters.substr(0, 44) + "_067f1e14_embulk000");
}

}  // namespace
}  // namespace mogura::plugins::mysql
