// py> and rb>: a method of the user's, called by a runner of ours in the language (spec digdag
// chapter 6).
//
// Owns: the command line, input.json and output.json, the failure's text. Leaves to others: the
// runner, which is a program of that language built into this one (operator/py, operator/rb).
// Without a method the parameter `script` holds a whole program, which reads and writes these files
// itself.

#pragma once

#include "plugins/task_command.h"

#include <functional>
#include <string>
#include <vector>

namespace mogura::plugins {

struct Language {
    std::string word;           // "py"
    std::string option;         // that names the interpreter: "python"; its default as well
    std::string title;          // "Python"
    bool requires_files;        // reads `require`
    std::string runner;         // "runner.py"
    std::string runner_source;  // its text
    std::string error_text;     // between the exit code and the message of the exception
    // What stands between the interpreter and the runner.
    std::function<Result<std::vector<std::string>>(const engine::TaskContext&, const config::Map&)>
        options;
};

class LanguageOperator final : public CommandOperator {
  public:
    explicit LanguageOperator(Language language)
        : CommandOperator(language.word), language_(std::move(language)) {}
    engine::OperatorOptions options() const override;

  private:
    Result<Plan> plan(const engine::TaskContext& context, const CommandFolder& folder) override;
    engine::Outcome finish(engine::TaskContext& context, const CommandFolder& folder,
                           int exit_code) override;

    const Language language_;
};

}  // namespace mogura::plugins
