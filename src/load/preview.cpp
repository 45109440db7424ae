// preview: the first rows of an input, through the filters (spec embulk 1.12). Files are looked at
// through a sample of their bytes, which may end in the middle of a record.

#include "base/bytes.h"
#include "base/log.h"
#include "load/job.h"
#include "load/origin.h"
#include "load/plugin_choice.h"
#include "load/reject_log.h"
#include "load/run_context.h"
#include "load/sample.h"
#include "load/stages.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mogura::load {
namespace {

constexpr int64_t kRowsDefault = 15;
constexpr size_t kDecodedBytesMax = 64 * 1024 * 1024;

// Takes pages until there are enough rows; whole pages are kept.
class Collector {
  public:
    Collector(const PluginConfig& config, const Plugins& plugins, const Context& context,
              size_t rows_wanted)
        : config_(config), plugins_(plugins), context_(context), rows_wanted_(rows_wanted) {}

    Result<> begin(const page::Schema& schema) {
        stages_ = TRY(make_stages(config_, schema, plugins_, context_));
        preview_.schema = stages_.back().chain.schema();
        return {};
    }

    Result<> add(page::Page page) {
        auto rows = TRY(pass(stages_.front(), std::move(page)));
        rows_ += rows;
        return {};
    }

    // The same as a sink: fails once there is enough, which ends the input's work.
    PageSink sink() {
        return [this](page::Page page) -> Result<> {
            TRY(add(std::move(page)));
            if (is_full()) return Error(Code::kCanceled, "enough rows for a preview");
            return {};
        };
    }

    bool is_full() const { return rows_ >= rows_wanted_; }
    bool has_rows() const { return rows_ > 0; }
    // What whole filters make of the rows that were taken, too.
    Result<Preview> take() {
        for (size_t index = 0; index + 1 < stages_.size(); ++index) {
            auto input = TRY(stages_[index].whole->give({}));
            TRY(input->begin());
            for (size_t task = 0; task < input->tasks(); ++task) {
                TRY(input->run(task, [&](page::Page page) -> Result<> {
                    TRY(pass(stages_[index + 1], std::move(page)));
                    return {};
                }));
            }
        }
        return std::move(preview_);
    }

  private:
    // Through the stage's chain, then to its whole filter or the preview; returns the rows.
    Result<size_t> pass(Stage& stage, page::Page page) {
        std::vector<page::Page> pages;
        pages.push_back(std::move(page));
        std::vector<Reject> left_out;
        Batch batch = TRY(stage.chain.process(std::move(pages), left_out));
        for (const Reject& row : left_out) log::warn(row.warning);
        size_t rows = 0;
        for (Chunk& chunk : batch) {
            rows += chunk.page.rows();
            if (stage.whole) {
                TRY(stage.whole->take(std::move(chunk.page)));
            } else {
                preview_.pages.push_back(std::move(chunk.page));
            }
        }
        return rows;
    }

