#include "load_cases.h"
#include "load_scripts.h"

#include "base/check.h"
#include "base/file.h"
#include "base/process.h"

#include <isa-l/igzip_lib.h>

#include <filesystem>

namespace mogura::bench {
namespace {

const std::string kNowhere = "out: {type: \"null\"}\n";

Contender command(const std::string& name, double amount, Words words, bool counts) {
    return {.name = name, .amount = amount, .counts = counts, .commands = {std::move(words)}};
}

Line start_line(Bench& bench) {
    Line line;
    line.unit = Line::Unit::kMilliseconds;
    line.runs = 20;
    line.ours = bench.mogura(bench.tables.one_row(), 1, kNowhere);
    line.peers = {command("bash", 1, {"bash", "-c", ":"}, true)};
    return line;
}

Line nowhere_line(Bench& bench, const Table& table, const std::string& wanted) {
    Line line;
    line.wanted = wanted;
    line.ours = bench.mogura(table, table.megabytes, kNowhere);
    line.peers = bench.duckdb(duckdb_aggregate(table), table.megabytes);
    return line;
}

// Nothing but ISA-L, which the gzip decoder uses: the pace that one file cannot exceed.
void inflate(const Table& table) {
    auto source = must(base::open_source(table.path));
    std::vector<char> packed(1 << 20);
    std::vector<uint8_t> text(1 << 20);
    inflate_state state;
    ::isal_inflate_init(&state);
    state.crc_flag = ISAL_GZIP;
    size_t bytes = 0;
    while (size_t size = must(source->read(packed))) {
        state.next_in = reinterpret_cast<uint8_t*>(packed.data());
        state.avail_in = static_cast<uint32_t>(size);
        do {
            state.next_out = text.data();
            state.avail_out = static_cast<uint32_t>(text.size());
            CHECK(::isal_inflate(&state) == ISAL_DECOMP_OK);
            bytes += text.size() - state.avail_out;
        } while (state.avail_in > 0 || state.avail_out == 0);
    }
    CHECK(static_cast<double>(bytes) / 1e6 == table.megabytes);
}

Line packed_line(Bench& bench) {
    const Table& table = bench.tables.packed();
    Line line = nowhere_line(bench, table, "0.9 x bare inflate");
    for (Contender& duckdb : line.peers) duckdb.counts = false;
    line.peers.push_back(
        {.name = "ISA-L alone", .amount = table.megabytes, .work = [&table] { inflate(table); }});
    line.peers.push_back(command("pigz -dc", table.megabytes, {"pigz", "-dc", table.path}, false));
    line.peers.push_back(command("gzip -dc", table.megabytes, {"gzip", "-dc", table.path}, false));
    return line;
}

Line packed_pair_line(Bench& bench) {
    const Table& pair = bench.tables.packed_pair();
    const Table& one = bench.tables.packed();
    Line line = nowhere_line(bench, pair, "about 2 x one file");
    for (Contender& duckdb : line.peers) duckdb.counts = false;
    line.peers.push_back(bench.mogura(one, one.megabytes, kNowhere));
    line.peers.back().name = "mogura, one file";
    return line;
}

// Removes the files of the last run, outside of the time that is measured.
void make_new(Contender& contender, const std::string& path) {
    contender.before = [path] { std::filesystem::remove(path); };
}

void then(Contender& contender, std::function<void()> check) {
    contender.after = [first = contender.after, check = std::move(check)] {
        first();
        check();
    };
}

std::string file_output(const std::string& path, const std::string& formatter) {
    return "out: {type: file, path_prefix: " + path + ", file_ext: '', sequence_format: '', " +
           "formatter: {" + formatter + "}}\n";
}

Line csv_line(Bench& bench, const Table& table, const std::string& wanted) {
    const std::string ours = bench.folder + "/ours.csv";
    const std::string theirs = bench.folder + "/theirs.csv";
    Line line;
    line.wanted = wanted;
    line.ours = bench.mogura(
        table, table.megabytes,
        file_output(ours, "type: csv, newline: LF, default_timestamp_format: '%Y-%m-%d %H:%M:%S'"));
    line.peers = bench.duckdb(duckdb_copy(table, theirs, "(format csv, header)"), table.megabytes);
    make_new(line.ours, ours);
    then(line.ours, [ours, &table] { CHECK(count_ordered_rows(ours) == table.rows); });
    for (Contender& peer : line.peers) {
        make_new(peer, theirs);
        then(peer, [theirs, &table] { CHECK(count_ordered_rows(theirs) == table.rows); });
    }
    return line;
}

// Both at Zstandard's level 1, each with row groups of its usual size.
Line parquet_line(Bench& bench) {
    const Table& table = bench.tables.typed();
    const std::string ours = bench.folder + "/ours.parquet";
    const std::string theirs = bench.folder + "/theirs.parquet";
    Line line;
    line.wanted = "1.3 x DuckDB";
    line.memory_megabytes = 256;
    line.ours =
        bench.mogura(table, table.megabytes,
                     file_output(ours, "type: parquet, compression: zstd, compression_level: 1"));
    line.peers = bench.duckdb(
        duckdb_copy(table, theirs, "(format parquet, compression zstd, compression_level 1)"),
        table.megabytes);
    make_new(line.ours, ours);
    for (Contender& peer : line.peers) make_new(peer, theirs);
    if (bench.pythons.empty()) return line;
    auto check = [&bench, &table](const std::string& path) {
        base::Command reader{
            .arguments = {bench.pythons[0].program, "-c", duckdb_parquet_check(table, path)},
            .environment = base::current_environment()};
        CHECK(must(base::run(reader)).exit.code == 0);
    };
    then(line.ours, [check, ours] { check(ours); });
    for (Contender& peer : line.peers) then(peer, [check, theirs] { check(theirs); });
    return line;
}

}  // namespace

Contender Bench::mogura(const Table& table, double amount, const std::string& output) {
    const std::string config = write_script(load_config(table, output), ".yml");
    Contender ours =
        command("mogura", amount, {program, "load", "run", config, "--log", "error"}, true);
    const std::string rows = std::to_string(table.rows);
    ours.after = [rows, path = messages] {
        std::string printed = must(base::read_file(path));
        std::erase(printed, ',');  // 2,000,000
        const std::string wanted = rows + " rows read " + rows + " written 0 rejected";
        if (printed.find(wanted) != std::string::npos) return;
        throw std::runtime_error("mogura says other than " + wanted + ":\n" + printed);
    };
    return ours;
}

std::vector<Contender> Bench::duckdb(const std::string& script, double amount) {
    const std::string path = write_script(script, ".py");
    std::vector<Contender> result;
    for (const Python& python : pythons) {
        result.push_back(command("DuckDB " + python.version, amount, {python.program, path}, true));
    }
    return result;
}

std::string Bench::write_script(const std::string& text, const std::string& extension) {
    const std::string path = folder + "/script" + std::to_string(++scripts) + extension;
    must(base::write_file(path, text));
    return path;
}

std::vector<Case> file_cases() {
    using R = Result<Line>;
    return {
        {"start", "start-up: one row -> null", [](Bench& b) -> R { return start_line(b); }},
        {"typed", "typed CSV -> null",
         [](Bench& b) -> R { return nowhere_line(b, b.tables.typed(), "2 x DuckDB"); }},
        {"strings", "10 string columns -> null",
         [](Bench& b) -> R { return nowhere_line(b, b.tables.strings(), "3 x DuckDB"); }},
        {"wide", "100 columns -> null",
         [](Bench& b) -> R { return nowhere_line(b, b.tables.wide(), "2.5 x DuckDB"); }},
        {"gzip", "gzip typed CSV -> null", [](Bench& b) -> R { return packed_line(b); }},
        {"gzip-two", "two gzip files at once -> null",
         [](Bench& b) -> R { return packed_pair_line(b); }},
        {"csv", "typed CSV -> CSV, order kept",
         [](Bench& b) -> R { return csv_line(b, b.tables.typed(), "2 x best peer"); }},
        {"parquet", "typed CSV -> Parquet (zstd), order kept",
         [](Bench& b) -> R { return parquet_line(b); }},
        {"jsonl", "JSON lines -> null, typed",
         [](Bench& b) -> R { return nowhere_line(b, b.tables.json_lines(), "1.5 x DuckDB"); }},
        {"jsonl-csv", "JSON lines -> CSV",
         [](Bench& b) -> R { return csv_line(b, b.tables.json_lines(), "1.5 x DuckDB"); }},
    };
}

}  // namespace mogura::bench
