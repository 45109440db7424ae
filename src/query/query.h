// SQL engines behind one interface: text in, pages out.
//
// Owns: the interface, where a failing statement stands in its text. Leaves to others: the engines
// (plugins/query), templates in SQL (script), outputs (load). One thread at a time uses an engine
// and its rows; cancel() and progress() may come from any thread.

#pragma once

#include "base/result.h"
#include "config/config.h"
#include "page/page.h"
#include "query/position.h"  // IWYU pragma: export
#include "query/text.h"      // IWYU pragma: export

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace mogura::query {

using PageSink = std::function<Result<>(page::Page)>;

// The rows of a statement, page by page.
class Rows {
  public:
    virtual ~Rows() = default;
    virtual const page::Schema& schema() const = 0;
    // False at the end.
    virtual Result<bool> next(page::Page& page) = 0;
};

// Passes every page on until the end, or the first error.
Result<> each_page(Rows& rows, const PageSink& sink);

struct Text {
    std::string sql;   // one statement or several, separated by ';'
    std::string file;  // where it stands, for messages; may be empty
};

class Engine {
  public:
    virtual ~Engine() = default;

    // Runs every statement and returns the rows of the last one (no columns when it has none).
    // A failure says file, line, the offending text and a caret under it.
    virtual Result<std::unique_ptr<Rows>> execute(const Text& text) = 0;
    // 0 to 1, or negative when the engine cannot tell.
    virtual double progress() const { return -1; }
    virtual void cancel() = 0;
};

// What engines may know.
struct Context {
    std::string folder = ".";  // relative paths in the SQL start here
    std::string temporary = "/tmp";
    int threads = 2;
    std::string time_zone = "UTC";  // where SQL text means one: now(), casts of TIMESTAMPTZ
};

struct Engines {
    config::Registry<Engine, const Context&> engines{"query engine"};
};

}  // namespace mogura::query
