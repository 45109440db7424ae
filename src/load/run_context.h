// The context that a job's plugins get: what the caller gave, the plugins, `exec.compat` and
// `exec.transaction_time`.

#pragma once

#include "base/result.h"
#include "load/job.h"
#include "load/plugins.h"
#include "load/resume.h"

#include <stop_token>

namespace mogura::load {

inline Result<Context> context_of(const Job& job, const Plugins& plugins, const Context& usual,
                                  const std::stop_token& stop = {}) {
    Context context = usual;
    context.plugins = &plugins;  // plugins may contain others
    if (stop.stop_possible()) context.stop = stop;
    context.compat = TRY(compat_of(job.config, job.file, usual.compat));
    if (context.transaction_time == base::Instant()) context.transaction_time = usual.clock.now();
    const config::Value* exec = job.config.find("exec");
    const config::Value* time = exec ? exec->find("transaction_time") : nullptr;
    if (time && !time->is_null()) {
        auto parsed = parse_transaction_time(time->scalar_text().value_or(""));
        if (!parsed.ok()) {
            return parsed.error()
                .at("exec.transaction_time")
                .at(config::place_text(time->mark(), job.file));
        }
        context.transaction_time = *parsed;
    }
    return context;
}

}  // namespace mogura::load
