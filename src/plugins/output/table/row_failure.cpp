#include "plugins/output/table/row_failure.h"

#include "base/text.h"

#include <charconv>
#include <string>

namespace mogura::plugins::table {
namespace {

// The number, and what is to be cut out of the message for it.
struct Told {
    int64_t row = 0;
    size_t begin = 0;
    size_t end = 0;
};

// The number at `place` of `text`, and where it ends.
int64_t number_at(std::string_view text, size_t place, size_t& end) {
    int64_t number = 0;
    const auto [stop, failure] =
        std::from_chars(text.data() + place, text.data() + text.size(), number);
    end = static_cast<size_t>(stop - text.data());
    return failure == std::errc() ? number : 0;
}

// From behind: a value may hold the same words.
Told told_by_mysql(std::string_view message) {
    constexpr std::string_view kWords = " at row ";
    Told told;
    told.begin = message.rfind(kWords);
    if (told.begin == message.npos) return {};
    told.row = number_at(message, told.begin + kWords.size(), told.end);
    return told;
}

// "; COPY t_0001, line 37, column name: ..." becomes "; column name: ...".
Told told_by_postgresql(std::string_view message) {
    constexpr std::string_view kCopy = "; COPY ";
    constexpr std::string_view kLine = ", line ";
    Told told;
    told.begin = message.rfind(kCopy);
    if (told.begin == message.npos) return {};
    const size_t line = message.find(kLine, told.begin);
    if (line == message.npos) return {};
    told.row = number_at(message, line + kLine.size(), told.end);
    const std::string_view rest = message.substr(told.end);
    if (rest.starts_with(", column ")) {
        told.begin += 2;  // "; " stays
        told.end += 2;
    } else if (rest.starts_with(": ")) {
        told.end = message.size();  // the whole row as text
    }
    return told;
}

Told told_by(std::string_view message) {
    const Told told = told_by_postgresql(message);
    return told.row > 0 ? told : told_by_mysql(message);
}

}  // namespace

bool is_about_row(const Error& failure) {
    return failure.code() == Code::kInvalid || failure.code() == Code::kConflict;
}

int64_t row_in_message(std::string_view message) {
    return told_by(message).row;
}

Error about_row(const Error& failure) {
    if (!is_about_row(failure)) return failure;
    std::string message = failure.message();
    const Told told = told_by(message);
    if (told.row > 0) message.erase(told.begin, told.end - told.begin);
    // What does not fit was made null (9.7.4), which is not what people find in their file.
    const bool is_null = base::lower(message).find("null") != message.npos;
    message += failure.code() == Code::kConflict
                   ? " (correct the row, or what the table demands of it"
                   : " (correct the value, or change the column of the table";
    message += is_null ? "; a value that does not fit the column's type counts as NULL)" : ")";
    return {failure.code(), message};
}

}  // namespace mogura::plugins::table
