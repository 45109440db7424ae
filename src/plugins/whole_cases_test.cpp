// Runs the recorded cases under tests/cases/load that need the whole pipeline: files in, files or
// standard output out, strict as the original is. The recorded tables of embulk 3.8, 4.7 and 5.7
// are among them.

#include "plugins/plugins.h"

#include "base/file.h"
#include "base/log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

namespace fs = std::filesystem;

// A copy of a case's folder, with an empty out/ in it; gone afterwards.
class Folder {
  public:
    explicit Folder(const fs::path& from) {
        std::string name = (fs::temp_directory_path() / "load_case_XXXXXX").string();
        path_ = ::mkdtemp(name.data());
        fs::copy(from, path_, fs::copy_options::recursive);
        fs::create_directory(path_ / "out");
    }
    ~Folder() { fs::remove_all(path_); }
    const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

// Names below `root` and what is in them.
std::map<std::string, std::string> files_below(const fs::path& root) {
    std::map<std::string, std::string> files;
    if (!fs::exists(root)) return files;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
        if (!entry.is_regular_file()) continue;
        auto content = base::read_file(entry.path());
        files[fs::relative(entry.path(), root)] = content.ok() ? *content : "unreadable";
    }
    return files;
}

// Packed files are compared by their content.
Result<std::map<std::string, std::string>> unpacked(std::map<std::string, std::string> files,
                                                    const Registry& registry,
                                                    const load::Context& context) {
    std::map<std::string, std::string> result;
    for (auto& [name, content] : files) {
        bool is_gzip = content.starts_with("\x1F\x8B");
        if (!is_gzip && !content.starts_with("BZh")) {
            result[name] = content;
            continue;
        }
        const config::Map none;
        config::Reader reader(none, "", "");
        auto decoder =
            TRY(registry.decoders.create(is_gzip ? "gzip" : "bzip2", reader, true, context));
        auto source =
            TRY(decoder->wrap(std::make_unique<base::TextSource>(content), name, nullptr));
        std::string plain = TRY(base::read_all(*source, 1 << 26));
        result[name + ".plain"] = plain;
    }
    return result;
}

Result<config::Map> read_map(const fs::path& path) {
    std::string text = TRY(base::read_file(path));
    config::Value value = TRY(
        config::parse_yaml(text, {.dialect = config::Dialect::kEmbulk, .file = path.filename()}));
    if (!value.is_map()) return Error(Code::kInvalid, "Expected object");
    return value.map();
}

struct Ended {
    Result<load::Summary> summary = load::Summary();
    std::string printed;  // rows on standard output
};

Ended run_case(const fs::path& folder, const Registry& registry, const load::Context& context) {
    auto config = read_map(folder / "config.yml");
    if (!config.ok()) return {config.error(), ""};
    load::Progress progress;
    testing::internal::CaptureStdout();
    auto summary =
        load::run({.config = *config, .file = "config.yml"}, registry, context, progress);
    return {std::move(summary), testing::internal::GetCapturedStdout()};
}

void judge(const fs::path& folder, const fs::path& work, const config::Map& expectation,
           const Registry& registry) {
    base::FakeClock clock{base::Instant()};
    load::Context context{
        .clock = clock, .folder = work, .compat = load::Compat::kStrict, .plugins = &registry};
    Ended ended = run_case(work, registry, context);
    if (expectation.find("exit")->integer() != 0) {
        ASSERT_FALSE(ended.summary.ok());
        const config::Value* part = expectation.find("error_contains");
        if (!part) return;
        EXPECT_NE(ended.summary.error().message().find(part->string()), std::string::npos)
            << ended.summary.error().message();
        return;
    }
    ASSERT_TRUE(ended.summary.ok()) << ended.summary.error().message();
    auto expected = files_below(folder / "expected/out");
    auto written = unpacked(files_below(work / "out"), registry, context);
    ASSERT_TRUE(written.ok()) << written.error().message();
    if (expectation.find("unordered")) {
        std::multiset<std::string> wanted_texts;
        std::multiset<std::string> texts;
        for (const auto& [name, text] : expected) wanted_texts.insert(text);
        for (const auto& [name, text] : *written) texts.insert(text);
        EXPECT_EQ(texts, wanted_texts);
        return;
    }
    EXPECT_EQ(*written, expected);
    if (expectation.find("expect")->string() != "stdout") return;
    auto rows = base::read_file(folder / "expected/stdout.txt");
    ASSERT_TRUE(rows.ok());
    std::string_view wanted = *rows;
    std::string_view printed = ended.printed;
    while (wanted.ends_with('\n')) wanted.remove_suffix(1);
    while (printed.ends_with('\n')) printed.remove_suffix(1);
    EXPECT_EQ(printed, wanted);
}

class WholeCases : public testing::TestWithParam<std::string> {};

TEST_P(WholeCases, GiveTheRecordedResult) {
    Registry registry;
    add_all(registry);
    log::set_level(log::Level::kError);
    std::vector<fs::path> folders;
    fs::path topic = fs::path(MOGURA_SOURCE) / "tests/cases/load" / GetParam();
    for (const auto& entry : fs::directory_iterator(topic)) folders.push_back(entry.path());
    std::sort(folders.begin(), folders.end());
    int run = 0;
    for (const fs::path& folder : folders) {
        // Its expectation holds the end of a log line, which stands on standard output there.
        if (folder.filename() == "line_delimiter_cr") continue;
        SCOPED_TRACE(folder.filename());
        auto expectation = read_map(folder / "case.json");
        ASSERT_TRUE(expectation.ok());
        if (expectation->find("command")->string() != "run") continue;
        Folder work(folder);
        judge(folder, work.path(), *expectation, registry);
        ++run;
    }
    log::set_level(log::Level::kInfo);
    EXPECT_GT(run, 10);
}

INSTANTIATE_TEST_SUITE_P(Topics, WholeCases,
                         testing::Values("codecs", "config", "csv_parser", "file_output",
                                         "json_parser"));

}  // namespace
}  // namespace mogura::plugins
