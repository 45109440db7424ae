#include "cli/long_names.h"

#include <gtest/gtest.h>

namespace mogura::cli {
namespace {

TEST(LongNames, OnlyThoseThatDoNotFitAreShortened) {
    const std::string fits(40, 'a');
    EXPECT_EQ(fitting_name(fits, 40), fits);
    EXPECT_FALSE(is_shortened(fits));
    const std::string shortened = fitting_name(fits + "b", 40);
    EXPECT_EQ(shortened.size(), 40u);
    EXPECT_EQ(shortened.substr(0, 24), std::string(23, 'a') + "~");
    EXPECT_TRUE(is_shortened(shortened));
    EXPECT_NE(shortened, fitting_name(fits + "c", 40));
    EXPECT_FALSE(is_shortened(""));
}

TEST(LongNames, NoCharacterIsCut) {
    std::string name;
    for (int count = 0; count < 40; ++count) name += "\u306e";
    for (size_t bytes_max : {59, 60, 61}) {
        EXPECT_EQ(fitting_name(name, bytes_max).substr(42, 1), "~") << bytes_max;
    }
}

}  // namespace
}  // namespace mogura::cli
