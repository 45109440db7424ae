#include "base/mutex.h"
#include "server/table_source.h"

#include <utility>

namespace mogura::server {
namespace {

class FromQuery final : public TableSource {
  public:
    FromQuery(QuerySource options, const base::Clock& clock)
        : options_(std::move(options)), clock_(clock) {}

    Result<Generation> load() override {
        TRY(use(nullptr));
        auto engine = TRY(options_.connect());
        TRY(use(engine.get()));
        auto builder =
            read_all(*engine, options_.sql,
                     {.table = options_.table, .key = options_.key, .created_at = clock_.now()});
        TRY(use(nullptr));
        if (!builder.ok()) return builder.error();
        Generation table = TRY(builder->build());
        std::string checksum = table->checksum();
        if (checksum == checksum_) return Generation();
        checksum_ = std::move(checksum);
        return table;
    }

    void cancel() override {
        base::Lock lock(mutex_);
        is_canceled_ = true;
        if (engine_) engine_->cancel();
    }

    std::string describe() const override { return options_.description; }

  private:
    // From now on cancel() reaches this engine.
    Result<> use(query::Engine* engine) {
        base::Lock lock(mutex_);
        engine_ = is_canceled_ ? nullptr : engine;
        if (is_canceled_) return Error(Code::kCanceled, "the server stops");
        return {};
    }

    const QuerySource options_;
    const base::Clock& clock_;
    std::string checksum_;
    base::Mutex mutex_;
    query::Engine* engine_ GUARDED_BY(mutex_) = nullptr;
    bool is_canceled_ GUARDED_BY(mutex_) = false;
};

}  // namespace

std::unique_ptr<TableSource> make_query_source(QuerySource options, const base::Clock& clock) {
    return std::make_unique<FromQuery>(std::move(options), clock);
}

Result<snapshot::Builder> read_all(query::Engine& engine, const std::string& sql,
                                   snapshot::BuilderOptions options) {
    auto rows = TRY(engine.execute({.sql = sql, .file = ""}));
    if (rows->schema().size() == 0) {
        return Error(Code::kInvalid, "query: the statement gives no rows (end it with a SELECT)");
    }
    auto builder = TRY(snapshot::Builder::create(rows->schema(), std::move(options)));
    page::Page page;
    while (true) {
        bool more = TRY(rows->next(page));
        if (!more) return builder;
        TRY(builder.add(page));
    }
}

}  // namespace mogura::server
