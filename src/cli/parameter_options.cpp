#include "cli/parameter_options.h"

#include "base/file.h"
#include "base/text.h"

#include <filesystem>
#include <utility>
#include <vector>

namespace mogura::cli {
namespace {

Result<config::Value> read_yaml(const std::string& path) {
    std::string text = TRY(base::read_file(path));
    config::YamlOptions options;
    options.file = path;
    options.include = [path](const std::string& name) {
        return read_yaml((std::filesystem::path(path).parent_path() / name).string());
    };
    return config::parse_yaml(text, options);
}

}  // namespace

Result<> set_parameter(config::Map& parameters, const std::string& name, const std::string& value) {
    config::Map* place = &parameters;
    std::string path;
    std::vector<std::string> parts = base::split(name, '.');
    for (size_t index = 0; index + 1 < parts.size(); ++index) {
        path += (path.empty() ? "" : ".") + parts[index];
        config::Value* inside = place->find(parts[index]);
        if (!inside) inside = &place->set(parts[index], config::Map{});
        if (!inside->is_map()) {
            return Error(Code::kInvalid, "Parameter '" + name + "' is set but '" + path +
                                             "' is not a object (" + config::to_json(*inside) +
                                             ")");
        }
        place = &inside->map();
    }
    place->set(parts.back(), value);
    return {};
}

Result<> add_parameters(config::Map& parameters, const std::string& argument) {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const std::string& piece : base::split(argument, ',')) {
        size_t equals = piece.find('=');
        if (equals != std::string::npos) {
            pairs.emplace_back(piece.substr(0, equals), piece.substr(equals + 1));
        } else if (!pairs.empty()) {
            pairs.back().second += "," + piece;
        } else {
            return Error(Code::kInvalid,
                         "Parameter -p expected a value of the form a=b but got:" + argument);
        }
    }
    for (const auto& [name, value] : pairs) TRY(set_parameter(parameters, name, value));
    return {};
}

Result<> add_parameter_file(config::Map& parameters, const std::string& path) {
    auto value = TRY(read_yaml(path));
    if (!value.is_map()) return Error(Code::kInvalid, path + ": must be a mapping of parameters");
    config::merge(parameters, value.map());
    return {};
}

}  // namespace mogura::cli
