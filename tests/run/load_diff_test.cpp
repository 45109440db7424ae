// Runs the recorded cases under tests/cases/load/diff from outside, under the name embulk: what a
// run with -c reads, writes, and keeps for the next one (embulk 1.7).

#include "base/file.h"
#include "base/process.h"
#include "config/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace mogura {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> case_names() {
    auto names = base::list_folder(MOGURA_SOURCE "/tests/cases/load/diff");
    if (!names.ok()) throw std::runtime_error(names.error().message());
    return *names;
}

config::Value read_yaml(const fs::path& path) {
    auto text = base::read_file(path.string());
    EXPECT_TRUE(text.ok()) << path;
    auto value = config::parse_yaml(text.ok() ? *text : "",
                                    {.dialect = config::Dialect::kEmbulk, .file = path});
    EXPECT_TRUE(value.ok()) << path;
    return value.ok() ? *value : config::Value();
}

std::map<std::string, std::string> files_in(const fs::path& folder) {
    std::map<std::string, std::string> files;
    if (!fs::exists(folder)) return files;
    for (const auto& entry : fs::directory_iterator(folder)) {
        files[entry.path().filename()] = *base::read_file(entry.path().string());
    }
    return files;
}

class LoadDiff : public testing::TestWithParam<std::string> {
  protected:
    LoadDiff() {
        std::string name = (fs::temp_directory_path() / "load_diff_XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        fs::copy(source_, folder_ / "case", fs::copy_options::recursive);
        fs::create_directory(folder_ / "case/out");
        fs::create_symlink(MOGURA_PROGRAM, folder_ / "embulk");
    }
    ~LoadDiff() override { fs::remove_all(folder_); }

    base::Finished run() {
        const config::Value described = read_yaml(source_ / "case.json");
        std::vector<std::string> words = {(folder_ / "embulk").string(),
                                          described.find("command")->string(), "config.yml"};
        for (const config::Value& word : described.find("args")->list()) {
            words.push_back(word.string());
        }
        auto finished = base::run({.arguments = words,
                                   .environment = base::current_environment(),
                                   .folder = (folder_ / "case").string(),
                                   .errors = base::Stream::file((folder_ / "errors").string())});
        EXPECT_TRUE(finished.ok()) << finished.error().message();
        return *finished;
    }

    const fs::path source_ = fs::path(MOGURA_SOURCE) / "tests/cases/load/diff" / GetParam();
    fs::path folder_;
};

TEST_P(LoadDiff, GivesTheRecordedResult) {
    const config::Value described = read_yaml(source_ / "case.json");
    const auto finished = run();
    const std::string errors = *base::read_file((folder_ / "errors").string());
    EXPECT_EQ(finished.exit.code, described.find("exit")->integer()) << errors;
    if (const config::Value* part = described.find("error_contains")) {
        EXPECT_THAT(errors, testing::HasSubstr(part->string()));
    }
    EXPECT_EQ(read_yaml(folder_ / "case/diff.yml"), read_yaml(source_ / "expected/diff.yml"));
    const auto written = files_in(folder_ / "case/out");
    const auto wanted = files_in(source_ / "expected/out");
    if (!described.find("unordered")) {
        EXPECT_EQ(written, wanted);
        return;
    }
    std::multiset<std::string> written_texts;
    std::multiset<std::string> wanted_texts;
    for (const auto& [name, text] : written) written_texts.insert(text);
    for (const auto& [name, text] : wanted) wanted_texts.insert(text);
    EXPECT_EQ(written_texts, wanted_texts);
}

INSTANTIATE_TEST_SUITE_P(Cases, LoadDiff, testing::ValuesIn(case_names()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace mogura
