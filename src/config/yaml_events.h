// libyaml as a stream of events, with errors that carry their place. One thread.

#pragma once

#include "base/result.h"
#include "config/value.h"

#include <yaml.h>

#include <string>
#include <string_view>

namespace mogura::config {

class YamlEvents {
  public:
    // Both outlive the stream.
    YamlEvents(std::string_view text, const std::string& file);
    ~YamlEvents();
    YamlEvents(const YamlEvents&) = delete;
    YamlEvents& operator=(const YamlEvents&) = delete;

    // Refuses what is not UTF-8 and control characters. To be called first.
    Result<> check_characters() const;
    // Moves to the next event; the one before is gone.
    Result<> advance();

    const yaml_event_t& event() const { return event_; }
    yaml_event_type_t type() const { return event_.type; }
    Mark mark() const;
    Error wrong(Mark mark, std::string_view what, Code code = Code::kInvalid) const;

  private:
    Error parser_error() const;
    std::string open_bracket() const;

    std::string_view text_;  // without a byte order mark
    const std::string& file_;
    yaml_parser_t parser_ = {};
    yaml_event_t event_ = {};
    // The last quoted text of several lines: a forgotten quote ends at the next one.
    Mark long_quoted_start_{};
    Mark long_quoted_end_{};
};

}  // namespace mogura::config
