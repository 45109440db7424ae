#include "workflow/archive_library.h"

#include "base/shared_library.h"

namespace mogura::workflow {
namespace {

Result<> find_reading(const base::SharedLibrary& opened, ArchiveLibrary& found) {
    TRY(opened.find("archive_error_string", found.error_string));
    TRY(opened.find("archive_read_new", found.read_new));
    TRY(opened.find("archive_read_support_format_tar", found.read_support_tar));
    TRY(opened.find("archive_read_open", found.read_open));
    TRY(opened.find("archive_read_next_header", found.read_next_header));
    TRY(opened.find("archive_read_data", found.read_data));
    TRY(opened.find("archive_read_free", found.read_free));
    TRY(opened.find("archive_entry_pathname", found.entry_pathname));
    TRY(opened.find("archive_entry_filetype", found.entry_filetype));
    TRY(opened.find("archive_entry_perm", found.entry_perm));
    TRY(opened.find("archive_entry_size", found.entry_size));
    TRY(opened.find("archive_entry_symlink", found.entry_symlink));
    TRY(opened.find("archive_entry_hardlink", found.entry_hardlink));
    return {};
}

Result<> find_writing(const base::SharedLibrary& opened, ArchiveLibrary& found) {
    TRY(opened.find("archive_write_new", found.write_new));
    TRY(opened.find("archive_write_set_format_pax_restricted", found.write_set_pax));
    TRY(opened.find("archive_write_add_filter_gzip", found.write_add_gzip));
    TRY(opened.find("archive_write_set_filter_option", found.write_set_filter_option));
    TRY(opened.find("archive_write_set_bytes_in_last_block", found.write_set_bytes_in_last_block));
    TRY(opened.find("archive_write_open", found.write_open));
    TRY(opened.find("archive_write_header", found.write_header));
    TRY(opened.find("archive_write_data", found.write_data));
    TRY(opened.find("archive_write_close", found.write_close));
    TRY(opened.find("archive_write_free", found.write_free));
    TRY(opened.find("archive_entry_new", found.entry_new));
    TRY(opened.find("archive_entry_free", found.entry_free));
    TRY(opened.find("archive_entry_set_pathname", found.entry_set_pathname));
    TRY(opened.find("archive_entry_set_filetype", found.entry_set_filetype));
    TRY(opened.find("archive_entry_set_perm", found.entry_set_perm));
    TRY(opened.find("archive_entry_set_size", found.entry_set_size));
    TRY(opened.find("archive_entry_set_mtime", found.entry_set_mtime));
    TRY(opened.find("archive_entry_set_symlink", found.entry_set_symlink));
    return {};
}

Result<ArchiveLibrary> find_library() {
    auto opened =
        TRY(base::SharedLibrary::open("libarchive.so.13", "install the package libarchive13"));
    ArchiveLibrary found{};
    TRY(find_reading(opened, found));
    TRY(find_writing(opened, found));
    return found;
}

}  // namespace

Result<const ArchiveLibrary*> open_archive_library() {
    static const Result<ArchiveLibrary> library = find_library();
    if (!library.ok()) return library.error();
    return &*library;
}

}  // namespace mogura::workflow
