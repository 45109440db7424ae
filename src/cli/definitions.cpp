#include "cli/definitions.h"

#include "cli/quoted_yaml.h"
#include "cli/session_time.h"
#include "cli/system_zone.h"
#include "schedule/schedule.h"

#include <utility>
#include <vector>

namespace mogura::cli {
namespace {

std::string describe_workflows(const workflow::Project& project) {
    std::string text =
        "  Definitions (" + std::to_string(project.workflows.size()) + " workflows):\n";
    for (const workflow::Workflow& workflow : project.workflows) {
        text += "    " + workflow.name + " (" + std::to_string(workflow.tasks.size()) + " tasks)\n";
        for (const workflow::TaskDefinition& task : workflow.tasks) {
            const config::Value* required = task.config.find("require>");
            if (required) text += "      -> " + required->scalar_text().value_or("") + "\n";
        }
    }
    return text;
}

std::string describe_schedule(const std::string& name, const config::Map& mapping,
                              const schedule::Time& first, const DefinitionsView& view) {
    return "    " + name + ":\n" + quoted_yaml(mapping, 6) +
           "      first session time: " + format_local(first.session, view.system_zone) + "\n" +
           "      first scheduled to run at: " + format_local(first.run, view.system_zone) + " (" +
           format_distance(view.now, first.run) + ")\n\n";
}

}  // namespace

Result<std::string> describe_definitions(const workflow::Project& project,
                                         const config::Map& parameters,
                                         const DefinitionsView& view) {
    std::string warnings;
    std::string schedules;
    int entries = 0;
    for (const workflow::Workflow& workflow : project.workflows) {
        auto schedule = TRY(schedule_of(workflow));
        if (!schedule) continue;
        ++entries;
        for (const auto& entry : schedule->unused()) {
            warnings += format_local(view.now, view.system_zone) +
                        " [WARN] (main) schedule: " + schedule::unused_message(entry.key) + "\n\n";
        }
        schedules += describe_schedule(workflow.name, workflow.config.find("schedule")->map(),
                                       schedule->first(view.now), view);
    }
    return "  System default timezone: " + view.system_zone.name() + "\n\n" +
           describe_workflows(project) + "\n  Parameters:\n" +
           (parameters.empty() ? "    {}\n" : quoted_yaml(parameters, 4)) + "\n" +
           (view.warns ? warnings : "") + "  Schedules (" + std::to_string(entries) +
           " entries):\n" + schedules;
}

}  // namespace mogura::cli
