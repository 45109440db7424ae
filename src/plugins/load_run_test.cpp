// Whole loads over real files: what goes in comes out, packed or not, and bad rows are kept count
// of.

#include "plugins/plugins.h"

#include "base/check.h"
#include "base/file.h"
#include "base/log.h"
#include "base/process.h"
#include "base/text.h"
#include "database/database.h"
#include "plugins/remembered_state.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <random>
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
    for (const std::string codec : {"gzip", "bzip2", "zstd", "lz4"}) {
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

// embulk 5.7.16: what could be unpacked of a file that is cut off goes out before the failure.
TEST_F(LoadRun, GivesTheRowsInFrontOfACut) {
    std::string csv;
    std::string json;
    std::mt19937 random(5716);
    for (int row = 0; row < 20'000; ++row) {
        std::string number = std::to_string(random());
        csv += number + "," + number + "\n";
        json += "{\"id\":" + number + ",\"text\":\"" + number + "\"}\n";
    }
    for (std::string parser : {"csv", "jsonl", "json"}) {
        write("in.txt", parser == "csv" ? csv : json);
        auto packed =
            run("in: {type: file, path_prefix: in.txt, parser: {type: csv, delimiter: "
                "\"\\t\", quote: '', escape: '', columns: [{name: line, type: string}]}}\n"
                "out: {type: file, path_prefix: packed, file_ext: .gz, sequence_format: "
                "'', encoders: [{type: gzip}], formatter: {type: csv, header_line: false, "
                "quote_policy: NONE, delimiter: \"\\t\", newline: LF}}\n");
        ASSERT_TRUE(packed.ok()) << packed.error().message();
        std::string bytes = read("packed.gz");
        for (size_t part : {2, 3}) {
            write("cut.gz", bytes.substr(0, bytes.size() - bytes.size() / part));
            testing::internal::CaptureStdout();
            auto cut =
                run("in: {type: file, path_prefix: cut.gz, decoders: [{type: gzip}], "
                    "parser: {type: " +
                    parser + ", " + kColumns + "}}\nout: {type: stdout}\n");
            std::string rows = testing::internal::GetCapturedStdout();
            ASSERT_FALSE(cut.ok());
            EXPECT_NE(cut.error().message().find("Unexpected end of ZLIB input stream"),
                      std::string::npos);
            EXPECT_GT(rows.size(), csv.size() / 4) << parser;
            EXPECT_TRUE(csv.starts_with(rows)) << parser;
            EXPECT_TRUE(rows.ends_with('\n'));
        }
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
    summary = run(yaml + "-1\n");
    ASSERT_FALSE(summary.ok());
    EXPECT_NE(summary.error().message().find(
                  "max_rejected_rows: must be 0 or more, not -1 (0: the first bad row fails"),
              std::string::npos)
        << summary.error().message();
}

TEST_F(LoadRun, NamesABadJsonLineAsTheOriginalDoesWhenStrict) {  // embulk 4.5.2
    write("in.jsonl", "{\"id\":1}\n\n{\"id\":2}\n");
    const std::string yaml =
        "in: {type: file, path_prefix: in.jsonl, parser: {type: jsonl, columns: [{name: id, type: "
        "long}]}}\nout: {type: \"null\"}\n";
    std::vector<std::string> lines;
    for (const char* compat : {"strict", "fixed"}) {
        std::string& log = lines.emplace_back();
        log::set_writer([&](std::string_view line) { log += line; });
        EXPECT_TRUE(run(yaml + "exec: {compat: " + compat + "}\n").ok());
        log::set_writer({});
    }
    EXPECT_NE(lines[0].find("Skipped line 2 (Unable to parse empty string): "), std::string::npos)
        << lines[0];
    EXPECT_NE(lines[1].find("in.jsonl:2 (Unable to parse empty string): "), std::string::npos)
        << lines[1];
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

TEST_F(LoadRun, WarnsOnceAFileOfBytesThatAreNoText) {
    std::string warnings;
    log::set_writer([&](std::string_view line) {
        if (line.find(" warn ") != std::string_view::npos) warnings += line;
    });
    auto warned = [&](const std::string& type, const std::string& charset) {
        auto summary =
            run("in: {type: file, path_prefix: in.txt, parser: {type: " + type +
                ", charset: " + charset + ", " + kColumns + "}}\nout: {type: \"null\"}\n");
        EXPECT_TRUE(summary.ok()) << summary.error().message();
        return std::exchange(warnings, "");
    };
    write("in.txt", "1,a\n2,\xFF\n3,\x96\n");
    const std::string words = warned("csv", "UTF-8");
    EXPECT_NE(words.find("in.txt:2: bytes that are no UTF-8 became U+FFFD"), std::string::npos)
        << words;
    EXPECT_EQ(words.find("in.txt:3"), std::string::npos) << words;
    EXPECT_NE(warned("csv", "EUC-JP").find("in.txt: what stands at byte 6 is no EUC-JP"),
              std::string::npos);
    write("in.txt", "1,a\n2,\x96\xBC\n");
    EXPECT_EQ(warned("csv", "MS932"), "");
    write("in.txt", "{\"id\":1}\n{\"text\":\"\x96\xBC\"}\n");
    EXPECT_NE(warned("jsonl", "UTF-8").find("in.txt:2: bytes that are no UTF-8"),
              std::string::npos);
    log::set_writer({});
}

TEST_F(LoadRun, TellsOfDamagedGzip) {
    write("in.csv.gz", "plain text");
    auto summary = run(std::string("in: {type: file, path_prefix: in.csv.gz, decoders: [{type: "
                                   "gzip}], parser: {type: csv, ") +
                       kColumns + "}}\nout: {type: \"null\"}\n");
    ASSERT_FALSE(summary.ok());
    EXPECT_NE(summary.error().message().find("Not in GZIP format"), std::string::npos);
}

TEST_F(LoadRun, ReadsSeveralLz4FramesAndTellsOfDamage) {
    write("rows.csv", "1,a\n2,b\n");
    auto config = [&](const std::string& in, const std::string& decoders, const std::string& out,
                      const std::string& encoders) {
        return "in: {type: file, path_prefix: " + in + ", decoders: [" + decoders +
               "], parser: {type: csv, " + kColumns + "}}\nout: {type: file, path_prefix: " + out +
               ", file_ext: '', sequence_format: '', encoders: [" + encoders +
               "], formatter: {type: csv, newline: LF, header_line: false}}\n";
    };
    ASSERT_TRUE(run(config("rows.csv", "", "one.lz4", "{type: lz4, level: 9}")).ok());
    std::string frame = read("one.lz4");
    write("two.lz4", frame + frame);
    ASSERT_TRUE(run(config("two.lz4", "{type: lz4}", "back.csv", "")).ok());
    EXPECT_EQ(read("back.csv"), "1,a\n2,b\n1,a\n2,b\n");
    for (const std::string& damaged :
         {frame.substr(0, frame.size() / 2), std::string("plain"), std::string()}) {
        write("bad.lz4", damaged);
        auto summary = run(config("bad.lz4", "{type: lz4}", "never.csv", ""));
        ASSERT_FALSE(summary.ok());
        EXPECT_NE(summary.error().message().find("bad.lz4: "), std::string::npos)
            << summary.error().message();
    }
}

// embulk 1.7.10, 1.7.11: the state of a failed run leads to the rows that are missing, once.
TEST_F(LoadRun, GoesOnFromTheFilesThatWereFinished) {
    write("in_1.csv", "1,a\n");
    write("in_2.csv", "x,b\n");
    write("in_3.csv", "3,c\n");
    auto value = config::parse_yaml(
        std::string("in: {type: file, path_prefix: in_, parser: {type: csv, "
                    "stop_on_invalid_record: true, ") +
            kColumns +
            "}}\nexec: {transaction_time: '2015-01-27 19:23:49 UTC'}\n"
            "out: {type: file, path_prefix: out_, file_ext: csv, formatter: {type: csv, newline: "
            "LF, header_line: false}}\n",
        {.dialect = config::Dialect::kEmbulk, .file = "load.yml"});
    ASSERT_TRUE(value.ok());
    load::Job job{.config = value->map(), .file = "load.yml"};
    load::Context context{.clock = clock_, .folder = folder_};
    RememberedState memory;
    load::Progress progress;
    EXPECT_FALSE(load::run_resumable(job, registry_, context, progress, memory).ok());
    for (const std::string name : {"out_000.00.csv", "out_001.00.csv", "out_002.00.csv"}) {
        EXPECT_NE(read(name).find("no file"), std::string::npos) << "nothing is visible yet";
    }
    EXPECT_EQ(config::to_json(*memory.state().find("in_reports")), "[{},null,{}]");
    EXPECT_EQ(config::to_json(*memory.state().find("exec_task")),
              R"({"transaction_time":"2015-01-27 19:23:49.000000 UTC"})");

    // Files that came later belong to the next run, whose last_path must not be beyond them.
    write("in_2.csv", "2,b\n");
    write("in_4.csv", "4,d\n");
    write("in_1.csv", "changed\n");
    load::Progress again;
    auto summary = load::run_resumable(job, registry_, context, again, memory.again());
    ASSERT_TRUE(summary.ok()) << summary.error().message();
    EXPECT_EQ(summary->rows_written, 1);
    EXPECT_EQ(read("out_000.00.csv"), "1,a\n");
    EXPECT_EQ(read("out_002.00.csv"), "3,c\n");
    EXPECT_EQ(read("out_001.00.csv"), "2,b\n");
    EXPECT_EQ(config::to_json(*summary->diff.find("in")), R"({"last_path":"in_3.csv"})");
    EXPECT_TRUE(memory.state().empty());
}

TEST_F(LoadRun, RefusesToGoOnWithOtherColumns) {  // embulk 1.7.13
    write("in.csv", "x,b\n");
    auto job = [&](const std::string& columns) {
        auto value = config::parse_yaml(
            "in: {type: file, path_prefix: in.csv, parser: {type: csv, "
            "stop_on_invalid_record: true, " +
                columns +
                "}}\nout: {type: file, path_prefix: out., file_ext: csv, formatter: {type: csv}}\n",
            {.dialect = config::Dialect::kEmbulk, .file = "load.yml"});
        return load::Job{.config = value->map(), .file = "load.yml"};
    };
    load::Context context{.clock = clock_, .folder = folder_};
    RememberedState memory;
    load::Progress progress;
    EXPECT_FALSE(load::run_resumable(job(kColumns), registry_, context, progress, memory).ok());
    ASSERT_FALSE(memory.state().empty());
    load::Progress again;
    auto summary = load::run_resumable(job("columns: [{name: id, type: string}]"), registry_,
                                       context, again, memory.again());
    ASSERT_FALSE(summary.ok());
    EXPECT_NE(summary.error().message().find("the columns are not those"), std::string::npos)
        << summary.error().message();
    EXPECT_FALSE(memory.state().empty());
}

// embulk 7.11
TEST_F(LoadRun, CopiesRowsToAnotherOutput) {
    std::string text = large_csv();
    write("in.csv", text);
    std::string yaml =
        std::string(
            "in: {type: file, path_prefix: in.csv, parser: {type: csv, newline: LF, "
            "skip_header_lines: 1, ") +
        kColumns +
        "}}\nfilters:\n- type: copy\n  copy:\n  - name: ids\n    filters: [{type: "
        "remove_columns, keep: [id]}, {type: row, where: 'id < 3'}]\n    out: {type: file, "
        "path_prefix: ids, file_ext: .csv, sequence_format: '', formatter: {type: csv, newline: "
        "LF}}\nout: {type: file, path_prefix: out, file_ext: .csv, sequence_format: '', formatter: "
        "{type: csv, newline: LF}}\n";
    auto summary = run(yaml);
    ASSERT_TRUE(summary.ok()) << summary.error().message();
    EXPECT_EQ(read("out.csv"), text);
    std::string ids = read("ids.csv");
    EXPECT_EQ(ids.size(), std::string("id\n0\n1\n2\n").size()) << ids;
    auto broken = run(base::replace_all(yaml, "keep: [id]", "keep: [nothing]"));
    ASSERT_FALSE(broken.ok());
    EXPECT_NE(broken.error().message().find("ids: "), std::string::npos)
        << broken.error().message();
}

// embulk 7.11: nothing of a failed load stays, its copies neither.
TEST_F(LoadRun, AFailureAtTheCommitLeavesNoCopies) {
    write("in.csv", "1,a\n1,b\n");
    {
        auto connection =
            database::Sqlite::open(folder_ + "/out.db", database::Sqlite::Mode::kReadWrite);
        ASSERT_TRUE(connection.ok()) << connection.error().message();
        ASSERT_TRUE((*connection)->execute("create table t (id integer unique, text text)").ok());
    }
    const std::string yaml =
        std::string("in: {type: file, path_prefix: in.csv, parser: {type: csv, ") + kColumns +
        "}}\nfilters: [{type: copy, copy: [{name: c, out: {type: file, path_prefix: copy., "
        "file_ext: csv, formatter: {type: csv}}}]}]\n"
        "out: {type: sqlite, database: out.db, table: t, mode: insert}\n";
    auto summary = run(yaml);
    ASSERT_FALSE(summary.ok());
    EXPECT_NE(summary.error().message().find("UNIQUE"), std::string::npos)
        << summary.error().message();
    EXPECT_NE(read("copy.000.00.csv").find("no file"), std::string::npos);
    write("in.csv", "1,a\n2,b\n");
    summary = run(yaml);
    ASSERT_TRUE(summary.ok()) << summary.error().message();
    EXPECT_EQ(read("copy.000.00.csv"), "id,text\r\n1,a\r\n2,b\r\n");
}

// embulk 1.7.10, 7.11: the copy would have the rows of the later tasks only.
TEST_F(LoadRun, AFailedRunWithACopyCannotGoOn) {
    write("in_1.csv", "1,a\n");
    write("in_2.csv", "x,b\n");
    auto value = config::parse_yaml(
        std::string("in: {type: file, path_prefix: in_, parser: {type: csv, "
                    "stop_on_invalid_record: true, ") +
            kColumns +
            "}}\nfilters: [{type: copy, copy: [{name: c, out: {type: file, path_prefix: copy., "
            "file_ext: csv, formatter: {type: csv}}}]}]\n"
            "out: {type: file, path_prefix: out., file_ext: csv, formatter: {type: csv, newline: "
            "LF, header_line: false}}\n",
        {.dialect = config::Dialect::kEmbulk, .file = "load.yml"});
    ASSERT_TRUE(value.ok());
    load::Job job{.config = value->map(), .file = "load.yml"};
    load::Context context{.clock = clock_, .folder = folder_};
    RememberedState memory;
    load::Progress progress;
    EXPECT_FALSE(load::run_resumable(job, registry_, context, progress, memory).ok());
    EXPECT_TRUE(memory.state().empty());
    EXPECT_NE(read("out.000.00.csv").find("no file"), std::string::npos);
    write("in_2.csv", "2,b\n");
    auto summary = load::run_resumable(job, registry_, context, progress, memory.again());
    ASSERT_TRUE(summary.ok()) << summary.error().message();
    EXPECT_EQ(read("out.000.00.csv") + read("out.001.00.csv"), "1,a\n2,b\n");
    EXPECT_EQ(read("copy.000.00.csv").size(), std::string("id,text\r\n1,a\r\n2,b\r\n").size());
}

// embulk 1.7.10: rows that a task rejects again stand in the quarantine once.
TEST_F(LoadRun, GoingOnForgetsTheBadRowsOfTasksThatRunAgain) {
    write("in_1.csv", "1,a\nbad,1\n");
    write("in_2.csv", "2,b\nbad,2\nbad,3\n");
    auto job = [&](const std::string& rows_max) {
        auto value = config::parse_yaml(
            std::string("in: {type: file, path_prefix: in_, parser: {type: csv, ") + kColumns +
                "}}\nquarantine: bad.jsonl\nexec: {max_threads: 1}\nmax_rejected_rows: " +
                rows_max +
                "\nout: {type: file, path_prefix: out., file_ext: csv, formatter: {type: csv}}\n",
            {.dialect = config::Dialect::kEmbulk, .file = "load.yml"});
        return load::Job{.config = value->map(), .file = "load.yml"};
    };
    load::Context context{.clock = clock_, .folder = folder_};
    RememberedState memory;
    load::Progress progress;
    EXPECT_FALSE(load::run_resumable(job("2"), registry_, context, progress, memory).ok());
    ASSERT_FALSE(memory.state().empty());
    EXPECT_NE(read("bad.jsonl").find("bad,3"), std::string::npos);
    write("bad.jsonl.new.999999999", "half of it, by a run that was killed");
    load::Progress again;
    auto summary = load::run_resumable(job("3"), registry_, context, again, memory.again());
    ASSERT_TRUE(summary.ok()) << summary.error().message();
    const std::string bad = read("bad.jsonl");
    for (const std::string row : {"bad,1", "bad,2", "bad,3"}) {
        const size_t at = bad.find("\"" + row + "\"");
        EXPECT_NE(at, std::string::npos) << bad;
        EXPECT_EQ(bad.find("\"" + row + "\"", at + 1), std::string::npos) << bad;
    }
    EXPECT_NE(read("bad.jsonl.1").find("no file"), std::string::npos);
    EXPECT_NE(read("bad.jsonl.new.999999999").find("no file"), std::string::npos);
}

// A run that failed in the middle of a file: the next one reads and writes the rest.
class LoadRunFromTheMiddle : public LoadRun {
  protected:
    // Three megabytes with quoted line ends all over, and a bad row near the end.
    static std::string text_with_bad_row() {
        std::string text = large_csv();
        for (int row = 60000; row < kGoodRows - 1; ++row) text += "7,\"a\nb\"\n";
        return text + "bad,row\n" + "8,last\n";
    }
    static constexpr int kGoodRows = 250'000;
    Result<load::Summary> run_again(const std::string& out, int rows_max) {
        auto value = config::parse_yaml(
            std::string("in: {type: file, path_prefix: in.csv, parser: {type: csv, "
                        "skip_header_lines: 1, ") +
                kColumns + "}}\nquarantine: bad.jsonl\nmax_rejected_rows: " +
                std::to_string(rows_max) + "\nout: " + out + "\n",
            {.dialect = config::Dialect::kEmbulk, .file = "load.yml"});
        CHECK(value.ok());
        load::Job job{.config = value->map(), .file = "load.yml"};
        load::Context context{.clock = clock_, .folder = folder_};
        load::Progress progress;
        auto summary = load::run_resumable(job, registry_, context, progress, memory_.again());
        bytes_read_ = progress.bytes_read;
        return summary;
    }

    RememberedState memory_;
    int64_t bytes_read_ = 0;
};

TEST_F(LoadRunFromTheMiddle, WritesTheRestOfAFile) {
    const std::string out =
        "{type: file, path_prefix: out, file_ext: .csv, sequence_format: '', formatter: {type: "
        "csv, newline: LF, header_line: false}}";
    const std::string text = text_with_bad_row();
    write("in.csv", text);
    ASSERT_FALSE(run_again(out, 0).ok());
    EXPECT_NE(read("out.csv").find("no file"), std::string::npos);
    auto summary = run_again(out, 1);
    ASSERT_TRUE(summary.ok()) << summary.error().message();
    EXPECT_LT(bytes_read_, static_cast<int64_t>(text.size()));
    EXPECT_EQ(read("out.csv"),
              base::replace_all(text.substr(std::string("id,text\n").size()), "bad,row\n", ""));
    EXPECT_EQ(base::split(read("bad.jsonl"), '\n').size(), 2u);
    EXPECT_TRUE(memory_.state().empty());
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_),
                            std::filesystem::directory_iterator()),
              3)
        << "in.csv, out.csv, bad.jsonl";
}

