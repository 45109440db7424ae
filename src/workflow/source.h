// The text of a workflow file and of the files that it includes (spec digdag 1.3, 1.4).
//
// A place in an included file is kept in the same Mark as one in the file itself: every included
// file gets a range of line numbers behind those that are in use. describe() finds the file again;
// name_files() gives values that are handed on marks with the file's own lines and its name.

#pragma once

#include "base/result.h"
#include "config/config.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::workflow {

inline constexpr size_t kIncludedFilesMax = 10'000;
inline constexpr size_t kIncludedBytesMax = 64 << 20;
inline constexpr int kIncludeDepthMax = 100;

// A file's text and where its lines begin in marks.
struct SourcePart {
    std::string file;  // as messages print it
    std::string text;
    int32_t first_line = 0;  // what is added to its own line numbers
};

class Source {
  public:
    // `file` is how messages call it. Included files are looked for in `folder`.
    Source(std::string file, std::string text, std::string folder);

    // From here on duplicate keys and includes that cannot be read are told there, as describe()
    // words them, and do not end parse().
    void tolerate(std::vector<std::string>& problems) { tolerated_ = &problems; }

    // The mapping that the file holds, with all includes spliced in.
    Result<config::Map> parse();

    // "file:line:column: message", the line, and a caret.
    std::string describe(config::Mark mark, std::string_view message) const;
    void name_files(config::Map& map) const;
    const std::vector<SourcePart>& parts() const { return parts_; }

  private:
    const SourcePart& part_of(config::Mark mark) const;
    Result<config::Value> read_part(size_t index, const std::string& folder);
    std::string missing_file(const std::filesystem::path& folder,
                             const std::filesystem::path& relative) const;

    Result<config::Value> parse_part(size_t index, const std::string& folder);
    Result<config::Value> include(size_t includer, const std::string& folder,
                                  const std::string& path);
    size_t add_part(std::string file, std::string text);

    std::vector<SourcePart> parts_;  // [0] is the file itself
    std::string folder_;
    int32_t lines_ = 0;  // given out so far
    size_t included_bytes_ = 0;
    int depth_ = 0;
    std::vector<std::string>* tolerated_ = nullptr;
};

}  // namespace mogura::workflow
