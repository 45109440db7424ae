// Loads whose connections the server ends half-way, or whose server is gone, in every mode; shared
// by the tests of all databases.

#pragma once

#include "config/config.h"
#include "load/load.h"

#include <string>
#include <vector>

namespace mogura::integration {

extern const std::vector<std::string> kModes;

// A database with connections of its own, which no load shares.
class LoadedServer {
  public:
    virtual ~LoadedServer() = default;
    virtual std::string word() const = 0;  // of the output
    virtual config::Map connection() const = 0;
    virtual void execute(const std::string& sql) = 0;
    virtual std::vector<std::string> rows(const std::string& sql) = 0;  // "1|name"
    virtual std::vector<std::string> tables() = 0;

    // Ends the connections of all loads, and returns when the server has none any more.
    virtual void kill_loads() = 0;
    // Nobody but the holder can use the table.
    virtual void lock_table(const std::string& table) = 0;
    virtual void unlock() = 0;
    virtual bool has_waiting_load() = 0;
    // As a power cut would.
    virtual void vanish() = 0;
    virtual void come_back() = 0;
};

// The connection dies when half of the rows have arrived.
void expect_a_load_survives_a_kill(LoadedServer& server, const std::string& mode,
                                   const load::Context& context);
// It dies in the statement that publishes the rows (in the direct modes: that sends a batch).
void expect_a_load_survives_a_late_kill(LoadedServer& server, const std::string& mode,
                                        const load::Context& context);
// The whole server goes while a load of each mode is under way, and comes back.
void expect_loads_survive_the_server(LoadedServer& server, const load::Context& context);

}  // namespace mogura::integration