TEST_F(LoadRunFromTheMiddle, BeginsAnewWhereTheConfigurationHasChanged) {
    const auto out = [](const std::string& delimiter) {
        return "{type: file, path_prefix: out, file_ext: .csv, sequence_format: '', formatter: "
               "{type: csv, newline: LF, header_line: false, delimiter: '" +
               delimiter + "'}}";
    };
    write("in.csv", text_with_bad_row());
    ASSERT_FALSE(run_again(out(","), 0).ok());
    auto summary = run_again(out(";"), 1);
    ASSERT_TRUE(summary.ok()) << summary.error().message();
    const std::string rows = read("out.csv");
    EXPECT_TRUE(rows.starts_with("0;")) << rows.substr(0, 20);
    EXPECT_EQ(rows.find("0,"), std::string::npos);
    EXPECT_EQ(summary->rows_written, kGoodRows);
}

TEST_F(LoadRunFromTheMiddle, BeginsAnewWhereTheFileHasChanged) {
    const std::string out =
        "{type: file, path_prefix: out, file_ext: .csv, sequence_format: '', formatter: {type: "
        "csv, newline: LF, header_line: false}}";
    write("in.csv", text_with_bad_row());
    ASSERT_FALSE(run_again(out, 0).ok());
    write("in.csv", "id,text\n1,other\n");
    auto summary = run_again(out, 0);
    ASSERT_TRUE(summary.ok()) << summary.error().message();
    EXPECT_EQ(read("out.csv"), "1,other\n");
    EXPECT_EQ(read("bad.jsonl"), "");
}

