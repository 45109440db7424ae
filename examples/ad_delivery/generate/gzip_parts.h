// Text in, numbered gzip files out; compressing happens on other threads.
//
// Owns: cutting the text of one folder into parts of about 32 MiB (always after a whole line) and
// writing part-000.csv.gz, part-001.csv.gz, ... The bytes do not depend on the number of threads.
// At most a few parts are in memory at a time: `append` waits when the compressors fall behind.
// Fails by throwing, from `append` or `finish`, also for failures on the other threads.

#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace ad_delivery {

// Compresses `text` as one gzip member into `file`.
void write_gzip(const std::filesystem::path& file, std::string_view text);

class Compressors {
  public:
    explicit Compressors(int threads);
    ~Compressors();

    void add(std::filesystem::path file, std::string text);
    void finish();  // returns when every file is on disk

  private:
    struct Job {
        std::filesystem::path file;
        std::string text;
    };
    void work();
    void rethrow();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Job> waiting_;
    int running_ = 0;
    bool closing_ = false;
    std::exception_ptr failure_;
    std::vector<std::jthread> threads_;
};

// The files of one log in one hour.
class PartWriter {
  public:
    // Every part begins with `header`.
    PartWriter(Compressors& compressors, std::filesystem::path folder, std::string extension,
               std::string header);

    // The text of the open part; call `line_done` after each whole line.
    std::string& text() { return text_; }
    void line_done();
    void close();

  private:
    Compressors& compressors_;
    std::filesystem::path folder_;
    std::string extension_;
    std::string header_;
    std::string text_;
    int part_ = 0;
};

}  // namespace ad_delivery
