#include "plugins/database_zone.h"

#include "load/load.h"

namespace mogura::plugins {

void check_database_zone(config::Reader& reader, std::string_view option, const std::string& name) {
    if (reader.is_manual()) return;
    auto zone = load::find_database_zone(name);
    if (!zone.ok()) reader.problem(option, zone.error().message());
}

}  // namespace mogura::plugins
