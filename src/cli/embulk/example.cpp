#include "cli/embulk/example.h"

#include "base/file.h"

#include <cstdio>
#include <filesystem>
#include <memory>
#include <utility>

namespace mogura::cli::embulk {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRows =
    "id,account,time,purchase,comment\n"
    "1,40118,2015-01-27 19:23:49,20150127,first of the day\n"
    "2,25093,2015-01-27 19:01:23,20150127,two for one\n"
    "3,31877,2015-01-28 02:20:02,20150128,\"said \"\"keep the change\"\"\"\n"
    "4,19954,2015-01-29 11:54:36,20150129,NULL\n"
    "\n";

Result<> write_packed(const plugins::Registry& registry, const load::Context& context,
                      const std::string& path) {
    const config::Map none;
    config::Reader reader(none, "", "encoder");
    auto encoder = TRY(registry.encoders.create("gzip", reader, true, context));
    std::unique_ptr<base::ByteSink> file = TRY(base::open_sink(path));
    std::unique_ptr<base::ByteSink> sink = TRY(encoder->wrap(std::move(file), nullptr));
    TRY(sink->write(kRows));
    return sink->finish();
}

std::string in_single_quotes(const std::string& text) {
    std::string quoted = "'";
    for (char byte : text) quoted += byte == '\'' ? "''" : std::string(1, byte);
    return quoted + "'";
}

}  // namespace

Result<> write_example(const plugins::Registry& registry, const load::Context& context,
                       const std::string& folder, const std::string& program) {
    std::string seed = (fs::path(folder) / "seed.yml").string();
    std::string rows = (fs::path(folder) / "csv/sample_01.csv.gz").string();
    std::string prefix = (fs::absolute(folder).lexically_normal() / "csv/sample_").string();
    std::printf("Creating %s folder...\n", folder.c_str());
    std::printf("  Creating %s/csv\n", folder.c_str());
    TRY(base::make_folders((fs::path(folder) / "csv").string()));
    std::printf("  Creating %s\n", rows.c_str());
    TRY(write_packed(registry, context, rows));
    std::printf("  Creating %s\n", seed.c_str());
    TRY(base::write_file(seed, "in:\n  type: file\n  path_prefix: " + in_single_quotes(prefix) +
                                   "\nout:\n  type: stdout\n"));
    std::printf("\nWhat to try next:\n\n");
    std::printf("   1. %s guess %s -o config.yml\n", program.c_str(), seed.c_str());
    std::printf("   2. %s preview config.yml\n", program.c_str());
    std::printf("   3. %s run config.yml\n\n", program.c_str());
    return {};
}

}  // namespace mogura::cli::embulk
