#include "load/compatibility.h"

#include "base/log.h"

namespace mogura::load {

Result<Compat> compat_of(const config::Map& config, const std::string& file, Compat usual) {
    Compat compat = usual;
    const config::Value* exec = config.find("exec");
    if (exec && exec->is_map()) {
        config::Reader reader(exec->map(), file, "exec");
        auto word = reader.maybe<std::string>("compat", "strict or fixed.");
        if (word && *word != "strict" && *word != "fixed") {
            reader.problem("compat", "must be strict or fixed, not " + *word);
        }
        TRY(reader.finish(/*ignore_unknown=*/true));
        if (word) compat = *word == "strict" ? Compat::kStrict : Compat::kFixed;
    }
    bool is_wrong = exec && !exec->is_map() && (!exec->is_null() || refuses_null_exec(compat));
    if (is_wrong) {
        return Error(Code::kInvalid,
                     "exec must be an object (a mapping), not " + std::string(exec->kind_name()))
            .at(config::place_text(exec->mark(), file));
    }
    log::debug(compat == Compat::kStrict ? "compat: strict, as the original is"
                                         : "compat: fixed, see docs/compatibility.md");
    return compat;
}

}  // namespace mogura::load
