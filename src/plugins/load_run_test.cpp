// Whole loads over real files: what goes in comes out, packed or not, and bad rows are kept count
// of.

#include "plugins/plugins.h"

#include "base/check.h"
#include "base/file.h"
#include "base/log.h"
#include "base/process.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

class LoadRun : public testing::Test {
  protected:
    LoadRun() {
        std::string name = (std::filesystem::temp_directory_path() / "load_run_XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        add_all(registry_);
    }
    ~LoadRun() override { std::filesystem::remove_all(folder_); }

    Result<load::Summary> run(const std::string& yaml) {
        auto value =
            config::parse_yaml(yaml, {.dialect = config::Dialect::kEmbulk, .file = "load.yml"});
        CHECK(value.ok());
        load::Progress progress;
        load::Job job{.config = value->map(), .file = "load.yml"};
        return load::run(job, registry_, load::Context{.clock = clock_, .folder = folder_},
                         progress);
    }

    std::string read(const std::string& name) {
        auto text = base::read_file(folder_ + "/" + name);
        return text.ok() ? *text : "no file: " + text.error().message();
    }
    void write(const std::string& name, std::string_view text) {
        ASSERT_TRUE(base::write_file(folder_ + "/" + name, text).ok());
    }

    std::string folder_;
    base::SystemClock clock_;
    Registry registry_;
};

// A few megabytes with quoted line ends all over.
std::string large_csv() {
    std::string text = "id,text\n";
    for (int row = 0; row < 60000; ++row) {
        text += std::to_string(row) +
                (row % 7 == 0 ? ",\"two\nlines, one row\"\n" : ",plain words of a row\n");
    }
    return text;
}

constexpr const char* kColumns = "columns: [{name: id, type: long}, {name: text, type: string}]";

TEST_F(LoadRun, CsvToCsvGivesTheSameBytes) {
    std::string text = large_csv();
    write("in.csv", text);
    auto summary =
        run(std::string("in: {type: file, path_prefix: in.csv, parser: {type: csv, newline: LF, "
                        "skip_header_lines: 1, ") +
            kColumns +
            "}}\nout: {type: file, path_prefix: out, file_ext: .csv, sequence_format: '', "
            "formatter: {type: csv, newline: LF}}\n");
    ASSERT_TRUE(summary.ok()) << summary.error().message();
    EXPECT_EQ(summary->rows_written, 60000);
    EXPECT_EQ(read("out.csv"), text);
}

TEST_F(LoadRun, PackedFilesReadBackAsTheyWere) {
    std::string text = large_csv();
    write("in.csv", text);
    for (const std::string codec : {"gzip", "bzip2", "zstd"}) {
        auto packed = run(
            std::string("in: {type: file, path_prefix: in.csv, parser: {type: csv, newline: LF, "
                        "skip_header_lines: 1, ") +
            kColumns + "}}\nout: {type: file, path_prefix: packed_" + codec +
            ", file_ext: .bin, sequence_format: '', encoders: [{type: " + codec +
            "}], formatter: {type: csv, newline: LF}}\n");
        ASSERT_TRUE(packed.ok()) << packed.error().message();
        EXPECT_LT(packed->bytes_written, static_cast<int64_t>(text.size()) / 4);
        auto unpacked =
            run("in: {type: file, path_prefix: packed_" + codec + ", decoders: [{type: " + codec +
                "}], parser: {type: csv, newline: LF, skip_header_lines: 1, " + kColumns +
                "}}\nout: {type: file, path_prefix: again, file_ext: .csv, "
                "sequence_format: '', formatter: {type: csv, newline: LF}}\n");
        ASSERT_TRUE(unpacked.ok()) << unpacked.error().message();
        EXPECT_EQ(read("again.csv"), text) << codec;
    }
}

TEST_F(LoadRun, KeepsBadRowsInQuarantine) {
    write("in.csv", "1,a\nx,b\n3,c\n4\n");
    std::string yaml = std::string("in: {type: file, path_prefix: in.csv, parser: {type: csv, ") +
                       kColumns +
                       "}}\nout: {type: \"null\"}\nquarantine: bad.jsonl\nmax_rejected_rows: ";
    auto summary = run(yaml + "2\n");
    ASSERT_TRUE(summary.ok()) << summary.error().message();
    EXPECT_EQ(summary->rows_rejected, 2);
    std::string bad = read("bad.jsonl");
    EXPECT_NE(bad.find("\"offset\":4,\"line\":2,\"reason\":\"java.lang.NumberFormatException"),
              std::string::npos)
        << bad;
    EXPECT_NE(bad.find("\"line\":4,"), std::string::npos) << bad;
    summary = run(yaml + "1\n");
    ASSERT_FALSE(summary.ok());
    EXPECT_EQ(summary.error().code(), Code::kLimit);
    EXPECT_NE(summary.error().message().find("in.csv:4: "), std::string::npos);
}

TEST_F(LoadRun, LeavesOldFilesWhenItFails) {
    write("in.csv", "1,a\nx,b\n");
    write("out.csv", "old");
    auto summary =
        run(std::string("in: {type: file, path_prefix: in.csv, parser: {type: csv, "
                        "stop_on_invalid_record: true, ") +
            kColumns +
            "}}\nout: {type: file, path_prefix: out, file_ext: .csv, sequence_format: '', "
            "formatter: {type: csv}}\n");
    ASSERT_FALSE(summary.ok());
    EXPECT_NE(summary.error().message().find("in.csv:2: x,b"), std::string::npos)
        << summary.error().message();
    EXPECT_EQ(read("out.csv"), "old");
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 2);
}

