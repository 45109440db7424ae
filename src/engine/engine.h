// Attempts and their tasks: the state machine (spec digdag chapter 2) and its loop.
//
// Owns: the operator interface, the tree of tasks in memory, merging parameters, retries, limits,
// the watch over running tasks. Leaves to others: the language (workflow), templates (script),
// rows (store), commands (executor), each operator (plugins), showing it to people (cli).
//
// Every state change goes to the store first, many changes to one transaction. After a kill the
// tree is rebuilt from the store and goes on. See docs/design/life_of_a_task.md.

#pragma once

#include "engine/attempt.h"     // IWYU pragma: export
#include "engine/attempts.h"    // IWYU pragma: export
#include "engine/observer.h"    // IWYU pragma: export
#include "engine/operator.h"    // IWYU pragma: export
#include "engine/option.h"      // IWYU pragma: export
#include "engine/parameters.h"  // IWYU pragma: export
#include "engine/repeat.h"      // IWYU pragma: export
#include "engine/resumption.h"  // IWYU pragma: export
#include "engine/retry.h"       // IWYU pragma: export
#include "engine/secrets.h"     // IWYU pragma: export
#include "engine/sla.h"         // IWYU pragma: export
