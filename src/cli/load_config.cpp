#include "cli/load_config.h"

#include "base/file.h"
#include "base/time_zone.h"
#include "load/load.h"

#include <ctime>
#include <filesystem>
#include <utility>
#include <vector>

namespace mogura::cli {
namespace {

bool is_template(const std::string& path) {
    return path.ends_with(".yml.liquid") || path.ends_with(".yaml.liquid");
}

// The machine's offset from UTC just now, as a time zone.
std::string local_offset(base::Instant now) {
    std::time_t seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    std::tm local{};
    ::localtime_r(&seconds, &local);
    return base::format_offset(std::chrono::seconds(local.tm_gmtoff), true);
}

// Partials stand beside the template: 'sub/name' is sub/_name.yml.liquid.
Result<std::string> read_partial(const std::filesystem::path& folder, const std::string& name) {
    std::filesystem::path inner(name);
    std::string file = "_" + inner.filename().string() + ".yml.liquid";
    return base::read_file((folder / inner.parent_path() / file).string());
}

Result<load::RenderedLiquid> render(const std::string& path, const std::string& text,
                                    const TemplateWorld& world) {
    config::Map environment;
    for (const auto& [name, value] : world.environment) environment.set(name, value);
    load::LiquidOptions options{.file = path, .now = world.clock.now()};
    options.variables.set("env", std::move(environment));
    options.time_zone = local_offset(options.now);
    std::filesystem::path folder = std::filesystem::path(path).parent_path();
    options.partial = [folder](const std::string& name) { return read_partial(folder, name); };
    return load::render_liquid(text, options);
}

void move_mark(config::Mark& mark, const std::vector<config::Mark>& lines) {
    const size_t line = static_cast<size_t>(mark.line);
    if (line == 0 || line > lines.size()) return;
    mark.line = lines[line - 1].line;
    mark.file = lines[line - 1].file;
}

// Marks of the rendered text become those of the template and its partials.
void move_marks(config::Value& value, const std::vector<config::Mark>& lines) {
    config::Mark mark = value.mark();
    move_mark(mark, lines);
    value.set_mark(mark);
    if (value.is_list()) {
        for (config::Value& item : value.list()) move_marks(item, lines);
    } else if (value.is_map()) {
        for (config::Map::Entry& entry : value.map()) {
            move_mark(entry.mark, lines);
            move_marks(entry.value, lines);
        }
    }
}

Result<config::Value> read_template(const std::string& path, const std::string& text,
                                    const TemplateWorld& world) {
    load::RenderedLiquid rendered = TRY(render(path, text, world));
    // What is wrong with the text itself is shown as it was rendered.
    config::Value value = TRY(config::parse_yaml(
        rendered.text, {.dialect = config::Dialect::kEmbulk, .file = path + " (rendered)"}));
    move_marks(value, rendered.lines);
    return value;
}

Result<config::Value> read_value(const std::string& path, const std::string& text,
                                 const TemplateWorld& world) {
    if (is_template(path)) return read_template(path, text, world);
    return config::parse_yaml(text, {.dialect = config::Dialect::kEmbulk, .file = path});
}

}  // namespace

Result<config::Map> read_load_config(const std::string& path, const TemplateWorld& world) {
    if (!path.ends_with(".yml") && !path.ends_with(".yaml") && !is_template(path)) {
        return Error(Code::kInvalid,
                     path +
                         ": Unsupported file extension. Supported file extensions are .yml and "
                         ".yml.liquid (also .yaml)");
    }
    std::string text = TRY(base::read_file(path));
    config::Value value = TRY(read_value(path, text, world));
    if (!value.is_map()) {
        return Error(Code::kInvalid, path + ": Expected object to load ConfigSource but got " +
                                         config::to_json(value) +
                                         " (write a mapping with in, filters and out)");
    }
    return value.map();
}

void merge_over(config::Value& base, const config::Value& over) {
    if (base.is_map() && over.is_map()) {
        for (const config::Map::Entry& entry : over.map()) {
            if (config::Value* found = base.map().find(entry.key)) {
                merge_over(*found, entry.value);
            } else {
                base.map().set(entry.key, entry.value);
            }
        }
    } else if (base.is_list() && over.is_list()) {
        for (size_t index = 0; index < over.list().size(); ++index) {
            if (index < base.list().size()) {
                merge_over(base.list()[index], over.list()[index]);
            } else {
                base.list().push_back(over.list()[index]);
            }
        }
    } else {
        base = over;
    }
}

Result<config::Map> read_load_config(const std::string& path, const std::string& diff,
                                     const TemplateWorld& world) {
    config::Map config = TRY(read_load_config(path, world));
    if (diff.empty() || !base::file_exists(diff)) return config;
    int64_t size = TRY(base::file_size_bytes(diff));
    if (size == 0) return config;
    config::Value merged(std::move(config));
    config::Map over = TRY(read_load_config(diff, world));
    merge_over(merged, config::Value(std::move(over)));
    return std::move(merged.map());
}

}  // namespace mogura::cli
