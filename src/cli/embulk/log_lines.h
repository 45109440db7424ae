// The program's log in Embulk's form: on standard output, or in a file (embulk 1.4).
//
//     2026-11-24 14:50:05.384 +0900 [INFO] (0001:transaction): Loading files [a.csv]
//
// Takes the log from construction to destruction. set_role() is for one thread; lines may come from
// any.

#pragma once

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mutex.h"
#include "base/result.h"

#include <memory>
#include <string>
#include <string_view>

namespace mogura::cli::embulk {

class LogLines {
  public:
    // `path` is a file to append to; empty or "-" is standard output. Lines there have colours when
    // `is_coloured`.
    static Result<std::unique_ptr<LogLines>> open(const base::Clock& clock, const std::string& path,
                                                  bool is_coloured);
    ~LogLines();
    LogLines(const LogLines&) = delete;
    LogLines& operator=(const LogLines&) = delete;

    // Who is speaking: "main", "0001:transaction".
    void set_role(std::string role);

  private:
    LogLines(const base::Clock& clock, base::Descriptor file, bool is_coloured);
    void write(log::Level level, std::string_view text);

    const base::Clock& clock_;
    const base::Descriptor file_;  // none: standard output
    const bool is_coloured_;
    base::Mutex mutex_;
    std::string role_ GUARDED_BY(mutex_) = "main";
};

}  // namespace mogura::cli::embulk
