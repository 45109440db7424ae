#include "pages.h"

#include <utility>

namespace mogura::integration {
namespace {

Result<> try_to_load(load::Output& output, std::vector<page::Page>& pages) {
    TRY(output.begin(pages.front().schema(), pages.size()));
    for (size_t index = 0; index < pages.size(); ++index) {
        auto task = TRY(output.open(index));
        auto written = task->write(std::move(pages[index]));
        if (written.ok()) written = task->finish();
        if (!written.ok()) {
            task->abort();
            return written;
        }
    }
    return output.commit();
}

class NamedPages final : public load::Input {
  public:
    explicit NamedPages(std::vector<page::Page> pages)
        : schema_(pages.front().schema()), pages_(std::move(pages)) {}

    Result<> begin() override { return {}; }
    const page::Schema& schema() const override { return schema_; }
    size_t tasks() const override { return 1; }
    std::string name_of(size_t) const override { return "in/a.csv"; }
    Result<> run(size_t, const load::PageSink& sink) override {
        for (page::Page& page : pages_) TRY(sink(std::move(page)));
        return {};
    }

  private:
    const page::Schema schema_;
    std::vector<page::Page> pages_;
};

}  // namespace

Result<load::Summary> load_as_file(const config::Map& out, std::vector<page::Page> pages,
                                   const load::Context& context, const config::Map& exec) {
    NamedPages input(std::move(pages));
    load::Job job{.config = {}, .file = "load.yml"};
    job.config.set("out", out);
    job.config.set("exec", exec);
    load::Progress progress;
    return load::run_from(input, job, *context.plugins, context, progress);
}

page::Page numbers(int64_t first, int64_t count) {
    page::Builder builder(
        page::Schema({{.name = "id", .type = page::Type::kLong}, {.name = "name"}}));
    for (int64_t id = first; id < first + count; ++id) {
        builder.set_long(0, id);
        builder.set_text(1, "name " + std::to_string(id));
        builder.end_row();
    }
    return builder.finish();
}

std::vector<page::Page> one(page::Page page) {
    std::vector<page::Page> pages;
    pages.push_back(std::move(page));
    return pages;
}

std::vector<page::Page> ending_with(std::optional<int64_t> id, std::string_view name) {
    std::vector<page::Page> pages = one(numbers(1, 699));
    page::Builder builder(pages.front().schema());
    if (id) builder.set_long(0, *id);
    builder.set_text(1, name);
    builder.end_row();
    pages.push_back(builder.finish());
    return pages;
}

Value a_boolean(bool value) {
    return {page::Type::kBoolean,
            [value](page::Builder& builder) { builder.set_boolean(0, value); },
            value ? "true" : "false"};
}
Value a_long(int64_t value) {
    return {page::Type::kLong, [value](page::Builder& builder) { builder.set_long(0, value); },
            std::to_string(value)};
}
Value a_double(double value) {
    return {page::Type::kDouble, [value](page::Builder& builder) { builder.set_double(0, value); },
            std::to_string(value)};
}
Value a_string(std::string value) {
    return {page::Type::kString, [value](page::Builder& builder) { builder.set_text(0, value); },
            '"' + value + '"'};
}
Value a_json(std::string value) {
    return {page::Type::kJson, [value](page::Builder& builder) { builder.set_text(0, value); },
            "json " + value};
}
Value a_timestamp() {
    return {page::Type::kTimestamp,
            [](page::Builder& builder) {
                builder.set_timestamp(0, {.seconds = 1'435'754'096, .nanoseconds = 789'000'000});
            },
            "a timestamp"};
}

page::Page page_of(const Value& value) {
    page::Builder builder(page::Schema({{.name = "c", .type = value.type}}));
    value.set(builder);
    builder.end_row();
    return builder.finish();
}

Result<> load_pages(load::Output& output, std::vector<page::Page> pages) {
    auto loaded = try_to_load(output, pages);
    if (!loaded.ok()) output.rollback();
    return loaded;
}

}  // namespace mogura::integration
