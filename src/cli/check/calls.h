// Which file calls which, what the called one sees, and calls that go round.

#pragma once

#include "cli/check/files.h"
#include "cli/check/finding.h"
#include "cli/check/task_walk.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace mogura::cli::check {

struct CallEdge {
    std::string from;
    std::string to;
    config::Mark mark;
    bool is_conditional = false;
    bool takes_docker_away = false;
    std::vector<std::string> names = {};  // that are in scope at the call
};

// What the scripts of a workflow may store.
enum class Storing {
    kNothing,
    kByScripts,  // of the project, whose text tells more
    kAnything    // by programs that are not known
};

class Calls {
  public:
    // Follows every `call>` with a plain name, and reads the called files into `files`.
    static Calls follow(Files& files);

    const std::vector<CallEdge>& edges() const { return edges_; }
    // Names that callers of the file give it.
    const std::set<std::string>& incoming(const std::string& path) const;
    // Names that tasks store wherever they stand in the project.
    const std::set<std::string>& stored() const { return stored_; }
    // What tasks of the file, of its callers and of those that it calls may store beyond that.
    Storing storing(const std::string& path) const;
    // The file and all that it calls, directly or not.
    std::set<std::string> reachable(const std::string& path) const;
    // Names of files that are not there, and calls that always come back to their own file.
    void add_findings(const Files& files, std::vector<Finding>& findings) const;

  private:
    struct Missing {
        std::string from;
        config::Mark mark;
        std::string message;
    };
    void follow_file(Files& files, const File& file);
    bool is_moved(const File& file) const;
    void follow_parameters(const File& file, const TaskView& task);
    void follow_call(Files& files, const File& file, const TaskView& task);
    void follow_plugin(const TaskView& task);
    void follow_script(Files& files, const File& file, const TaskView& task);
    void note(const File& file, Storing storing);
    void spread_storing();
    void follow_require(const TaskView& task);
    void hand_down_names();
    // The calls from `path` back to `target`, all unconditional; false when there are none.
    bool find_way(const std::string& path, const std::string& target,
                  std::set<std::string>& visited, std::vector<std::string>& way) const;

    std::vector<CallEdge> edges_;
    std::vector<Missing> missing_;
    std::map<std::string, std::set<std::string>> incoming_;
    std::set<std::string> stored_;
    std::map<std::string, Storing> storing_;              // by file
    std::map<std::string, std::set<std::string>> words_;  // the operators of each file
    std::set<std::string> own_words_;  // that `plugin: operators:` brings anywhere
};

}  // namespace mogura::cli::check
