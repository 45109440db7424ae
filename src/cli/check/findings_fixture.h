// A project in a folder of its own and what check finds in it.

#pragma once

#include "base/file.h"
#include "cli/check/project_check.h"
#include "plugins/plugins.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace mogura::cli::check {

using Texts = std::map<std::string, std::string>;  // path to text

inline const plugins::Registry& registry() {
    static const plugins::Registry* const kRegistry = [] {
        auto* registry = new plugins::Registry;
        plugins::add_all(*registry);
        return registry;
    }();
    return *kRegistry;
}

class Findings : public testing::Test {
  protected:
    Findings() {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        folder_ = testing::TempDir() + "check_" + test->test_suite_name() + "_" + test->name();
    }
    ~Findings() override { std::filesystem::remove_all(folder_); }

    Checked check(const Texts& texts, const std::string& file = "",
                  const config::Map& parameters = {}) {
        std::filesystem::remove_all(folder_);
        for (const auto& [path, text] : texts) {
            std::filesystem::path whole = folder_ + "/" + path;
            std::filesystem::create_directories(whole.parent_path());
            EXPECT_TRUE(base::write_file(whole.string(), text).ok());
        }
        auto files = Files::open(folder_);
        EXPECT_TRUE(files.ok());
        auto checked = check_project(*files, {.folder = folder_,
                                              .file = file,
                                              .parameters = parameters,
                                              .operators = registry().operators,
                                              .search_path = "/usr/bin:/bin"});
        EXPECT_TRUE(checked.ok()) << checked.error().message();
        checked->files.clear();  // they go with `files`
        return *checked;
    }

    // "main.dig:2:3: error: text" for each. Each has a place, its line and a caret.
    std::vector<std::string> found(const Texts& texts, const std::string& file = "",
                                   const config::Map& parameters = {}) {
        std::vector<std::string> lines;
        for (const Finding& finding : check(texts, file, parameters).findings) {
            std::string text = to_text(finding);
            lines.push_back(text.substr(0, text.find('\n')));
            EXPECT_GT(finding.mark.line, 0) << text;
            EXPECT_TRUE(finding.excerpt.ends_with("^\n")) << text;
        }
        return lines;
    }
    std::vector<std::string> found(const std::string& text) { return found({{"main.dig", text}}); }

    std::string folder_;
};

}  // namespace mogura::cli::check
