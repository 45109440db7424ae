#include "load/origin.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace mogura::load {
namespace {

// Counts what is read from the file itself, before any decoder.
class CountingSource final : public base::ByteSource {
  public:
    CountingSource(std::unique_ptr<base::ByteSource> source, std::atomic<int64_t>& bytes)
        : source_(std::move(source)), bytes_(bytes) {}

    Result<size_t> read(std::span<char> buffer) override {
        size_t count = TRY(source_->read(buffer));
        bytes_ += static_cast<int64_t>(count);
        return count;
    }

  private:
    const std::unique_ptr<base::ByteSource> source_;
    std::atomic<int64_t>& bytes_;
};

class FileOrigin final : public Origin {
  public:
    FileOrigin(std::unique_ptr<FileInput> input, std::vector<std::unique_ptr<Decoder>> decoders,
               std::unique_ptr<Parser> parser)
        : input_(std::move(input)), decoders_(std::move(decoders)), parser_(std::move(parser)) {}

    Result<> begin(Progress& progress) override {
        files_ = TRY(input_->files());
        return begin_with_files(progress);
    }

    config::Value state() const override {
        config::List list;
        for (const FileEntry& file : files_) {
            config::Map map;
            map.set("name", file.name);
            map.set("size", file.size_bytes);
            map.set("local_path", file.local_path);
            map.set("path", file.path);
            list.emplace_back(std::move(map));
        }
        config::Map state;
        state.set("files", std::move(list));
        return state;
    }

    Result<> begin_again(const config::Value& state, Progress& progress) override {
        const config::Value* list = state.find("files");
        for (const config::Value& item : list && list->is_list() ? list->list() : config::List()) {
            const config::Value* size = item.find("size");
            files_.push_back({.name = text_at(item, "name"),
                              .size_bytes = size && size->is_integer() ? size->integer() : -1,
                              .local_path = text_at(item, "local_path"),
                              .path = text_at(item, "path")});
        }
        return begin_with_files(progress);
    }

    const page::Schema& schema() const override { return schema_; }
    size_t tasks() const override { return files_.size(); }
    std::string name_of(size_t task) const override { return files_[task].name; }
    config::Map diff() const override { return input_->diff(files_); }

    Split split_of(size_t task, int threads) const override {
        Split split{.bytes = files_[task].size_bytes};
        for (const auto& decoder : decoders_) {
            // One thread unpacks one part after the other.
            split.unpacking.emplace_back(threads > 1 ? decoder->parts() : "");
        }
        if (parser_->file) split.threads = parser_->file->threads();
        if (!parser_->pieces) return split;
        split.threads = threads;
        split.piece_bytes = kBlockBytes;
        if (!decoders_.empty() || split.bytes < 0) return split;
        const auto piece = static_cast<int64_t>(kBlockBytes);
        split.pieces = std::max<int64_t>(1, (split.bytes + piece - 1) / piece);
        split.threads = static_cast<int>(std::min<int64_t>(threads, split.pieces));
        return split;
    }

    Result<> run(size_t task, const Machinery& machinery, const Deliver& deliver) override {
        FileEntry file = files_[task];
        while (true) {
            int64_t rows = TRY(run_file(file, task, machinery, deliver));
            std::optional<FileEntry> next = TRY(input_->next(file, rows));
            if (!next) return {};
            file = *std::move(next);
        }
    }

  private:
    // Returns the rows that came, bad ones too.
    Result<int64_t> run_file(const FileEntry& file, size_t task, const Machinery& machinery,
                             const Deliver& deliver) {
        auto open = [&] { return opened(file, machinery); };
        auto rejects = [&](Reject reject) {
            return machinery.rejects.add(file.name, task, std::move(reject));
        };
        if (parser_->pieces) {
            return run_pieces(file, *parser_->pieces, open, machinery, rejects, deliver);
        }
        if (parser_->stream) {
            int64_t bad = 0;
            auto counted = [&](Reject reject) {
                ++bad;
                return rejects(std::move(reject));
            };
            auto produce = [&](const PageSink& sink) -> Result<> {
                std::unique_ptr<base::ByteSource> source = TRY(open());
                return parser_->stream->parse(file, *source, sink, counted);
            };
            int64_t good = TRY(run_pages(produce, machinery, rejects, deliver));
            return good + bad;
        }
        auto produce = [&](const PageSink& sink) { return parser_->file->parse(file, sink); };
        int64_t rows = TRY(run_pages(produce, machinery, rejects, deliver));
        machinery.progress.bytes_read += std::max<int64_t>(file.size_bytes, 0);
        return rows;
    }

    static std::string text_at(const config::Value& map, const char* key) {
        const config::Value* value = map.find(key);
        return value ? value->scalar_text().value_or("") : "";
    }

