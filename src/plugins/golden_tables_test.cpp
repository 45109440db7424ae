// The golden tables of embulk 2.11, 3.8, 4.7, 5.7, 8.7 and 9.12: the rows of
// tests/cases/load/tables that need no server (its README says what the keys mean), and a count
// that no row is missing. Those that need one are run by tests/integration.

#include "plugins/plugins.h"

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <ostream>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

namespace fs = std::filesystem;
using config::List;
using config::Map;
using config::Value;
using testing::HasSubstr;

// Table: how many rows the specification has.
const std::map<std::string, int> kTables = {{"2.11", 30}, {"3.8", 41}, {"4.7", 12},
                                            {"5.7", 17},  {"8.7", 13}, {"9.12", 23}};

fs::path cases_folder() {
    return fs::path(MOGURA_SOURCE) / "tests/cases/load";
}

struct Case {
    std::string name;
    Map keys;
};

std::ostream& operator<<(std::ostream& out, const Case& one) {
    return out << one.name;
}

Value read_yaml(const fs::path& path) {
    auto text = base::read_file(path.string());
    if (!text.ok()) throw std::runtime_error(text.error().message());
    auto value = config::parse_yaml(*text, {.dialect = config::Dialect::kEmbulk, .file = path});
    if (!value.ok()) throw std::runtime_error(value.error().message());
    return *value;
}

std::string item_of(const Map& keys) {
    return *keys.find("item")->scalar_text();
}

// All tables, or those rows that run here.
std::vector<Case> cases(bool only_here) {
    std::vector<Case> all;
    std::map<std::string, int> counts;
    const auto files = base::list_folder((cases_folder() / "tables").string());
    if (!files.ok()) throw std::runtime_error(files.error().message());
    for (const std::string& file : *files) {
        if (!file.ends_with(".yml")) continue;
        const Value table = read_yaml(cases_folder() / "tables" / file);
        for (const Value& one : table.list()) {
            if (only_here && (one.find("on") || one.find("see"))) continue;
            std::string name = base::replace_all(item_of(one.map()), ".", "_");
            const int count = ++counts[name];
            all.push_back({name + "_case_" + std::to_string(count), one.map()});
        }
    }
    return all;
}

// "a b:long c:double", or a list as configurations have it.
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

std::string bytes_of_hex(const std::string& hex) {
    std::string bytes;
    for (size_t place = 0; place + 1 < hex.size(); place += 2) {
        bytes += static_cast<char>(std::stoi(hex.substr(place, 2), nullptr, 16));
    }
    return bytes;
}

std::string json_of(const Value& value) {
    return config::to_json(value);
}

// {"a":1,"b":null} as [1,null].
std::string row_of(const std::string& object) {
    auto value = config::parse_json(object, "out/rows");
    if (!value.ok() || !value->is_map()) return object;
    List cells;
    for (const Map::Entry& entry : value->map()) cells.push_back(entry.value);
    return json_of(cells);
}

std::string wanted_row(const Value& row) {
    return row.is_string() ? row.string() : json_of(row);
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines = base::split(text, '\n');
    if (!lines.empty() && lines.back().empty()) lines.pop_back();
    return lines;
}

