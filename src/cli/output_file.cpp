#include "cli/output_file.h"

#include "base/file.h"
#include "base/leftovers.h"

#include <filesystem>

namespace mogura::cli {

Result<> check_output_file(std::string_view option, const std::string& path,
                           std::string_view example) {
    namespace fs = std::filesystem;
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) {
        return Error(Code::kInvalid, std::string(option) + ": " + path +
                                         " is a folder (name a file, such as " +
                                         (fs::path(path) / example).string() + ")");
    }
    const std::string trial = base::unfinished_path(path);
    auto sink = base::open_sink(trial);
    if (sink.ok()) {
        fs::remove(trial, ignored);
        return {};
    }
    const std::string folder = fs::path(path).parent_path().string();
    const char* remedy = sink.error().code() == Code::kNotFound
                             ? "make the folder first"
                             : "name a file in a folder that you may write to";
    const auto reason = sink.error().message().substr(trial.size());  // ": cannot create: ..."
    return Error(sink.error().code(), std::string(option) + ": " + path + reason + " (" + remedy +
                                          ": " + (folder.empty() ? "." : folder) + ")");
}

}  // namespace mogura::cli
