#include "load/guess_lines.h"

#include "base/bytes.h"
#include "load/charset.h"

#include <memory>
#include <utility>

namespace mogura::load {
namespace {

constexpr size_t kSampleBytesMax = 64 * 1024 * 1024;

// The length of the line end at `at`, 0 when there is none.
size_t line_end_size(std::string_view text, size_t at, std::string_view recognized) {
    bool is_pair = text.substr(at, 2) == "\r\n";
    if (recognized == "CRLF") return is_pair ? 2 : 0;
    if (recognized == "LF") return text[at] == '\n' && (at == 0 || text[at - 1] != '\r') ? 1 : 0;
    if (recognized == "CR") return text[at] == '\r' && !is_pair ? 1 : 0;
    if (is_pair) return 2;
    return text[at] == '\r' || text[at] == '\n' ? 1 : 0;
}

// Reads one record, which may go on over several lines.
class RecordReader {
  public:
    RecordReader(std::span<const std::string> lines, size_t line, const GuessDialect& dialect)
        : lines_(lines), line_(line), dialect_(dialect) {}

    // False when the quotes are broken.
    bool read(GuessRecord& record) {
        do {
            std::optional<std::string> field;
            if (!read_field(field)) return false;
            record.push_back(std::move(field));
        } while (take_delimiter());
        return true;
    }
    size_t next_line() const { return line_ + 1; }

  private:
    const std::string& text() const { return lines_[line_]; }
    bool at_line_end() const { return at_ >= text().size(); }
    bool at_delimiter() const {
        return text().compare(at_, dialect_.delimiter.size(), dialect_.delimiter) == 0;
    }

    bool take_delimiter() {
        if (at_line_end() || !at_delimiter()) return false;
        at_ += dialect_.delimiter.size();
        return true;
    }
    void skip_blanks() {
        while (!at_line_end() && text()[at_] == ' ') ++at_;
    }

    bool read_field(std::optional<std::string>& field) {
        if (dialect_.trims) skip_blanks();
        if (!at_line_end() && dialect_.quote && text()[at_] == *dialect_.quote) {
            return read_quoted(field);
        }
        std::string value;
        while (!at_line_end() && !at_delimiter()) value += text()[at_++];
        if (dialect_.trims) value.erase(value.find_last_not_of(' ') + 1);
        bool is_null = dialect_.null_string ? value == *dialect_.null_string : value.empty();
        if (!is_null) field = std::move(value);
        return true;
    }

    bool read_quoted(std::optional<std::string>& field) {
        std::string value;
        ++at_;
        while (true) {
            if (at_line_end()) {
                if (line_ + 1 == lines_.size()) return false;
                value += '\n';
                ++line_;
                at_ = 0;
                continue;
            }
            char byte = text()[at_++];
            char next = at_line_end() ? '\0' : text()[at_];
            if (byte == *dialect_.quote) {
                if (next != *dialect_.quote) break;
                value += byte;
                ++at_;
            } else if (dialect_.escape && byte == *dialect_.escape &&
                       (next == *dialect_.quote || next == *dialect_.escape)) {
                value += next;
                ++at_;
            } else {
                value += byte;
            }
        }
        skip_blanks();
        field = std::move(value);
        return at_line_end() || at_delimiter();
    }

    const std::span<const std::string> lines_;
    size_t line_;
    size_t at_ = 0;
    const GuessDialect& dialect_;
};

}  // namespace

Result<std::vector<std::string>> sample_lines(std::string_view sample, const std::string& charset,
                                              std::string_view newline,
                                              std::string_view recognized) {
    auto decoded = TRY(decode_charset(std::make_unique<base::TextSource>(sample), charset));
    std::string text = TRY(base::read_all(*decoded, kSampleBytesMax));
    std::string_view rest = text;
    if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
    std::string_view line_end = newline == "CRLF" ? "\r\n" : newline == "CR" ? "\r" : "\n";
    bool is_cut = !rest.ends_with(line_end);

    std::vector<std::string> lines;
    size_t begin = 0;
    for (size_t at = 0; at < rest.size();) {
        size_t size = line_end_size(rest, at, recognized);
        if (size == 0) {
            ++at;
            continue;
        }
        lines.emplace_back(rest.substr(begin, at - begin));
        at += size;
        begin = at;
    }
    if (begin < rest.size()) lines.emplace_back(rest.substr(begin));
    if (is_cut && !lines.empty()) lines.pop_back();
    return lines;
}

GuessTable split_records(std::span<const std::string> lines, const GuessDialect& dialect,
                         bool keeps_empty) {
    GuessTable table;
    size_t line = 0;
    while (line < lines.size()) {
        if (lines[line].empty() && !keeps_empty) {
            ++line;
            continue;
        }
        RecordReader reader(lines, line, dialect);
        GuessRecord record;
        if (!reader.read(record)) {
            ++line;
            continue;
        }
        table.records.push_back(std::move(record));
        table.lines.push_back(line);
        line = reader.next_line();
    }
    return table;
}

}  // namespace mogura::load
