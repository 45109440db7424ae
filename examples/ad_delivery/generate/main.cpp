// ad_delivery_generate: one day of ad logs with planted faults, the masters, what the days before
// left behind, and the exact tables that the workflows must publish. See ../README.md.

#include "calendar.h"
#include "faults.h"
#include "gzip_parts.h"
#include "masters.h"
#include "options.h"
#include "past.h"
#include "placements.h"
#include "traffic.h"
#include "truth.h"

#include <cstdio>
#include <exception>
#include <fstream>
#include <string>

namespace ad_delivery {
namespace {

constexpr int kCompressors = 2;

void generate(const Options& options) {
    std::filesystem::create_directories(options.out);
    const Masters masters = make_masters(options.seed, options.day, options.events);
    write_masters(masters, options.out / "masters");
    Placements placements(masters, options.seed, options.events);
    const Past past = make_past(masters, placements, options.seed, options.day, options.events);
    write_past(past, masters, options.out / "state");

    Truth truth(masters, past, options.day);
    Compressors compressors(kCompressors);
    Traffic traffic({.masters = masters,
                     .placements = placements,
                     .past = past,
                     .seed = options.seed,
                     .day = options.day,
                     .events = options.events,
                     .logs = options.out / "logs"},
                    compressors, truth);
    for (int hour = 0; hour < 24; ++hour) {
        truth.begin_hour(hour);
        traffic.run_hour(hour);
        truth.end_hour();
        const int hours = hour + 1;
        if (hours != 6 && hours != 12 && hours != 24) continue;
        truth.publish(hours, options.out / "truth" /
                                 (hours == 6 ? "after_06" : "after_" + std::to_string(hours)));
    }
    compressors.finish();
    write_faults(traffic.faults(), options.out / "truth" / "faults.json");
}

}  // namespace
}  // namespace ad_delivery

int main(int count, char** words) {
    try {
        ad_delivery::generate(ad_delivery::read_options(count, words));
        return 0;
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "ad_delivery_generate: %s\n", failure.what());
        return 1;
    }
}
