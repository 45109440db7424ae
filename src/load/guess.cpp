// guess: rounds of guessers over a sample, each building on what the rounds before it found (spec
// embulk 2.1).

#include "base/text.h"
#include "load/guess_csv.h"
#include "load/guess_json_lines.h"
#include "load/job.h"
#include "load/json_value.h"
#include "load/plugin_choice.h"
#include "load/run_context.h"
#include "load/sample.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mogura::load {
namespace {

constexpr int kRoundsMax = 10;
using Names = std::vector<std::string>;

// What a guesser adds to the input's configuration.
config::Map with_parser(config::Map parser) {
    config::Map answer;
    if (!parser.empty()) answer.set("parser", std::move(parser));
    return answer;
}

config::Map with_decoder(const config::Map& in, std::string_view type) {
    config::List decoders;
    const config::Value* known = in.find("decoders");
    if (known && known->is_list()) decoders = known->list();
    config::Map decoder;
    decoder.set("type", type);
    decoders.emplace_back(std::move(decoder));
    config::Map answer;
    answer.set("decoders", std::move(decoders));
    return answer;
}

bool is_gzip(std::string_view sample) {
    return sample.starts_with("\x1F\x8B");
}

bool is_bzip2(std::string_view sample) {
    constexpr std::string_view kBlock = "\x31\x41\x59\x26\x53\x59";
    return sample.starts_with("BZh") && sample.size() > 4 && sample[3] >= '1' && sample[3] <= '9' &&
           sample.substr(4).starts_with(kBlock);
}

// A JSON object comes first, perhaps behind others.
bool is_json(std::string_view sample) {
    if (sample.starts_with("\xEF\xBB\xBF")) sample.remove_prefix(3);
    size_t used = 0;
    auto value = parse_json_value(sample, used);
    return value.ok() && value->type == Json::Type::kObject;
}

config::Map parser_of(const config::Map& in) {
    const config::Value* parser = in.find("parser");
    return parser && parser->is_map() ? parser->map() : config::Map();
}

// Whether the parser is of this type, or may become one.
bool may_be(const config::Map& parser, std::string_view word) {
    const config::Value* type = parser.find("type");
    return !type || *type == config::Value(word);
}

// Such a file knows its columns, and nothing about it is text.
bool is_parquet(const config::Map& parser, std::string_view sample) {
    return may_be(parser, "parquet") && sample.starts_with("PAR1");
}

Result<config::Map> ask(const std::string& guesser, const config::Map& in, std::string_view sample,
                        Compat compat) {
    if (guesser == "gzip") return is_gzip(sample) ? with_decoder(in, guesser) : config::Map();
    if (guesser == "bzip2") return is_bzip2(sample) ? with_decoder(in, guesser) : config::Map();
    config::Map parser = parser_of(in);
    config::Map found;
    if (is_parquet(parser, sample)) {
        found.set("type", "parquet");
        return with_parser(std::move(found));
    }
    if (guesser == "json") {
        if (may_be(parser, guesser) && is_json(sample)) found.set("type", guesser);
        return with_parser(std::move(found));
    }
    if (guesser == "jsonl") {
        if (may_be(parser, guesser)) found = guess_json_lines(parser, sample, compat);
        return with_parser(std::move(found));
    }
    CsvGuess options{.all_strings = guesser == "csv_all_strings", .compat = compat};
    config::Map answer = TRY(guess_csv(parser, sample, options));
    return with_parser(std::move(answer));
}

// Columns are merged one by one: what a guess does not say about a column stays (2.1.8).
void merge_columns(config::Map& answer, const config::Map& in) {
    config::Value* parser = answer.find("parser");
    config::Value* columns = parser ? parser->map().find("columns") : nullptr;
    const config::Map known_parser = parser_of(in);
    const config::Value* known = known_parser.find("columns");
    if (!columns || !known || !known->is_list()) return;
    config::List merged = known->list();
    for (size_t index = 0; index < columns->list().size(); ++index) {
        config::Value& guessed = columns->list()[index];
        if (index < merged.size() && merged[index].is_map()) {
            config::merge(merged[index].map(), guessed.map());
        } else if (index < merged.size()) {
            merged[index] = guessed;
        } else {
            merged.push_back(guessed);
        }
    }
    *columns = config::Value(std::move(merged));
}

// jsonl, where it is asked for, goes in front of json, which would take the file for its own. A
// parser that is named asks for it, too; in the original only its plug-in's user does.
Result<Names> guessers(const Job& job, const config::Map& in, Compat compat) {
    Names names = {"gzip", "bzip2", "json", "csv"};
    const Names known = {"gzip", "bzip2", "json", "jsonl", "csv", "csv_all_strings"};
    const config::Map parser = parser_of(in);
    const config::Value* type = parser.find("type");
    const bool is_named = type && *type == config::Value("jsonl");
    auto add = [&](const std::string& name) {
        if (std::find(names.begin(), names.end(), name) != names.end()) return;
        names.insert(name == "jsonl" ? names.begin() + 2 : names.end(), name);
    };
    if (is_named && guesses_named_parsers(compat)) add("jsonl");
    const config::Value* exec = job.config.find("exec");
    config::Map empty;
    config::Reader reader(exec && exec->is_map() ? exec->map() : empty, job.file, "exec");
    Names more = job.guess_plugins;
    for (const std::string& name :
         reader.optional("guess_plugins", Names(), "More guessers, such as csv_all_strings.")) {
        more.push_back(name);
    }
    for (const std::string& name : more) {
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            reader.problem("guess_plugins",
                           "unknown guesser: " + name + base::did_you_mean(name, known));
        } else {
            add(name);
        }
    }
    for (const std::string& name :
         reader.optional("exclude_guess_plugins", Names(), "Guessers to leave out.")) {
        std::erase(names, name);
    }
    TRY(reader.finish(/*ignore_unknown=*/true));
    return names;
}

