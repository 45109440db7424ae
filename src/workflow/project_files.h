// What of a folder belongs to a project: the files and symbolic links that an archive holds (spec
// digdag 1.1.3, 1.1.4, 1.8.1, 1.8.2). Private to this room.

#pragma once

#include "workflow/archive.h"

#include <string>
#include <vector>

namespace mogura::workflow {

struct ProjectFile {
    ArchiveEntry entry;
    std::string path;  // where its bytes are
};

// Sorted by name.
Result<std::vector<ProjectFile>> project_files(const std::string& folder,
                                               const ArchiveContents& contents);

}  // namespace mogura::workflow
