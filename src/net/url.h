// Links from one URL to another (RFC 3986). Built on libcurl, as the client is.
//
// Any thread. Fails with kInvalid for what is no URL; messages show no more of it than is asked.

#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace mogura::net {

// Where `link` leads when it stands in what `base` answered: "https://host/x", "//host/x", "/x",
// "?page=2", "x". A user and a password in `base` stay, on the same server.
Result<std::string> resolve_link(const std::string& base, const std::string& link);

// `url` with more of a query ("a=b&c=d", encoded): behind what is there, before a fragment.
std::string with_query(std::string url, std::string_view query);

// Whether scheme, host and port are the same: what may be told to one may be told to the other.
Result<bool> is_same_server(const std::string& one, const std::string& other);

}  // namespace mogura::net
