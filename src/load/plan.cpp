// plan: what a run would do. The input is asked what it has, the output what it would do.

#include "load/execution.h"
#include "load/job.h"
#include "load/origin.h"
#include "load/plugin_choice.h"
#include "load/run_context.h"
#include "load/stages.h"
#include "load/target.h"

#include <memory>
#include <utility>
#include <vector>

namespace mogura::load {
namespace {

// Of the input, then behind each filter.
std::vector<page::Schema> schemas_of(const std::vector<Stage>& stages) {
    std::vector<page::Schema> schemas;
    for (const Stage& stage : stages) {  // behind a whole filter: the input of the next chain
        for (page::Schema& schema : stage.chain.schemas()) schemas.push_back(std::move(schema));
    }
    return schemas;
}

void tell_inputs(const Origin& origin, Plan& plan) {
    for (size_t task = 0; task < plan.tasks; ++task) {
        plan.splits.push_back(origin.split_of(task, plan.threads));
        std::string name = origin.name_of(task);
        if (!name.empty()) plan.inputs.push_back(std::move(name));
    }
}

}  // namespace

Result<Plan> plan(const Job& job, const Plugins& plugins, const Context& usual) {
    Context context = TRY(context_of(job, plugins, usual));
    context.is_preview = true;
    PluginConfig top{job.config, job.file, ""};
    Execution execution = TRY(read_execution(job, context));
    const config::Map* in = TRY(mapping_of(top, "in"));
    const config::Map* out = TRY(mapping_of(top, "out"));
    TRY(check_filters(top, plugins));
    std::unique_ptr<Origin> origin =
        TRY(make_origin(PluginConfig{*in, job.file, "in"}, plugins, context));
    std::unique_ptr<Target> target =
        TRY(make_target(PluginConfig{*out, job.file, "out"}, plugins, context));
    Progress progress;
    TRY(origin->begin(progress));
    std::vector<Stage> stages = TRY(make_stages(top, origin->schema(), plugins, context));

    Plan plan{.bytes = progress.bytes_total,
              .tasks = origin->tasks(),
              .threads = execution.threads,
              .schemas = schemas_of(stages),
              .compat = context.compat};
    // What comes out of a filter that needs all rows is one task.
    size_t last_tasks = stages.size() == 1 ? plan.tasks : 1;
    plan.output_tasks = last_tasks * branches_of(last_tasks, execution.output_tasks_min);
    plan.tasks_at_once = stages.size() == 1
                             ? tasks_at_once(*target, static_cast<size_t>(plan.threads), plan.tasks)
                             : 1;  // as the whole filter takes them
    tell_inputs(*origin, plan);
    for (size_t task = 0; task < plan.output_tasks; ++task) {
        std::string name = target->name_of(task);
        if (!name.empty()) plan.outputs.push_back(std::move(name));
    }
    plan.output = TRY(target->plan(stages.back().chain.schema(), plan.output_tasks));
    return plan;
}

}  // namespace mogura::load
