// `archive`: a project as one file, and back (spec digdag 1.8, 9.5.4).

#include "base/file.h"
#include "base/leftovers.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/usual_command.h"
#include "workflow/workflow.h"

#include <cstdio>
#include <filesystem>

namespace mogura::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHelp = R"(Put a project into one file, or take it out again.

Usage: mogura archive [--project DIR] [-o FILE.tar.gz] [--copy-outgoing-symlinks]
       mogura archive --list FILE.tar.gz
       mogura archive --extract DIR FILE.tar.gz [--max-size BYTES]

  --project DIR              the project's folder (default: here)
  -o, --output FILE          the archive (default: NAME.tar.gz, after the folder)
  --copy-outgoing-symlinks   store what links out of the project lead to; they are errors otherwise
  --list                     show what is in an archive
  --extract DIR              write its files into DIR, which must be new or empty
  --max-size BYTES           how large the files may be together (default: 2097152)

The archive holds the project's files and symbolic links: nothing whose name begins with a dot, nor
what .digdagignore names. The same files give the same bytes. A Digdag server takes it as it is.

Archives of others are not trusted: what leads out of DIR is refused and nothing is left behind.

Examples:
  mogura archive -o daily.tar.gz
  mogura archive --extract daily daily.tar.gz && mogura run --project daily
)";

const OptionSpecs& options() {
    static const OptionSpecs kOptions = {{{"--project"}, OptionKind::kValue, "DIR", ""},
                                         {{"-o", "--output"}, OptionKind::kValue, "FILE", ""},
                                         {{"--copy-outgoing-symlinks"}, OptionKind::kFlag, "", ""},
                                         {{"--list"}, OptionKind::kFlag, "", ""},
                                         {{"--extract"}, OptionKind::kValue, "DIR", ""},
                                         {{"--max-size"}, OptionKind::kValue, "BYTES", ""},
                                         {{"-l", "--log-level"}, OptionKind::kValue, "LEVEL", ""},
                                         {{"--help", "-help", "-h"}, OptionKind::kFlag, "", ""}};
    return kOptions;
}

// Names of strangers must not move the cursor.
std::string printable(std::string text) {
    for (char& character : text) {
        if (static_cast<unsigned char>(character) < ' ' || character == 0x7f) character = '?';
    }
    return text;
}

std::string line_of(const workflow::ArchiveEntry& entry) {
    std::string text = entry.name;
    if (!entry.link_target.empty()) text += " -> " + entry.link_target;
    return printable(text);
}

std::string summary(const workflow::ArchiveTotals& totals) {
    return base::with_thousands(totals.entries) + (totals.entries == 1 ? " file, " : " files, ") +
           base::with_thousands(totals.bytes) + " bytes";
}

// Under the name digdag the lines are the original's.
void show_archived(const House& house, const workflow::ArchiveEntry& entry) {
    if (house.called_as != "digdag") {
        std::printf("  %s\n", line_of(entry).c_str());
        return;
    }
    std::printf("  Archiving %s\n", printable(entry.name).c_str());
    if (!entry.link_target.empty()) {
        std::printf("    symlink -> %s\n", printable(entry.link_target).c_str());
    }
}

std::string default_output(const House& house, const std::string& folder) {
    if (house.called_as == "digdag") return "digdag.archive.tar.gz";
    std::error_code ignored;
    std::string name = fs::canonical(folder, ignored).filename().string();
    return (name.empty() ? "project" : name) + ".tar.gz";
}

// The archive appears under its name when it is whole. Both may be in the project's folder.
Result<workflow::ArchiveTotals> write_whole(const std::string& folder, const std::string& output,
                                            workflow::ArchiveContents contents) {
    const std::string unfinished = base::unfinished_path(output);
    const fs::path place = output;
    base::remove_unfinished(
        place.has_parent_path() ? place.parent_path().string() : ".",
        [&](std::string_view name) { return name == place.filename().string(); });
    contents.leave_out = {output, unfinished};
    auto written = [&]() -> Result<workflow::ArchiveTotals> {
        auto sink = TRY(base::open_sink(unfinished));
        auto totals = TRY(workflow::write_archive(folder, *sink, contents));
        TRY(sink->finish());
        TRY(base::sync_file(unfinished));
        if (::rename(unfinished.c_str(), output.c_str()) != 0) {
            return base::system_error(output, "replace");
        }
        TRY(base::sync_folder_of(output));
        return totals;
    }();
    std::error_code ignored;
    if (!written.ok()) fs::remove(unfinished, ignored);
    return written;
}

