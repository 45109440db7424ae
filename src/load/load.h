// The bulk loader: from an input, through filters, to an output, in pages, on all cores.
//
// Owns: the plugin interfaces, the pipeline and its transaction (begin, run, commit, clean up),
// preview, guess, rejected rows, progress. Leaves to others: every format and every place
// (plugins), configuration files (config).
//
//     auto summary = TRY(load::run(job, plugins, context));
//
// run() blocks its caller and starts threads of its own; all other calls are for one thread at a
// time unless they say otherwise. A failed run leaves published targets as they were.

#pragma once

#include "load/charset.h"         // IWYU pragma: export
#include "load/clean_up.h"        // IWYU pragma: export
#include "load/compatibility.h"   // IWYU pragma: export
#include "load/encode_text.h"     // IWYU pragma: export
#include "load/find_bytes.h"      // IWYU pragma: export
#include "load/input.h"           // IWYU pragma: export
#include "load/java_number.h"     // IWYU pragma: export
#include "load/job.h"             // IWYU pragma: export
#include "load/json_value.h"      // IWYU pragma: export
#include "load/liquid.h"          // IWYU pragma: export
#include "load/output.h"          // IWYU pragma: export
#include "load/parser.h"          // IWYU pragma: export
#include "load/plugins.h"         // IWYU pragma: export
#include "load/position.h"        // IWYU pragma: export
#include "load/rejects.h"         // IWYU pragma: export
#include "load/timestamp.h"       // IWYU pragma: export
#include "load/timestamp_zone.h"  // IWYU pragma: export
#include "load/whole_filter.h"    // IWYU pragma: export
#include "load/workers.h"         // IWYU pragma: export