TEST_F(LoadRunFromTheMiddle, LoadsTheRestIntoATable) {
    for (const std::string mode : {"insert", "insert_direct", "replace"}) {
        std::filesystem::remove(folder_ + "/out.db");
        const std::string out = "{type: sqlite, database: out.db, table: t, mode: " + mode + "}";
        write("in.csv", text_with_bad_row());
        ASSERT_FALSE(run_again(out, 0).ok());
        auto summary = run_again(out, 1);
        ASSERT_TRUE(summary.ok()) << summary.error().message();
        EXPECT_LT(bytes_read_, static_cast<int64_t>(text_with_bad_row().size()));
        auto rows =
            run("in: {type: sqlite, database: out.db, query: \"select count(*), sum(id = 8 "
                "and text = 'last'), (select group_concat(name) from sqlite_master) from "
                "t\"}\nout: {type: file, path_prefix: rows, file_ext: .csv, "
                "sequence_format: '', formatter: {type: csv, header_line: false}}\n");
        ASSERT_TRUE(rows.ok()) << rows.error().message();
        EXPECT_EQ(read("rows.csv"), std::to_string(kGoodRows) + ",1,t\r\n") << mode;
    }
}

// Rows that are there already may reach over several pieces: those of another run ended elsewhere.
TEST_F(LoadRunFromTheMiddle, LeavesOutWhatIsThereInSeveralPieces) {
    const std::string out = "{type: sqlite, database: out.db, table: t, mode: insert_direct}";
    write("in.csv", text_with_bad_row());
    ASSERT_FALSE(run_again(out, 0).ok());
    {
        auto opened = database::Sqlite::open(folder_ + "/out.db", database::Sqlite::Mode::kForeign);
        ASSERT_TRUE(opened.ok());
        auto& database = **opened;
        const std::string marks = memory_.state().find("out_task")->find("marks")->string();
        ASSERT_TRUE(
            database.execute("DELETE FROM t WHERE rowid > (SELECT max(rowid) - 100 FROM t)").ok());
        ASSERT_TRUE(database
                        .execute("UPDATE " + marks +
                                 " SET place = '0 0 0 0 0 ' || (SELECT count(*) FROM t) WHERE "
                                 "task = 0")
                        .ok());
    }
    ASSERT_FALSE(run_again(out, 0).ok());
    auto summary = run_again(out, 1);
    ASSERT_TRUE(summary.ok()) << summary.error().message();
    ASSERT_TRUE(run("in: {type: sqlite, database: out.db, query: select count(*) from t}\n"
                    "out: {type: file, path_prefix: rows, file_ext: .csv, sequence_format: '', "
                    "formatter: {type: csv, header_line: false}}\n")
                    .ok());
    EXPECT_EQ(read("rows.csv"), std::to_string(kGoodRows) + "\r\n");
}

