// The input leveldb, over databases that the library itself wrote.

#include "plugins/plugins.h"

#include "base/file.h"
#include "plugins/input/leveldb/database.h"
#include "plugins/input/leveldb/form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <leveldb/comparator.h>
#include <leveldb/db.h>

#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

namespace mogura::plugins {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// Puts keys the other way round.
class Backwards final : public leveldb::Comparator {
  public:
    int Compare(const leveldb::Slice& one, const leveldb::Slice& other) const override {
        return other.compare(one);
    }
    const char* Name() const override { return "test.Backwards"; }
    void FindShortestSeparator(std::string*, const leveldb::Slice&) const override {}
    void FindShortSuccessor(std::string*) const override {}
};

// Ends the rights of root over files, for this thread.
class AsNobody {
  public:
    AsNobody() : before_(::setfsuid(65534)) {}
    ~AsNobody() { ::setfsuid(static_cast<uid_t>(before_)); }
    AsNobody(const AsNobody&) = delete;
    AsNobody& operator=(const AsNobody&) = delete;

  private:
    const int before_;
};

class LevelDbInputTest : public testing::Test {
  protected:
    LevelDbInputTest() {
        std::string name = (fs::temp_directory_path() / "leveldb_input_XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        fs::permissions(folder_, fs::perms(0755));
        context_.folder = folder_;
        add_all(registry_);
    }
    ~LevelDbInputTest() override { fs::remove_all(folder_); }

    using Writer = std::unique_ptr<leveldb::DB>;
    Writer open(const std::string& name, leveldb::Options options = {}) {
        options.create_if_missing = true;
        leveldb::DB* database = nullptr;
        leveldb::Status status = leveldb::DB::Open(options, folder_ + "/" + name, &database);
        EXPECT_TRUE(status.ok()) << status.ToString();
        return Writer(database);
    }
    static void put(const Writer& writer, const std::string& key, const std::string& value) {
        ASSERT_TRUE(writer->Put({}, key, value).ok());
    }

    // The bytes of every file in the database's folder.
    std::map<std::string, std::string> files(const std::string& name) const {
        std::map<std::string, std::string> found;
        for (const auto& entry : fs::directory_iterator(folder_ + "/" + name)) {
            auto bytes = base::read_file(entry.path().string());
            EXPECT_TRUE(bytes.ok());
            found[entry.path().filename().string()] = *bytes;
        }
        return found;
    }
    std::string file_of(const std::string& name, const std::string& extension) const {
        for (const auto& entry : fs::directory_iterator(folder_ + "/" + name)) {
            if (entry.path().extension() == extension) return entry.path().string();
        }
        ADD_FAILURE() << "no file ends with " << extension;
        return "";
    }

    // The rows, values separated by '|'; bad rows, types and the page count are kept. One line for
    // a failure.
    std::vector<std::string> read(const std::string& yaml) {
        auto done = try_to_read(yaml);
        if (!done.ok()) return {"error: " + done.error().message()};
        return rows_;
    }

    Result<> try_to_read(const std::string& yaml) {
        rows_.clear();
        bad_.clear();
        types_.clear();
        pages_ = 0;
        auto options = TRY(config::parse_yaml("{" + yaml + "}", {}));
        config::Reader reader(options.map(), "load.yml", "in");
        auto input = TRY(registry_.inputs.create("leveldb", reader, false, context_));
        TRY(input->begin());
        for (const page::Column& column : input->schema().columns()) {
            types_ += column.name + ":" + std::string(page::type_name(column.type)) + " ";
        }
        EXPECT_EQ(input->tasks(), 1u);
        auto sink = [&](page::Page page) -> Result<> {
            ++pages_;
            for (size_t row = 0; row < page.rows(); ++row) {
                std::string& line = rows_.emplace_back();
                query::append_cell(line, page, 0, row);
                line += '|';
                query::append_cell(line, page, 1, row);
            }
            return {};
        };
        auto reject = [&](load::Reject row) -> Result<> {
            if (row.stops) return Error(Code::kInvalid, "stopped: " + row.reason);
            bad_.push_back(std::to_string(row.line) + ": " + row.reason + ": " + row.text);
            return {};
        };
        return input->run_with_rejects(0, sink, reject);
    }

    std::string folder_;
    Registry registry_;
    base::SystemClock clock_;
    load::Context context_{.clock = clock_};
    std::vector<std::string> rows_;
    std::vector<std::string> bad_;
    std::string types_;
    int pages_ = 0;
};

TEST_F(LevelDbInputTest, ReadsWhatIsInTablesAndInTheLog) {
    {
        Writer writer = open("db");
        put(writer, "a", "1");
        put(writer, "b", "2");
        put(writer, "c", "3");
        writer->CompactRange(nullptr, nullptr);
        put(writer, "b", "two");
        put(writer, "d", "");
        ASSERT_TRUE(writer->Delete({}, "c").ok());
    }
    auto before = files("db");
    ASSERT_GT(fs::file_size(file_of("db", ".log")), 0u);
    ASSERT_GT(fs::file_size(file_of("db", ".ldb")), 0u);
    EXPECT_THAT(read("path: db"), ElementsAre("a|1", "b|two", "d|"));
    EXPECT_EQ(types_, "key:string value:string ");
    EXPECT_EQ(files("db"), before);
    // The writer finds everything as it left it.
    Writer writer = open("db");
    std::string value;
    ASSERT_TRUE(writer->Get({}, "b", &value).ok());
    EXPECT_EQ(value, "two");
}

TEST_F(LevelDbInputTest, ReadsWhereNothingCanBeWritten) {
    {
        Writer writer = open("db");
        put(writer, "a", "1");
    }
    auto before = files("db");
    for (const auto& [name, bytes] : before)
        fs::permissions(folder_ + "/db/" + name, fs::perms(0444));
    fs::permissions(folder_ + "/db", fs::perms(0555));
    auto changed = fs::last_write_time(folder_ + "/db");
    {
        AsNobody nobody;
        ASSERT_FALSE(base::write_file(folder_ + "/db/x", "").ok());
        EXPECT_THAT(read("path: db"), ElementsAre("a|1"));
    }
    EXPECT_EQ(fs::last_write_time(folder_ + "/db"), changed);
    fs::permissions(folder_ + "/db", fs::perms(0755));
    EXPECT_EQ(files("db"), before);
}

TEST_F(LevelDbInputTest, ReadsWhileAnotherHasItOpen) {
    Writer writer = open("db");
    put(writer, "a", "1");
    auto before = files("db");
    EXPECT_THAT(read("path: db"), ElementsAre("a|1"));
    EXPECT_EQ(files("db"), before);
    put(writer, "b", "2");
    EXPECT_THAT(read("path: db"), ElementsAre("a|1", "b|2"));
}

// The fourth table of the first level, which the log becomes, is what starts a compaction.
TEST_F(LevelDbInputTest, LeavesCompactionsToOthers) {
    for (int time = 0; time < 4; ++time) {
        Writer writer = open("db");
        put(writer, "key", std::to_string(time));
        put(writer, "key" + std::to_string(time), "x");
    }
    auto before = files("db");
    EXPECT_THAT(read("path: db"), ElementsAre("key|3", "key0|x", "key1|x", "key2|x", "key3|x"));
    EXPECT_EQ(files("db"), before);
}

TEST_F(LevelDbInputTest, ReadsKeysAndValuesOfEachForm) {
    {
        Writer writer = open("db");
        put(writer, "[1]", "{\"b\": [1, 2.50, \"\\u00e9\"]}\n");
        put(writer, "[2]", "null");
        Writer packed = open("packed");
        put(packed, "\x01",
            std::string("\x82\xa1k\x93\x01\xc3\xc0\xa1v\xcb\x3f\xf8\0\0\0\0\0\0", 18));
        put(packed, "\x02", "\xc0");
    }
    EXPECT_THAT(read("path: db, key: json, value: json"),
                ElementsAre("[1]|{\"b\":[1,2.5,\"é\"]}", "[2]|"));
    EXPECT_EQ(types_, "key:json value:json ");
    EXPECT_THAT(read("path: db, value: hex"),
                ElementsAre(HasSubstr("[1]|7b2262223a"), "[2]|6e756c6c"));
    EXPECT_THAT(read("path: packed, key: msgpack, value: msgpack"),
                ElementsAre(R"(1|{"k":[1,true,null],"v":1.5})", "2|"));
    EXPECT_THAT(read("path: packed, key: hex, value: msgpack"),
                ElementsAre(HasSubstr("01|{"), "02|"));
    EXPECT_EQ(types_, "key:string value:json ");
    EXPECT_THAT(read("path: db, value: jsn"),
                ElementsAre(HasSubstr("in.value: must be one of text, json, msgpack, hex, not jsn "
                                      "(did you mean json?)")));
}

TEST_F(LevelDbInputTest, ReadsARangeOfKeys) {
    {
        Writer writer = open("db");
        for (const char* key : {"a", "b/1", "b/2", "b/3", "c", "\xff", "\xff\xff"}) {
            put(writer, key, "v");
        }
    }
    EXPECT_THAT(read("path: db, prefix: b/"), ElementsAre("b/1|v", "b/2|v", "b/3|v"));
    EXPECT_THAT(read("path: db, prefix: b/, from: b/2"), ElementsAre("b/2|v", "b/3|v"));
    EXPECT_THAT(read("path: db, from: b/2, to: c"), ElementsAre("b/2|v", "b/3|v"));
    EXPECT_THAT(read("path: db, prefix: b/, to: c"), SizeIs(3));
    EXPECT_THAT(read("path: db, prefix: b/, from: c"), IsEmpty());
    EXPECT_THAT(read("path: db, key: hex, prefix: FF"), ElementsAre("ff|v", "ffff|v"));
    EXPECT_THAT(read("path: db, key: hex, to: '62'"), ElementsAre("61|v"));
    EXPECT_THAT(read("path: db, key: hex, from: b"),
                ElementsAre(HasSubstr("in.from: must be hex digits, two for a byte")));
}

TEST_F(LevelDbInputTest, BadEntriesAreRejectedWithTheirReason) {
    {
        Writer writer = open("db");
        put(writer, "a", "{\"x\":1}");
        put(writer, "b", "{\"x\":");
        put(writer, "c", "1 2");
        put(writer, "d", "\xff");
        put(writer, "\xfe", "1");
    }
    EXPECT_THAT(read("path: db, value: json"), ElementsAre("a|{\"x\":1}"));
    EXPECT_THAT(
        bad_,
        ElementsAre(HasSubstr(R"(: {"key":"b","value":"{\"x\":"})"),
                    R"(3: value: something follows the JSON value: {"key":"c","value":"1 2"})",
                    HasSubstr(R"(: {"key":"d","value_hex":"ff"})"),
                    HasSubstr(R"(: {"key_hex":"fe","value":"1"})")));
    EXPECT_THAT(bad_[2], HasSubstr("4: value: the bytes are no UTF-8 text (the form hex"));
    EXPECT_THAT(bad_[3], HasSubstr("5: key: the bytes are no UTF-8 text"));
    EXPECT_THAT(read("path: db, value: json, stop_on_invalid_record: true"),
                ElementsAre(HasSubstr("error: stopped: value: ")));

    auto config = config::parse_yaml(
        "in: {type: leveldb, path: db, value: json}\nout: {type: \"null\"}\nquarantine: "
        "bad.jsonl\n",
        {.dialect = config::Dialect::kEmbulk, .file = "load.yml"});
    ASSERT_TRUE(config.ok());
    load::Progress progress;
    load::Job job{.config = config->map(), .file = "load.yml"};
    auto summary = load::run(job, registry_, context_, progress);
    ASSERT_TRUE(summary.ok()) << summary.error().message();
    EXPECT_EQ(summary->rows_written, 1);
    EXPECT_EQ(summary->rows_rejected, 4);
    auto kept = base::read_file(folder_ + "/bad.jsonl");
    ASSERT_TRUE(kept.ok());
    EXPECT_THAT(*kept, HasSubstr("{\"source\":\"" + folder_ + "/db\",\"offset\":0,\"line\":3,"));
    auto preview = load::preview(job, registry_, context_);
    ASSERT_TRUE(preview.ok()) << preview.error().message();
    EXPECT_THAT(preview->pages, SizeIs(1));
    auto plan = load::plan(job, registry_, context_);
    ASSERT_TRUE(plan.ok()) << plan.error().message();
    EXPECT_THAT(plan->inputs, ElementsAre(folder_ + "/db"));
}

TEST_F(LevelDbInputTest, GivesManyEntriesInPages) {
    {
        Writer writer = open("db", {});
        for (int row = 0; row < 30'000; ++row) {
            std::string key = std::to_string(100'000 + row);
            put(writer, key, key + std::string(200, 'x'));
        }
    }
    EXPECT_THAT(read("path: db"), SizeIs(30'000));
    EXPECT_GT(pages_, 3);
    EXPECT_EQ(rows_.front().substr(0, 14), "100000|100000x");
    EXPECT_EQ(rows_.back().substr(0, 14), "129999|129999x");
    EXPECT_TRUE(std::is_sorted(rows_.begin(), rows_.end()));
}

TEST_F(LevelDbInputTest, SaysWhatIsNoDatabase) {
    fs::create_directory(folder_ + "/empty");
    fs::create_directory(folder_ + "/rocks");
    for (const char* name : {"rocks/CURRENT", "rocks/IDENTITY", "file"}) {
        ASSERT_TRUE(base::write_file(folder_ + "/" + name, "x").ok());
    }
    for (auto [path, code, text] : {
             std::tuple("none", Code::kNotFound, "/none: there is no such folder"),
             std::tuple("file", Code::kInvalid, "/file: a LevelDB database is a folder"),
             std::tuple("empty", Code::kInvalid,
                        "/empty: this is no LevelDB database: the file CURRENT"),
             std::tuple("rocks", Code::kUnsupported, "/rocks: this is a RocksDB database"),
         }) {
        auto done = try_to_read("path: " + std::string(path));
        ASSERT_FALSE(done.ok());
        EXPECT_EQ(done.error().code(), code) << done.error().message();
        EXPECT_THAT(done.error().message(), HasSubstr("in.path: " + folder_ + text));
    }
    EXPECT_THAT(files("empty"), IsEmpty());
}

TEST_F(LevelDbInputTest, RefusesAnotherOrderOfKeys) {
    Backwards backwards;
    {
        leveldb::Options options;
        options.comparator = &backwards;
        put(open("db", options), "a", "1");
    }
    auto done = try_to_read("path: db");
    ASSERT_FALSE(done.ok());
    EXPECT_EQ(done.error().code(), Code::kUnsupported);
    EXPECT_THAT(done.error().message(), HasSubstr("an order of their own"));
    EXPECT_THAT(done.error().message(), HasSubstr("test.Backwards"));
}

TEST_F(LevelDbInputTest, SaysWhatIsDamaged) {
    auto make = [&](const std::string& name) {
        Writer writer = open(name);
        for (int row = 0; row < 5000; ++row) {
            put(writer, std::to_string(10'000 + row),
                std::string(100, static_cast<char>('a' + row % 26)));
        }
        writer->CompactRange(nullptr, nullptr);
    };
    make("cut");
    std::string cut = file_of("cut", ".ldb");
    fs::resize_file(cut, fs::file_size(cut) / 2);
    make("changed");
    std::string changed = file_of("changed", ".ldb");
    auto bytes = base::read_file(changed);
    ASSERT_TRUE(bytes.ok());
    (*bytes)[bytes->size() / 2] ^= 1;
    ASSERT_TRUE(base::write_file(changed, *bytes).ok());
    make("gone");
    fs::remove(file_of("gone", ".ldb"));
    make("lost");
    ASSERT_TRUE(base::write_file(folder_ + "/lost/CURRENT", "MANIFEST-999999\n").ok());
    for (const char* name : {"cut", "changed", "gone", "lost"}) {
        auto before = files(name);
        auto done = try_to_read("path: " + std::string(name));
        ASSERT_FALSE(done.ok()) << name;
        EXPECT_EQ(done.error().code(), Code::kInvalid) << done.error().message();
        EXPECT_THAT(done.error().message(), HasSubstr(folder_ + "/" + name));
        EXPECT_THAT(done.error().message(), HasSubstr("the database is damaged: "));
        EXPECT_EQ(files(name), before);
    }
}

// A writer that was killed leaves half a record at the log's end: that one was never acknowledged.
TEST_F(LevelDbInputTest, ReadsALogThatEndsEarly) {
    {
        Writer writer = open("db");
        put(writer, "a", "1");
        put(writer, "b", std::string(1000, 'x'));
    }
    std::string log = file_of("db", ".log");
    fs::resize_file(log, fs::file_size(log) - 10);
    EXPECT_THAT(read("path: db"), ElementsAre("a|1"));
}

TEST(LevelDbRange, PrefixesHaveAnEnd) {
    auto text = [](const level::Range& range) {
        return range.from + ".." + range.to.value_or("(end)");
    };
    EXPECT_EQ(text(level::with_prefix("", {})), "..(end)");
    EXPECT_EQ(text(level::with_prefix("ab", {})), "ab..ac");
    EXPECT_EQ(text(level::with_prefix("a\xff", {})), "a\xff..b");
    EXPECT_EQ(text(level::with_prefix("\xff\xff", {})), "\xff\xff..(end)");
    EXPECT_EQ(text(level::with_prefix("a", {.from = "a5", .to = "a7"})), "a5..a7");
    EXPECT_EQ(text(level::with_prefix("a", {.from = "0", .to = "z"})), "a..b");
}

}  // namespace
}  // namespace mogura::plugins