    Result<> begin_with_files(Progress& progress) {
        int64_t total = 0;
        for (const FileEntry& file : files_) {
            if (file.size_bytes < 0) total = -1;
            if (total >= 0) total += file.size_bytes;
        }
        progress.bytes_total = total;
        if (parser_->file) {
            if (!decoders_.empty()) {
                return Error(Code::kUnsupported,
                             "in.decoders: this parser reads files directly (leave decoders out)");
            }
            schema_ = TRY(parser_->file->schema_of(files_));
        } else {
            schema_ = parser_->pieces ? parser_->pieces->schema() : parser_->stream->schema();
        }
        return {};
    }

    Result<std::unique_ptr<base::ByteSource>> opened(const FileEntry& file,
                                                     const Machinery& machinery) {
        std::unique_ptr<base::ByteSource> source = TRY(input_->open(file));
        source = std::make_unique<CountingSource>(std::move(source), machinery.progress.bytes_read);
        for (const auto& decoder : decoders_) {
            source = TRY(decoder->wrap(std::move(source), file.name, &machinery.workers));
        }
        if (parser_->pieces) return parser_->pieces->wrap(std::move(source), file.name);
        return source;
    }

    const std::unique_ptr<FileInput> input_;
    const std::vector<std::unique_ptr<Decoder>> decoders_;
    const std::unique_ptr<Parser> parser_;
    std::vector<FileEntry> files_;
    page::Schema schema_;
};

class PageOrigin final : public Origin {
  public:
    PageOrigin(Input& input, std::unique_ptr<Input> owned)
        : input_(input), owned_(std::move(owned)) {}

    Result<> begin(Progress&) override { return input_.begin(); }
    const page::Schema& schema() const override { return input_.schema(); }
    size_t tasks() const override { return input_.tasks(); }
    std::string name_of(size_t task) const override { return input_.name_of(task); }
    Split split_of(size_t, int) const override { return {}; }
    config::Map diff() const override { return input_.diff(); }
    config::Value state() const override { return config::Map(); }
    Result<> begin_again(const config::Value&, Progress&) override { return input_.begin(); }

    Result<> run(size_t task, const Machinery& machinery, const Deliver& deliver) override {
        auto rejects = [&](Reject reject) {
            return machinery.rejects.add(input_.name_of(task), task, std::move(reject));
        };
        auto produce = [&](const PageSink& sink) {
            return input_.run_with_rejects(task, sink, rejects);
        };
        TRY(run_pages(produce, machinery, rejects, deliver));
        return {};
    }

  private:
    Input& input_;
    const std::unique_ptr<Input> owned_;
};

std::string path_of(const PluginConfig& config, std::string_view key) {
    return config.path + "." + std::string(key);
}

std::string decoder_path(const PluginConfig& config, size_t index) {
    return path_of(config, "decoders") + "[" + std::to_string(index) + "]";
}

}  // namespace

Result<> check_origin(const PluginConfig& config, const Plugins& plugins) {
    std::string name = TRY(plugin_name(config));
    if (plugins.inputs.has(name)) return {};
    if (!plugins.file_inputs.has(name)) {
        std::vector<std::string> known = plugins.inputs.names();
        std::ranges::copy(plugins.file_inputs.names(), std::back_inserter(known));
        return unknown_plugin(config, "input", name, known);
    }
    std::vector<const config::Map*> decoders = TRY(mappings_of(config, "decoders"));
    for (size_t index = 0; index < decoders.size(); ++index) {
        PluginConfig decoder{*decoders[index], config.file, decoder_path(config, index)};
        TRY(check_plugin(plugins.decoders, decoder));
    }
    const config::Map* parser = TRY(mapping_of(config, "parser"));
    return check_plugin(plugins.parsers,
                        PluginConfig{*parser, config.file, path_of(config, "parser")});
}

Result<std::unique_ptr<Origin>> make_origin(const PluginConfig& config, const Plugins& plugins,
                                            const Context& context) {
    TRY(check_origin(config, plugins));
    std::string name = TRY(plugin_name(config));
    if (plugins.inputs.has(name)) {
        std::unique_ptr<Input> input = TRY(make_plugin(plugins.inputs, config, context));
        Input& loan = *input;
        return std::make_unique<PageOrigin>(loan, std::move(input));
    }
    std::unique_ptr<FileInput> input = TRY(make_plugin(plugins.file_inputs, config, context));
    std::vector<std::unique_ptr<Decoder>> decoders;
    std::vector<const config::Map*> maps = TRY(mappings_of(config, "decoders"));
    for (size_t index = 0; index < maps.size(); ++index) {
        PluginConfig place{*maps[index], config.file, decoder_path(config, index)};
        auto decoder = make_plugin(plugins.decoders, place, context);
        if (!decoder.ok()) return decoder.error();
        decoders.push_back(*std::move(decoder));
    }
    const config::Map* map = TRY(mapping_of(config, "parser"));
    PluginConfig place{*map, config.file, path_of(config, "parser")};
    std::unique_ptr<Parser> parser = TRY(make_plugin(plugins.parsers, place, context));
    return std::make_unique<FileOrigin>(std::move(input), std::move(decoders), std::move(parser));
}

std::unique_ptr<Origin> origin_of(Input& input) {
    return std::make_unique<PageOrigin>(input, nullptr);
}

}  // namespace mogura::load
