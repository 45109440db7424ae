#include "net/url.h"

#include "base/text.h"
#include "net/curl_library.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace mogura::net {
namespace {

// A URL in its parts.
class Url {
  public:
    static Result<Url> make() {
        const CurlLibrary* library = TRY(open_curl());
        return Url(library);
    }

    // Behind another one: relative to that.
    Result<> set(const std::string& text) {
        return checked(library_->set_url(url_.get(), CURLUPART_URL, text.c_str(), CURLU_URLENCODE));
    }

    // As get() gave it.
    Result<> set(CURLUPart part, const std::string& text) {
        return checked(library_->set_url(url_.get(), part, text.c_str(), 0));
    }

    Result<std::string> get(CURLUPart part, unsigned int flags = 0) const {
        char* text = nullptr;
        TRY(checked(library_->get_url(url_.get(), part, &text, flags)));
        std::string copy = text;
        library_->free_text(text);
        return copy;
    }

  private:
    explicit Url(const CurlLibrary* library)
        : library_(library), url_(library->make_url(), library->free_url) {}

    Result<> checked(CURLUcode code) const {
        if (code == CURLUE_OK) return {};
        return Error(Code::kInvalid, std::string("no URL: ") + library_->url_error_text(code));
    }

    const CurlLibrary* library_;
    std::unique_ptr<CURLU, void (*)(CURLU*)> url_;
};

Result<std::string> server_of(const std::string& text) {
    Url url = TRY(Url::make());
    TRY(url.set(text));
    std::string scheme = TRY(url.get(CURLUPART_SCHEME));
    std::string host = TRY(url.get(CURLUPART_HOST));
    std::string port = TRY(url.get(CURLUPART_PORT, CURLU_DEFAULT_PORT));
    return scheme + "://" + base::lower(host) + ":" + port;
}

}  // namespace

Result<std::string> resolve_link(const std::string& base, const std::string& link) {
    Url url = TRY(Url::make());
    TRY(url.set(base));
    auto user = url.get(CURLUPART_USER);
    auto password = url.get(CURLUPART_PASSWORD);
    TRY(url.set(link));
    std::string resolved = TRY(url.get(CURLUPART_URL));
    if (!user.ok() || url.get(CURLUPART_USER).ok()) return resolved;
    bool is_same = TRY(is_same_server(base, resolved));
    if (!is_same) return resolved;
    TRY(url.set(CURLUPART_USER, *user));
    if (password.ok()) TRY(url.set(CURLUPART_PASSWORD, *password));
    return url.get(CURLUPART_URL);
}

std::string with_query(std::string url, std::string_view query) {
    if (query.empty()) return url;
    size_t end = std::min(url.find('#'), url.size());
    bool has_query = url.substr(0, end).find('?') != std::string::npos;
    url.insert(end, (has_query ? "&" : "?") + std::string(query));
    return url;
}

Result<bool> is_same_server(const std::string& one, const std::string& other) {
    std::string server_of_one = TRY(server_of(one));
    std::string server_of_other = TRY(server_of(other));
    return server_of_one == server_of_other;
}

}  // namespace mogura::net
