// Runs the cases of tests/cases/run: each file is a list of small projects with commands to run in
// them and what must come out. Keys of a case:
//
//   name      a word; the item of the specification stands in a comment above it
//   as        the name that the program is called by: mogura (the default) or digdag
//   files     name: text, written before the first command; main alone is short for main.dig
//   run       arguments behind `run`; main.dig and `-t 2024-03-10` are added when they are not
//   there steps     several of them, in a row, in one folder exit      of the last command (0);
//   those before it must end with 0 or as `exits` says out       the text of the file `out`, which
//   tasks append to prints    standard output, whole says      texts that the outputs of all
//   commands together must have hides     texts that they must not have environment  further
//   variables; FOLDER stands for the case's folder leaves    files that must be there at the end

#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "config/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <ostream>

namespace mogura {
namespace {

namespace fs = std::filesystem;
using config::Map;
using config::Value;
using testing::HasSubstr;
using testing::Not;

struct Case {
    std::string topic;
    std::string name;
    Map keys;
};

std::ostream& operator<<(std::ostream& out, const Case& one) {
    return out << one.topic << '/' << one.name;
}

std::vector<Case> all_cases() {
    std::vector<Case> cases;
    fs::path folder = fs::path(MOGURA_SOURCE) / "tests/cases/run";
    const auto files = base::list_folder(folder.string());
    if (!files.ok()) throw std::runtime_error(files.error().message());
    for (const std::string& file : *files) {
        auto parsed =
            config::parse_yaml(*base::read_file((folder / file).string()), {.file = file});
        if (!parsed.ok()) throw std::runtime_error(parsed.error().message());
        for (const Value& one : parsed->list()) {
            cases.push_back({fs::path(file).stem(), one.find("name")->string(), one.map()});
        }
    }
    return cases;
}

std::vector<std::string> texts(const Value& value) {
    std::vector<std::string> result;
    if (value.is_list()) {
        for (const Value& item : value.list()) result.push_back(*item.scalar_text());
    } else {
        result = base::split(*value.scalar_text(), ' ');
        std::erase(result, "");
    }
    return result;
}

class RunCase : public testing::TestWithParam<Case> {
  protected:
    RunCase() {
        std::string pattern = (fs::temp_directory_path() / "run_case_XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        fs::create_directories(folder_ / "home");
        fs::create_directories(folder_ / "project");
        fs::create_symlink(MOGURA_PROGRAM, folder_ / name());
        if (const Value* files = key("files")) {
            for (const auto& entry : files->map()) write(entry.key, entry.value.string());
        }
    }
    ~RunCase() override { fs::remove_all(folder_); }

    const Value* key(const char* word) const { return GetParam().keys.find(word); }
    std::string name() const { return key("as") ? key("as")->string() : "mogura"; }

    void write(const std::string& file, const std::string& text) const {
        fs::path path = folder_ / "project" / (file == "main" ? "main.dig" : file);
        fs::create_directories(path.parent_path());
        ASSERT_TRUE(base::write_file(path.string(), text).ok());
    }

    // Every `run`, or the one.
    std::vector<std::vector<std::string>> commands() const {
        std::vector<std::vector<std::string>> result;
        if (const Value* steps = key("steps")) {
            for (const Value& step : steps->list()) result.push_back(texts(step));
        } else {
            result.push_back(key("run") ? texts(*key("run")) : std::vector<std::string>());
        }
        return result;
    }

    std::vector<std::string> completed(std::vector<std::string> words) const {
        auto is_file = [](const std::string& word) { return word.ends_with(".dig"); };
        auto is_session = [](const std::string& word) {
            return word == "-t" || word == "--session";
        };
        bool has_file = std::any_of(words.begin(), words.end(), is_file);
        bool has_session = std::any_of(words.begin(), words.end(), is_session);
        if (!has_file) words.insert(words.begin(), "main.dig");
        if (!has_session) words.insert(words.end(), {"-t", "2024-03-10"});
        words.insert(words.begin(), {(folder_ / name()).string(), "run"});
        return words;
    }

    base::Environment environment() const {
        base::Environment variables;
        for (const char* kept : {"PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS"}) {
            if (const char* value = std::getenv(kept)) variables[kept] = value;
        }
        variables["HOME"] = (folder_ / "home").string();
        variables["TZ"] = "UTC";
        if (const Value* more = key("environment")) {
            for (const auto& entry : more->map()) {
                variables[entry.key] =
                    base::replace_all(entry.value.string(), "FOLDER", folder_.string());
            }
        }
        return variables;
    }

    int run(std::vector<std::string> words) {
        auto finished = base::run({.arguments = completed(std::move(words)),
                                   .environment = environment(),
                                   .folder = (folder_ / "project").string(),
                                   .errors = base::Stream::file((folder_ / "errors").string())});
        if (!finished.ok()) {
            ADD_FAILURE() << finished.error().message();
            return -1;
        }
        printed_ += finished->output;
        return finished->exit.code;
    }

    std::string said() const {
        auto errors = base::read_file((folder_ / "errors").string());
        return printed_ + (errors.ok() ? *errors : "");
    }

    fs::path folder_;
    std::string printed_;
};

TEST_P(RunCase, EndsAsItSays) {
    auto steps = commands();
    std::vector<int> exits;
    for (auto& step : steps) exits.push_back(run(std::move(step)));
    std::vector<int> expected(exits.size(), 0);
    if (const Value* codes = key("exits")) {
        for (size_t index = 0; index < codes->list().size(); ++index) {
            expected.at(index) = static_cast<int>(codes->list()[index].integer());
        }
    }
    if (const Value* code = key("exit")) expected.back() = static_cast<int>(code->integer());
    EXPECT_EQ(exits, expected) << said();
    if (const Value* out = key("out")) {
        auto written = base::read_file((folder_ / "project/out").string());
        EXPECT_EQ(written.ok() ? *written : "", out->string()) << said();
    }
    if (const Value* prints = key("prints")) {
        EXPECT_EQ(printed_, prints->string()) << said();
    }
    if (const Value* list = key("says")) {
        for (const Value& text : list->list()) EXPECT_THAT(said(), HasSubstr(*text.scalar_text()));
    }
    if (const Value* list = key("hides")) {
        for (const Value& text : list->list()) {
            EXPECT_THAT(said(), Not(HasSubstr(*text.scalar_text())));
        }
    }
    if (const Value* list = key("leaves")) {
        for (const Value& file : list->list()) {
            EXPECT_TRUE(fs::exists(folder_ / "project" / file.string())) << file.string();
        }
    }
}

INSTANTIATE_TEST_SUITE_P(All, RunCase, testing::ValuesIn(all_cases()),
                         [](const auto& info) { return info.param.topic + "_" + info.param.name; });

}  // namespace
}  // namespace mogura
