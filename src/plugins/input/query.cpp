// The rows of a SQL statement as an input: `type: query`.

#include "base/file.h"
#include "base/log.h"
#include "plugins/plugins.h"
#include "plugins/sql/engine_options.h"

#include <memory>
#include <string>
#include <utility>

namespace mogura::plugins {
namespace {

struct Options {
    query::Text text;
    EngineOptions engine;
    std::string place;  // of `file`
};

Options read(config::Reader& reader, const query::Engines& engines) {
    Options options = {
        .text = {.sql = reader.optional("sql", "", "The SQL; the last statement gives the rows."),
                 .file = reader.optional("file", "", "A file with the SQL instead.")},
        .engine = read_engine_options(reader, engines),
        .place = reader.place_of("file"),
    };
    if (!reader.is_manual() && options.text.sql.empty() == options.text.file.empty()) {
        reader.problem("sql", "give either sql or file");
    }
    return options;
}

class QueryInput final : public load::Input {
  public:
    QueryInput(query::Text text, std::unique_ptr<query::Engine> engine)
        : text_(std::move(text)), engine_(std::move(engine)) {}

    Result<> begin() override {
        rows_ = TRY(engine_->execute(text_));
        if (rows_->schema().size() > 0) return {};
        return Error(Code::kInvalid, (text_.file.empty() ? "sql" : text_.file) +
                                         ": the last statement gives no rows (end with a SELECT)");
    }
    const page::Schema& schema() const override { return rows_->schema(); }
    size_t tasks() const override { return 1; }
    Result<> run(size_t, const load::PageSink& sink) override {
        return query::each_page(*rows_, sink);
    }

  private:
    const query::Text text_;
    const std::unique_ptr<query::Engine> engine_;
    std::unique_ptr<query::Rows> rows_;
};

// SQLite and DuckDB make a database of a name that is not there, and then miss its tables.
void warn_of_new_database(const EngineOptions& engine, const load::Context& context) {
    const config::Value* database = engine.options.find("database");
    const bool is_file = engine.engine == "sqlite" || engine.engine == "duckdb";
    const std::string name =
        database && is_file ? database->scalar_text().value_or("") : std::string();
    if (name.empty() || name.starts_with(":")) return;
    if (base::file_exists(name.starts_with('/') ? name : context.folder + "/" + name)) return;
    log::warn(config::place_text(database->mark(), engine.file) + ": " + engine.path +
              ".database: there is no file " + name +
              ", so the database is empty (is the path "
              "right?)");
}

Result<std::unique_ptr<load::Input>> make(const Options& options, const query::Engines& engines,
                                          const load::Context& context) {
    query::Text text = options.text;
    if (!text.file.empty()) {
        std::string path =
            text.file.starts_with('/') ? text.file : context.folder + "/" + text.file;
        auto sql = base::read_file(path);
        if (!sql.ok()) return sql.error().at(options.place);
        text.sql = *std::move(sql);
    }
    warn_of_new_database(options.engine, context);
    auto engine = TRY(make_engine(
        options.engine, engines,
        {.folder = context.folder, .temporary = context.temporary, .threads = context.threads}));
    return std::make_unique<QueryInput>(std::move(text), std::move(engine));
}

}  // namespace
}  // namespace mogura::plugins

// Engines may be registered after inputs: they are looked up when an input is made.
PLUGIN(input, query) {
    const mogura::query::Engines& engines = registry;
    registry.inputs.add(
        "query", "The rows of a SQL statement over files or a database.",
        [&engines](mogura::config::Reader& reader) {
            return mogura::plugins::read(reader, engines);
        },
        [&engines](const mogura::plugins::Options& options, const mogura::load::Context& context) {
            return mogura::plugins::make(options, engines, context);
        });
}
