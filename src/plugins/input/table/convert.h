// A database's text as a value of the loader (spec embulk 8.4.16 to 8.4.20).
//
// The value is read by its value type, then becomes what the column's type asks for; combinations
// without a meaning are null.

#pragma once

#include "base/result.h"
#include "load/load.h"
#include "page/page.h"
#include "plugins/input/table/options.h"
#include "plugins/input/table/source.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace mogura::plugins::source {

class Converter {
  public:
    // Fails with kInvalid for types that cannot be read, naming column, type and remedy.
    static Result<Converter> create(const SourceColumn& column, const Options& options,
                                    load::Compat compat);

    const page::Column& column() const { return column_; }
    ValueType value_type() const { return value_type_; }
    // Fails when the text is no value of its type.
    Result<> put(std::string_view text, page::Builder& builder, size_t index);

  private:
    Converter(page::Column column, ValueType value_type,
              std::shared_ptr<const load::TimestampFormatter> formatter, const SourceColumn& source)
        : column_(std::move(column)),
          value_type_(value_type),
          formatter_(std::move(formatter)),
          has_plain_elements_(source.has_plain_elements),
          is_hstore_(source.is_hstore) {}

    Result<> put_long(std::string_view text, page::Builder& builder, size_t index) const;
    Result<> put_double(std::string_view text, page::Builder& builder, size_t index);
    Result<> put_decimal(std::string_view text, page::Builder& builder, size_t index) const;
    Result<> put_boolean(std::string_view text, page::Builder& builder, size_t index) const;
    Result<> put_string(std::string_view text, page::Builder& builder, size_t index);
    Result<> put_json(std::string_view text, page::Builder& builder, size_t index);
    Result<> put_moment(std::string_view text, page::Builder& builder, size_t index);
    Result<> put_array(std::string_view text, page::Builder& builder, size_t index);
    Error misfit(std::string_view text) const;

    page::Column column_;
    ValueType value_type_;
    std::shared_ptr<const load::TimestampFormatter> formatter_;  // immutable
    bool has_plain_elements_;
    bool is_hstore_;
    std::string scratch_;
};

}  // namespace mogura::plugins::source
