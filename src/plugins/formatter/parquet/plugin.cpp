// Parquet files.

#include "plugins/formatter/parquet/writer.h"
#include "plugins/plugins.h"

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace mogura::plugins {
namespace {

const std::vector<std::string> kUnits = {"microsecond", "nanosecond"};

parquet::Options read(config::Reader& reader) {
    parquet::Options options;
    const auto& codecs = parquet::codec_names();
    options.packing.codec = parquet::codec_of(
        codecs[reader.choice("compression", codecs, "How column chunks are compressed.")]);
    options.packing.level =
        reader.optional("compression_level", 1, "For zstd: 1 (fast) to 22 (small).");
    options.row_group_rows =
        reader.optional("row_group_size", int64_t{65536},
                        "Rows of a row group; larger groups pack better and take more memory.");
    options.packing.nanoseconds =
        reader.choice("timestamp_unit", kUnits,
                      "Precision of timestamps; what is finer is cut off.") == 1;
    if (options.row_group_rows < 2048 || options.row_group_rows > 10'000'000) {
        reader.problem("row_group_size", "it must be from 2048 to 10000000");
    }
    if (options.packing.level < 1 || options.packing.level > 22) {
        reader.problem("compression_level", "it must be from 1 to 22");
    }
    return options;
}

class ParquetFormatter final : public load::FileFormatter {
  public:
    ParquetFormatter(const parquet::Options& options, page::Schema schema)
        : options_(options), schema_(std::move(schema)) {}

    Result<std::unique_ptr<load::TaskOutput>> open(const std::string& path) const override {
        return parquet::open_writer(path, schema_, options_);
    }

  private:
    const parquet::Options options_;
    const page::Schema schema_;
};

Result<std::unique_ptr<load::AnyFormatter>> make(const parquet::Options& read_options,
                                                 const page::Schema& schema,
                                                 const load::Context& context) {
    parquet::Options options = read_options;
    options.threads = std::max(1, context.threads);
    auto formatter = std::make_unique<load::AnyFormatter>();
    formatter->file = std::make_unique<ParquetFormatter>(options, schema);
    return formatter;
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(formatter, parquet) {
    registry.formatters.add("parquet", "Columnar files for SQL engines.", read, make);
}
