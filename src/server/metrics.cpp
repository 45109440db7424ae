#include "server/api.h"

#include <fmt/format.h>

#include <array>
#include <iterator>

namespace mogura::server {
namespace {

constexpr std::array<std::string_view, 7> kRouteNames = {"tables", "table",   "row",  "rows",
                                                         "health", "metrics", "other"};

void head(std::string& text, std::string_view name, std::string_view type, std::string_view help) {
    fmt::format_to(std::back_inserter(text), "# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
}

template <typename Number>
void sample(std::string& text, std::string_view name, const std::string& table, Number value) {
    std::string escaped;
    for (char letter : table) {
        if (letter == '"' || letter == '\\') escaped += '\\';
        escaped += letter;
    }
    fmt::format_to(std::back_inserter(text), "{}{{table=\"{}\"}} {}\n", name, escaped, value);
}

}  // namespace

// The text format of Prometheus, version 0.0.4.
net::Response Api::metrics() const {
    std::string text;
    head(text, "mogura_requests_total", "counter", "Requests by route and class of status.");
    for (size_t route = 0; route < kRoutes; ++route) {
        for (size_t status = 1; status < 6; ++status) {
            uint64_t count = requests_[route][status].load(std::memory_order_relaxed);
            if (count == 0) continue;
            fmt::format_to(std::back_inserter(text),
                           "mogura_requests_total{{route=\"{}\",status=\"{}xx\"}} {}\n",
                           kRouteNames[route], status, count);
        }
    }
    head(text, "mogura_lookups_total", "counter", "Keys looked up, by result.");
    fmt::format_to(
        std::back_inserter(text),
        "mogura_lookups_total{{result=\"hit\"}} {}\nmogura_lookups_total{{result=\"miss\"}} {}\n",
        hits_.load(), misses_.load());

    struct Figure {
        std::string_view name, type, help;
        double (*value)(const TableStatus&, const snapshot::Table*, base::Instant);
    };
    using Table = const snapshot::Table*;
    static constexpr std::array<Figure, 8> kFigures = {{
        {"mogura_table_rows", "gauge", "Rows of the current generation.",
         [](const TableStatus&, Table table, base::Instant) {
             return table ? static_cast<double>(table->rows()) : 0;
         }},
        {"mogura_table_bytes", "gauge", "Bytes of the current generation.",
         [](const TableStatus&, Table table, base::Instant) {
             return table ? static_cast<double>(table->size_bytes()) : 0;
         }},
        {"mogura_table_generation", "gauge", "Number of the current generation, from 1.",
         [](const TableStatus& status, Table, base::Instant) {
             return static_cast<double>(status.generation);
         }},
        {"mogura_table_age_seconds", "gauge", "Seconds since the current generation came into use.",
         [](const TableStatus& status, Table table, base::Instant now) {
             return table ? std::chrono::duration<double>(now - status.loaded_at).count() : 0;
         }},
        {"mogura_table_refresh_seconds", "gauge", "How long the last refresh took.",
         [](const TableStatus& status, Table, base::Instant) { return status.refresh_seconds; }},
        {"mogura_table_refreshes_total", "counter", "Generations taken into use.",
         [](const TableStatus& status, Table, base::Instant) {
             return static_cast<double>(status.refreshes);
         }},
        {"mogura_table_refresh_failures_total", "counter", "Refreshes that failed or were refused.",
         [](const TableStatus& status, Table, base::Instant) {
             return static_cast<double>(status.failures);
         }},
        {"mogura_table_refused", "gauge",
         "1 from a refresh that failed or was refused until one succeeds.",
         [](const TableStatus& status, Table, base::Instant) {
             return status.last_error.empty() ? 0.0 : 1.0;
         }},
    }};
    for (const Figure& figure : kFigures) {
        head(text, figure.name, figure.type, figure.help);
        for (size_t index = 0; index < tables_.size(); ++index) {
            TableStatus status = tables_.status(index);
            auto loaded = tables_.current(index);
            Table table = loaded ? loaded->table.get() : nullptr;
            sample(text, figure.name, status.name, figure.value(status, table, clock_.now()));
        }
    }
    return {.body = std::move(text), .content_type = "text/plain; version=0.0.4"};
}

}  // namespace mogura::server
