// A session's random name (UUID version 4).

#pragma once

#include <string>

namespace mogura::store {

std::string make_session_uuid();

}  // namespace mogura::store
