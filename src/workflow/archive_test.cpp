#include "workflow/archive.h"

#include "base/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <zlib.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

namespace mogura::workflow {
namespace {

namespace fs = std::filesystem;

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// An entry of a tar archive, as somebody with bad intentions would make it.
struct RawEntry {
    std::string name;
    char type = '0';  // a file; '1' a hard link, '2' a symbolic link, '3' a device, '5' a folder
    std::string link = {};
    std::string body = {};
    unsigned mode = 0644;
    int64_t claimed_bytes = -1;  // instead of the body's size
};

void put(std::string& block, size_t place, const std::string& text) {
    block.replace(place, text.size(), text);
}

std::string octal(int64_t number, int digits) {
    char text[32];
    std::snprintf(text, sizeof text, "%0*llo", digits, static_cast<unsigned long long>(number));
    return text;
}

// The fields of POSIX ustar.
std::string tar_entry(const RawEntry& entry) {
    std::string block(512, '\0');
    int64_t size =
        entry.claimed_bytes >= 0 ? entry.claimed_bytes : static_cast<int64_t>(entry.body.size());
    put(block, 0, entry.name.substr(0, 100));
    put(block, 100, octal(entry.mode, 7));
    put(block, 108, octal(0, 7));
    put(block, 116, octal(0, 7));
    put(block, 124, octal(size, 11));
    put(block, 136, octal(0, 11));
    put(block, 148, "        ");
    block[156] = entry.type;
    put(block, 157, entry.link.substr(0, 100));
    put(block, 257,
        std::string("ustar\0"
                    "00",
                    8));
    int64_t sum = 0;
    for (unsigned char byte : block) sum += byte;
    put(block, 148, octal(sum, 6) + std::string("\0 ", 2));
    std::string body = entry.body;
    body.resize((body.size() + 511) / 512 * 512, '\0');
    return block + body;
}

std::string gzip(const std::string& bytes) {
    z_stream stream{};
    deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&stream, bytes.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string archive_of(const std::vector<RawEntry>& entries) {
    std::string tar;
    for (const RawEntry& entry : entries) tar += tar_entry(entry);
    return gzip(tar + std::string(1024, '\0'));
}

// "a.dig", "link -> a.dig"
std::string line_of(const ArchiveEntry& entry) {
    return entry.link_target.empty() ? entry.name : entry.name + " -> " + entry.link_target;
}

class Archive : public testing::Test {
  protected:
    Archive() {
        std::string place = testing::TempDir() + "archive-XXXXXX";
        folder_ = fs::canonical(::mkdtemp(place.data())).string();
        project_ = folder_ + "/project";
        target_ = folder_ + "/target";
        fs::create_directory(project_);
    }
    ~Archive() override {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }

    void add(const std::string& name, const std::string& text, unsigned mode = 0644) {
        const fs::path path = fs::path(project_) / name;
        fs::create_directories(path.parent_path());
        ASSERT_TRUE(base::write_file(path.string(), text).ok());
        ASSERT_EQ(::chmod(path.c_str(), mode), 0);
    }
    void link(const std::string& name, const std::string& target) {
        fs::create_symlink(target, fs::path(project_) / name);
    }

    std::string write(ArchiveContents contents = {}) {
        std::string bytes;
        base::TextSink sink(bytes);
        auto totals = write_archive(project_, sink, contents);
        EXPECT_TRUE(totals.ok()) << totals.error().message();
        return bytes;
    }
    std::string write_error(ArchiveContents contents = {}) {
        std::string bytes;
        base::TextSink sink(bytes);
        auto totals = write_archive(project_, sink, contents);
        return totals.ok() ? "written" : totals.error().message();
    }

    static std::vector<std::string> list(const std::string& archive) {
        std::vector<std::string> lines;
        base::TextSource source(archive);
        auto totals = list_archive(
            source, [&](const ArchiveEntry& entry) { lines.push_back(line_of(entry)); });
        if (!totals.ok()) lines.push_back(totals.error().message());
        return lines;
    }

    Result<ArchiveTotals> extract(const std::string& archive, const ArchiveLimits& limits = {}) {
        base::TextSource source(archive);
        return extract_archive(source, target_, limits);
    }
    std::string extract_error(const std::string& archive, const ArchiveLimits& limits = {}) {
        auto totals = extract(archive, limits);
        return totals.ok() ? "extracted" : totals.error().message();
    }
    std::string text_of(const std::string& name) {
        auto text = base::read_file(target_ + "/" + name);
        return text.ok() ? *text : text.error().message();
    }
    unsigned mode_of(const std::string& name) {
        struct stat status{};
        EXPECT_EQ(::lstat((target_ + "/" + name).c_str(), &status), 0) << name;
        return status.st_mode & 07777;
    }

    std::string folder_;
    std::string project_;
    std::string target_;
};

// digdag 1.8.1, 1.1.3, 1.1.4
TEST_F(Archive, HoldsFilesOfTheProjectOnlyAndSorted) {
    add("b.dig", "timezone: UTC\n");
    add("a/z.sql", "SELECT 1\n");
    add("a-b", "");
    add(".git/config", "x");
    add(".digdagignore", "*.log\n/build/\n");
    add("today.log", "x");
    add("build/big", "x");
    fs::create_directory(project_ + "/empty");
    EXPECT_THAT(list(write()), ElementsAre("a-b", "a/z.sql", "b.dig"));
}

// digdag 1.8.1
TEST_F(Archive, KeepsTheBitsOfTheModeAndNames) {
    const std::string long_name = std::string(90, 'd') + "/" + std::string(120, 'f');
    const std::string foreign = "日本語-e\xcc\x81.dig";  // an accent of its own stays one
    add("run.sh", "#!/bin/sh\n", 0751);
    add("secret", "x", 0600);
    add(long_name, "long");
    add(foreign, "foreign");
    add("no\xfftext", "bytes");
    std::string archive = write();
    ASSERT_EQ(extract_error(archive), "extracted");
    EXPECT_EQ(mode_of("run.sh"), 0751u);
    EXPECT_EQ(mode_of("secret"), 0600u);
    EXPECT_EQ(text_of("run.sh"), "#!/bin/sh\n");
    EXPECT_EQ(text_of(long_name), "long");
    EXPECT_EQ(text_of(foreign), "foreign");
    EXPECT_EQ(text_of("no\xfftext"), "bytes");
    EXPECT_EQ(list(archive).size(), 5u);
}

// digdag 1.8.1
TEST_F(Archive, SameFilesAreTheSameBytes) {
    add("a.dig", "a");
    add("q/b.sql", "b");
    std::string first = write();
    fs::last_write_time(project_ + "/a.dig",
                        fs::file_time_type::clock::now() - std::chrono::hours(9));
    add("q/b.sql", "b");
    EXPECT_EQ(first, write());
    EXPECT_EQ(first.substr(0, 2), "\x1f\x8b");
}

// digdag 1.8.2
TEST_F(Archive, LinksInsideBecomeRelative) {
    add("sql/a.sql", "SELECT 1\n");
    fs::create_directory(project_ + "/deep");
    link("plain", "sql/a.sql");
    link("deep/absolute", project_ + "/sql/a.sql");
    link("deep/around", "../deep/../sql");
    link("deep/self", "..");
    link("gone", "nowhere");
    std::string archive = write();
    EXPECT_THAT(list(archive), ElementsAre("deep/absolute -> ../sql/a.sql", "deep/around -> ../sql",
                                           "deep/self -> ..", "gone -> nowhere",
                                           "plain -> sql/a.sql", "sql/a.sql"));
    ASSERT_EQ(extract_error(archive), "extracted");
    EXPECT_EQ(text_of("deep/absolute"), "SELECT 1\n");
    EXPECT_EQ(text_of("deep/around/a.sql"), "SELECT 1\n");
    EXPECT_EQ(fs::read_symlink(target_ + "/gone"), "nowhere");
}

// digdag 1.8.2
TEST_F(Archive, LinksOutAreRefused) {
    ASSERT_TRUE(base::write_file(folder_ + "/outside", "x").ok());
    link("out", "../outside");
    EXPECT_THAT(write_error(), HasSubstr("Invalid symbolic link: out -> ../outside leads out of"));
    EXPECT_THAT(write_error(), HasSubstr("--copy-outgoing-symlinks"));
    fs::remove(project_ + "/out");
    link("out", folder_ + "/project-2/x");  // begins like the project's folder
    EXPECT_THAT(write_error(), HasSubstr("Invalid symbolic link: out"));
}

// digdag 1.8.2
TEST_F(Archive, LinksOutAreCopiedWhenAsked) {
    fs::create_directories(folder_ + "/lib/inner");
    ASSERT_TRUE(base::write_file(folder_ + "/outside", "file").ok());
    ASSERT_EQ(::chmod((folder_ + "/outside").c_str(), 0755), 0);
    ASSERT_TRUE(base::write_file(folder_ + "/lib/inner/b", "inner").ok());
    fs::create_symlink("inner/b", folder_ + "/lib/b");
    fs::create_symlink("../outside", folder_ + "/lib/o");
    add("a.dig", "");
    link("file", "../outside");
    link("lib", folder_ + "/lib");
    link("same", "a.dig");
    std::string archive = write({.copy_outgoing_symlinks = true});
    EXPECT_THAT(list(archive), ElementsAre("a.dig", "file", "lib/b -> inner/b", "lib/inner/b",
                                           "lib/o", "same -> a.dig"));
    ASSERT_EQ(extract_error(archive), "extracted");
    EXPECT_EQ(text_of("file"), "file");
    EXPECT_EQ(mode_of("file"), 0755u);
    EXPECT_EQ(text_of("lib/b"), "inner");
    EXPECT_EQ(text_of("lib/o"), "file");
}

TEST_F(Archive, CopiesEndWhereLinksGoRound) {
    link("up", folder_);
    EXPECT_THAT(write_error({.copy_outgoing_symlinks = true}),
                HasSubstr("up/project leads to a folder that holds it"));
    fs::remove(project_ + "/up");
    link("gone", "/nonexistent/x");
    EXPECT_THAT(write_error({.copy_outgoing_symlinks = true}),
                HasSubstr("gone: cannot follow the symbolic link"));
}

TEST_F(Archive, LeavesOutItselfAndRefusesPipes) {
    add("a.dig", "");
    add("p.tar.gz", "an older one");
    EXPECT_THAT(list(write({.leave_out = {project_ + "/p.tar.gz"}})), ElementsAre("a.dig"));
    EXPECT_THAT(list(write({.leave_out = {project_ + "/none", project_ + "/p.tar.gz"}})),
                ElementsAre("a.dig"));
    ASSERT_EQ(::mkfifo((project_ + "/pipe").c_str(), 0600), 0);
    EXPECT_THAT(write_error(), HasSubstr("/pipe: only files, folders and symbolic links"));
    EXPECT_THAT(write_error(), HasSubstr(".digdagignore"));
}

// digdag 1.8.3
TEST_F(Archive, RefusesEntriesThatLeadOut) {
    for (const char* name : {"../evil", "/evil", "a/../../evil", "..", "../target-2/evil", "/"}) {
        SCOPED_TRACE(name);
        std::string archive = archive_of({{.name = "good", .body = "1"}, {.name = name}});
        EXPECT_THAT(extract_error(archive), HasSubstr("Archive includes an invalid entry: "));
        EXPECT_THAT(list(archive).back(), HasSubstr("Archive includes an invalid entry: "));
    }
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 2);  // project, target
    EXPECT_FALSE(fs::exists("/evil"));
}

// digdag 1.8.3
TEST_F(Archive, RefusesLinksThatLeadOut) {
    for (const char* target : {"/etc/passwd", "..", "../x", "a/../../x", "../target/x", ""}) {
        SCOPED_TRACE(target);
        std::string archive = archive_of({{.name = "link", .type = '2', .link = target}});
        EXPECT_THAT(extract_error(archive),
                    HasSubstr("Archive includes an invalid symlink: link -> "));
        EXPECT_FALSE(fs::is_symlink(target_ + "/link"));
    }
}

// digdag 1.8.3
TEST_F(Archive, NeverWritesThroughALink) {
    fs::create_directories(folder_ + "/outside");
    EXPECT_THAT(extract_error(archive_of({{.name = "real/x", .body = "1"},
                                          {.name = "link", .type = '2', .link = "real"},
                                          {.name = "link/y", .body = "2"}})),
                HasSubstr("invalid entry: link/y (it leads through link"));
    EXPECT_FALSE(fs::exists(target_ + "/real/y"));

    fs::create_directory_symlink(folder_ + "/outside", target_ + "/planted");
    EXPECT_THAT(extract_error(archive_of({{.name = "planted/y", .body = "2"}})),
                HasSubstr("invalid entry: planted/y (it leads through planted"));
    EXPECT_THAT(extract_error(archive_of({{.name = "planted", .type = '5'}})),
                HasSubstr("invalid entry: planted (it leads through planted"));
    EXPECT_TRUE(fs::is_empty(folder_ + "/outside"));
}

// Each link stays inside, but the second would begin where the first leads to.
// digdag 1.8.3
TEST_F(Archive, LinksThatLeadOutTogetherStayInside) {
    ASSERT_EQ(extract_error(archive_of({{.name = "s/up", .type = '2', .link = ".."},
                                        {.name = "out", .type = '2', .link = "s/up/../x"}})),
              "extracted");
    EXPECT_EQ(fs::read_symlink(target_ + "/out"), "s/x");
}

// digdag 1.8.3
TEST_F(Archive, ALinkIsReplacedNotFollowed) {
    ASSERT_EQ(extract_error(archive_of({{.name = "a", .body = "old"},
                                        {.name = "link", .type = '2', .link = "a"},
                                        {.name = "link", .body = "new"},
                                        {.name = "a", .body = "newer"}})),
              "extracted");
    EXPECT_FALSE(fs::is_symlink(target_ + "/link"));
    EXPECT_EQ(text_of("link"), "new");
    EXPECT_EQ(text_of("a"), "newer");
}

// digdag 1.8.3
TEST_F(Archive, RefusesHardLinksAndDevices) {
    for (char type : {'1', '3', '4', '6'}) {
        SCOPED_TRACE(type);
        EXPECT_THAT(extract_error(archive_of({{.name = "a", .body = "1"},
                                              {.name = "thing", .type = type, .link = "a"}})),
                    HasSubstr("Archive includes an invalid entry: thing (only files, folders and"));
        EXPECT_FALSE(fs::exists(target_ + "/thing"));
    }
}

TEST_F(Archive, FilesAndFoldersDoNotTakeEachOthersPlace) {
    EXPECT_THAT(extract_error(archive_of({{.name = "a", .body = "1"}, {.name = "a/b"}})),
                HasSubstr("invalid entry: a/b (it leads through a, which is no folder)"));
    EXPECT_THAT(extract_error(archive_of({{.name = "d/b", .body = "1"}, {.name = "d"}})),
                HasSubstr("invalid entry: d (a folder of this name is there)"));
    EXPECT_THAT(extract_error(archive_of({{.name = "./", .type = '2', .link = "x"}})),
                HasSubstr("invalid entry"));
}

// digdag 1.8.3
TEST_F(Archive, RestoresRightsAndNoMore) {
    ASSERT_EQ(extract_error(archive_of({{.name = "./", .type = '5', .mode = 0755},
                                        {.name = "shut/", .type = '5', .mode = 0500},
                                        {.name = "./shut//x", .body = "1", .mode = 06755},
                                        {.name = "none", .body = "2", .mode = 0}})),
              "extracted");
    EXPECT_EQ(mode_of("shut"), 0500u);
    EXPECT_EQ(mode_of("shut/x"), 0755u);
    EXPECT_EQ(mode_of("none"), 0u);
    ASSERT_EQ(::chmod((target_ + "/shut").c_str(), 0700), 0);
}

// digdag 1.8.4, 8.6.2
TEST_F(Archive, HasLimits) {
    std::string whole(kArchiveBytesMax, 'x');
    EXPECT_EQ(extract_error(archive_of({{.name = "a", .body = whole}})), "extracted");
    EXPECT_EQ(extract_error(archive_of({{.name = "a", .body = whole + "x"}})),
              "Size of a file in the archive exceeds limit (2097153 > 2097152 bytes): a");
    auto two = archive_of({{.name = "a", .body = whole}, {.name = "b", .body = "12"}});
    EXPECT_EQ(extract_error(two),
              "Total size of the archive exceeds limit (2097154 > 2097152 bytes)");
    EXPECT_EQ(extract_error(two, {.bytes_max = 2097154}), "extracted");
    EXPECT_EQ(extract_error(two, {.bytes_max = 2097153, .remedy = "ask for more"}),
              "Total size of the archive exceeds limit (2097154 > 2097153 bytes) (ask for more)");
    EXPECT_EQ(extract(two).error().code(), Code::kLimit);
}

// digdag 1.8.4
TEST_F(Archive, BelievesNoSize) {
    EXPECT_THAT(extract_error(archive_of({{.name = "a", .claimed_bytes = 4LL << 30}})),
                HasSubstr("Size of a file in the archive exceeds limit (4294967296 > "));
    EXPECT_THAT(extract_error(archive_of({{.name = "a", .body = "x", .claimed_bytes = 1 << 20}})),
                HasSubstr("is damaged"));
    const std::vector<RawEntry> many(11, {.name = "a"});
    EXPECT_EQ(extract_error(archive_of(many), {.entries_max = 11}), "extracted");
    EXPECT_EQ(extract_error(archive_of(many), {.entries_max = 10}),
              "Archive includes more than 10 files and folders");
    EXPECT_EQ(extract_error(archive_of({{.name = "1/2/3/4"}}), {.entries_max = 3}),
              "Archive includes more than 3 files and folders");
}

TEST_F(Archive, TellsDamage) {
    const std::string good = archive_of({{.name = "a", .body = std::string(3000, 'x')}});
    EXPECT_THAT(extract_error("no archive"), HasSubstr("is not gzip, or is damaged"));
    EXPECT_THAT(extract_error(""), HasSubstr("the compressed bytes end too early"));
    EXPECT_THAT(extract_error(gzip("no archive")), HasSubstr("is no tar archive, or is damaged"));
    for (size_t length = 1; length < good.size(); ++length) {
        EXPECT_NE(extract_error(good.substr(0, length)), "extracted") << length;
    }
    std::string wrong_sum = good;
    wrong_sum[good.size() - 7] ^= 1;
    EXPECT_THAT(extract_error(wrong_sum), HasSubstr("incorrect data check"));
    EXPECT_EQ(extract_error(good + "behind"), "extracted");
    EXPECT_EQ(extract_error(gzip(std::string(10240, '\0'))), "extracted");
}

TEST_F(Archive, ShowsNoControlCharactersOfOthers) {
    EXPECT_THAT(extract_error(archive_of({{.name = "../\x1b[2Jx\n"}})),
                HasSubstr("invalid entry: ../?[2Jx? (it leads out"));
}

}  // namespace
}  // namespace mogura::workflow
