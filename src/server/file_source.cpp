#include "base/file.h"
#include "server/table_source.h"

#include <sys/stat.h>

#include <optional>
#include <tuple>
#include <utility>

namespace mogura::server {
namespace {

class FileSource final : public TableSource {
  public:
    explicit FileSource(std::string path) : path_(std::move(path)) {}

    Result<Generation> load() override {
        struct stat status{};
        if (::stat(path_.c_str(), &status) != 0) return base::system_error(path_, "look at");
        Identity now{status.st_ino, status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_size};
        if (loaded_ == now) return Generation();
        Generation table = TRY(snapshot::Table::load(path_));
        loaded_ = now;
        return table;
    }

    std::string describe() const override { return "snapshot " + path_; }

  private:
    using Identity = std::tuple<ino_t, time_t, long, off_t>;
    const std::string path_;
    std::optional<Identity> loaded_;
};

}  // namespace

std::unique_ptr<TableSource> make_file_source(std::string path) {
    return std::make_unique<FileSource>(std::move(path));
}

}  // namespace mogura::server