// A process's number that nobody has any more.
std::string dead_process() {
    auto process =
        base::Process::start({.arguments = {"true"}, .environment = base::current_environment()});
    EXPECT_TRUE(process.ok() && process->wait().ok());
    return std::to_string(process->pid());
}

TEST_F(LoadRun, RemovesWhatKilledRunsOfTheSameTargetLeft) {
    std::string dead = dead_process();
    write("in.csv", "1,a\n");
    write("out.000.00.csv.new." + dead, "half");
    write("out.007.00.csv.new." + dead, "of a run with more files");
    write("other.csv.new." + dead, "of another target");
    write("out.000.00.csv.new.1", "of a process that lives");
    auto summary =
        run(std::string("in: {type: file, path_prefix: in.csv, parser: {type: csv, ") + kColumns +
            "}}\nout: {type: file, path_prefix: out., file_ext: csv, formatter: {type: csv}}\n");
    ASSERT_TRUE(summary.ok()) << summary.error().message();
    EXPECT_EQ(*base::list_folder(folder_),
              (std::vector<std::string>{"in.csv", "other.csv.new." + dead, "out.000.00.csv",
                                        "out.000.00.csv.new.1"}));
}

TEST_F(LoadRun, WarnsWhenNoFileMatches) {
    std::string warnings;
    log::set_writer([&](std::string_view line) {
        if (line.find(" warn ") != std::string_view::npos) warnings += line;
    });
    std::string yaml =
        std::string(", parser: {type: csv, ") + kColumns + "}}\nout: {type: \"null\"}\n";
    write("in.csv", "1,a\n");
    auto found = run("in: {type: file, path_prefix: in" + yaml);
    EXPECT_EQ(warnings, "");
    auto nothing = run("in: {type: file, path_prefix: im" + yaml);
    std::string words = std::exchange(warnings, "");
    auto no_news = run("in: {type: file, last_path: in.csv, path_prefix: in" + yaml);
    log::set_writer({});
    ASSERT_TRUE(found.ok() && nothing.ok() && no_news.ok());
    EXPECT_EQ(nothing->rows_read, 0);
    EXPECT_NE(words.find("load.yml:1:18: in.path_prefix: no file's path begins with \"im\""),
              std::string::npos)
        << words;
    EXPECT_NE(words.find("relative paths start at " + folder_), std::string::npos) << words;
    EXPECT_EQ(warnings, "") << "an incremental run without news is no mistake";
}

TEST_F(LoadRun, TellsOfDamagedGzip) {
    write("in.csv.gz", "plain text");
    auto summary = run(std::string("in: {type: file, path_prefix: in.csv.gz, decoders: [{type: "
                                   "gzip}], parser: {type: csv, ") +
                       kColumns + "}}\nout: {type: \"null\"}\n");
    ASSERT_FALSE(summary.ok());
    EXPECT_NE(summary.error().message().find("Not in GZIP format"), std::string::npos);
}

TEST_F(LoadRun, JsonLinesGoIntoTypedColumns) {
    write("in.jsonl",
          "{\"id\":1,\"text\":\"caf\\u00e9\"}\n{\"text\":null,\"id\":\"2\"}\n\n{\"id\":3.9,"
          "\"text\":{\"a\":[1,2.50]}}\n{bad}\n");
    auto summary = run(
        std::string("in: {type: file, path_prefix: in.jsonl, parser: {type: jsonl, ") + kColumns +
        "}}\nout: {type: file, path_prefix: out, file_ext: .csv, sequence_format: '', "
        "formatter: {type: csv, newline: LF, header_line: false}}\nquarantine: bad.jsonl\n");
    ASSERT_TRUE(summary.ok()) << summary.error().message();
    EXPECT_EQ(read("out.csv"), "1,caf\xC3\xA9\n2,\n3,\"{\"\"a\"\":[1,2.5]}\"\n");
    EXPECT_EQ(summary->rows_rejected, 2);
}

}  // namespace
}  // namespace mogura::plugins
