// What a server answers to one request or to many: params with several values, and pages.
//
// A task is a request and the pages behind it; with pager.pages and from_param, a page.

#include "plugins/plugins.h"

#include "base/check.h"
#include "base/text.h"
#include "plugins/input/http/brace_expansion.h"
#include "plugins/input/http/client.h"
#include "plugins/input/http/course.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

using web::Course;
using web::Pager;
using web::Step;

class HttpInput final : public load::FileInput {
  public:
    HttpInput(web::Options options, std::vector<web::Values> combinations,
              const load::Context& context)
        : options_(std::move(options)),
          combinations_(std::move(combinations)),
          client_(options_, context) {}

    Result<std::vector<load::FileEntry>> files() override {
        std::vector<load::FileEntry> entries;
        for (size_t task = 0; task < combinations_.size() * pages_known(); ++task) {
            entries.push_back(entry_of(task, first_step(task)));
        }
        return entries;
    }

    Result<std::unique_ptr<base::ByteSource>> open(const load::FileEntry& file) override {
        size_t task = TRY(task_of(file));
        Course course = is_chain() ? course_of(task, file) : Course(options_);
        const Step step = is_chain() ? course.step() : first_step(task);
        web::Answer answer = TRY(client_.ask(web::request_of(options_, values_of(task), step)));
        if (is_chain()) {
            TRY(course.learn(answer));
            base::Lock lock(mutex_);
            courses_.insert_or_assign(task, std::move(course));
        }
        return web::Spool::source(answer.body);
    }

    Result<std::optional<load::FileEntry>> next(const load::FileEntry& file,
                                                int64_t rows) override {
        if (!is_chain()) return std::optional<load::FileEntry>();
        size_t task = TRY(task_of(file));
        base::Lock lock(mutex_);
        auto course = courses_.find(task);
        bool goes_on = TRY(course->second.advance(rows));
        if (goes_on) return std::optional(entry_of(task, course->second.step()));
        courses_.erase(course);
        return std::optional<load::FileEntry>();
    }

    config::Map diff(const std::vector<load::FileEntry>&) const override { return {}; }

  private:
    // Whether the pages of a request are known from the beginning.
    bool has_pages() const {
        return options_.pager && options_.pager->pages &&
               options_.pager->kind == Pager::Kind::kNumber;
    }
    bool is_chain() const { return options_.pager && !has_pages(); }
    size_t pages_known() const {
        return has_pages() ? static_cast<size_t>(*options_.pager->pages) : 1;
    }

    const web::Values& values_of(size_t task) const { return combinations_[task / pages_known()]; }

    Step first_step(size_t task) const {
        if (!options_.pager) return {};
        auto page = static_cast<int64_t>(task % pages_known());
        return {.page = page + 1, .number = options_.pager->start + page * options_.pager->step};
    }

    // Its `path` is all that a resumed run has: the task, and the page of a chain.
    load::FileEntry entry_of(size_t task, const Step& step) const {
        std::string url = web::request_of(options_, values_of(task), step).url;
        std::string name = options_.mask.url(url);
        if (options_.is_post) name += " (request " + std::to_string(task + 1) + ")";
        std::string path = std::to_string(task);
        if (is_chain() && step.page > 1) path += "." + std::to_string(step.page);
        return {.name = std::move(name), .path = std::move(path)};
    }

    Result<size_t> task_of(const load::FileEntry& file) const {
        auto task = base::parse_integer(file.path.substr(0, file.path.find('.')));
        size_t count = combinations_.size() * pages_known();
        if (task && *task >= 0 && static_cast<size_t>(*task) < count) {
            return static_cast<size_t>(*task);
        }
        return Error(Code::kConflict, options_.place + ": the run to resume had other requests (" +
                                          file.name + "; remove the resume state to begin anew)");
    }

    // The first page begins anew, also when it was looked at before.
    Course course_of(size_t task, const load::FileEntry& file) {
        base::Lock lock(mutex_);
        auto course = courses_.find(task);
        bool is_first = file.path.find('.') == std::string::npos;
        if (is_first) return Course(options_);
        CHECK(course != courses_.end());
        return course->second;
    }

    const web::Options options_;
    const std::vector<web::Values> combinations_;
    web::Client client_;
    base::Mutex mutex_;
    std::map<size_t, Course> courses_ GUARDED_BY(mutex_);  // by task
};

Result<std::unique_ptr<load::FileInput>> make(const web::Options& options,
                                              const load::Context& context) {
    auto combinations = web::combinations_of(options.params);
    if (!combinations.ok()) return combinations.error().at(options.place);
    int64_t pages = options.pager && options.pager->pages ? *options.pager->pages : 1;
    bool is_long = options.pager && options.pager->kind == Pager::Kind::kNumber &&
                   pages > static_cast<int64_t>(web::kExpansionsMax / combinations->size());
    if (is_long) {
        return Error(Code::kLimit, options.place + ": more than " +
                                       base::with_thousands(web::kExpansionsMax) +
                                       " requests (leave pager.pages out to stop at the first "
                                       "page without rows)");
    }
    return std::make_unique<HttpInput>(options, *std::move(combinations), context);
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(input, http) {
    registry.file_inputs.add("http", "What a server answers, page by page.",
                             mogura::plugins::web::read_options, mogura::plugins::make);
}
