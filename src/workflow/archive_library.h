// libarchive as it is called here. Private to this room; the only place that names its headers.
//
// It is opened on first use: linked, it would make every start of the program longer (it brings
// libxml2 and ICU along).

#pragma once

#include "base/result.h"

#include <archive.h>
#include <archive_entry.h>

namespace mogura::workflow {

struct ArchiveLibrary {
    decltype(&::archive_error_string) error_string;
    decltype(&::archive_read_new) read_new;
    decltype(&::archive_read_support_format_tar) read_support_tar;
    decltype(&::archive_read_open) read_open;
    decltype(&::archive_read_next_header) read_next_header;
    decltype(&::archive_read_data) read_data;
    decltype(&::archive_read_free) read_free;
    decltype(&::archive_write_new) write_new;
    decltype(&::archive_write_set_format_pax_restricted) write_set_pax;
    decltype(&::archive_write_add_filter_gzip) write_add_gzip;
    decltype(&::archive_write_set_filter_option) write_set_filter_option;
    decltype(&::archive_write_set_bytes_in_last_block) write_set_bytes_in_last_block;
    decltype(&::archive_write_open) write_open;
    decltype(&::archive_write_header) write_header;
    decltype(&::archive_write_data) write_data;
    decltype(&::archive_write_close) write_close;
    decltype(&::archive_write_free) write_free;
    decltype(&::archive_entry_new) entry_new;
    decltype(&::archive_entry_free) entry_free;
    decltype(&::archive_entry_set_pathname) entry_set_pathname;
    decltype(&::archive_entry_set_filetype) entry_set_filetype;
    decltype(&::archive_entry_set_perm) entry_set_perm;
    decltype(&::archive_entry_set_size) entry_set_size;
    decltype(&::archive_entry_set_mtime) entry_set_mtime;
    decltype(&::archive_entry_set_symlink) entry_set_symlink;
    decltype(&::archive_entry_pathname) entry_pathname;
    decltype(&::archive_entry_filetype) entry_filetype;
    decltype(&::archive_entry_perm) entry_perm;
    decltype(&::archive_entry_size) entry_size;
    decltype(&::archive_entry_symlink) entry_symlink;
    decltype(&::archive_entry_hardlink) entry_hardlink;
};

// The same library for all callers; any thread may call.
Result<const ArchiveLibrary*> open_archive_library();

// ARCHIVE_WARN is how the library says that a name is not in the character set of the locale, which
// is always "C" here; the name's bytes are as they were.
inline bool archive_accepts(int code) {
    return code == ARCHIVE_OK || code == ARCHIVE_WARN;
}

}  // namespace mogura::workflow
