// Plugins by name: each entry knows its help, its options and how to make one.
//
//     registry.filters.add("remove_columns", "Drop columns by name.", read, make);
//
// `read` is `Options read(config::Reader&)`; `make` is
// `Result<std::unique_ptr<Interface>> make(const Options&, Arguments...)`. The same `read` gives
// the reference page (options()). Filled once at start by cli; read-only and shared afterwards.

#pragma once

#include "base/result.h"
#include "base/text.h"
#include "config/reader.h"
#include "config/value.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mogura::config {

template <typename Interface, typename... Arguments>
class Registry {
  public:
    // `noun` is what a plugin of this kind is called in messages: "parser".
    explicit Registry(std::string noun) : noun_(std::move(noun)) {}

    template <typename Read, typename Make>
    void add(std::string name, std::string help, Read read, Make make) {
        Entry entry;
        entry.help = std::move(help);
        entry.options = [read] {
            Reader reader = Reader::manual();
            read(reader);
            return reader.options();
        };
        entry.check = [read](Reader& reader, bool ignore_unknown) {
            read(reader);
            return reader.finish(ignore_unknown);
        };
        entry.create = [read, make](Reader& reader, bool ignore_unknown,
                                    Arguments... arguments) -> Result<std::unique_ptr<Interface>> {
            auto options = read(reader);
            TRY(reader.finish(ignore_unknown));
            return make(options, arguments...);
        };
        entries_.insert_or_assign(std::move(name), std::move(entry));
    }

    bool has(std::string_view name) const { return entries_.find(name) != entries_.end(); }
    std::vector<std::string> names() const {
        std::vector<std::string> names;
        for (const auto& [name, entry] : entries_) names.push_back(name);
        return names;
    }
    const std::string& noun() const { return noun_; }
    const std::string& help(std::string_view name) const {
        return entries_.find(name)->second.help;
    }
    std::vector<Option> options(std::string_view name) const {
        return entries_.find(name)->second.options();
    }

    // Makes the plugin `name` from what the reader holds. Unknown names fail with kInvalid:
    // "PLACE: unknown parser: X (did you mean Y?)".
    Result<std::unique_ptr<Interface>> create(std::string_view name, Reader& reader,
                                              bool ignore_unknown, Arguments... arguments) const {
        auto found = entries_.find(name);
        if (found == entries_.end()) return unknown(name, reader);
        return found->second.create(reader, ignore_unknown, arguments...);
    }

    // Only looks at the options, with the same messages; makes nothing.
    Result<> check(std::string_view name, Reader& reader, bool ignore_unknown) const {
        auto found = entries_.find(name);
        if (found == entries_.end()) return unknown(name, reader);
        return found->second.check(reader, ignore_unknown);
    }

  private:
    struct Entry {
        std::string help;
        std::function<std::vector<Option>()> options;
        std::function<Result<>(Reader&, bool)> check;
        std::function<Result<std::unique_ptr<Interface>>(Reader&, bool, Arguments...)> create;
    };

    Error unknown(std::string_view name, const Reader& reader) const {
        return {Code::kInvalid, reader.place_of("type") + ": unknown " + noun_ + ": " +
                                    std::string(name) + base::did_you_mean(name, names())};
    }

    std::string noun_;
    std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace mogura::config
