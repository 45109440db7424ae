// Takes rows and forgets them (embulk 9.3).

#include "plugins/plugins.h"

#include <memory>

namespace mogura::plugins {
namespace {

struct Options {};
Options read(config::Reader&) {
    return {};
}

class NullTask final : public load::TaskOutput {
  public:
    Result<> write(page::Page) override { return {}; }
    Result<> finish() override { return {}; }
    void abort() noexcept override {}
};

class NullOutput final : public load::Output {
  public:
    Result<> begin(const page::Schema&, size_t) override { return {}; }
    Result<std::unique_ptr<load::TaskOutput>> open(size_t) override {
        return std::make_unique<NullTask>();
    }
    Result<> commit() override { return {}; }
    void rollback() noexcept override {}
};

Result<std::unique_ptr<load::Output>> make(const Options&, const load::Context&) {
    return std::make_unique<NullOutput>();
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(output, null) {
    registry.outputs.add("null", "Takes rows and forgets them.", read, make);
}
