#include "base/text.h"
#include "engine/operator.h"

namespace mogura::engine {

const Settings& no_settings() {
    static const Settings kNone;
    return kNone;
}

const Surroundings& no_surroundings() {
    static const Surroundings kNone;
    return kNone;
}

Failed failed(std::string message) {
    Failed failure;
    failure.error.append("message", std::move(message));
    return failure;
}

Failed failed_config(std::string message) {
    return failed(std::move(message) + " (config)");
}

void Operators::add(std::string name, std::string help, Make make) {
    entries_.insert_or_assign(std::move(name), Entry{std::move(help), std::move(make)});
}

void Operators::add_absent(std::string name, std::string message) {
    absent_.insert_or_assign(std::move(name), std::move(message));
}

std::unique_ptr<Operator> Operators::make(const std::string& name, std::string& message) const {
    if (auto found = entries_.find(name); found != entries_.end()) return found->second.make();
    if (auto absent = absent_.find(name); absent != absent_.end()) {
        message = absent->second;
        return nullptr;
    }
    std::vector<std::string> known = names();
    message = "Unknown task type: " + name + base::did_you_mean(name, known);
    return nullptr;
}

void Operators::set_finder(Find find) {
    find_ = std::move(find);
}

Result<> Operators::check(const config::Map& parameters) const {
    if (find_) TRY(find_("", parameters));
    return {};
}

std::unique_ptr<Operator> Operators::make(const std::string& name, const config::Map& parameters,
                                          std::string& message) const {
    if (!find_ || entries_.contains(name)) return make(name, message);
    auto found = find_(name, parameters);
    if (!found.ok()) {
        message = found.error().message();
        return nullptr;
    }
    if (*found) return std::move(*found);
    return make(name, message);
}

std::vector<std::string> Operators::names() const {
    std::vector<std::string> result;
    for (const auto& [name, entry] : entries_) result.push_back(name);
    return result;
}

const std::string& Operators::help(const std::string& name) const {
    static const std::string kNone;
    auto found = entries_.find(name);
    return found == entries_.end() ? kNone : found->second.help;
}

}  // namespace mogura::engine
