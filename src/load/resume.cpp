#include "load/resume.h"

#include "load/timestamp.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace mogura::load {
namespace {

config::List list_of(const page::Schema& schema) {
    config::List list;
    for (size_t index = 0; index < schema.size(); ++index) {
        config::Map column;
        column.set("index", static_cast<int64_t>(index));
        column.set("name", schema[index].name);
        column.set("type", page::type_name(schema[index].type));
        list.emplace_back(std::move(column));
    }
    return list;
}

config::Value report(bool is_finished) {
    return is_finished ? config::Value(config::Map()) : config::Value(nullptr);
}

Error unreadable(const std::string& what) {
    return {Code::kInvalid,
            "the resume state cannot be read: " + what + " (remove the file to begin anew)"};
}

Result<const config::List*> list_at(const config::Map& document, const char* key) {
    const config::Value* value = document.find(key);
    if (!value || !value->is_list()) return unreadable(std::string(key) + " is no list");
    return &value->list();
}

Result<page::Schema> schema_at(const config::Map& document, const char* key) {
    const config::List* list = TRY(list_at(document, key));
    std::vector<page::Column> columns;
    for (const config::Value& item : *list) {
        const config::Value* name = item.find("name");
        const config::Value* type = item.find("type");
        auto found = type && type->is_string() ? page::find_type(type->string()) : std::nullopt;
        if (!name || !name->is_string() || !found) return unreadable(key);
        columns.push_back({.name = name->string(), .type = *found});
    }
    return page::Schema(std::move(columns));
}

bool is_true_at(const config::Map& document, const char* key) {
    const config::Value* value = document.find(key);
    return value && value->is_boolean() && value->boolean();
}

}  // namespace

config::Map ResumeState::document() const {
    config::Map exec_task;
    exec_task.set("transaction_time", transaction_time_text(transaction_time));
    config::List in_reports;
    config::List out_reports;
    config::List places;
    for (size_t task = 0; task < tasks(); ++task) in_reports.push_back(report(is_finished(task)));
    for (const Kept& task : kept) {
        out_reports.push_back(report(task.is_finished));
        places.push_back(task == Kept() ? config::Value(nullptr) : task.document());
    }
    config::Map map;
    map.set("exec_task", std::move(exec_task));
    map.set("in_task", input);
    map.set("out_task", output);
    map.set("in_schema", list_of(in_schema));
    map.set("out_schema", list_of(out_schema));
    map.set("in_reports", std::move(in_reports));
    map.set("out_reports", std::move(out_reports));
    map.set("kept", std::move(places));
    map.set("begun", is_begun);
    map.set("way", way);
    map.set("diff", diff);
    map.set("publishing", is_publishing);
    map.set("done", is_done);
    return map;
}

bool ResumeState::is_finished(size_t input_task) const {
    const auto first = kept.begin() + static_cast<std::ptrdiff_t>(input_task * branches);
    return std::all_of(first, first + static_cast<std::ptrdiff_t>(branches),
                       [](const Kept& task) { return task.is_finished; });
}

Result<ResumeState> ResumeState::read(const config::Map& document) {
    ResumeState state;
    const config::Value* exec = document.find("exec_task");
    const config::Value* time = exec ? exec->find("transaction_time") : nullptr;
    if (!time || !time->scalar_text()) return unreadable("transaction_time is missing");
    state.transaction_time = TRY(parse_transaction_time(*time->scalar_text()));
    if (const config::Value* input = document.find("in_task")) state.input = *input;
    state.in_schema = TRY(schema_at(document, "in_schema"));
    state.out_schema = TRY(schema_at(document, "out_schema"));
    const config::List* in_reports = TRY(list_at(document, "in_reports"));
    const config::List* out_reports = TRY(list_at(document, "out_reports"));
    const config::List* places = TRY(list_at(document, "kept"));
    for (const config::Value& place : *places) {
        const auto kept = Kept::read(place);
        if (!kept) return unreadable("kept");
        state.kept.push_back(*kept);
    }
    if (!in_reports->empty()) state.branches = out_reports->size() / in_reports->size();
    if (state.branches == 0 || out_reports->size() != in_reports->size() * state.branches ||
        state.kept.size() != out_reports->size()) {
        return unreadable("out_reports does not go with in_reports");
    }
    if (const config::Value* output = document.find("out_task")) state.output = *output;
    state.is_begun = is_true_at(document, "begun");
    const config::Value* way = document.find("way");
    if (way && way->is_string()) state.way = way->string();
    const config::Value* diff = document.find("diff");
    if (diff && diff->is_map()) state.diff = diff->map();
    state.is_publishing = is_true_at(document, "publishing");
    state.is_done = is_true_at(document, "done");
    return state;
}

std::string transaction_time_text(base::Instant time) {
    auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    auto rest = std::chrono::nanoseconds(time - seconds);
    auto formatter = TimestampFormatter::compile("%Y-%m-%d %H:%M:%S.%6N UTC", "UTC");
    std::string text;
    formatter->format({seconds.time_since_epoch().count(), static_cast<int32_t>(rest.count())},
                      text);
    return text;
}

Result<base::Instant> parse_transaction_time(const std::string& text) {
    for (const char* format : {"%Y-%m-%d %H:%M:%S.%N %Z", "%Y-%m-%d %H:%M:%S %Z"}) {
        auto parser = TimestampParser::compile({.format = format});
        page::Timestamp time;
        if (parser->parse(text, time)) {
            return base::Instant(std::chrono::seconds(time.seconds) +
                                 std::chrono::microseconds(time.nanoseconds / 1000));
        }
    }
    return Error(Code::kInvalid, "not a time such as 2015-01-27 19:23:49 UTC: " + text);
}

}  // namespace mogura::load
