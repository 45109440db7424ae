// load>: moves rows with the bulk loader (load_task.h).

#include "plugins/load_task.h"
#include "plugins/plugins.h"

PLUGIN(operator, load) {
    registry.operators.add("load",
                           "Moves rows from an input to an output (a YAML file or a mapping).",
                           [&registry] { return mogura::plugins::make_load_task(registry); });
}
