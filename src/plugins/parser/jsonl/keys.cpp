#include "plugins/parser/jsonl/keys.h"

#include "load/load.h"
#include "plugins/parser/csv/lines.h"
#include "plugins/parser/jsonl/scan.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace mogura::plugins::jsonl {
namespace {

// Objects that are used as maps have new keys in every line.
constexpr size_t kKeysMax = 1000;
constexpr size_t kWordsBytes = 16;

}  // namespace

Keys::Keys(const page::Schema& schema) {
    int column = 0;
    for (const page::Column& one : schema.columns()) columns_.emplace(one.name, column++);
    unknown_.words[0] = 1;  // outside of its mask: this guess is always wrong
    for (Key* key : {&unknown_, &line_begin_}) key->next = key->other = &unknown_;
}

int Keys::column_of(const std::string& name) const {
    auto found = columns_.find(name);
    return found == columns_.end() ? -1 : found->second;
}

bool Keys::is_rest_at(const Key& key, const char* at) {
    return std::memcmp(at + kWordsBytes, key.spelling.data() + kWordsBytes,
                       key.spelling.size() - kWordsBytes) == 0;
}

Keys::Key* Keys::search(Key* before, const char*& at) {
    if (is_at(*before->other, at)) {
        std::swap(before->next, before->other);
        at += before->next->spelling.size();
        return before->next;
    }
    Extent extent = extent_of(at);
    if (!extent.end) return nullptr;
    std::string_view spelling(at, static_cast<size_t>(extent.end + 1 - at));
    auto found = known_.find(spelling);
    Key* key = found != known_.end() ? found->second : add(spelling, extent);
    if (!key) return nullptr;
    if (spelling.size() <= kScanRoom) before->other = std::exchange(before->next, key);
    at = extent.end + 1;
    return key;
}

Keys::Key* Keys::add(std::string_view spelling, const Extent& extent) {
    std::string name(spelling.substr(0, spelling.size() - 1));
    if (!extent.is_ascii && !csv::is_utf8(name)) return nullptr;
    if (extent.has_escapes) {
        size_t used = 0;
        auto json = load::parse_json_value('"' + std::string(spelling), used);
        if (!json.ok() || used != spelling.size() + 1) return nullptr;
        name = std::move(json->text);
    }
    const int column = column_of(name);
    if (column < 0 && keys_.size() >= kKeysMax) return &unknown_;
    Key& key = keys_.emplace_back();
    key.spelling = spelling;
    key.column = column;
    key.next = key.other = &unknown_;
    for (size_t place = 0; place < std::min(spelling.size(), kWordsBytes); ++place) {
        reinterpret_cast<char*>(key.words.data())[place] = spelling[place];
        reinterpret_cast<char*>(key.masks.data())[place] = '\xFF';
    }
    known_.emplace(key.spelling, &key);
    return &key;
}

}  // namespace mogura::plugins::jsonl
