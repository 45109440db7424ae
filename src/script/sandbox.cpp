#include "script/sandbox.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace mogura::script {
namespace {

using namespace std::chrono_literals;
using End = Helper::Reply::End;

constexpr auto kStartTimeMax = 20s;  // a busy machine may take its time
constexpr auto kQuick = 200ms;       // hundreds of times what a usual script takes
constexpr int kLowerPriority = 5;    // a third of the processor time of others

// The machine code compiler and the memory cage would need address space that the limit counts; a
// small idea of the machine's memory makes it collect garbage early.
const base::Environment kEnvironment = {{"JSC_useJIT", "0"},
                                        {"GIGACAGE_ENABLED", "0"},
                                        {"JSC_forceRAMSize", "67108864"},
                                        {"JSC_numberOfGCMarkers", "1"},
                                        {"LC_ALL", "C.UTF-8"},
                                        {"TZ", "UTC"}};

void never_block(int descriptor) {
    ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
}

}  // namespace

Result<std::unique_ptr<Helper>> Helper::start(const HelperCommand& command) {
    auto process = TRY(base::Process::start({.arguments = command.arguments,
                                             .environment = kEnvironment,
                                             .input = base::Stream::pipe(),
                                             .output = base::Stream::pipe(),
                                             .errors = base::Stream::null(),
                                             .own_group = true}));  // out of Ctrl-C's reach
    never_block(process.input());
    never_block(process.output());
    std::unique_ptr<Helper> helper(new Helper(std::move(process)));
    Answer hello;
    if (helper->read(hello, helper->clock_.monotonic() + kStartTimeMax) != End::kComplete) {
        return Error(Code::kUnavailable, "the JavaScript helper does not start");
    }
    return helper;
}

Helper::~Helper() {
    static_cast<void>(process_.kill(SIGKILL));
    static_cast<void>(process_.wait());
}

Helper::Reply Helper::ask(const Job& job, std::chrono::nanoseconds time_max,
                          const std::function<bool()>& goes_on) {
    time_zone_ = job.time_zone;
    const Deadline start = clock_.monotonic();
    const Deadline deadline = start + time_max;
    Reply reply;
    reply.end = write(encode(job), deadline);
    while (reply.end == End::kComplete && reply.answers.size() < job.scripts.size()) {
        Answer answer;
        reply.end = read_in_turns(answer, deadline, goes_on);
        if (reply.end != End::kComplete) break;
        reply.answers.push_back(std::move(answer));
        if (!reply.answers.back().ok) break;
    }
    reply.time_taken = clock_.monotonic() - start;
    return reply;
}

bool Helper::wait(int descriptor, short events, Deadline deadline) const {
    while (true) {
        const auto left = deadline - clock_.monotonic();
        if (left <= 0ns) return false;
        pollfd wanted{.fd = descriptor, .events = events, .revents = 0};
        const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(left).count();
        const int count =
            ::poll(&wanted, 1, static_cast<int>(std::min<int64_t>(milliseconds, 60'000)));
        if (count > 0) return true;
    }
}

End Helper::write(std::string_view bytes, Deadline deadline) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(process_.input(), bytes.data(), bytes.size());
        if (count > 0) {
            bytes.remove_prefix(static_cast<size_t>(count));
        } else if (errno == EAGAIN) {
            if (!wait(process_.input(), POLLOUT, deadline)) return End::kTimeout;
        } else if (errno != EINTR) {
            return End::kDied;
        }
    }
    return End::kComplete;
}

End Helper::read_in_turns(Answer& answer, Deadline deadline, const std::function<bool()>& goes_on) {
    while (true) {
        const Deadline turn = std::min(deadline, clock_.monotonic() + kQuick);
        const End end = read(answer, turn);
        if (end != End::kTimeout || turn == deadline) return end;
        if (!goes_on()) return End::kPutOff;
        // Templates that take their millisecond go first on busy processors.
        ::setpriority(PRIO_PROCESS, static_cast<id_t>(process_.pid()), kLowerPriority);
    }
}

End Helper::read(Answer& answer, Deadline deadline) {
    char buffer[64 * 1024];
    while (true) {
        uint32_t size = 0;
        if (received_.size() >= sizeof size) {
            std::memcpy(&size, received_.data(), sizeof size);
            if (size > kFrameBytesMax) return End::kDied;
            if (received_.size() >= sizeof size + size) break;
        }
        const ssize_t count = ::read(process_.output(), buffer, sizeof buffer);
        if (count > 0) {
            received_.append(buffer, static_cast<size_t>(count));
        } else if (count == 0) {
            return End::kDied;
        } else if (errno == EAGAIN) {
            if (!wait(process_.output(), POLLIN, deadline)) return End::kTimeout;
        } else if (errno != EINTR) {
            return End::kDied;
        }
    }
    uint32_t size = 0;
    std::memcpy(&size, received_.data(), sizeof size);
    auto decoded = decode_answer(std::string_view(received_).substr(sizeof size, size));
    if (!decoded) return End::kDied;
    received_.erase(0, sizeof size + size);
    answer = *std::move(decoded);
    return End::kComplete;
}

}  // namespace mogura::script
