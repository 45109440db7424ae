// Runs the recorded cases under tests/cases/load whose rows stand in their configuration: config
// input, filters and formatter, without the pipeline; and those of guess and preview. Strict, as
// the original is. The other cases need the whole pipeline: whole_cases_test.cpp.

#include "base/file.h"
#include "plugins/plugins.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

fs::path cases_folder() {
    return fs::path(MOGURA_SOURCE) / "tests/cases/load";
}

struct Case {
    fs::path folder;
    config::Map config;
    config::Map expectation;
};

Result<config::Map> read_map(const fs::path& path) {
    std::string text = TRY(base::read_file(path));
    config::Value value =
        TRY(config::parse_yaml(text, {.dialect = config::Dialect::kEmbulk, .file = path}));
    return value.map();
}

// The output file's bytes.
Result<std::string> run_case(const Case& a_case, const Registry& registry) {
    base::FakeClock clock{base::Instant()};
    load::Context context{.clock = clock, .compat = load::Compat::kStrict, .plugins = &registry};
    const config::Map& in = a_case.config.find("in")->map();
    config::Reader in_reader(in, "config.yml", "in");
    auto input = TRY(registry.inputs.create("config", in_reader, true, context));
    TRY(input->begin());

    std::vector<std::unique_ptr<load::Filter>> filters;
    page::Schema schema = input->schema();
    if (const config::Value* list = a_case.config.find("filters")) {
        for (const config::Value& entry : list->list()) {
            config::Reader reader(entry.map(), "config.yml", "filters");
            auto filter = TRY(registry.filters.create(entry.find("type")->string(), reader, true,
                                                      schema, context));
            schema = filter->schema();
            filters.push_back(std::move(filter));
        }
    }
    const config::Map& options = a_case.config.find("out")->find("formatter")->map();
    config::Reader out_reader(options, "config.yml", "out.formatter");
    auto formatter = TRY(registry.formatters.create(options.find("type")->string(), out_reader,
                                                    true, schema, context));
    std::string text = TRY(formatter->text->header());
    auto sink = [&](page::Page page) -> Result<> {
        for (auto& filter : filters) {
            page = TRY(filter->apply(std::move(page)));
        }
        return formatter->text->format(page, text);
    };
    for (size_t task = 0; task < input->tasks(); ++task) {
        TRY(input->run(task, sink));
    }
    return text;
}

bool runs_here(const Case& a_case, const Registry& registry) {
    const config::Value* in = a_case.config.find("in");
    const config::Value* out = a_case.config.find("out");
    if (!in || !out || a_case.expectation.find("command")->string() != "run") return false;
    const config::Value* type = in->find("type");
    const config::Value* formatter = out->find("formatter");
    if (!type || type->string() != "config" || !formatter) return false;
    if (const config::Value* list = a_case.config.find("filters")) {
        for (const config::Value& entry : list->list()) {
            if (!registry.filters.has(entry.find("type")->string())) return false;
        }
    }
    return true;
}

void judge(const Case& a_case, const Registry& registry) {
    auto text = run_case(a_case, registry);
    if (a_case.expectation.find("exit")->integer() != 0) {
        ASSERT_FALSE(text.ok());
        if (const config::Value* part = a_case.expectation.find("error_contains")) {
            EXPECT_NE(text.error().message().find(part->string()), std::string::npos)
                << text.error().message();
        }
        return;
    }
    ASSERT_TRUE(text.ok()) << text.error().message();
    auto expected = base::read_file(a_case.folder / "expected/out/result_000.00.csv");
    ASSERT_TRUE(expected.ok()) << expected.error().message();
    EXPECT_EQ(*text, *expected);
}

std::vector<fs::path> folders_of(const std::string& topic) {
    std::vector<fs::path> folders;
    for (const auto& entry : fs::directory_iterator(cases_folder() / topic)) {
        folders.push_back(entry.path());
    }
    std::sort(folders.begin(), folders.end());
    return folders;
}

class LoadCases : public testing::TestWithParam<std::string> {};

