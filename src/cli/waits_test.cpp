#include "cli/waits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mogura::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Waits, FindsWhoWaitsForItself) {
    const Waits::Attempt a{1, "a"}, b{2, "b"}, c{3, "c"}, d{4, "d"};
    Waits waits;
    EXPECT_THAT(waits.add(a, a), ElementsAre("a", "a"));
    EXPECT_THAT(waits.add(a, b), IsEmpty());
    EXPECT_THAT(waits.add(a, b), IsEmpty());
    EXPECT_THAT(waits.add(a, d), IsEmpty());
    EXPECT_THAT(waits.add(b, d), IsEmpty());  // two may wait for one
    EXPECT_THAT(waits.add(b, c), IsEmpty());
    EXPECT_THAT(waits.add(c, a), ElementsAre("c", "a", "b", "c"));
    EXPECT_THAT(waits.add(c, d), IsEmpty());
    waits.remove(b, c);
    EXPECT_THAT(waits.add(c, a), IsEmpty());
    waits.remove(d, a);
}

TEST(Waits, ForgetsWhatIsOver) {
    const Waits::Attempt a{1, "a"}, b{2, "b"}, c{3, "c"};
    Waits waits;
    EXPECT_THAT(waits.add(a, b), IsEmpty());
    EXPECT_THAT(waits.add(b, c), IsEmpty());
    waits.keep({1, 2});
    EXPECT_EQ(waits.size(), 2);
    EXPECT_THAT(waits.add(b, a), ElementsAre("b", "a", "b"));
    waits.keep({});
    EXPECT_EQ(waits.size(), 0);
    EXPECT_THAT(waits.add(b, a), IsEmpty());
}

}  // namespace
}  // namespace mogura::cli
