#include "database/postgresql_code.h"

#include <array>

namespace mogura::database {
namespace {

struct Known {
    std::string_view state;  // a whole SQLSTATE, or the two letters of its class
    Code code;
    std::string_view remedy = {};
};

// Whole states first: the first that fits counts.
constexpr std::array kKnown = {
    Known{"57014", Code::kCanceled},
    Known{"55P03", Code::kTimeout},  // lock not available
    Known{"55006", Code::kConflict},
    Known{"40", Code::kTimeout},  // deadlock, serialization
    Known{"25P03", Code::kTimeout},
    Known{"57P04", Code::kUnavailable},
    Known{"57P", Code::kUnavailable, " (has the server stopped? its log says why)"},
    Known{"08", Code::kUnavailable},
    Known{"53300", Code::kUnavailable, " (raise max_connections of the server)"},
    Known{"53", Code::kLimit},
    Known{"54", Code::kLimit},
    Known{"28", Code::kDenied, " (check user and password)"},
    Known{"25006", Code::kDenied},
    Known{"42501", Code::kDenied, " (GRANT the user what is missing)"},
    Known{"3D000", Code::kNotFound, " (create the database, or correct its name)"},
    Known{"3F000", Code::kNotFound, " (create the schema, or correct its name)"},
    Known{"42P01", Code::kNotFound},
    Known{"42P07", Code::kConflict},
    Known{"42710", Code::kConflict},
    Known{"23", Code::kConflict},
};

const Known* find(std::string_view sqlstate) {
    for (const Known& known : kKnown) {
        if (sqlstate.starts_with(known.state)) return &known;
    }
    return nullptr;
}

}  // namespace

Code postgresql_code(std::string_view sqlstate) {
    const Known* known = find(sqlstate);
    return known ? known->code : Code::kInvalid;
}

std::string_view postgresql_remedy(std::string_view sqlstate) {
    const Known* known = find(sqlstate);
    return known ? known->remedy : std::string_view();
}

bool is_postgresql_connection_lost(std::string_view sqlstate) {
    return sqlstate.starts_with("57P") || sqlstate.starts_with("08");
}

}  // namespace mogura::database
