// Unpacks bzip2, several streams one after another (embulk 5.5.2).

#include "plugins/plugins.h"

#include "plugins/decoder/bzip2/block_source.h"
#include "plugins/decoder/bzip2/unpacker.h"

#include <memory>
#include <string>
#include <utility>

namespace mogura::plugins {
namespace {

struct Options {};
Options read(config::Reader&) {
    return {};
}

// Streams without guesses at where they begin.
class Bzip2Format final : public MemberFormat {
  public:
    explicit Bzip2Format(std::string name) : name_(std::move(name)) {}

    std::unique_ptr<Unpacker> begin(bool is_first) const override {
        return std::make_unique<Bzip2Unpacker>(name_, is_first);
    }
    size_t find(std::string_view, size_t) const override { return std::string_view::npos; }
    size_t mark_bytes() const override { return 1; }

  private:
    const std::string name_;
};

class Bzip2 final : public load::Decoder {
  public:
    Result<std::unique_ptr<base::ByteSource>> wrap(std::unique_ptr<base::ByteSource> source,
                                                   const std::string& name,
                                                   load::Workers* workers) const override {
        if (workers && workers->threads() > 1) {
            return bzip2_block_source(std::move(source), name, *workers);
        }
        return member_source(std::move(source), std::make_unique<Bzip2Format>(name), nullptr);
    }
    std::string_view parts() const override { return "bzip2 blocks"; }
};

Result<std::unique_ptr<load::Decoder>> make(const Options&, const load::Context&) {
    return std::make_unique<Bzip2>();
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(decoder, bzip2) {
    registry.decoders.add("bzip2", "Unpacks bzip2.", read, make);
}
