// Which column a member's key means. Lines of one file have their keys in about the same order, so
// each key remembers the one that came behind it the last time: one comparison finds that it came
// again.

#pragma once

#include "page/page.h"
#include "plugins/parser/jsonl/scan.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace mogura::plugins::jsonl {

class Keys {
  public:
    struct Key {
        std::string spelling;                // as it stands between the quotes, then a quote
        std::array<uint64_t, 2> words = {};  // its first 16 bytes
        std::array<uint64_t, 2> masks = {};  // which of them count
        int column = -1;                     // -1: none has this name
        Key* next = nullptr;                 // came behind this one the last time
        Key* other = nullptr;                // and before that
    };

    explicit Keys(const page::Schema& schema);
    Keys(const Keys&) = delete;
    Keys& operator=(const Keys&) = delete;

    // The first column of that name, or -1.
    int column_of(const std::string& name) const;
    // What stands in front of a line's first key.
    Key* line_begin() { return &line_begin_; }

    // Takes the key that begins behind the quote at `at`, after the key `before`, and moves `at`
    // behind its end. Null for a key that only the exact parser reads.
    Key* take(Key* before, const char*& at) {
        Key* guess = before->next;
        if (is_at(*guess, at)) {
            at += guess->spelling.size();
            return guess;
        }
        return search(before, at);
    }

  private:
    static bool is_at(const Key& key, const char* at) {
        return (word_at(at) & key.masks[0]) == key.words[0] &&
               (word_at(at + 8) & key.masks[1]) == key.words[1] &&
               (key.spelling.size() <= 16 || is_rest_at(key, at));
    }
    static bool is_rest_at(const Key& key, const char* at);
    Key* search(Key* before, const char*& at);
    Key* add(std::string_view spelling, const Extent& extent);

    std::unordered_map<std::string, int> columns_;
    std::unordered_map<std::string_view, Key*> known_;  // by spelling
    std::deque<Key> keys_;                              // never move
    Key line_begin_;
    Key unknown_;  // stands for keys beyond those that are remembered
};

}  // namespace mogura::plugins::jsonl
