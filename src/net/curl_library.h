// libcurl, opened on first use: linking it costs every start several milliseconds. Private to this
// room.

#pragma once

#include "base/result.h"

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#include <memory>
#include <string>
#include <vector>

namespace mogura::net {

struct CurlLibrary {
    decltype(&::curl_easy_init) make = nullptr;
    decltype(&::curl_easy_cleanup) cleanup = nullptr;
    decltype(&::curl_easy_setopt) set = nullptr;
    decltype(&::curl_easy_getinfo) get = nullptr;
    decltype(&::curl_easy_perform) perform = nullptr;
    decltype(&::curl_easy_strerror) error_text = nullptr;
    decltype(&::curl_slist_append) append = nullptr;
    decltype(&::curl_slist_free_all) free_list = nullptr;
    decltype(&::curl_getdate) parse_date = nullptr;
    decltype(&::curl_url) make_url = nullptr;
    decltype(&::curl_url_cleanup) free_url = nullptr;
    decltype(&::curl_url_set) set_url = nullptr;
    decltype(&::curl_url_get) get_url = nullptr;
    decltype(&::curl_url_strerror) url_error_text = nullptr;
    decltype(&::curl_free) free_text = nullptr;
};

// The same for all callers; any thread.
Result<const CurlLibrary*> open_curl();

// One transfer and what it borrows.
class CurlHandle {
  public:
    static Result<CurlHandle> make();

    template <typename Value>
    void set(CURLoption option, Value value) {
        library_->set(handle_.get(), option, value);
    }
    void set(CURLoption option, const std::string& value) {
        library_->set(handle_.get(), option, value.c_str());  // copied by libcurl
    }
    // Lines for an option that takes a list.
    void set_list(CURLoption option, const std::vector<std::string>& lines);
    // Runs it; a failure is the library's code and its text.
    CURLcode perform();
    std::string failure_text(CURLcode code) const;
    long status() const;
    std::string url() const;

  private:
    struct List {
        const CurlLibrary* library;
        void operator()(curl_slist* list) const { library->free_list(list); }
    };
    struct Handle {
        const CurlLibrary* library;
        void operator()(CURL* handle) const { library->cleanup(handle); }
    };
    CurlHandle(const CurlLibrary* library, CURL* handle)
        : library_(library), handle_(handle, Handle{library}) {}

    const CurlLibrary* library_;
    std::vector<std::unique_ptr<curl_slist, List>> lists_;
    std::unique_ptr<char[]> error_ = std::make_unique<char[]>(CURL_ERROR_SIZE);
    std::unique_ptr<CURL, Handle> handle_;  // goes before what it borrows
};

// What kind of failure it is.
Code code_of(CURLcode code);

}  // namespace mogura::net
