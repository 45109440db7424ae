// Unpacking in parts, with a format that is made to be guessed wrongly: what comes out never
// depends on the guesses, nor on how the bytes come.

#include "plugins/member_source.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>

namespace mogura::plugins {
namespace {

// Members are "<...>". Inside, a backslash takes the meaning from the byte that follows, and a
// capital letter stands for three of its kind.
class AngleUnpacker final : public Unpacker {
  public:
    explicit AngleUnpacker(bool is_first) : is_first_(is_first) {}

    Result<> unpack(std::string_view& in, std::span<char>& out) override {
        while (true) {
            for (; pending_ > 0 && !out.empty(); --pending_) {
                out[0] = letter_;
                out = out.subspan(1);
            }
            if (pending_ > 0 || in.empty() || (is_inside_ && out.empty())) return {};
            char byte = in[0];
            in.remove_prefix(1);
            TRY(take(byte));
        }
    }

    bool is_between() const override { return !is_inside_ && pending_ == 0; }

    Result<> end() override {
        if (is_inside_) return Error(Code::kInvalid, "cut off");
        if (is_first_) return Error(Code::kInvalid, "empty");
        return {};
    }

  private:
    Result<> take(char byte) {
        if (!is_inside_) {
            if (byte != '<') return Error(Code::kInvalid, is_first_ ? "no member" : "garbage");
            is_inside_ = true;
            is_first_ = false;
        } else if (!is_escaped_ && byte == '>') {
            is_inside_ = false;
        } else if (!is_escaped_ && byte == '!') {
            return Error(Code::kInvalid, "damaged");
        } else if (!is_escaped_ && byte == '\\') {
            is_escaped_ = true;
        } else {
            pending_ = !is_escaped_ && byte >= 'A' && byte <= 'Z' ? 3 : 1;
            letter_ = byte;
            is_escaped_ = false;
        }
        return {};
    }

    bool is_first_;
    bool is_inside_ = false;
    bool is_escaped_ = false;
    int pending_ = 0;
    char letter_ = 0;
};

class AngleFormat final : public MemberFormat {
  public:
    std::unique_ptr<Unpacker> begin(bool is_first) const override {
        return std::make_unique<AngleUnpacker>(is_first);
    }
    size_t find(std::string_view bytes, size_t from) const override {
        return bytes.find('<', from);
    }
    size_t mark_bytes() const override { return 1; }
};

// Gives the text in pieces of random sizes, then the failure, if there is one.
class UnevenSource final : public base::ByteSource {
  public:
    UnevenSource(std::string_view text, uint32_t seed, Result<> failure)
        : text_(text), random_(seed), failure_(std::move(failure)) {}

    Result<size_t> read(std::span<char> buffer) override {
        size_t count = std::min({buffer.size(), text_.size(), size_t{1} + random_() % 9});
        if (count == 0) TRY(failure_);
        std::copy_n(text_.begin(), count, buffer.begin());
        text_.remove_prefix(count);
        return count;
    }

  private:
    std::string_view text_;
    std::mt19937 random_;
    const Result<> failure_;
};

// The bytes, and the error behind them.
std::string read_to_end(base::ByteSource& source, size_t step) {
    std::string all;
    std::string buffer(step, '\0');
    while (true) {
        auto count = source.read(buffer);
        if (!count.ok()) return all + "|" + count.error().message();
        if (*count == 0) return all;
        all.append(buffer, 0, *count);
    }
}

std::string unpacked(std::string_view text, load::Workers* workers, uint32_t seed,
                     PartSizes sizes = {}, Result<> failure = {}) {
    auto source = member_source(std::make_unique<UnevenSource>(text, seed, std::move(failure)),
                                std::make_unique<AngleFormat>(), workers, sizes);
    return read_to_end(*source, 1 + seed % 7);
}

std::string difficult_text(std::mt19937& random) {
    constexpr std::string_view kWhole[] = {
        "<a>", "<>", "<\\<b>", "<A\\<\\>c>", "<\\\\>", "<longer words>", "<\\<\\<\\<\\<>"};
    constexpr std::string_view kBad[] = {"<", ">", "\\", "x", "!", "<\\<a"};
    std::string text;
    size_t count = random() % 40;
    for (size_t index = 0; index < count; ++index) text += kWhole[random() % std::size(kWhole)];
    if (random() % 2 == 0)
        text.insert(random() % (text.size() + 1), kBad[random() % std::size(kBad)]);
    if (random() % 4 == 0) text.resize(random() % (text.size() + 1));
    return text;
}

TEST(MemberSource, ReadsTheSameWithAnyGuesses) {
    load::Workers two(2);
    load::Workers three(3);
    std::mt19937 random(17);
    for (int round = 0; round < 500 && !testing::Test::HasFailure(); ++round) {
        std::string text = difficult_text(random);
        auto seed = static_cast<uint32_t>(random());
        Result<> failure;
        if (random() % 8 == 0) failure = Error(Code::kUnavailable, "the disk is gone");
        PartSizes sizes{.bytes = 1 + random() % 10, .unpacked_max = 1 + random() % 2000};
        sizes.bytes_max = sizes.bytes + random() % 20;
        std::string wanted = unpacked(text, nullptr, 0, {}, failure);
        EXPECT_EQ(unpacked(text, nullptr, seed, sizes, failure), wanted) << text;
        EXPECT_EQ(unpacked(text, &two, seed, sizes, failure), wanted) << text;
        EXPECT_EQ(unpacked(text, &three, seed, sizes, failure), wanted) << text;
    }
}

TEST(MemberSource, StopsGuessingWhereEveryGuessIsWrong) {
    load::Workers two(2);
    std::string text = "<";
    std::string wanted;
    for (int count = 0; count < 5000; ++count) {
        text += "\\<word";
        wanted += "<word";
    }
    EXPECT_EQ(unpacked(text + ">", &two, 1, {.bytes = 20, .bytes_max = 50}), wanted);
}

TEST(MemberSource, UnpacksNothingToAnError) {
    load::Workers two(2);
    EXPECT_EQ(unpacked("", &two, 1), "|empty");
    EXPECT_EQ(unpacked("<>", &two, 1), "");
}

TEST(MemberSource, MayBeLeftUnread) {
    load::Workers two(2);
    std::string text;
    for (int count = 0; count < 1000; ++count) text += "<some words>";
    auto source = member_source(std::make_unique<base::TextSource>(text),
                                std::make_unique<AngleFormat>(), &two, {.bytes = 20});
    char byte = 0;
    auto count = source->read({&byte, 1});
    ASSERT_TRUE(count.ok());
    EXPECT_EQ(byte, 's');
}

}  // namespace
}  // namespace mogura::plugins
