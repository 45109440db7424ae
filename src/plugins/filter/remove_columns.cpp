// Drops columns by name, or all others (embulk 7.2).

#include "plugins/plugins.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

using Names = std::vector<std::string>;

struct Options {
    std::optional<Names> remove;
    std::optional<Names> keep;
    bool accept_unmatched = false;
    std::string place;
};

Options read(config::Reader& reader) {
    Options options;
    options.remove = reader.maybe<Names>("remove", "Columns to drop.");
    options.keep = reader.maybe<Names>("keep", "Columns to keep; the others are dropped.");
    options.accept_unmatched =
        reader.optional("accept_unmatched_columns", false, "Ignore names that the input lacks.");
    options.place = reader.place_of(options.keep ? "keep" : "remove");
    if (options.remove && options.keep) {
        reader.problem("keep", "remove: and keep: cannot be used together");
    }
    if (!reader.is_manual() && !options.remove && !options.keep) {
        reader.problem("remove", "Must require remove: or keep:");
    }
    return options;
}

class RemoveColumns final : public load::Filter {
  public:
    RemoveColumns(page::Schema schema, std::vector<size_t> kept)
        : schema_(std::move(schema)), kept_(std::move(kept)) {}

    const page::Schema& schema() const override { return schema_; }
    Result<page::Page> apply(page::Page page) override { return std::move(page).select(kept_); }

  private:
    const page::Schema schema_;
    const std::vector<size_t> kept_;
};

Result<std::unique_ptr<load::Filter>> make(const Options& options, const page::Schema& input,
                                           const load::Context&) {
    std::vector<bool> is_named(input.size());
    for (const std::string& name : options.keep ? *options.keep : *options.remove) {
        auto column = input.find(name);
        if (!column && !options.accept_unmatched) {
            return Error(Code::kInvalid, options.place + ": Column '" + name +
                                             "' doesn't exist in the schema" +
                                             base::did_you_mean(name, input.names()));
        }
        for (size_t index = 0; index < input.size(); ++index) {
            if (input[index].name == name) is_named[index] = true;
        }
    }
    std::vector<size_t> kept;
    for (size_t index = 0; index < input.size(); ++index) {
        if (is_named[index] == options.keep.has_value()) kept.push_back(index);
    }
    return std::make_unique<RemoveColumns>(input.select(kept), kept);
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(filter, remove_columns) {
    registry.filters.add("remove_columns", "Drop columns by name.", read, make);
}
