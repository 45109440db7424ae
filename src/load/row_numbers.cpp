#include "load/row_numbers.h"

namespace mogura::load {

Error RowNumbers::place(const Error& failure, size_t writer, RowRange rows) const {
    if (rows.first == 0) return failure;
    const std::string first = std::to_string(of_task(writer, rows.first));
    if (rows.first == rows.last)
        return failure.at("row " + first + " of what " + source_ + " gave");
    return failure.at("one of the rows " + first + " to " +
                      std::to_string(of_task(writer, rows.last)) + " of what " + source_ + " gave");
}

int64_t RowNumbers::of_task(size_t writer, int64_t row) const {
    int64_t before = 0;  // in all chunks
    int64_t seen = 0;    // in those of the writer
    for (size_t chunk = 0; chunk < chunks_.size(); ++chunk) {
        if (chunk % writers_ == writer) {
            if (seen + chunks_[chunk] >= row) return before + row - seen;
            seen += chunks_[chunk];
        }
        before += chunks_[chunk];
    }
    return row;
}

}  // namespace mogura::load
