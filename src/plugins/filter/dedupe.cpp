// One row of each key: the first or the last one of the input, in the order of the input.

#include "base/text.h"
#include "plugins/plugins.h"
#include "plugins/sql/table_filter.h"

#include <string>
#include <vector>

namespace mogura::plugins {
namespace {

struct Options {
    std::vector<std::string> keys;
    bool keeps_last = false;
    std::string memory_limit;
    std::string place;
};

Options read(config::Reader& reader) {
    Options options;
    options.keys = reader.required<std::vector<std::string>>(
        "keys", "Columns that together make a row's key; null equals null.");
    options.keeps_last = reader.choice("keep", {"first", "last"}, "Which row of a key stays.") == 1;
    options.memory_limit = read_memory_limit(reader);
    options.place = reader.place_of("keys");
    if (!reader.is_manual() && options.keys.empty()) {
        reader.problem("keys", "name at least one column");
    }
    return options;
}

std::string quoted(const std::string& name) {
    return "\"" + base::replace_all(name, "\"", "\"\"") + "\"";
}

Result<std::unique_ptr<load::WholeFilter>> make(const Options& options, const page::Schema& input,
                                                const load::Context& context) {
    std::vector<std::string> keys;
    for (const std::string& key : options.keys) {
        if (!input.find(key)) {
            return Error(Code::kInvalid, options.place + ": there is no column '" + key + "'" +
                                             base::did_you_mean(key, input.names()));
        }
        keys.push_back(quoted(key));
    }
    TableOptions table{.text = {.sql = "SELECT * FROM input QUALIFY row_number() OVER "
                                       "(PARTITION BY " +
                                       base::join(keys, ", ") + " ORDER BY rowid" +
                                       (options.keeps_last ? " DESC" : "") + ") = 1 ORDER BY rowid",
                                .file = {}},
                       .memory_limit = options.memory_limit,
                       .nanoseconds = true};
    return make_table_filter(table, input, context);
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(filter, dedupe) {
    registry.whole_filters.add("dedupe", "One row of each key, spilling to disk.", read, make);
}
