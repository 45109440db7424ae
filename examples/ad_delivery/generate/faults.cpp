#include "faults.h"

#include <fstream>
#include <string>

namespace ad_delivery {
namespace {

std::string text(const char* name, const LogFaults& log) {
    return std::string("  \"") + name + "\": {\"rows\": " + std::to_string(log.rows) +
           ", \"duplicates\": " + std::to_string(log.duplicates) +
           ", \"late\": " + std::to_string(log.late) + ", \"bots\": " + std::to_string(log.bots) +
           ", \"broken\": " + std::to_string(log.broken) + "}";
}

}  // namespace

void write_faults(const Faults& faults, const std::filesystem::path& file) {
    std::ofstream out(file);
    out.exceptions(std::ios::badbit | std::ios::failbit);
    out << "{\n"
        << text("imp", faults.imp) << ",\n"
        << text("click", faults.click) << ",\n"
        << text("conv", faults.conv) << "\n}\n";
}

}  // namespace ad_delivery
