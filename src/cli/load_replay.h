// Loads rows that a run rejected, once somebody has corrected them in the quarantine file.

#pragma once

#include "base/result.h"
#include "config/config.h"
#include "load/load.h"

#include <cstdint>
#include <string>
#include <vector>

namespace mogura::cli {

// The load of the texts in a quarantine file instead of the usual input: no header, no decoders,
// UTF-8. Output files get "replay_" behind their prefix, or "replay2_" and so on when there are
// such files already, and what is rejected again goes to QUARANTINE.rest. Messages name the
// quarantine file; the rest names the places that the quarantine has.
class Replay {
  public:
    // Refuses outputs that would replace what is there, and rows that a filter left out.
    static Result<Replay> read(const config::Map& config, const std::string& quarantine);

    const config::Map& config() const { return config_; }
    // `usual` and the input that `config` names; this outlives them.
    load::Plugins plugins(const load::Plugins& usual) const;
    // Behind the load, also behind a failed one.
    Result<> place_rest() const;

  private:
    struct Entry {
        int64_t begin = 0;  // in texts_
        config::Map place;  // source, offset, line
    };

    Result<> take_texts(const std::string& line_end);
    const Entry& entry_at(int64_t offset) const;

    std::string quarantine_;
    config::Map config_;
    std::string texts_;
    std::vector<Entry> entries_;
};

}  // namespace mogura::cli