// What an input learns by reading is known to a run that reads nothing more: the next load would
// read those rows again.
TEST_F(LoadRun, GoingOnKnowsWhatTheRunBeforeHasLearned) {
    auto execute = [&](const std::string& sql) {
        auto opened = database::Sqlite::open(folder_ + "/t.db", database::Sqlite::Mode::kForeign);
        ASSERT_TRUE(opened.ok() && (*opened)->execute(sql).ok()) << sql;
    };
    execute(
        "CREATE TABLE f (id INTEGER); INSERT INTO f VALUES (1), (2); "
        "CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (2)");
    auto value = config::parse_yaml(
        "in: {type: sqlite, database: t.db, table: f, incremental: true, incremental_columns: "
        "[id]}\nout: {type: sqlite, database: t.db, table: t, mode: insert}\n",
        {.dialect = config::Dialect::kEmbulk, .file = "load.yml"});
    load::Job job{.config = value->map(), .file = "load.yml"};
    load::Context context{.clock = clock_, .folder = folder_};
    RememberedState memory;
    load::Progress progress;
    ASSERT_FALSE(load::run_resumable(job, registry_, context, progress, memory).ok());
    execute("DELETE FROM t");
    auto summary = load::run_resumable(job, registry_, context, progress, memory.again());
    ASSERT_TRUE(summary.ok()) << summary.error().message();
    EXPECT_EQ(config::to_json(config::Value(summary->diff)),
              R"({"in":{"last_record":[2]},"out":{}})");
}

