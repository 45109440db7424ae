#include "cli/local_secrets.h"

#include "base/file.h"
#include "base/text.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>

namespace mogura::cli {
namespace {

bool is_letter(char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0;
}
bool is_letter_or_digit(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

bool is_segment(std::string_view segment) {
    if (segment.empty() || !is_letter(segment.front()) || !is_letter_or_digit(segment.back())) {
        return false;
    }
    for (char c : segment) {
        if (!is_letter_or_digit(c) && c != '-' && c != '_') return false;
    }
    return true;
}

Result<> check_key(const std::string& key) {
    if (is_secret_key(key)) return {};
    return Error(Code::kInvalid,
                 "Invalid secret key: '" + key.substr(0, kSecretKeyBytesMax) +
                     "' (parts that begin with a letter, of letters, digits, - and _, joined by "
                     "dots; at most 255 characters)");
}

// Files that this process writes while this lives can be read by their owner alone.
class OwnerOnly {
  public:
    OwnerOnly() : before_(::umask(077)) {}
    ~OwnerOnly() { ::umask(before_); }
    OwnerOnly(const OwnerOnly&) = delete;
    OwnerOnly& operator=(const OwnerOnly&) = delete;

  private:
    const mode_t before_;
};

}  // namespace

bool is_secret_key(std::string_view key) {
    if (key.size() > kSecretKeyBytesMax) return false;
    for (const std::string& segment : base::split(key, '.')) {
        if (!is_segment(segment)) return false;
    }
    return true;
}

Result<std::optional<std::string>> LocalSecrets::find(const std::string& key) const {
    std::optional<std::string> value;
    if (auto found = properties_.find("secrets." + key); found != properties_.end()) {
        value = found->second;
        return value;
    }
    // Nothing else is looked for below the folder, "../x" least of all.
    if (!is_secret_key(key)) return value;
    auto text = base::read_file(folder_ + "/" + key);
    if (!text.ok() && text.error().code() != Code::kNotFound) return text.error();
    if (text.ok()) value = *std::move(text);
    return value;
}

Result<std::vector<std::string>> LocalSecrets::keys() const {
    std::vector<std::string> keys;
    auto names = base::list_folder(folder_);
    if (!names.ok() && names.error().code() == Code::kNotFound) return keys;
    if (!names.ok()) return names.error();
    for (const std::string& name : *names) {
        if (is_secret_key(name)) keys.push_back(name);
    }
    return keys;
}

Result<> LocalSecrets::set(const std::string& key, std::string_view value) const {
    TRY(check_key(key));
    if (value.size() > kSecretBytesMax) {
        return Error(Code::kLimit, "The value of secret '" + key +
                                       "' is too long: " + std::to_string(value.size()) +
                                       " bytes (at most " + std::to_string(kSecretBytesMax) + ")");
    }
    OwnerOnly owner_only;
    TRY(base::make_folders(folder_));
    TRY(base::write_file(folder_ + "/" + key, value));
    if (::chmod((folder_ + "/" + key).c_str(), 0600) != 0) {
        return base::system_error(folder_ + "/" + key, "change the mode");
    }
    return {};
}

Result<> LocalSecrets::erase(const std::string& key) const {
    TRY(check_key(key));
    std::string path = folder_ + "/" + key;
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return base::system_error(path, "delete");
    return {};
}

}  // namespace mogura::cli
