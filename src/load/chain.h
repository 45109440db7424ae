// What happens to pages between the input and the output: the filters, then the formatter.
//
// Immutable once made; process() may be called from several threads at once.

#pragma once

#include "base/result.h"
#include "load/output.h"
#include "page/page.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace mogura::load {

// A page on its way to the output: formatted where the output takes text, else the page itself.
struct Chunk {
    page::Page page;
    std::string text;
    int64_t rows = 0;
};
using Batch = std::vector<Chunk>;

class Chain {
  public:
    // Of pages of `input`; add() puts a filter behind those that are there. `place` is where it
    // stands in the configuration.
    explicit Chain(page::Schema input) : input_(std::move(input)), schema_(input_) {}
    void add(std::unique_ptr<Filter> filter, std::string place);

    const page::Schema& schema() const { return schema_; }
    // Of the input, then behind each filter.
    std::vector<page::Schema> schemas() const;
    // Pages become text from here on; the formatter must outlive the chain.
    void set_formatter(const Formatter* formatter) { formatter_ = formatter; }
    // Rows that filters leave out go behind `rejects`.
    Result<Batch> process(std::vector<page::Page> pages, std::vector<Reject>& rejects) const;
    // Every page has passed.
    Result<> finish() const;
    // The output has committed.
    Result<> commit() const;
    // Whether a filter keeps rows for itself.
    bool keeps_rows() const;

  private:
    struct Link {
        std::unique_ptr<Filter> filter;
        std::string place;
    };

    std::vector<Link> links_;
    page::Schema input_;
    page::Schema schema_;
    const Formatter* formatter_ = nullptr;
};

}  // namespace mogura::load
