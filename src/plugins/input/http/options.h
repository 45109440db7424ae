// The options of the input http: those of embulk-input-http, and more ways of paging.

#pragma once

#include "load/load.h"
#include "net/net.h"
#include "plugins/filter/expand_json/path.h"
#include "plugins/input/http/mask.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mogura::plugins::web {

struct Param {
    std::string name = {};
    // Each choice makes requests of its own; its values are sent together.
    std::vector<std::vector<std::string>> choices = {};
};

struct Pager {
    enum class Kind { kNumber, kLink, kField };

    Kind kind = Kind::kNumber;
    std::string from_param = {};  // kNumber
    std::string to_param = {};
    int64_t start = 0;
    int64_t step = 1;
    std::vector<ExpandStep> field = {};  // kField: where in the body
    std::string field_text = {};         // as it was written
    std::string next_param = {};         // kField: that takes the value; empty: it is a URL
    std::optional<int64_t> pages = {};
};

struct Options {
    std::string url = {};
    std::string place = {};  // of url in the configuration
    bool is_post = false;
    std::vector<Param> params = {};
    std::optional<Pager> pager = {};
    net::HeaderLines headers = {};
    std::optional<std::string> body = {};
    bool has_credentials = false;        // in headers, which only the server of `url` may see
    net::HeaderLines open_headers = {};  // in their place, for any other server
    std::string proxy = {};
    std::string authorities_file = {};
    std::chrono::milliseconds open_timeout{0};
    std::chrono::milliseconds read_timeout{0};
    int64_t retries_max = 0;
    std::chrono::milliseconds retry_interval{0};
    std::chrono::milliseconds request_interval{0};
    bool interval_includes_response_time = false;
    Mask mask = {};
};

Options read_options(config::Reader& reader);

}  // namespace mogura::plugins::web
