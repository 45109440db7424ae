// Notifications: what the installation tells people when an attempt fails, or a task asks for it
// (spec digdag 9.9).
//
// Owns: the payload, and sending it once by HTTP, mail or a shell command, as notification.type
// says. Leaves to others: when to send and when to try again (notify>). Without a type nothing is
// sent. Any thread; blocks.

#pragma once

#include "engine/engine.h"

#include <chrono>
#include <string>

namespace mogura::plugins {

// The members of 9.9.3 in their order; null where nobody knows.
config::Map notification_payload(const engine::TaskContext& context, const std::string& message);

// True when it was sent, false when there is nowhere to send it to.
Result<bool> send_notification(const engine::TaskContext& context, const config::Map& payload);

struct NotificationRetry {
    int64_t retries = 10;
    std::chrono::milliseconds wait_min{1000};
    std::chrono::milliseconds wait_max{30'000};
};
Result<NotificationRetry> notification_retry(const engine::Settings& settings);

}  // namespace mogura::plugins