    const PluginConfig config_;
    const Plugins& plugins_;
    const Context& context_;
    const size_t rows_wanted_;
    std::vector<Stage> stages_;
    Preview preview_;
    size_t rows_ = 0;
};

Result<> collect_pages(Input& input, Collector& collector) {
    TRY(input.begin());
    TRY(collector.begin(input.schema()));
    Progress progress;
    auto rejects = TRY(RejectLog::open({}, progress));
    for (size_t task = 0; task < input.tasks() && !collector.is_full(); ++task) {
        auto reject = [&](Reject row) {
            return rejects->add(input.name_of(task), task, std::move(row));
        };
        auto status = input.run_with_rejects(task, collector.sink(), reject);
        if (!status.ok() && !collector.is_full()) return status;
    }
    return {};
}

Result<> collect_pieces(const PieceParser& parser, const Sample& sample, std::string decoded,
                        Collector& collector, RejectLog& rejects) {
    TRY(collector.begin(parser.schema()));
    auto source = TRY(parser.wrap(std::make_unique<base::TextSource>(decoded), sample.file.name));
    std::string utf8 = TRY(base::read_all(*source, kDecodedBytesMax));
    auto text = std::make_shared<const std::string>(std::move(utf8));
    Piece piece{.bytes = *text, .owner = text, .is_first = true, .is_last = true};
    Parsed parsed = TRY(parser.parse(piece));
    for (Reject& reject : parsed.rejects) {
        TRY(rejects.add(sample.file.name, 0, std::move(reject)));
    }
    for (page::Page& page : parsed.pages) {
        if (!collector.is_full()) {
            TRY(collector.add(std::move(page)));
        }
    }
    return {};
}

Result<> collect_stream(const StreamParser& parser, const Sample& sample, std::string_view decoded,
                        Collector& collector, RejectLog& rejects) {
    TRY(collector.begin(parser.schema()));
    base::TextSource source(decoded);
    auto reject = [&](Reject row) { return rejects.add(sample.file.name, 0, std::move(row)); };
    auto status = parser.parse(sample.file, source, collector.sink(), reject);
    // A sample that ends within a value is no error when something came before.
    if (!status.ok() && !collector.has_rows()) return status;
    return {};
}

Result<> collect_whole_files(FileParser& parser, FileInput& input, Collector& collector) {
    std::vector<FileEntry> files = TRY(input.files());
    if (files.empty()) return Error(Code::kNotFound, "No input files to read sample data");
    page::Schema schema = TRY(parser.schema_of(files));
    TRY(collector.begin(schema));
    for (const FileEntry& file : files) {
        if (collector.is_full()) break;
        auto status = parser.parse(file, collector.sink());
        if (!status.ok() && !collector.is_full()) return status;
    }
    return {};
}

Result<> collect_files(FileInput& input, const PluginConfig& in, const Job& job,
                       const Plugins& plugins, const Context& context, Collector& collector) {
    const config::Map* map = TRY(mapping_of(in, "parser"));
    PluginConfig place{*map, job.file, "in.parser"};
    auto parser = TRY(make_plugin(plugins.parsers, place, context));
    if (parser->file) return collect_whole_files(*parser->file, input, collector);

    size_t bytes_max = TRY(sample_bytes_max(job.config, job.file, "preview_sample_buffer_bytes"));
    Sample sample = TRY(read_sample(input, bytes_max));
    std::string decoded = TRY(decode_sample(sample.bytes, in, plugins, context));
    Progress progress;
    auto rejects = TRY(RejectLog::open({}, progress));
    if (parser->pieces) {
        return collect_pieces(*parser->pieces, sample, std::move(decoded), collector, *rejects);
    }
    return collect_stream(*parser->stream, sample, decoded, collector, *rejects);
}

}  // namespace

Result<Preview> preview(const Job& job, const Plugins& plugins, const Context& usual) {
    Context context = TRY(context_of(job, plugins, usual));
    context.is_preview = true;
    PluginConfig top{job.config, job.file, ""};
    config::Reader reader(job.config, job.file, "");
    int64_t rows_wanted = reader.optional("preview_sample_rows", kRowsDefault, "Rows to show.");
    if (rows_wanted < 1) reader.problem("preview_sample_rows", "must be at least 1");
    TRY(reader.finish(/*ignore_unknown=*/true));
    const config::Map* section = TRY(mapping_of(top, "in"));
    PluginConfig in{*section, job.file, "in"};
    TRY(check_origin(in, plugins));
    TRY(check_filters(top, plugins));

    Collector collector(top, plugins, context, static_cast<size_t>(rows_wanted));
    std::string type = TRY(plugin_name(in));
    if (plugins.file_inputs.has(type)) {
        auto input = TRY(make_plugin(plugins.file_inputs, in, context));
        TRY(collect_files(*input, in, job, plugins, context, collector));
    } else {
        auto input = TRY(make_plugin(plugins.inputs, in, context));
        TRY(collect_pages(*input, collector));
    }
    if (!collector.has_rows()) return Error(Code::kInvalid, "No input records to preview");
    Preview preview = TRY(collector.take());
    preview.compat = context.compat;
    return preview;
}

}  // namespace mogura::load
