#include "load/sample.h"

#include "base/bytes.h"
#include "base/log.h"
#include "base/text.h"

#include <memory>
#include <utility>
#include <vector>

namespace mogura::load {
namespace {

constexpr size_t kBytesMin = 40;  // a smaller file is used only if there is no larger one
constexpr int64_t kBytesDefault = 32768;
constexpr size_t kDecodedBytesMax = 32 * 1024 * 1024;

}  // namespace

Result<Sample> read_sample(FileInput& input, size_t bytes_max) {
    std::vector<FileEntry> files = TRY(input.files());
    log::info("Try to read " + base::with_thousands(static_cast<int64_t>(bytes_max)) +
              " bytes from input source");
    Sample best;
    for (FileEntry& file : files) {
        auto source = TRY(input.open(file));
        std::string bytes(bytes_max, '\0');
        size_t size = TRY(base::read_fully(*source, bytes));
        bytes.resize(size);
        if (size > best.bytes.size()) {
            best = {
                .file = std::move(file), .bytes = std::move(bytes), .is_whole = size < bytes_max};
        }
        if (best.bytes.size() >= kBytesMin) return best;
    }
    if (files.empty()) return Error(Code::kNotFound, "No input files to read sample data");
    if (best.bytes.empty()) return Error(Code::kInvalid, "All input files are empty");
    return best;
}

Result<std::string> decode_sample(std::string_view bytes, const PluginConfig& in,
                                  const Plugins& plugins, const Context& context) {
    std::vector<std::unique_ptr<Decoder>> decoders;
    std::vector<const config::Map*> maps = TRY(mappings_of(in, "decoders"));
    std::unique_ptr<base::ByteSource> source = std::make_unique<base::TextSource>(bytes);
    for (size_t index = 0; index < maps.size(); ++index) {
        PluginConfig config{*maps[index], in.file,
                            in.path + ".decoders[" + std::to_string(index) + "]"};
        auto decoder = TRY(make_plugin(plugins.decoders, config, context));
        decoders.push_back(std::move(decoder));
        auto wrapped = decoders.back()->wrap(std::move(source), "sample", nullptr);
        if (!wrapped.ok()) return std::string();
        source = *std::move(wrapped);
    }
    std::string decoded;
    std::vector<char> buffer(64 * 1024);
    while (decoded.size() < kDecodedBytesMax) {
        auto size = source->read(buffer);
        if (!size.ok() || *size == 0) break;
        decoded.append(buffer.data(), *size);
    }
    return decoded;
}

Result<size_t> sample_bytes_max(const config::Map& config, const std::string& file,
                                std::string_view key) {
    const config::Value* exec = config.find("exec");
    int64_t bytes = kBytesDefault;
    if (exec && exec->is_map()) {
        config::Reader reader(exec->map(), file, "exec");
        bytes = reader.optional(key, kBytesDefault, "Bytes of the sample.");
        if (bytes <= static_cast<int64_t>(kBytesMin)) reader.problem(key, "must be larger than 40");
        TRY(reader.finish(/*ignore_unknown=*/true));
    }
    return static_cast<size_t>(bytes);
}

}  // namespace mogura::load