class GoldenTable : public testing::TestWithParam<Case> {
  protected:
    GoldenTable() {
        std::string name = (fs::temp_directory_path() / "golden_table_XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        fs::create_directory(folder_ / "out");
        add_all(registry_);
        log::set_level(log::Level::kError);
        if (const Value* text = key("input")) write("data", text->string());
        if (const Value* hex = key("input_hex")) write("data", bytes_of_hex(hex->string()));
        if (const Value* times = key("times")) write("data", table_of_times(*times));
        if (const Value* files = key("files")) {
            for (const Map::Entry& entry : files->map()) write(entry.key, entry.value.string());
        }
    }
    ~GoldenTable() override {
        log::set_level(log::Level::kInfo);
        fs::remove_all(folder_);
    }

    const Value* key(const char* word) const { return GetParam().keys.find(word); }

    void write(const std::string& name, const std::string& bytes) const {
        const fs::path path = folder_ / "in" / name;
        fs::create_directories(path.parent_path());
        ASSERT_TRUE(base::write_file(path.string(), bytes).ok());
    }

    std::string read(const std::string& name) const {
        auto text = base::read_file((folder_ / name).string());
        return text.ok() ? *text : text.error().message();
    }

    static std::string table_of_times(const Value& times) {
        std::string text = "id\tt\n";
        int row = 0;
        for (const Value& time : times.list()) {
            text += std::to_string(++row) + "\t" + *time.scalar_text() + "\n";
        }
        return text;
    }

    Value file_input() const {
        Map parser;
        if (const Value* columns = key("columns")) {
            parser.set("type", "csv");
            parser.set("columns", columns_of(*columns));
        }
        if (const Value* more = key("parser")) config::merge(parser, more->map());
        Map in;
        in.set("type", "file");
        in.set("path_prefix", "in/data");
        if (const Value* decoders = key("decoders")) in.set("decoders", *decoders);
        if (!parser.empty()) in.set("parser", parser);
        return in;
    }

    Value config_input() const {
        Map in;
        in.set("type", "config");
        in.set("columns", columns_of(*key("columns")));
        in.set("values", List{*key("values")});
        return in;
    }

    Value output() const {
        const Value* own = key("out");
        if (own && own->find("type")) return *own;
        Map out;
        out.set("type", "file");
        out.set("path_prefix", "out/rows");
        out.set("file_ext", "");
        out.set("sequence_format", "");
        Map formatter;
        formatter.set("type", "jsonl");
        formatter.set("date_format", "%Y-%m-%d %H:%M:%S.%3N");
        out.set("formatter", formatter);
        if (const Value* more = key("formatter")) out.set("formatter", *more);
        if (own) config::merge(out, own->map());
        return out;
    }

    load::Job job() const {
        Map config;
        config.set("in", key("values") ? config_input() : file_input());
        if (const Value* in = key("in")) config.set("in", *in);
        Map exec;
        exec.set("min_output_tasks", 1);
        exec.set("max_threads", 1);
        if (const Value* more = key("exec")) config::merge(exec, more->map());
        config.set("exec", exec);
        if (key("guessed")) return {.config = config, .file = "config.yml"};
        if (const Value* filters = key("filters")) config.set("filters", *filters);
        config.set("out", output());
        config.set("quarantine", "rejects");
        return {.config = config, .file = "config.yml"};
    }

    load::Context context() const {
        return {.clock = clock_,
                .folder = folder_.string(),
                .compat = load::Compat::kStrict,
                .plugins = &registry_};
    }

    void expect_rejects() const {
        const List& wanted = key("rejects")->list();
        const std::vector<std::string> got = lines_of(read("rejects"));
        ASSERT_EQ(got.size(), wanted.size()) << read("rejects");
        for (size_t index = 0; index < got.size(); ++index) {
            auto reject = config::parse_json(got[index], "rejects");
            for (const Map::Entry& part : wanted[index].map()) {
                const std::string shown = *reject->find(part.key)->scalar_text();
                const std::string text = *part.value.scalar_text();
                if (part.key == "reason") {
                    EXPECT_THAT(shown, HasSubstr(text));
                } else {
                    EXPECT_EQ(shown, text);
                }
            }
        }
    }

    void expect_outcome(const load::Summary& summary, const std::string& printed) const {
        if (const Value* rows = key("rows")) {
            std::vector<std::string> wanted;
            for (const Value& row : rows->list()) wanted.push_back(wanted_row(row));
            std::vector<std::string> got;
            for (const std::string& line : lines_of(read("out/rows"))) got.push_back(row_of(line));
            EXPECT_EQ(got, wanted);
        }
        if (const Value* text = key("text")) {
            EXPECT_EQ(read("out/rows"), text->string());
        }
        if (const Value* hex = key("hex")) {
            EXPECT_EQ(read("out/rows"), bytes_of_hex(hex->string()));
        }
        if (const Value* text = key("prints")) {
            EXPECT_EQ(printed, text->string());
        }
        if (const Value* diff = key("diff")) {
            EXPECT_EQ(json_of(summary.diff), json_of(*diff));
        }
        if (const Value* names = key("writes")) {
            std::set<std::string> written;
            for (const auto& file : fs::directory_iterator(folder_ / "out")) {
                written.insert(file.path().filename());
            }
            std::set<std::string> wanted;
            for (const Value& name : names->list()) wanted.insert(name.string());
            EXPECT_EQ(written, wanted);
        }
        if (key("rejects")) expect_rejects();
    }

    void expect_error(const std::string& message) const {
        ASSERT_TRUE(key("error")) << message;
        EXPECT_THAT(message, HasSubstr(key("error")->string()));
    }

    fs::path folder_;
    base::FakeClock clock_{base::Instant()};
    Registry registry_;
};

// "id long", "t timestamp %Y".
Value guessed_columns(const Value& columns) {
    List list;
    for (const Value& column : columns.list()) {
        std::string text = column.find("name")->string() + " " + column.find("type")->string();
        if (const Value* format = column.find("format")) text += " " + format->string();
        list.emplace_back(text);
    }
    return list;
}

void expect_guessed(const Map& parser, const Map& wanted) {
    for (const Map::Entry& entry : wanted) {
        const Value* found = parser.find(entry.key);
        if (entry.value.is_string() && entry.value.string() == "(none)") {
            EXPECT_FALSE(found) << entry.key;
            continue;
        }
        if (!found) {
            ADD_FAILURE() << "not guessed: " << entry.key;
            continue;
        }
        const Value value = entry.key == "columns" ? guessed_columns(*found) : *found;
        EXPECT_EQ(json_of(value), json_of(entry.value)) << entry.key;
    }
}

TEST_P(GoldenTable, GivesTheRecordedResult) {
    if (!key("guessed")) {
        load::Progress progress;
        testing::internal::CaptureStdout();
        auto summary = load::run(job(), registry_, context(), progress);
        const std::string printed = testing::internal::GetCapturedStdout();
        if (!summary.ok()) return expect_error(summary.error().message());
        EXPECT_FALSE(key("error")) << "it does not fail";
        return expect_outcome(*summary, printed);
    }
    auto guessed = load::guess(job(), registry_, context());
    if (!guessed.ok()) return expect_error(guessed.error().message());
    EXPECT_FALSE(key("error")) << "it does not fail";
    const Value& in = *guessed->find("in");
    const Value* parser = in.find("parser");
    ASSERT_TRUE(parser) << config::to_yaml(in);
    expect_guessed(parser->map(), key("guessed")->map());
    if (const Value* texts = key("dumps")) {
        for (const Value& text : texts->list()) {
            EXPECT_THAT(config::to_yaml(*guessed), HasSubstr(text.string()));
        }
    }
    if (const Value* decoders = key("has_decoders")) {
        EXPECT_EQ(json_of(*in.find("decoders")), json_of(*decoders));
    }
}

INSTANTIATE_TEST_SUITE_P(Rows, GoldenTable, testing::ValuesIn(cases(/*only_here=*/true)),
                         [](const auto& info) { return info.param.name; });

TEST(GoldenTables, HaveEveryRow) {
    std::set<std::string> items;
    for (const Case& one : cases(/*only_here=*/false)) {
        items.insert(item_of(one.keys));
        const Value* see = one.keys.find("see");
        for (const Value& place : see ? see->list() : List()) {
            EXPECT_TRUE(fs::exists(cases_folder() / place.string()) ||
                        fs::exists(fs::path(MOGURA_SOURCE) / place.string()))
                << one.name << " stands nowhere: " << place.string();
        }
    }
    for (const auto& [table, rows] : kTables) {
        for (int row = 1; row <= rows; ++row) {
            const std::string item = table + "." + std::to_string(row);
            EXPECT_TRUE(items.contains(item)) << item;
        }
    }
}

}  // namespace
}  // namespace mogura::plugins
