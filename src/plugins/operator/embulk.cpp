// embulk>: the same as load>, under the name that Digdag's workflows use (digdag 4.10).

#include "plugins/load_task.h"
#include "plugins/plugins.h"

PLUGIN(operator, embulk) {
    registry.operators.add("embulk",
                           "Moves rows from an input to an output (a YAML file or a mapping).",
                           [&registry] { return mogura::plugins::make_load_task(registry); });
}
