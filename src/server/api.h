// The lookup API over HTTP: /v1/tables, /healthz, /metrics. docs/guide/serve.md describes it.
//
// handle() runs on the HTTP server's threads, several at once; it never blocks.

#pragma once

#include "base/clock.h"
#include "net/net.h"
#include "server/tables.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

namespace mogura::server {

inline constexpr size_t kKeysMax = 1000;  // of one multi-get

class Api {
  public:
    Api(const Tables& tables, const base::Clock& clock) : tables_(tables), clock_(clock) {}

    net::Response handle(const net::Request& request);

  private:
    enum Route { kTables, kTable, kRow, kRows, kHealth, kMetrics, kOther, kRoutes };

    net::Response route(const net::Request& request, Route& route);
    net::Response table_request(const net::Request& request, Route& route);
    net::Response one_row(const Loaded& loaded, const net::Request& request,
                          const std::string& key);
    net::Response many_rows(const Loaded& loaded, const net::Request& request);
    net::Response list_tables() const;
    net::Response health() const;
    net::Response metrics() const;
    void append_status(std::string& json, size_t table) const;
    void count(Route route, int status);

    const Tables& tables_;
    const base::Clock& clock_;
    std::array<std::array<std::atomic<uint64_t>, 6>, kRoutes> requests_{};  // by status / 100
    std::atomic<uint64_t> hits_ = 0;
    std::atomic<uint64_t> misses_ = 0;
};

}  // namespace mogura::server