// Those are of another load; the state of this one must not make them go.
TEST_F(LoadRun, AStateIsWrittenBehindTheQuarantineOfTheLoadBefore) {
    class Ending final : public load::StateKeeper {
      public:
        const config::Map& earlier() const override { return earlier_; }
        Result<> save(const config::Map& state) override {
            if (state_.empty()) state_ = state;
            return Error(Code::kLimit, "the process ends here");
        }
        config::Map earlier_;
        config::Map state_;
    };
    auto job = [&] {
        auto value = config::parse_yaml(
            std::string("in: {type: file, path_prefix: in, parser: {type: csv, ") + kColumns +
                "}}\nquarantine: bad.jsonl\nout: {type: file, path_prefix: out, file_ext: .csv, "
                "formatter: {type: csv}}\n",
            {.dialect = config::Dialect::kEmbulk, .file = "load.yml"});
        return load::Job{.config = value->map(), .file = "load.yml"};
    };
    load::Context context{.clock = clock_, .folder = folder_};
    load::Progress progress;
    write("in.csv", "bad,of the load before\n");
    ASSERT_TRUE(load::run(job(), registry_, context, progress).ok());
    write("in.csv", "1,a\n");
    Ending ending;
    ASSERT_FALSE(load::run_resumable(job(), registry_, context, progress, ending).ok());
    RememberedState memory;
    ASSERT_TRUE(memory.save(ending.state_).ok());
    ASSERT_TRUE(load::run_resumable(job(), registry_, context, progress, memory.again()).ok());
    EXPECT_NE((read("bad.jsonl") + read("bad.jsonl.1")).find("of the load before"),
              std::string::npos);
}

