// The Link header of an answer (RFC 8288): <https://host/items?page=2>; rel="next", ...

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mogura::plugins::web {

// The target of the first link whose relation is, among others, `relation`. As it is written:
// perhaps relative.
std::optional<std::string> find_link(std::string_view header, std::string_view relation);

}  // namespace mogura::plugins::web
