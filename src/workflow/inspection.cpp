// Everything that is wrong with a workflow file, without stopping at the first of it.

#include "workflow/compiler.h"
#include "workflow/problems.h"
#include "workflow/source.h"
#include "workflow/top_level.h"
#include "workflow/workflow.h"

#include <array>
#include <string_view>
#include <utility>

namespace mogura::workflow {
namespace {

constexpr size_t kProblemsMax = 1'000;

struct Block {
    std::string_view key;
    std::string_view task;  // the name of what it becomes
};
constexpr std::array<Block, 3> kLateBlocks = {
    {{"_do", "^sub"}, {"_else_do", "^sub"}, {"_check", "^check"}}};

// The blocks of tasks that are compiled only when their task runs, and the blocks in these.
class LateBlocks {
  public:
    explicit LateBlocks(Problems& problems) : problems_(problems) {}

    void check(const std::vector<TaskDefinition>& tasks) {
        for (const TaskDefinition& task : tasks) {
            for (const config::Map::Entry& entry : task.config) {
                for (const Block& block : kLateBlocks) {
                    if (entry.key == block.key) check_block(task, block, entry);
                }
                if (entry.key == "_error") look_into_error(task, entry.value);
            }
        }
    }

  private:
    void check_block(const TaskDefinition& task, const Block& block,
                     const config::Map::Entry& entry) {
        if (task.is_group && block.key != "_check") return;  // refused there as a key
        if (block.key == "_check" && entry.value.is_null()) return;
        if (!entry.value.is_map()) {
            return problems_.add(
                entry.mark, task.full_name,
                "Parameter '" + entry.key + "' must be an object (tasks, or one operator)");
        }
        Compiler compiler(task.full_name, problems_);
        check(compiler.compile(std::string(block.task), entry.value.map(), entry.mark));
    }

    // Compiled early, but the blocks in it are not.
    void look_into_error(const TaskDefinition& task, const config::Value& value) {
        if (!value.is_map()) return;
        Problems known;
        check(Compiler(task.full_name, known).compile("^error", value.map(), {}));
    }

    Problems& problems_;
};

void compile(Inspection& inspection, const Source& source, const std::string& name,
             const std::string& file) {
    Problems problems(&source, kProblemsMax);
    check_top_level(*inspection.mapping, name, problems, UnknownKeys::kApart);
    inspection.time_zone = time_zone_of(*inspection.mapping, problems);
    auto tasks = Compiler("", problems).compile("+" + name, *inspection.mapping, {});
    LateBlocks(problems).check(tasks);
    const auto& messages = problems.messages();
    inspection.problems.insert(inspection.problems.end(), messages.begin(), messages.end());
    if (!inspection.problems.empty()) return;
    inspection.workflow = Workflow{.name = name,
                                   .file = file,
                                   .time_zone = inspection.time_zone,
                                   .tasks = std::move(tasks),
                                   .config = *inspection.mapping};
}

}  // namespace

const InspectedPart& Inspection::locate(config::Mark& mark) const {
    const InspectedPart* part = &parts[0];
    for (const InspectedPart& candidate : parts) {
        if (candidate.first_line < mark.line) part = &candidate;
    }
    if (mark.line > 0) mark.line -= part->first_line;
    return *part;
}

Inspection inspect_workflow(const std::string& name, const std::string& text,
                            const std::string& file, const std::string& folder) {
    Inspection inspection;
    Source source(file, text, folder);
    source.tolerate(inspection.problems);
    if (auto found = workflow_name_problem(name)) {
        inspection.problems.push_back(source.describe({1, 1}, *found));
    }
    auto mapping = source.parse();
    if (mapping.ok()) {
        inspection.mapping = *std::move(mapping);
        compile(inspection, source, name, file);
    } else {
        inspection.problems.push_back(mapping.error().message());
    }
    for (const SourcePart& part : source.parts()) {
        inspection.parts.push_back({part.file, part.text, part.first_line});
    }
    return inspection;
}

}  // namespace mogura::workflow