TEST_P(LoadCases, GiveTheRecordedResult) {
    Registry registry;
    add_all(registry);
    int run = 0;
    for (const fs::path& folder : folders_of(GetParam())) {
        SCOPED_TRACE(folder.filename());
        auto config = read_map(folder / "config.yml");
        auto expectation = read_map(folder / "case.json");
        if (!config.ok() || !expectation.ok()) continue;
        Case a_case{folder, *config, *expectation};
        if (!runs_here(a_case, registry)) continue;
        judge(a_case, registry);
        ++run;
    }
    EXPECT_GT(run, 0);
}

INSTANTIATE_TEST_SUITE_P(Topics, LoadCases,
                         testing::Values("csv_formatter", "filters", "timestamp", "config_input"));

Names words_after(const config::Map& expectation, std::string_view flag) {
    Names words;
    const config::List& arguments = expectation.find("args")->list();
    for (size_t index = 0; index + 1 < arguments.size(); ++index) {
        if (arguments[index].string() == flag) words.push_back(arguments[index + 1].string());
    }
    return words;
}

TEST(LoadCases, GuessGivesTheRecordedDocument) {
    Registry registry;
    add_all(registry);
    base::FakeClock clock{base::Instant()};
    int run = 0;
    for (const fs::path& folder : folders_of("guess")) {
        SCOPED_TRACE(folder.filename());
        auto config = read_map(folder / "config.yml");
        auto expectation = read_map(folder / "case.json");
        ASSERT_TRUE(config.ok() && expectation.ok());
        load::Context context{.clock = clock,
                              .folder = folder,
                              .compat = load::Compat::kStrict,
                              .plugins = &registry};
        load::Job job{.config = *config,
                      .file = "config.yml",
                      .guess_plugins = words_after(*expectation, "-g")};
        auto guessed = load::guess(job, registry, context);
        ++run;
        if (expectation->find("exit")->integer() != 0) {
            ASSERT_FALSE(guessed.ok());
            if (const config::Value* part = expectation->find("error_contains")) {
                EXPECT_NE(guessed.error().message().find(part->string()), std::string::npos)
                    << guessed.error().message();
            }
            continue;
        }
        ASSERT_TRUE(guessed.ok()) << guessed.error().message();
        auto expected = read_map(folder / "expected/guessed.yml");
        ASSERT_TRUE(expected.ok());
        EXPECT_EQ(config::to_yaml(*guessed), config::to_yaml(*expected));
    }
    EXPECT_GT(run, 40);
}

std::string shown(const load::Preview& preview, bool is_vertical) {
    return is_vertical ? load::preview_vertical(preview) : load::preview_table(preview);
}

// Tables were recorded without the last line end.
std::string_view without_line_end(std::string_view text) {
    if (text.ends_with('\n')) text.remove_suffix(1);
    return text;
}

TEST(LoadCases, PreviewShowsTheRecordedText) {
    Registry registry;
    add_all(registry);
    base::FakeClock clock{base::Instant()};
    int run = 0;
    for (const fs::path& folder : folders_of("preview")) {
        SCOPED_TRACE(folder.filename());
        auto config = read_map(folder / "config.yml");
        auto expectation = read_map(folder / "case.json");
        ASSERT_TRUE(config.ok() && expectation.ok());
        load::Context context{.clock = clock,
                              .folder = folder,
                              .compat = load::Compat::kStrict,
                              .plugins = &registry};
        load::Job job{.config = *config, .file = "config.yml"};
        auto preview = load::preview(job, registry, context);
        ++run;
        if (expectation->find("exit")->integer() != 0) {
            ASSERT_FALSE(preview.ok());
            const config::Value* part = expectation->find("error_contains");
            EXPECT_NE(preview.error().message().find(part->string()), std::string::npos)
                << preview.error().message();
            continue;
        }
        ASSERT_TRUE(preview.ok()) << preview.error().message();
        auto expected = base::read_file(folder / "expected/stdout.txt");
        ASSERT_TRUE(expected.ok());
        const config::List& arguments = expectation->find("args")->list();
        bool is_vertical = !arguments.empty() && arguments[0].string() == "-G";
        std::string text = shown(*preview, is_vertical);
        EXPECT_EQ(without_line_end(text), without_line_end(*expected));
    }
    EXPECT_GT(run, 10);
}

}  // namespace
}  // namespace mogura::plugins
