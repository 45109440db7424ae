// A port that nobody listens on now.

#pragma once

namespace mogura::integration {

int free_port();

}  // namespace mogura::integration
