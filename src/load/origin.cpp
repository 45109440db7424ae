#include "load/origin.h"

#include "base/file.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

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

Result<> skip(base::ByteSource& source, int64_t bytes) {
    std::vector<char> buffer(64 * 1024);
    while (bytes > 0) {
        const auto wanted = std::min<int64_t>(bytes, static_cast<int64_t>(buffer.size()));
        size_t count = TRY(source.read({buffer.data(), static_cast<size_t>(wanted)}));
        if (count == 0) return {};  // what follows says what is missing
        bytes -= static_cast<int64_t>(count);
    }
    return {};
}

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
            map.set("modified", file.modified_ns);
            list.emplace_back(std::move(map));
        }
        config::Map state;
        state.set("files", std::move(list));
        return state;
    }

    Result<> begin_again(const config::Value& state, Progress& progress) override {
        const config::Value* list = state.find("files");
        for (const config::Value& item : list && list->is_list() ? list->list() : config::List()) {
            files_.push_back({.name = text_at(item, "name"),
                              .size_bytes = integer_at(item, "size", -1),
                              .local_path = text_at(item, "local_path"),
                              .path = text_at(item, "path"),
                              .modified_ns = integer_at(item, "modified", 0)});
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

    int64_t size_bytes(size_t task) const override { return files_[task].size_bytes; }
    // Other files than local ones may have a next() one, which only reading tells of.
    bool is_unchanged(size_t task) const override {
        const FileEntry& file = files_[task];
        if (file.local_path.empty() || file.modified_ns == 0) return false;
        auto size = base::file_size_bytes(file.local_path);
        auto modified = base::file_modified_ns(file.local_path);
        return size.ok() && *size == file.size_bytes && modified.ok() &&
               *modified == file.modified_ns;
    }

    void renew(size_t task) override {
        FileEntry& file = files_[task];
        if (file.local_path.empty() || file.modified_ns == 0) return;
        auto modified = base::file_modified_ns(file.local_path);
        auto size = base::file_size_bytes(file.local_path);
        if (!modified.ok() || !size.ok()) return;
        file.modified_ns = *modified;
        file.size_bytes = *size;
    }

    Result<> run(size_t task, const Position& from, const Machinery& machinery,
                 const Deliver& deliver) override {
        FileEntry file = files_[task];
        Position begin = from;
        while (true) {
            int64_t rows = TRY(run_file(file, {task, begin}, machinery, deliver));
            std::optional<FileEntry> next = TRY(input_->next(file, rows));
            if (!next) return {};
            file = *std::move(next);
            begin = {};
        }
    }

  private:
    struct Part {
        size_t task;
        const Position& from;
    };

    // Returns the rows that came, bad ones too.
    Result<int64_t> run_file(const FileEntry& file, const Part& part, const Machinery& machinery,
                             const Deliver& deliver) {
        const size_t task = part.task;
        auto open = [&] { return opened(file, part.from.offset_bytes, machinery); };
        auto rejects = [&](Reject reject) {
            return machinery.rejects.add(file.name, task, std::move(reject));
        };
        if (parser_->pieces) {
            return run_pieces(file, *parser_->pieces, part.from, open, machinery, rejects,
                              goes_on(file, deliver));
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

    // Whoever goes on must know which file it is.
    static Deliver goes_on(const FileEntry& file, const Deliver& deliver) {
        if (!file.local_path.empty()) return deliver;
        return
            [&deliver](Batch batch, const Position*) { return deliver(std::move(batch), nullptr); };
    }

    static int64_t integer_at(const config::Value& map, const char* key, int64_t otherwise) {
        const config::Value* value = map.find(key);
        return value && value->is_integer() ? value->integer() : otherwise;
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

    // From byte `offset` of what the parser takes: without reading those in front of it where they
    // are the file's own.
    Result<std::unique_ptr<base::ByteSource>> opened(const FileEntry& file, int64_t offset,
                                                     const Machinery& machinery) {
        auto& counter = machinery.progress.bytes_read;
        if (offset > 0 && decoders_.empty() && !parser_->pieces->recodes()) {
            std::unique_ptr<base::ByteSource> rest = TRY(input_->open_at(file, offset));
            if (machinery.progress.bytes_total >= 0) machinery.progress.bytes_total -= offset;
            return std::make_unique<CountingSource>(std::move(rest), counter);
        }
        std::unique_ptr<base::ByteSource> source = TRY(input_->open(file));
        source = std::make_unique<CountingSource>(std::move(source), counter);
        for (const auto& decoder : decoders_) {
            source = TRY(decoder->wrap(std::move(source), file.name, &machinery.workers));
        }
        if (parser_->pieces) {
            source = TRY(parser_->pieces->wrap(std::move(source), file.name));
        }
        if (offset > 0) TRY(skip(*source, offset));
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
    bool learns_diff() const override { return true; }
    config::Value state() const override { return config::Map(); }
    Result<> begin_again(const config::Value&, Progress&) override { return input_.begin(); }
    // Nobody knows in which order the rows come the next time.
    bool is_unchanged(size_t) const override { return false; }

    Result<> run(size_t task, const Position&, const Machinery& machinery,
                 const Deliver& deliver) override {
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

Result<std::unique_ptr<base::ByteSource>> FileInput::open_at(const FileEntry& file,
                                                             int64_t offset) {
    std::unique_ptr<base::ByteSource> source = TRY(open(file));
    TRY(skip(*source, offset));
    return source;
}

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