Result<> create(const House& house, const CommandLine& line) {
    if (!line.words().empty()) {
        return Error(Code::kInvalid, "Unknown argument: " + line.words()[0] +
                                         " (an archive to read needs --list or --extract DIR)");
    }
    const std::string folder = line.value("--project", ".");
    const std::string output = line.value("-o", default_output(house, folder));
    bool is_digdag = house.called_as == "digdag";
    if (is_digdag) std::printf("Creating %s...\n", output.c_str());
    auto project = TRY(workflow::load_project(folder));
    auto totals =
        TRY(write_whole(folder, output,
                        {.copy_outgoing_symlinks = line.has("--copy-outgoing-symlinks"),
                         .see = [&](const auto& entry) { show_archived(house, entry); }}));
    if (is_digdag) {
        std::printf("Created %s.\nSend it to a server with `digdag upload %s PROJECT`.\n",
                    output.c_str(), output.c_str());
        return {};
    }
    auto size = TRY(base::file_size_bytes(output));
    std::printf("Created %s: %s, packed into %s.\n", output.c_str(), summary(totals).c_str(),
                base::with_thousands(size).c_str());
    if (project.workflows.empty()) {
        std::printf("note: there is no workflow in it (a file ending in .dig)\n");
    }
    if (totals.bytes > workflow::kArchiveBytesMax) {
        std::printf(
            "note: a Digdag server takes %s bytes unless it is told otherwise "
            "(api.max_archive_total_size_limit)\n",
            base::with_thousands(workflow::kArchiveBytesMax).c_str());
    }
    return {};
}

Result<std::string> archive_of(const CommandLine& line) {
    if (line.words().size() == 1) return line.words()[0];
    return Error(Code::kInvalid,
                 "Which archive? One FILE.tar.gz is needed.\n"
                 "`mogura archive --help` explains the options.");
}

Result<> list(const CommandLine& line) {
    const std::string path = TRY(archive_of(line));
    auto source = TRY(base::open_source(path));
    auto totals = workflow::list_archive(*source, [](const workflow::ArchiveEntry& entry) {
        std::printf("%03o %12s  %s\n", entry.mode, base::with_thousands(entry.size_bytes).c_str(),
                    line_of(entry).c_str());
    });
    if (!totals.ok()) return totals.error().at(path);
    std::printf("%s\n", summary(*totals).c_str());
    return {};
}

// Whether the folder is there, empty; without it anything else there is an error.
Result<bool> is_there_and_empty(const std::string& folder) {
    std::error_code failure;
    const auto status = fs::symlink_status(folder, failure);
    if (status.type() == fs::file_type::not_found) return false;
    bool is_free = fs::is_directory(status) && fs::is_empty(folder, failure) && !failure;
    if (is_free) return true;
    return Error(Code::kConflict,
                 folder + ": something is there (name a folder that is new or empty)");
}

// A folder that was there, empty, is empty again.
void remove_extracted(const std::string& folder, bool keeps_folder) {
    std::error_code ignored;
    if (!keeps_folder) {
        fs::remove_all(folder, ignored);
        return;
    }
    auto names = base::list_folder(folder);
    if (!names.ok()) return;
    for (const std::string& name : *names) fs::remove_all(fs::path(folder) / name, ignored);
}

Result<> extract(const CommandLine& line) {
    const std::string path = TRY(archive_of(line));
    std::string folder = line.value("--extract");
    while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
    workflow::ArchiveLimits limits{.remedy = "--max-size BYTES allows more"};
    if (line.has("--max-size")) {
        auto number = base::parse_integer(line.value("--max-size"));
        if (!number || *number < 0) {
            return Error(Code::kInvalid,
                         "--max-size: must be a number of bytes: " + line.value("--max-size"));
        }
        limits.bytes_max = *number;
    }
    const bool is_there = TRY(is_there_and_empty(folder));
    auto source = TRY(base::open_source(path));
    // A new folder appears when it is whole. One that is there stays the same folder: somebody may
    // be in it, or something be mounted on it.
    const std::string unfinished = is_there ? folder : base::unfinished_path(folder);
    auto totals = workflow::extract_archive(*source, unfinished, limits);
    auto done = [&]() -> Result<> {
        if (!totals.ok()) return totals.error().at(path);
        if (is_there || ::rename(unfinished.c_str(), folder.c_str()) == 0) return {};
        return base::system_error(folder, "create the folder");
    }();
    if (!done.ok()) {
        remove_extracted(unfinished, is_there);
        return done;
    }
    std::printf("Extracted %s to %s.\n", summary(*totals).c_str(), folder.c_str());
    return {};
}

Result<> run(House& house, std::span<const std::string> arguments) {
    auto line = TRY(begin_command(house, arguments, options(), kHelp));
    if (!line) return {};
    if (line->has("--list")) return list(*line);
    if (line->has("--extract")) return extract(*line);
    return create(house, *line);
}

}  // namespace
}  // namespace mogura::cli

COMMAND(archive, "Put a project into one file, or take it out again") {
    return mogura::cli::end_command(mogura::cli::run(house, arguments));
}