// A run that is killed before it has a state of its own: the files have the old names, too.
TEST_F(LoadRunFromTheMiddle, TakesFilesOverOnceMore) {
    const std::string out =
        "{type: file, path_prefix: out, file_ext: .csv, sequence_format: '', formatter: {type: "
        "csv, newline: LF, header_line: false}}";
    write("in.csv", text_with_bad_row());
    ASSERT_FALSE(run_again(out, 0).ok());
    const std::string mine = folder_ + "/out.csv.new." + std::to_string(::getpid());
    std::filesystem::rename(mine, folder_ + "/out.csv.new.999999999");
    auto state = config::to_json(config::Value(memory_.state()));
    state = base::replace_all(state, mine, folder_ + "/out.csv.new.999999999");
    auto before = config::parse_json(state, "");
    ASSERT_TRUE(before.ok() && memory_.save(before->map()).ok());
    // The quarantine cannot be written: the run ends behind the adoption.
    std::filesystem::remove(folder_ + "/bad.jsonl");
    std::filesystem::create_directory(folder_ + "/bad.jsonl");
    ASSERT_FALSE(run_again(out, 0).ok());
    EXPECT_TRUE(base::file_exists(folder_ + "/out.csv.new.999999999"));
    EXPECT_TRUE(base::file_exists(mine));
}

// A file that changed before anything of it was read is the one that the runs behind that go on in.
TEST_F(LoadRunFromTheMiddle, GoesOnInAFileThatChangedBeforeItsFirstRow) {
    const std::string out = "{type: sqlite, database: out.db, table: t, mode: insert_direct}";
    write("in.csv", "id,text\nbad,row\n");
    ASSERT_FALSE(run_again(out, 0).ok());
    write("in.csv", text_with_bad_row());
    ASSERT_FALSE(run_again(out, 0).ok());
    auto summary = run_again(out, 1);
    ASSERT_TRUE(summary.ok()) << summary.error().message();
    EXPECT_LT(bytes_read_, static_cast<int64_t>(text_with_bad_row().size()));
}

TEST_F(LoadRun, TheBudgetOfBadRowsIsThatOfAllRuns) {
    write("in_1.csv", "1,a\nbad,1\n");
    write("in_2.csv", "2,b\nbad,2\n");
    auto value = config::parse_yaml(
        std::string("in: {type: file, path_prefix: in_, parser: {type: csv, ") + kColumns +
            "}}\nexec: {max_threads: 1}\nmax_rejected_rows: 1\n"
            "out: {type: file, path_prefix: out., file_ext: csv, formatter: {type: csv}}\n",
        {.dialect = config::Dialect::kEmbulk, .file = "load.yml"});
    load::Job job{.config = value->map(), .file = "load.yml"};
    load::Context context{.clock = clock_, .folder = folder_};
    RememberedState memory;
    load::Progress progress;
    EXPECT_FALSE(load::run_resumable(job, registry_, context, progress, memory).ok());
    load::Progress again;
    auto summary = load::run_resumable(job, registry_, context, again, memory.again());
    ASSERT_FALSE(summary.ok());
    EXPECT_NE(summary.error().message().find("max_rejected_rows"), std::string::npos);
}

