#include "cli/load_help.h"

#include "base/text.h"

#include <algorithm>
#include <array>

namespace mogura::cli {
namespace {

constexpr std::array kVerbs = {
    LoadVerb{"run", "CONFIG.yml [-c DIFF.yml] [-r STATE.yml] [--json] [--log LEVEL]", 1, 1,
             "reads everything and writes it; nothing is visible before it succeeds",
             R"(Options:
  -c, --config-diff DIFF.yml    merged over the configuration; rewritten after success (last_path
                                and the like), so that the next run goes on behind this one
  -r, --resume-state STATE.yml  the state stands there while the load runs; after a failure or a
                                kill the same command goes on from it, so that each row comes once
  --json                        prints the summary as one line of JSON on standard output
  --summary-json FILE           writes it to a file; of a run that failed, its `error`
  --log LEVEL                   error, warn, info (default) or debug

Keys of our own in the configuration, at the top or under exec:
  quarantine: bad_rows.jsonl    bad rows go there, with place and reason, instead of the log
  max_rejected_rows: 100        more bad rows than that fail the run

Example:
  mogura load run config.yml -c last.yml --summary-json summary.json
)"},
    LoadVerb{
        "preview", "CONFIG.yml [--vertical]", 1, 1,
        "shows the first rows, after the filters, as a table",
        R"(Nothing is written, and the output is not even asked. SQL of a database input does run, also its
before_setup and before_select.

Options:
  -G, --vertical    a line for each column, for rows that are wider than the window
  --log LEVEL       error, warn, info (default) or debug

How many bytes are read: exec: {preview_sample_buffer_bytes: 32768}.

Example:
  mogura load preview config.yml -G
)"},
    LoadVerb{
        "guess", "CONFIG.yml [-o COMPLETED.yml] [-g GUESSER,...]", 1, 1,
        "looks at the files and prints the configuration with the parser filled in",
        R"(A seed is enough: the input with its path_prefix, and the output. What the file says already stays.
Found are gzip and bzip2, the character set, CSV with its columns and types, JSON, Parquet.

Options:
  -o COMPLETED.yml    writes the configuration there instead of printing it
  -g GUESSER,...      guesses more than the usual: jsonl
  --log LEVEL         error, warn, info (default) or debug

Example, from nothing to rows:
  mogura load guess seed.yml -o config.yml
  mogura load preview config.yml
  mogura load plan config.yml
  mogura load run config.yml
)"},
    LoadVerb{
        "plan", "CONFIG.yml [--json]", 1, 1,
        "says what run would do: files, columns, statements of the target",
        R"(Shows the files with their bytes, and how threads share the work on each; the columns of the input
and behind every filter; the files that run would write. Of a database table: the statements in
the order in which run sends them, which columns the table gets, which columns of the input it
does not take, and which of its columns get no value. It fails where run would fail at its
beginning: a table without the key of a merge, no column that fits.

Nothing is written, and nothing changes in the target: it is asked what it has. The input is asked,
too: before_setup of a database input runs, and commits, as the columns may need it.

Names of intermediate tables carry the time of the run; rows of an INSERT are shown as (...).

Options:
  -c, --config-diff DIFF.yml    merged over the configuration, as run does; not rewritten
  --json                        everything, for programs: long lists and statements are not cut
  --log LEVEL                   error, warn, info (default) or debug

Example:
  mogura load plan config.yml
)"},
    LoadVerb{
        "replay", "CONFIG.yml QUARANTINE.jsonl", 2, 2,
        "loads the rows of a quarantine file whose `text` somebody has corrected",
        R"(CONFIG.yml is that of the run which rejected the rows. Correct `text` of each line in the quarantine
file first. Files get replay_ behind their prefix (replay2_ the next time, and so on); what is
rejected again goes to QUARANTINE.jsonl.rest. An output that would replace what is there is
refused, and so are -c and -r.

Options:
  --json, --summary-json FILE    the summary, as with run
  --log LEVEL                    error, warn, info (default) or debug

Example:
  mogura load replay config.yml bad_rows.jsonl && rm bad_rows.jsonl
)"},
    LoadVerb{"cleanup", "CONFIG.yml [-r STATE.yml]", 1, 1,
             "drops intermediate tables that killed runs of it left behind",
             R"(No other run into the same table may go on meanwhile. What is gone is printed.

Options:
  -r, --resume-state STATE.yml    throws the state of a failed run away instead
  --log LEVEL                     error, warn, info (default) or debug

Example:
  mogura load cleanup config.yml
)"},
    LoadVerb{"schema", "", 0, 0, "prints the JSON Schema of configurations, for editors",
             R"(It has the options of every plugin with their types and help.

Example, and the first line of a configuration that an editor then completes:
  mogura load schema > load.schema.json
  # yaml-language-server: $schema=load.schema.json
)"},
    LoadVerb{
        "example", "[FOLDER]", 0, 1, "writes a small data set and a seed to begin with",
        R"(FOLDER (default: mogura-example) gets a packed CSV file and seed.yml; the commands to try next are
printed.

Example:
  mogura load example
)"},
};

constexpr std::string_view kBehindVerbs = R"(
`mogura load VERB --help` explains a verb and its options.

A small configuration:
  in:
    type: file
    path_prefix: logs/2024-
    decoders: [{type: gzip}]
    parser:
      type: csv
      skip_header_lines: 1
      columns: [{name: id, type: long}, {name: name, type: string}]
  out: {type: file, path_prefix: out/rows, file_ext: csv, formatter: {type: csv}}
  quarantine: bad_rows.jsonl
)";

std::string usage_of(const LoadVerb& verb) {
    std::string text = "  mogura load " + std::string(verb.name);
    if (!verb.words.empty()) text.append(" ").append(verb.words);
    return text + "\n";
}

}  // namespace

std::span<const LoadVerb> load_verbs() {
    return kVerbs;
}

const LoadVerb* find_load_verb(std::string_view name) {
    const auto* found = std::ranges::find(kVerbs, name, &LoadVerb::name);
    return found == kVerbs.end() ? nullptr : found;
}

std::string load_help() {
    constexpr size_t kNameWidth = 10;
    std::string text =
        "Moves rows from an input, through filters, to an output, as a file of Embulk's says.\n\n"
        "Usage:\n";
    for (const LoadVerb& verb : kVerbs) text += usage_of(verb);
    text += "\n";
    for (const LoadVerb& verb : kVerbs) {
        text.append("  ").append(verb.name).append(kNameWidth - verb.name.size(), ' ');
        text.append(verb.short_help).append("\n");
    }
    return text.append(kBehindVerbs);
}

std::string load_help(const LoadVerb& verb) {
    std::string text = "mogura load " + std::string(verb.name) + " ";
    return text.append(verb.short_help) + ".\n\nUsage:\n" + usage_of(verb) + "\n" +
           std::string(verb.help);
}

}  // namespace mogura::cli
