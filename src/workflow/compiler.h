// From a mapping to a tree of task definitions (spec digdag 1.6, 1.7).

#pragma once

#include "config/config.h"
#include "workflow/problems.h"
#include "workflow/workflow.h"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace mogura::workflow {

// Keeps going after a problem, so that all of them are found; the tree is then incomplete.
class Compiler {
  public:
    Compiler(std::string parent_full_name, Problems& problems)
        : prefix_(std::move(parent_full_name)), problems_(problems) {}

    // The mapping as the task `name`, with all its subtasks.
    std::vector<TaskDefinition> compile(const std::string& name, const config::Map& mapping,
                                        config::Mark mark);

  private:
    using Entries = std::vector<const config::Map::Entry*>;

    // A task, and what it says about its place among its siblings.
    struct Child {
        size_t index = 0;
        std::optional<config::Map::Entry> after = {};
        std::optional<config::Map::Entry> background = {};
    };
    struct Parallel {
        bool on = false;
        size_t limit = 0;  // 0: none
    };

    Child add_task(std::optional<size_t> parent, const std::string& name,
                   const config::Map& mapping, config::Mark mark);
    void add_subtasks(size_t group, const Entries& subtasks);

    void check_operator(size_t task, config::Mark mark, const Entries& operators,
                        const Entries& subtasks);
    void check_group(size_t task);
    void check_blocks(size_t task);

    Parallel parallel_of(size_t group);
    Parallel limit_of(size_t group, const config::Map::Entry& entry);
    void link_sequence(const std::vector<Child>& children);
    void link_parallel(const std::vector<Child>& children, size_t limit);
    void link_after(const std::vector<Child>& children, size_t place,
                    const std::unordered_map<std::string, size_t>& earlier);
    // What may have been meant by a name that is none of the earlier siblings'.
    std::string after_remedy(const std::vector<Child>& children, size_t place,
                             const std::string& name) const;
    bool read_boolean(size_t task, const config::Map::Entry& entry);
    void problem(size_t task, config::Mark mark, std::string_view message);

    std::string prefix_;
    Problems& problems_;
    std::vector<TaskDefinition> tasks_;
};

// What to do about a key that means nothing but holds a task: " (did you mean +load? ...)"; "" for
// others.
std::string missing_plus(const config::Map::Entry& entry);

// The mapping of a task: a mapping, or the concatenation of a list of them (1.6.1). Nothing when it
// is something else. `joined` keeps the concatenation.
const config::Map* mapping_of(const config::Value& value, config::Map& joined);

}  // namespace mogura::workflow