// What is in the table already cannot be told from what the changed file would give.
TEST_F(LoadRunFromTheMiddle, RefusesToLoadAChangedFileIntoRowsOfTheOld) {
    const std::string out = "{type: sqlite, database: out.db, table: t, mode: insert_direct}";
    write("in.csv", text_with_bad_row());
    ASSERT_FALSE(run_again(out, 0).ok());
    write("in.csv", "id,text\n1,other\n");
    auto summary = run_again(out, 0);
    ASSERT_FALSE(summary.ok());
    EXPECT_NE(summary.error().message().find("rows of task 0 are in t already"), std::string::npos)
        << summary.error().message();
    EXPECT_FALSE(memory_.state().empty());
}

TEST_F(LoadRun, KeepsBadRowsOfEarlierRuns) {
    const std::string yaml = std::string("in: {type: file, path_prefix: in, parser: {type: csv, ") +
                             kColumns + "}}\nquarantine: bad.jsonl\nout: {type: \"null\"}\n";
    write("in.csv", "x,a\n");
    ASSERT_TRUE(run(yaml).ok());
    const std::string first = read("bad.jsonl");
    // The same rows again: nothing would be lost.
    ASSERT_TRUE(run(yaml).ok());
    EXPECT_EQ(read("bad.jsonl"), first);
    EXPECT_NE(read("bad.jsonl.1").find("no file"), std::string::npos);

    std::string warnings;
    log::set_writer([&](std::string_view line) { warnings += line; });
    write("in.csv", "1,a\n");
    EXPECT_TRUE(run(yaml).ok());
    write("in.csv", "2,a\ny,b\n");
    EXPECT_TRUE(run(yaml).ok());
    write("in.csv", "3,a\n");
    EXPECT_TRUE(run(yaml).ok());
    log::set_writer({});
    EXPECT_EQ(read("bad.jsonl"), "");
    EXPECT_EQ(read("bad.jsonl.1"), first);
    EXPECT_NE(read("bad.jsonl.2").find("y,b"), std::string::npos);
    EXPECT_NE(warnings.find("bad.jsonl.1 now (replay or remove them)"), std::string::npos)
        << warnings;
}

