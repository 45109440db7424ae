// Packed files: what several threads unpack is what one does, to the byte and to the error. The
// first byte chooses the format; or the rest is packed first, then cut or changed.

#include "plugins/plugins.h"

#include "base/bytes.h"
#include "base/clock.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace {

using namespace mogura;

constexpr size_t kUnpackedMax = 1 << 20;

struct World {
    World() { plugins::add_all(registry); }
    plugins::Registry registry;
    base::SystemClock clock;
    load::Workers workers{2};
};

std::string unpacked(World& world, const std::string& format, std::string_view bytes,
                     load::Workers* workers) {
    const config::Map none;
    config::Reader reader(none, "", "");
    auto decoder =
        world.registry.decoders.create(format, reader, true, load::Context{.clock = world.clock});
    auto source = (*decoder)->wrap(std::make_unique<base::TextSource>(bytes), "", workers);
    std::string all;
    std::string buffer(10'000, '\0');
    while (all.size() < kUnpackedMax) {
        auto count = (*source)->read(buffer);
        if (!count.ok()) return all + "|" + count.error().message();
        if (*count == 0) break;
        all.append(buffer, 0, *count);
    }
    return all;
}

std::string packed(World& world, const std::string& format, std::string_view text) {
    const config::Map none;
    config::Reader reader(none, "", "");
    auto encoder =
        world.registry.encoders.create(format, reader, true, load::Context{.clock = world.clock});
    std::string bytes;
    auto sink = (*encoder)->wrap(std::make_unique<base::TextSink>(bytes), nullptr);
    if (!(*sink)->write(text).ok() || !(*sink)->finish().ok()) std::abort();
    return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static World world;
    if (size < 4) return 0;
    const std::string format = data[0] % 3 == 0 ? "gzip" : data[0] % 3 == 1 ? "bzip2" : "zstd";
    std::string bytes(reinterpret_cast<const char*>(data + 4), size - 4);
    if (data[0] & 0x80) {
        std::string text = std::exchange(bytes, {});
        for (int part = 0; part <= data[3] % 4; ++part) bytes += packed(world, format, text);
        size_t at = (data[1] | data[2] << 8) % bytes.size();
        if (data[0] & 0x40) bytes[at] = static_cast<char>(bytes[at] ^ data[3]);
        if (data[0] & 0x20) bytes.resize(at);
    }
    std::string alone = unpacked(world, format, bytes, nullptr);
    if (unpacked(world, format, bytes, &world.workers) != alone) std::abort();
    return 0;
}
