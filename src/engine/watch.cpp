#include "engine/watch.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace mogura::engine {
namespace {

constexpr uint64_t kBell = UINT64_MAX;
constexpr std::chrono::milliseconds kSleepMax{60'000};

}  // namespace

Result<std::unique_ptr<Watch>> Watch::create() {
    base::Descriptor events(::epoll_create1(EPOLL_CLOEXEC));
    if (!events) return base::system_error("epoll", "create");
    base::Descriptor bell(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!bell) return base::system_error("eventfd", "create");
    std::unique_ptr<Watch> watch(new Watch(std::move(events), std::move(bell)));
    epoll_event wanted{.events = EPOLLIN, .data = {.u64 = kBell}};
    if (::epoll_ctl(watch->events_.get(), EPOLL_CTL_ADD, watch->bell_.get(), &wanted) != 0) {
        return base::system_error("epoll", "watch");
    }
    return watch;
}

Result<> Watch::add(int descriptor, uint64_t key) {
    epoll_event wanted{.events = EPOLLIN | EPOLLONESHOT, .data = {.u64 = key}};
    if (::epoll_ctl(events_.get(), EPOLL_CTL_ADD, descriptor, &wanted) == 0) return {};
    if (errno == EEXIST && ::epoll_ctl(events_.get(), EPOLL_CTL_MOD, descriptor, &wanted) == 0) {
        return {};
    }
    return base::system_error("a command", "watch");
}

void Watch::remove(int descriptor) {
    ::epoll_ctl(events_.get(), EPOLL_CTL_DEL, descriptor, nullptr);
}

Result<std::vector<uint64_t>> Watch::wait(std::chrono::microseconds time) {
    time = std::clamp<std::chrono::microseconds>(time, std::chrono::microseconds(0), kSleepMax);
    std::array<epoll_event, 64> ready;
    // Rounded up: waking before the time would only spin.
    auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(time).count();
    int count = ::epoll_wait(events_.get(), ready.data(), static_cast<int>(ready.size()),
                             static_cast<int>(milliseconds));
    if (count < 0 && errno != EINTR) return base::system_error("epoll", "wait for");
    std::vector<uint64_t> keys;
    for (int index = 0; index < count; ++index) {
        uint64_t key = ready[static_cast<size_t>(index)].data.u64;
        if (key != kBell) {
            keys.push_back(key);
            continue;
        }
        uint64_t rings = 0;
        [[maybe_unused]] auto ignored = ::read(bell_.get(), &rings, sizeof rings);
    }
    return keys;
}

void Watch::wake() {
    uint64_t one = 1;
    [[maybe_unused]] auto ignored = ::write(bell_.get(), &one, sizeof one);
}

}  // namespace mogura::engine
