#include "golden_rows.h"

#include "base/file.h"
#include "base/text.h"
#include "input_reader.h"

#include <fnmatch.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace mogura::integration {
namespace {

using config::List;
using config::Map;
using config::Value;
using testing::ElementsAreArray;
using testing::HasSubstr;

std::vector<std::string> texts_of(const Value& list) {
    std::vector<std::string> texts;
    for (const Value& item : list.list()) texts.push_back(*item.scalar_text());
    return texts;
}

List read_table(const std::string& path) {
    auto text = base::read_file(path);
    EXPECT_TRUE(text.ok());
    auto value = config::parse_yaml(*text, {.dialect = config::Dialect::kEmbulk, .file = path});
    EXPECT_TRUE(value.ok()) << value.error().message();
    return value.ok() ? value->list() : List();
}

// "a b:long", or a list as configurations have it.
Value columns_of(const Value& written) {
    if (written.is_list()) return written;
    List columns;
    for (const std::string& word : base::split(written.string(), ' ')) {
        const size_t colon = word.find(':');
        Map column;
        column.set("name", word.substr(0, colon));
        column.set("type", colon == word.npos ? "string" : word.substr(colon + 1));
        columns.emplace_back(std::move(column));
    }
    return columns;
}

// Each pattern fits a statement, in this order; others may stand between.
void expect_statements(const std::vector<std::string>& statements,
                       const std::vector<std::string>& patterns) {
    size_t next = 0;
    for (const std::string& statement : statements) {
        if (next < patterns.size() &&
            ::fnmatch(patterns[next].c_str(), statement.c_str(), 0) == 0) {
            ++next;
        }
    }
    EXPECT_EQ(next, patterns.size())
        << "not asked: " << (next < patterns.size() ? patterns[next] : "") << "\nbut:\n"
        << base::join(statements, "\n");
}

// {pattern: how many statements fit}
void expect_counts(const std::vector<std::string>& statements, const Map& counts) {
    for (const Map::Entry& entry : counts) {
        const auto fits = [&](const std::string& statement) {
            return ::fnmatch(entry.key.c_str(), statement.c_str(), 0) == 0;
        };
        EXPECT_EQ(std::ranges::count_if(statements, fits), entry.value.integer()) << entry.key;
    }
}

class GoldenRow {
  public:
    GoldenRow(const Map& keys, const GoldenServer& server, const load::Plugins& plugins,
              const load::Context& context)
        : keys_(keys), server_(server), plugins_(plugins), context_(context) {}

    void expect() {
        if (const Value* setup = key("setup")) server_.execute(setup->string());
        server_.statements();
        if (key("in")) {
            expect_read();
        } else {
            expect_loaded();
        }
        const auto statements = server_.statements();
        if (const Value* patterns = key("statements")) {
            expect_statements(statements, texts_of(*patterns));
        }
        if (const Value* counts = key("counts")) expect_counts(statements, counts->map());
        if (const Value* questions = key("ask")) {
            for (const Map::Entry& entry : questions->map()) {
                EXPECT_THAT(server_.rows(entry.key), ElementsAreArray(texts_of(entry.value)))
                    << entry.key;
            }
        }
        for (const std::string& table : server_.tables()) {
            EXPECT_FALSE(table.find("_embulk") != table.npos) << "left behind: " << table;
        }
    }

  private:
    const Value* key(const char* word) const { return keys_.find(word); }

    void expect_error(const std::string& message) {
        if (!key("error")) FAIL() << message;
        EXPECT_THAT(message, HasSubstr(key("error")->string()));
    }

    void expect_read() {
        constexpr std::string_view kError = "error: ";
        const Read read = read_input(plugins_, server_.word, config::to_yaml(*key("in")),
                                     server_.connection, context_);
        if (read.schema.starts_with(kError)) return expect_error(read.schema);
        EXPECT_FALSE(key("error")) << "it does not fail";
        if (const Value* schema = key("schema")) {
            EXPECT_EQ(read.schema, schema->string());
        }
        if (const Value* rows = key("gives")) {
            EXPECT_THAT(read.rows, ElementsAreArray(texts_of(*rows)));
        }
        if (const Value* diff = key("diff")) {
            EXPECT_EQ(read.diff, config::to_json(*diff));
        }
    }

    void expect_loaded() {
        Map in;
        in.set("type", "config");
        in.set("columns", columns_of(*key("columns")));
        in.set("values", List{*key("values")});
        Map out = server_.connection;
        out.set("type", server_.word);
        out.set("table", "t");
        config::merge(out, key("out")->map());
        Map exec;
        exec.set("min_output_tasks", 1);
        load::Job job{.config = {}, .file = "config.yml"};
        job.config.set("in", in);
        job.config.set("exec", exec);
        job.config.set("out", out);
        load::Progress progress;
        auto summary = load::run(job, plugins_, context_, progress);
        if (!summary.ok()) return expect_error(summary.error().message());
        EXPECT_FALSE(key("error")) << "it does not fail";
    }

    const Map& keys_;
    const GoldenServer& server_;
    const load::Plugins& plugins_;
    const load::Context& context_;
};

}  // namespace

int expect_golden_rows(const GoldenServer& server, const load::Plugins& plugins,
                       const load::Context& context) {
    const std::string folder = MOGURA_SOURCE "/tests/cases/load/tables";
    int count = 0;
    const auto files = base::list_folder(folder);
    EXPECT_TRUE(files.ok());
    for (const std::string& file : *files) {
        if (!file.ends_with(".yml")) continue;
        for (const Value& row : read_table(folder + "/" + file)) {
            const Value* on = row.find("on");
            if (!on || on->string() != server.word) continue;
            SCOPED_TRACE(file + ":" + std::to_string(row.mark().line) + ": " +
                         *row.find("item")->scalar_text());
            server.drop_everything();
            GoldenRow(row.map(), server, plugins, context).expect();
            ++count;
        }
    }
    return count;
}

}  // namespace mogura::integration
