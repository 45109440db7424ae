#include "plugins/sql/result_file.h"

#include "base/file.h"
#include "base/leftovers.h"
#include "plugins/formatter/parquet/writer.h"

#include <filesystem>
#include <memory>
#include <string_view>
#include <utility>

namespace mogura::plugins {
namespace {

class TextOutput final : public load::TaskOutput {
  public:
    using Append = void (*)(std::string& text, const page::Page& page);

    TextOutput(std::unique_ptr<base::ByteSink> sink, std::string head, Append append)
        : sink_(std::move(sink)), text_(std::move(head)), append_(append) {}

    Result<> write(page::Page page) override {
        append_(text_, page);
        constexpr size_t kBufferBytes = 256 * 1024;
        if (text_.size() < kBufferBytes) return {};
        return flush();
    }
    Result<> finish() override {
        TRY(flush());
        return sink_->finish();
    }
    void abort() noexcept override { sink_.reset(); }

  private:
    Result<> flush() {
        TRY(sink_->write(text_));
        text_.clear();
        return {};
    }

    std::unique_ptr<base::ByteSink> sink_;
    std::string text_;
    const Append append_;
};

Result<std::unique_ptr<load::TaskOutput>> open(const std::string& path, const std::string& ending,
                                               const page::Schema& schema) {
    if (ending == ".parquet") {
        return parquet::open_writer(path, schema, {});
    }
    std::string head;
    if (ending == ".csv") query::append_csv_header(head, schema);
    auto sink = TRY(base::open_sink(path));
    auto append = ending == ".csv" ? query::append_csv : query::append_json_lines;
    return std::make_unique<TextOutput>(std::move(sink), std::move(head), append);
}

}  // namespace

Result<ResultFile> write_result_file(query::Rows& rows, const std::string& path,
                                     const std::function<void(int64_t)>& on_rows) {
    std::string ending = std::filesystem::path(path).extension().string();
    if (ending != ".csv" && ending != ".jsonl" && ending != ".parquet") {
        return Error(Code::kInvalid,
                     "the name of a result's file must end in .csv, .jsonl or "
                     ".parquet: " +
                         path);
    }
    if (rows.schema().size() == 0) {
        return Error(Code::kInvalid,
                     "the last statement gives no rows for a file (end with a "
                     "SELECT): " +
                         path);
    }
    std::string folder = std::filesystem::path(path).parent_path().string();
    if (folder.empty()) folder = ".";
    TRY(base::make_folders(folder));
    const std::filesystem::path place(path);
    base::remove_unfinished(
        folder, [&](std::string_view name) { return name == place.filename().string(); });
    const std::string unfinished = base::unfinished_path(path);
    ResultFile written;
    auto write = [&]() -> Result<> {
        auto output = TRY(open(unfinished, ending, rows.schema()));
        TRY(query::each_page(rows, [&](page::Page page) {
            written.rows += static_cast<int64_t>(page.rows());
            if (on_rows) on_rows(static_cast<int64_t>(page.rows()));
            return output->write(std::move(page));
        }));
        TRY(output->finish());
        return base::sync_file(unfinished);
    };
    auto done = write();
    std::error_code failure;
    if (!done.ok()) {
        std::filesystem::remove(unfinished, failure);
        return done.error();
    }
    written.bytes = TRY(base::file_size_bytes(unfinished));
    std::filesystem::rename(unfinished, path, failure);
    if (failure) {
        return Error(Code::kUnavailable, path + ": cannot replace it: " + failure.message());
    }
    TRY(base::sync_folder_of(path));
    return written;
}

}  // namespace mogura::plugins
