// Checks what CMake cannot: how the house is kept. Reads the sources as text.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

struct Source {
    std::string path;  // below src/: "load/run.cpp"
    std::string room;
    std::vector<std::string> lines;

    bool is_header() const { return path.ends_with(".h"); }
    bool is_test() const { return path.ends_with("_test.cpp"); }
    bool is_door() const { return path == room + "/" + room + ".h"; }
};

std::vector<std::string> lines_of(const fs::path& path) {
    std::ifstream file(path);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
}

std::vector<Source> all_sources() {
    fs::path root = fs::path(MOGURA_SOURCE) / "src";
    std::vector<Source> sources;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
        std::string extension = entry.path().extension().string();
        if (extension != ".h" && extension != ".cpp") continue;
        std::string path = fs::relative(entry.path(), root).string();
        sources.push_back({path, path.substr(0, path.find('/')), lines_of(entry.path())});
    }
    return sources;
}

// "path:line: text" of every line that fits, leaving out comments.
std::vector<std::string> find(const std::vector<Source>& sources, const std::regex& wanted,
                              const std::set<std::string>& homes) {
    std::vector<std::string> found;
    for (const Source& source : sources) {
        if (source.is_test() || homes.contains(source.path)) continue;
        for (size_t index = 0; index < source.lines.size(); ++index) {
            std::string line = source.lines[index].substr(0, source.lines[index].find("//"));
            if (std::regex_search(line, wanted)) {
                found.push_back(source.path + ":" + std::to_string(index + 1) + ": " + line);
            }
        }
    }
    return found;
}

std::string listed(const std::vector<std::string>& found) {
    std::ostringstream text;
    for (const std::string& line : found) text << "\n  " << line;
    return text.str();
}

// room -> (floor, rooms it may use), read from the list files.
struct Room {
    int floor = 0;
    std::set<std::string> uses;
};

std::map<std::string, Room> all_rooms() {
    std::map<std::string, Room> rooms;
    for (const auto& entry : fs::directory_iterator(fs::path(MOGURA_SOURCE) / "src")) {
        if (!entry.is_directory()) continue;
        std::ifstream file(entry.path() / "CMakeLists.txt");
        std::string text((std::istreambuf_iterator<char>(file)), {});
        std::smatch match;
        static const std::regex call(
            R"(room\((\w+)\s+FLOOR\s+(\d+)(?:\s+USES\s+([\w\s]*?))?(?:\s+LINKS[^)]*)?\))");
        if (!std::regex_search(text, match, call)) continue;
        Room& room = rooms[match[1]];
        room.floor = std::stoi(match[2]);
        std::istringstream uses(match[3]);
        for (std::string name; uses >> name;) room.uses.insert(name);
    }
    return rooms;
}

TEST(House, RoomsEnterOneAnotherThroughDoorsOnly) {
    static const std::regex include(R"re(#include "(\w+)/([\w/]+\.h)")re");
    std::vector<std::string> past;
    for (const Source& source : all_sources()) {
        for (const std::string& line : source.lines) {
            std::smatch match;
            if (!std::regex_search(line, match, include)) continue;
            std::string room = match[1];
            if (room == source.room || room == "base" || match[2] == room + ".h") continue;
            if (!fs::exists(fs::path(MOGURA_SOURCE) / "src" / room)) continue;
            past.push_back(source.path + ": " + line);
        }
    }
    EXPECT_TRUE(past.empty()) << "includes past a door:" << listed(past);
}

TEST(House, ArrowsPointDown) {
    static const std::regex include(R"re(#include "(\w+)/)re");
    auto rooms = all_rooms();
    std::vector<std::string> wrong;
    for (const Source& source : all_sources()) {
        if (source.room == "cli" || !rooms.contains(source.room)) continue;
        for (const std::string& line : source.lines) {
            std::smatch match;
            if (!std::regex_search(line, match, include)) continue;
            std::string used = match[1];
            if (used == source.room || !rooms.contains(used)) continue;
            if (!rooms[source.room].uses.contains(used)) wrong.push_back(source.path + ": " + line);
        }
    }
    EXPECT_TRUE(wrong.empty()) << "rooms that are not in USES:" << listed(wrong);
}

// Whether the header is one that other rooms see: a door, or what a door lists.
bool is_public(const Source& header, const std::map<std::string, Source>& by_path) {
    if (header.room == "base" || header.is_door()) return true;
    auto door = by_path.find(header.room + "/" + header.room + ".h");
    if (door == by_path.end()) return false;
    return std::any_of(door->second.lines.begin(), door->second.lines.end(),
                       [&](const std::string& line) {
                           return line.starts_with("#include \"" + header.path + "\"");
                       });
}

TEST(House, DoorsShowNoForeignLibrary) {
    static const std::regex foreign(
        R"(#\s*include\s*<(archive|boost|curl|sqlite3|libpq|mysql|mariadb|duckdb|yaml|openssl|fmt|date|JavaScriptCore|leveldb|nlohmann|zstd|bzlib|zlib|libdeflate|isa-l|igzip))");
    std::map<std::string, Source> by_path;
    for (const Source& source : all_sources()) by_path.emplace(source.path, source);
    std::vector<std::string> shown;
    for (const auto& [path, source] : by_path) {
        if (!source.is_header() || !is_public(source, by_path)) continue;
        for (const std::string& line : source.lines) {
            if (std::regex_search(line, foreign)) shown.push_back(source.path + ": " + line);
        }
    }
    EXPECT_TRUE(shown.empty()) << "foreign headers behind doors that show them:" << listed(shown);
}