// One round: the first guesser whose answer changes anything. Returns whether one did.
Result<bool> run_round(config::Map& in, const Names& names, const Sample& sample, const Job& job,
                       const Plugins& plugins, const Context& context) {
    std::string decoded = TRY(decode_sample(sample.bytes, {in, job.file, "in"}, plugins, context));
    if (decoded.empty()) return Error(Code::kInvalid, "No input buffer to guess");
    for (const std::string& name : names) {
        config::Map answer = TRY(ask(name, in, decoded, context.compat));
        merge_columns(answer, in);
        config::Map changed = in;
        config::merge(changed, answer);
        if (changed == in) continue;
        in = std::move(changed);
        return true;
    }
    return false;
}

}  // namespace

Result<config::Map> guess(const Job& job, const Plugins& plugins, const Context& usual) {
    Context context = TRY(context_of(job, plugins, usual));
    const config::Value* section = job.config.find("in");
    if (!section || !section->is_map()) {
        return Error(Code::kInvalid, "in is required but not set").at(job.file);
    }
    config::Map in = section->map();
    PluginConfig plugin{section->map(), job.file, "in"};
    std::string type = TRY(plugin_name(plugin));
    if (plugins.inputs.has(type)) return job.config;  // such inputs know their own columns
    if (!plugins.file_inputs.has(type)) {
        Names known = plugins.inputs.names();
        std::ranges::copy(plugins.file_inputs.names(), std::back_inserter(known));
        return unknown_plugin(plugin, "input", type, known);
    }
    auto input = TRY(make_plugin(plugins.file_inputs, plugin, context));
    size_t bytes_max = TRY(sample_bytes_max(job.config, job.file, "guess_sample_buffer_bytes"));
    Names names = TRY(guessers(job, in, context.compat));
    Sample sample = TRY(read_sample(*input, bytes_max));

    for (int round = 0; round < kRoundsMax; ++round) {
        bool has_changed = TRY(run_round(in, names, sample, job, plugins, context));
        if (!has_changed) break;
    }
    config::Map completed = job.config;
    completed.set("in", std::move(in));
    return completed;
}

}  // namespace mogura::load