// embulk 3.6.4, 4.7.5: the log has a line or the whole value; the quarantine has what was lost.
TEST_F(LoadRun, TheQuarantineHasWhatWasLost) {
    write("in.csv", "1,\"a\nb\",zz\n2,c,3\n4,\"d\ne\"x\n");
    auto summary =
        run("in: {type: file, path_prefix: in.csv, parser: {type: csv, columns: [{name: id, type: "
            "long}, {name: text, type: string}, {name: n, type: long}]}}\nquarantine: "
            "bad.jsonl\nout: {type: \"null\"}\n");
    ASSERT_TRUE(summary.ok()) << summary.error().message();
    std::vector<std::string> bad = base::split(read("bad.jsonl"), '\n');
    ASSERT_EQ(bad.size(), 4u) << read("bad.jsonl");
    EXPECT_NE(bad[0].find(R"("line":2,)"), std::string::npos) << bad[0];
    EXPECT_NE(bad[0].find(R"("text":"1,\"a\nb\",zz")"), std::string::npos) << bad[0];
    // What is read again behind its first line is an entry of its own.
    EXPECT_NE(bad[1].find(R"("text":"4,\"d")"), std::string::npos) << bad[1];
    EXPECT_NE(bad[2].find(R"("text":"e\"x")"), std::string::npos) << bad[2];

    write("in.json", R"({"a":{"rows":[{"id":1},{"id":"x"},{"id":3}],"b":2}} {"a":{"rows":[5]}})");
    summary =
        run("in: {type: file, path_prefix: in.json, parser: {type: json, root: /a/rows, "
            "flatten_json_array: true, columns: [{name: id, type: long}]}}\nquarantine: "
            "other.jsonl\nout: {type: \"null\"}\n");
    ASSERT_TRUE(summary.ok()) << summary.error().message();
    EXPECT_EQ(summary->rows_written, 1);
    bad = base::split(read("other.jsonl"), '\n');
    ASSERT_EQ(bad.size(), 3u);
    EXPECT_NE(bad[0].find(R"("text":"{\"a\":{\"rows\":[{\"id\":\"x\"},{\"id\":3}],\"b\":2}}")"),
              std::string::npos)
        << bad[0];
    EXPECT_NE(bad[1].find(R"("text":"{\"a\":{\"rows\":[5]}}")"), std::string::npos) << bad[1];
}

// embulk 7.7.4, 7.8.6
TEST_F(LoadRun, RowsThatFiltersLeaveOutCountAsRejected) {
    write("in.csv", "1,{\"a\":5}\nbad,row\n2,{\"a\":x}\n3,{\"a\":7}\n");
    const std::string yaml =
        std::string("in: {type: file, path_prefix: in.csv, parser: {type: csv, ") + kColumns +
        "}}\nfilters:\n- {type: rename, columns: {text: j}}\n- {type: expand_json, "
        "json_column_name: j, expanded_columns: [{name: a, type: long}]}\n"
        "out: {type: \"null\"}\nquarantine: bad.jsonl\nmax_rejected_rows: ";
    auto summary = run(yaml + "2\n");
    ASSERT_TRUE(summary.ok()) << summary.error().message();
    EXPECT_EQ(summary->rows_read, 3);
    EXPECT_EQ(summary->rows_written, 2);
    EXPECT_EQ(summary->rows_rejected, 2);
    const std::string bad = read("bad.jsonl");
    EXPECT_NE(
        bad.find(R"("text":"{\"id\":2,\"j\":\"{\\\"a\\\":x}\"}","task":0,"filter":"filters[1]")"),
        std::string::npos)
        << bad;
    summary = run(yaml + "1\n");
    ASSERT_FALSE(summary.ok());
    EXPECT_EQ(summary.error().code(), Code::kLimit);

    write("in.csv", "1,2020-01-01 00:00:00 +0000\n2,never\n");
    summary =
        run(std::string("in: {type: file, path_prefix: in.csv, parser: {type: csv, ") + kColumns +
            "}}\nfilters: [{type: add_time, to_column: {name: t}, from_column: {name: text}}]\n"
            "out: {type: \"null\"}\nquarantine: other.jsonl\n");
    ASSERT_TRUE(summary.ok()) << summary.error().message();
    EXPECT_EQ(summary->rows_rejected, 1);
    EXPECT_NE(read("other.jsonl").find(R"("text":"{\"id\":2,\"text\":\"never\"}")"),
              std::string::npos)
        << read("other.jsonl");
}

TEST_F(LoadRun, PlansWithoutWriting) {
    write("in_1.csv", "1,a\n");
    write("in_2.csv", "2,b\n");
    auto value = config::parse_yaml(
        std::string("in: {type: file, path_prefix: in_, parser: {type: csv, ") + kColumns +
            "}}\nfilters: [{type: remove_columns, keep: [id]}]\nexec: {min_output_tasks: 3}\n"
            "out: {type: file, path_prefix: out_, file_ext: csv, formatter: {type: csv}}\n",
        {.dialect = config::Dialect::kEmbulk, .file = "load.yml"});
    ASSERT_TRUE(value.ok());
    load::Job job{.config = value->map(), .file = "load.yml"};
    auto plan = load::plan(job, registry_, load::Context{.clock = clock_, .folder = folder_});
    ASSERT_TRUE(plan.ok()) << plan.error().message();
    EXPECT_EQ(plan->tasks, 2u);
    EXPECT_EQ(plan->output_tasks, 4u);
    EXPECT_EQ(plan->bytes, 8);
    EXPECT_EQ(plan->inputs[1], folder_ + "/in_2.csv");
    EXPECT_EQ(plan->outputs[3], "out_003.00.csv");
    EXPECT_EQ(plan->splits[0].bytes, 4);
    EXPECT_EQ(plan->splits[0].pieces, 1);
    EXPECT_TRUE(plan->output.statements.empty());
    ASSERT_EQ(plan->schemas.size(), 2u);
    EXPECT_EQ(plan->schemas[1].names(), std::vector<std::string>{"id"});
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 2);
}

// As the run shares the work.
TEST_F(LoadRun, PlansHowFilesAreSplit) {
    write("in.csv", std::string(2 << 20, '1') + ",a\n");
    struct Case {
        const char* in;
        int threads;
        load::Split expected;
    };
    constexpr size_t kPiece = 512 * 1024;
    for (const Case& one :
         {Case{"parser: {type: csv, ",
               3,
               {.bytes = 2097155, .piece_bytes = kPiece, .pieces = 5, .threads = 3}},
          Case{"parser: {type: csv, ",
               8,
               {.bytes = 2097155, .piece_bytes = kPiece, .pieces = 5, .threads = 5}},
          Case{"decoders: [{type: gzip}, {type: lz4}, {type: zstd}, {type: bzip2}], parser: {type: "
               "jsonl, ",
               3,
               {.bytes = 2097155,
                .piece_bytes = kPiece,
                .threads = 3,
                .unpacking = {"gzip members", "", "zstd frames", "bzip2 blocks"}}},
          Case{"decoders: [{type: gzip}], parser: {type: jsonl, ",
               1,
               {.bytes = 2097155, .piece_bytes = kPiece, .threads = 1, .unpacking = {""}}},
          Case{"parser: {type: json, ", 3, {.bytes = 2097155}}}) {
        auto value = config::parse_yaml(std::string("in: {type: file, path_prefix: in.csv, ") +
                                            one.in + kColumns + "}}\nout: {type: \"null\"}\n",
                                        {.dialect = config::Dialect::kEmbulk, .file = "load.yml"});
        ASSERT_TRUE(value.ok()) << value.error().message();
        load::Job job{.config = value->map(), .file = "load.yml"};
        auto plan =
            load::plan(job, registry_,
                       load::Context{.clock = clock_, .folder = folder_, .threads = one.threads});
        ASSERT_TRUE(plan.ok()) << plan.error().message();
        const load::Split& split = plan->splits.at(0);
        EXPECT_EQ(split.bytes, one.expected.bytes);
        EXPECT_EQ(split.piece_bytes, one.expected.piece_bytes) << one.in;
        EXPECT_EQ(split.pieces, one.expected.pieces) << one.in;
        EXPECT_EQ(split.threads, one.expected.threads) << one.in;
        EXPECT_EQ(split.unpacking, one.expected.unpacking) << one.in;
    }
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