TEST(House, TheClockHasOneHome) {
    auto found = find(
        all_sources(),
        std::regex(
            R"((system_clock|steady_clock|high_resolution_clock)::now|\btime\(nullptr\)|\bgettimeofday\()"),
        {"base/clock.cpp"});
    EXPECT_TRUE(found.empty()) << "ask a base::Clock instead:" << listed(found);
}

TEST(House, OnlyCliReadsTheEnvironment) {
    std::vector<Source> sources;
    for (Source& source : all_sources()) {
        if (source.room != "cli") sources.push_back(std::move(source));
    }
    auto found =
        find(sources, std::regex(R"(\b(secure_)?getenv\(|\benviron\b)"), {"base/process.cpp"});
    EXPECT_TRUE(found.empty()) << "hand the value down from cli:" << listed(found);
}

// Whether to be like the original is asked by the name of the difference.
TEST(House, LoadsAreStrictInOnePlace) {
    auto found = find(all_sources(), std::regex(R"([!=]=\s*(load::)?Compat::k)"),
                      {"load/compatibility.h", "load/compatibility.cpp", "cli/load_plan.cpp"});
    EXPECT_TRUE(found.empty()) << "a function in load/compatibility.h instead:" << listed(found);
}

TEST(House, ProcessesHaveOneHome) {
    auto found =
        find(all_sources(),
             std::regex(R"(\b(fork|vfork|popen|posix_spawnp?|execvp?e?)\(|\bstd::system\()"),
             {"base/process.cpp"});
    EXPECT_TRUE(found.empty()) << "use base::Process instead:" << listed(found);
}

TEST(House, ThreadsAreOwned) {
    auto found = find(all_sources(),
                      std::regex(R"(std::thread\b(?!::hardware)|\.detach\(\)|std::async\()"), {});
    EXPECT_TRUE(found.empty()) << "a std::jthread member with an owner instead:" << listed(found);
}

// What may stand before a TRY on its line: nothing, the start of a control statement, `name =`.
TEST(House, TryStandsAlone) {
    static const std::regex any(R"(\bTRY\()");
    static const std::regex alone(
        R"(^\s*((if|for|while)\s*\(.*\)\s*|else\s+)?((const\s+)?[\w:<>,\s\*&]*[\w\.\->\[\]\*]+\s*\+?=\s*)?$)");
    static const std::regex assignment(R"(=\s*$)");  // the statement may begin on the line before
    std::vector<std::string> wrong;
    for (const Source& source : all_sources()) {
        if (source.path == "base/result.h" || source.is_test()) continue;
        for (size_t index = 0; index < source.lines.size(); ++index) {
            std::string line = source.lines[index].substr(0, source.lines[index].find("//"));
            std::smatch match;
            if (!std::regex_search(line, match, any)) continue;
            bool continued = index > 0 && std::regex_search(source.lines[index - 1], assignment);
            if (continued || std::regex_match(match.prefix().str(), alone)) continue;
            wrong.push_back(source.path + ":" + std::to_string(index + 1) + ": " + line);
        }
    }
    EXPECT_TRUE(wrong.empty()) << "TRY inside a larger expression:" << listed(wrong);
}

TEST(House, NamesAreNoDrawers) {
    static const std::regex drawer(
        R"((^|[/_])(util|utils|helper|helpers|common|misc|manager|impl)(_|\.|/))");
    std::vector<std::string> drawers;
    for (const Source& source : all_sources()) {
        if (std::regex_search(source.path, drawer)) {
            drawers.push_back(source.path);
        }
    }
    EXPECT_TRUE(drawers.empty()) << listed(drawers);
}

TEST(House, NothingIsLeftForLater) {
    auto found = find(all_sources(), std::regex(R"(\b(TODO|FIXME|XXX|HACK)\b)"), {});
    std::vector<std::string> comments;
    for (const Source& source : all_sources()) {
        for (size_t index = 0; index < source.lines.size(); ++index) {
            static const std::regex word(R"(//.*\b(TODO|FIXME|XXX|HACK)\b)");
            if (std::regex_search(source.lines[index], word)) {
                comments.push_back(source.path + ":" + std::to_string(index + 1));
            }
        }
    }
    EXPECT_TRUE(found.empty() && comments.empty()) << listed(found) << listed(comments);
}

TEST(House, HeadersOpenWithASentence) {
    std::vector<std::string> silent;
    for (const Source& source : all_sources()) {
        if (!source.is_header()) continue;
        if (source.lines.empty() || !source.lines[0].starts_with("// "))
            silent.push_back(source.path);
    }
    EXPECT_TRUE(silent.empty()) << "headers without an opening comment:" << listed(silent);
}

}  // namespace
