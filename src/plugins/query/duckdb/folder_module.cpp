#include "plugins/query/duckdb/folder_module.h"

#include "duckdb/common/local_file_system.hpp"

#include <filesystem>
#include <utility>

namespace mogura::plugins {
namespace {

using duckdb::FileOpener;
using duckdb::optional_ptr;

class FolderFileSystem final : public duckdb::LocalFileSystem {
  public:
    explicit FolderFileSystem(std::string folder) : folder_(std::move(folder)) {
        while (folder_.size() > 1 && folder_.ends_with('/')) folder_.pop_back();
    }

    duckdb::unique_ptr<duckdb::FileHandle> OpenFile(const std::string& path,
                                                    duckdb::FileOpenFlags flags,
                                                    optional_ptr<FileOpener> opener) override {
        return LocalFileSystem::OpenFile(at(path), flags, opener);
    }
    bool DirectoryExists(const std::string& path, optional_ptr<FileOpener> opener) override {
        return LocalFileSystem::DirectoryExists(at(path), opener);
    }
    // With its parents: a folder to spill into is asked for when it is needed first.
    void CreateDirectory(const std::string& path, optional_ptr<FileOpener>) override {
        std::error_code failure;
        std::filesystem::create_directories(at(path), failure);
        if (failure) {
            throw duckdb::IOException("cannot create the folder \"" + at(path) +
                                      "\": " + failure.message());
        }
    }
    void RemoveDirectory(const std::string& path, optional_ptr<FileOpener> opener) override {
        LocalFileSystem::RemoveDirectory(at(path), opener);
    }
    void MoveFile(const std::string& source, const std::string& target,
                  optional_ptr<FileOpener> opener) override {
        LocalFileSystem::MoveFile(at(source), at(target), opener);
    }
    bool FileExists(const std::string& path, optional_ptr<FileOpener> opener) override {
        return LocalFileSystem::FileExists(at(path), opener);
    }
    bool IsPipe(const std::string& path, optional_ptr<FileOpener> opener) override {
        return LocalFileSystem::IsPipe(at(path), opener);
    }
    void RemoveFile(const std::string& path, optional_ptr<FileOpener> opener) override {
        LocalFileSystem::RemoveFile(at(path), opener);
    }
    duckdb::vector<duckdb::OpenFileInfo> Glob(const std::string& path,
                                              FileOpener* opener) override {
        // A file that exists is meant even when its name looks like a pattern.
        if (FileExists(path, opener)) return {duckdb::OpenFileInfo(path)};
        auto found = LocalFileSystem::Glob(at(path), opener);
        if (!is_relative(path)) return found;
        const std::string front = folder_ + "/";
        for (duckdb::OpenFileInfo& file : found) {
            if (file.path.starts_with(front)) file.path.erase(0, front.size());
        }
        return found;
    }

  protected:
    bool ListFilesExtended(const std::string& path,
                           const std::function<void(duckdb::OpenFileInfo&)>& visit,
                           optional_ptr<FileOpener> opener) override {
        return LocalFileSystem::ListFilesExtended(at(path), visit, opener);
    }

  private:
    static bool is_relative(const std::string& path) {
        return !path.empty() && path[0] != '/' && path[0] != '~' &&
               path.find("://") == std::string::npos && !path.starts_with("file:");
    }
    std::string at(const std::string& path) const {
        return is_relative(path) ? folder_ + "/" + path : path;
    }

    std::string folder_;
};

}  // namespace

duckdb::unique_ptr<duckdb::FileSystem> folder_file_system(std::string folder) {
    return duckdb::make_uniq<FolderFileSystem>(std::move(folder));
}

}  // namespace mogura::plugins
