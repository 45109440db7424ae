#include "net/curl_library.h"

#include "base/shared_library.h"

namespace mogura::net {
namespace {

constexpr const char* kRemedy = "install the package libcurl4";

Result<CurlLibrary> find_library() {
    auto opened = TRY(base::SharedLibrary::open("libcurl.so.4", kRemedy));
    CurlLibrary found;
    decltype(&::curl_global_init) init = nullptr;
    TRY(opened.find("curl_global_init", init));
    TRY(opened.find("curl_easy_init", found.make));
    TRY(opened.find("curl_easy_cleanup", found.cleanup));
    TRY(opened.find("curl_easy_setopt", found.set));
    TRY(opened.find("curl_easy_getinfo", found.get));
    TRY(opened.find("curl_easy_perform", found.perform));
    TRY(opened.find("curl_easy_strerror", found.error_text));
    TRY(opened.find("curl_slist_append", found.append));
    TRY(opened.find("curl_slist_free_all", found.free_list));
    TRY(opened.find("curl_getdate", found.parse_date));
    TRY(opened.find("curl_url", found.make_url));
    TRY(opened.find("curl_url_cleanup", found.free_url));
    TRY(opened.find("curl_url_set", found.set_url));
    TRY(opened.find("curl_url_get", found.get_url));
    TRY(opened.find("curl_url_strerror", found.url_error_text));
    TRY(opened.find("curl_free", found.free_text));
    if (init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return Error(Code::kInternal, "libcurl.so.4: cannot be started");
    }
    return found;
}

}  // namespace

Result<const CurlLibrary*> open_curl() {
    static const Result<CurlLibrary> library = find_library();
    if (!library.ok()) return library.error();
    return &*library;
}

Result<CurlHandle> CurlHandle::make() {
    const CurlLibrary* library = TRY(open_curl());
    CURL* handle = library->make();
    if (!handle) return Error(Code::kUnavailable, "libcurl: no memory for a transfer");
    CurlHandle made(library, handle);
    made.set(CURLOPT_ERRORBUFFER, made.error_.get());
    made.set(CURLOPT_NOSIGNAL, 1L);  // signals belong to the program
    made.set(CURLOPT_PROXY, "");     // the environment's is the caller's business
    return made;
}

void CurlHandle::set_list(CURLoption option, const std::vector<std::string>& lines) {
    curl_slist* list = nullptr;
    for (const std::string& line : lines) list = library_->append(list, line.c_str());
    if (!list) return;
    lists_.push_back(std::unique_ptr<curl_slist, List>(list, List{library_}));
    set(option, list);
}

CURLcode CurlHandle::perform() {
    return library_->perform(handle_.get());
}

std::string CurlHandle::failure_text(CURLcode code) const {
    return error_[0] != '\0' ? error_.get() : library_->error_text(code);
}

long CurlHandle::status() const {
    long status = 0;
    library_->get(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
    return status;
}

std::string CurlHandle::url() const {
    const char* url = nullptr;
    library_->get(handle_.get(), CURLINFO_EFFECTIVE_URL, &url);
    return url ? url : "";
}

Code code_of(CURLcode code) {
    switch (code) {
        case CURLE_OPERATION_TIMEDOUT:
            return Code::kTimeout;
        case CURLE_URL_MALFORMAT:
        case CURLE_UNSUPPORTED_PROTOCOL:
        case CURLE_TOO_MANY_REDIRECTS:
            return Code::kInvalid;
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_LOGIN_DENIED:
        case CURLE_USE_SSL_FAILED:
            return Code::kDenied;
        case CURLE_ABORTED_BY_CALLBACK:
            return Code::kCanceled;
        default:
            return Code::kUnavailable;
    }
}

}  // namespace mogura::net
