// The lines of the speed table by their names on the command line.

#pragma once

#include "load_run.h"
#include "load_tables.h"

#include <functional>
#include <string>
#include <vector>

namespace mogura::bench {

struct Python {
    std::string program;
    std::string version;  // of its duckdb
};

struct Bench {
    std::string program;  // Mogura
    std::string folder;
    std::string messages;  // what the last run printed
    std::vector<Python> pythons;
    Tables tables;

    // A configuration file, and Mogura running it: fails unless all rows came and went.
    Contender mogura(const Table& table, double amount, const std::string& output);
    // One contender for each interpreter.
    std::vector<Contender> duckdb(const std::string& script, double amount);
    // A file of that text.
    std::string write_script(const std::string& text, const std::string& extension);
    int scripts = 0;
};

struct Case {
    std::string name;
    std::string title;
    // kNotFound or kUnavailable where a server is missing.
    std::function<Result<Line>(Bench&)> make;
};

std::vector<Case> file_cases();
std::vector<Case> database_cases();

}  // namespace mogura::bench
