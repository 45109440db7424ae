#include "engine/attempts.h"

namespace mogura::engine {
namespace {

class NoAttempts final : public Attempts {
  public:
    Result<OtherAttempt> start(const WantedAttempt&) override { return refusal(); }
    Result<OtherAttempt> look(const WantedAttempt&, int64_t) override { return refusal(); }

  private:
    static Error refusal() {
        return {Code::kUnsupported, "other workflows cannot be started from here"};
    }
};

}  // namespace

Attempts& no_attempts() {
    static NoAttempts none;
    return none;
}

}  // namespace mogura::engine
