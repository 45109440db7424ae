#include "script/evaluation.h"

#include "base/text.h"
#include "config/config.h"
#include "script/error_text.h"
#include "script/javascript_text.h"
#include "script/template.h"

#include <utility>

namespace mogura::script {
namespace {

using config::Map;
using config::Value;

constexpr size_t kSmallMap = 16;
constexpr size_t kShownBytesMax = 2000;  // of a text in an error message

bool is_evaluated_later(std::string_view key) {
    return key == "_do" || key == "_else_do";
}

std::string quoted(std::string_view name) {
    std::string json;
    config::append_json_string(json, name);
    return json;
}

std::string shown(const std::string& text) {
    if (text.size() <= kShownBytesMax) return text;
    return text.substr(0, kShownBytesMax) + "...";
}

}  // namespace

Names::Names(const Map& map) : map_(map) {
    if (map.size() <= kSmallMap) return;
    size_t place = 0;
    for (const Map::Entry& entry : map) places_.emplace(entry.key, place++);
}

const Value* Names::find(std::string_view name, size_t count) const {
    if (places_.empty()) {
        size_t place = 0;
        for (const Map::Entry& entry : map_) {
            if (place++ >= count) break;
            if (entry.key == name) return &entry.value;
        }
        return nullptr;
    }
    auto found = places_.find(name);
    if (found == places_.end() || found->second >= count) return nullptr;
    return &(map_.begin() + static_cast<std::ptrdiff_t>(found->second))->value;
}

Result<> Evaluation::evaluate(Map& map, std::string_view data) {
    TRY(walk(map, data));
    return send();
}

Result<> Evaluation::evaluate(Value& text) {
    const Map nothing;
    TRY(walk(text, Level{.names = Names(nothing)}));
    return send();
}

Result<> Evaluation::walk(Map& map, std::string_view data) {
    Level level{.names = Names(map)};
    for (Map::Entry& entry : map) {
        bool is_data = !data.empty() && entry.key == data;
        if (!is_data && !is_evaluated_later(entry.key)) {
            path_.push_back(&entry.value);
            TRY(walk(entry.value, level));
            path_.pop_back();
        }
        ++level.done;
    }
    return {};
}

// Elements of a list have the scope of the mapping around it (3.4.4).
Result<> Evaluation::walk(Value& value, const Level& level) {
    if (value.is_map()) return walk(value.map());
    if (value.is_string()) return evaluate_text(value, level);
    if (value.is_list()) {
        for (Value& item : value.list()) TRY(walk(item, level));
    }
    return {};
}

Result<> Evaluation::evaluate_text(Value& value, const Level& level) {
    if (!has_template(value.string())) return {};
    const std::vector<Part> parts = parse_template(value.string());
    auto text = TRY(plain_text(parts, level));
    if (text) {
        value = Value(*std::move(text));
        return {};
    }
    return add_script(value, make_program(parts), level);
}

Result<std::optional<std::string>> Evaluation::plain_text(const std::vector<Part>& parts,
                                                          const Level& level) {
    std::string text;
    for (const Part& part : parts) {
        if (!part.is_expression) {
            text += part.text;
            continue;
        }
        auto path = parse_plain_path(part.text);
        if (!path) return std::optional<std::string>();
        const Value* value = TRY(look_up(path->name, level));
        if (!value) return std::optional<std::string>();
        auto followed = follow(*path, *value);
        if (!followed) return std::optional<std::string>();
        text += *followed;
    }
    return std::optional(std::move(text));
}

Result<const Value*> Evaluation::look_up(std::string_view name, const Level& level) {
    const Value* value = level.names.find(name, level.done);
    if (!value) return raw_.find(name);
    if (unsettled_.contains(value)) TRY(send());
    return value;
}

Result<> Evaluation::add_script(Value& target, Program program, const Level& level) {
    Script script{.source = std::move(program.source),
                  .scope = {},
                  .uses_moment = program.uses_moment,
                  .uses_dates = program.uses_dates,
                  .uses_java = program.uses_java};
    if (script.source.find('\0') != std::string::npos) {
        return Error(Code::kInvalid, "Failed to evaluate a variable " + shown(target.string()) +
                                         " (SyntaxError: Invalid character '\\0')");
    }
    // Looking up may send the job, so values are added to it only afterwards.
    if (program.reads_everything) {
        if (!unsettled_.empty()) TRY(send());
        TRY(add_everything(script, level));
    } else {
        for (const std::string& name : program.names) TRY(look_up(name, level));
        for (const std::string& name : program.names) TRY(add_to_scope(script, name, level));
    }
    job_.scripts.push_back(std::move(script));
    targets_.push_back(&target);
    unsettled_.insert(path_.begin(), path_.end());
    return {};
}

Result<> Evaluation::add_to_scope(Script& script, std::string_view name, const Level& level) {
    const Value* value = TRY(look_up(name, level));
    if (value) script.scope.emplace_back(quoted(name), add_value(*value));
    return {};
}

// In the order in which the original has them: raw parameters, evaluated ones in their places, then
// new keys.
Result<> Evaluation::add_everything(Script& script, const Level& level) {
    for (const Map::Entry& entry : raw_.map()) TRY(add_to_scope(script, entry.key, level));
    size_t place = 0;
    for (const Map::Entry& entry : level.names.map()) {
        if (place++ >= level.done) break;
        if (!raw_.find(entry.key)) TRY(add_to_scope(script, entry.key, level));
    }
    return {};
}

uint32_t Evaluation::add_value(const Value& value) {
    auto [place, is_new] = sent_values_.emplace(&value, static_cast<uint32_t>(job_.values.size()));
    if (is_new) job_.values.push_back(stringify(value));
    return place->second;
}

Result<> Evaluation::send() {
    if (job_.scripts.empty()) return {};
    const Helper::Reply reply = TRY(ask());
    for (size_t index = 0; index < reply.answers.size(); ++index) {
        const Answer& answer = reply.answers[index];
        if (answer.ok) *targets_[index] = Value(answer.text);
    }
    const bool is_complete = reply.answers.size() == job_.scripts.size() && reply.answers.back().ok;
    if (!is_complete) return failure(reply);
    job_ = {};
    targets_.clear();
    sent_values_.clear();
    unsettled_.clear();
    return {};
}

// A helper that dies may have been worn out by earlier scripts; a fresh one gets a second try. What
// is put off begins anew, once, with all its time.
Result<Helper::Reply> Evaluation::ask() {
    job_.time_zone = time_zone_;
    job_.memory_max_bytes = limits_.memory_max_bytes;
    bool was_put_off = false;
    while (true) {
        auto helper = TRY(pool_.acquire(time_zone_, was_put_off));
        bool is_slow = was_put_off;
        bool has_low_priority = false;
        auto goes_on = [&] {
            if (!was_put_off) is_slow = pool_.may_go_on(is_slow);
            has_low_priority = is_slow;
            return is_slow;
        };
        const bool was_fresh = helper->is_fresh();
        job_.time_max_ms =
            static_cast<uint32_t>(std::chrono::ceil<std::chrono::milliseconds>(time_left_).count());
        Helper::Reply reply = helper->ask(job_, time_left_, goes_on);
        const bool is_whole = reply.end == Helper::Reply::End::kComplete;
        pool_.release(std::move(helper),
                      {.is_spent = !is_whole || has_low_priority, .is_slow = is_slow});
        if (reply.end == Helper::Reply::End::kPutOff) {
            was_put_off = true;
            continue;
        }
        time_left_ -= reply.time_taken;
        if (reply.end == Helper::Reply::End::kDied && !was_fresh && time_left_.count() > 0)
            continue;
        return reply;
    }
}

Error Evaluation::failure(const Helper::Reply& reply) const {
    size_t failed = reply.answers.size();
    std::string reason;
    Code code = Code::kInvalid;
    if (failed > 0 && !reply.answers.back().ok) {
        --failed;
        reason = translate_error(reply.answers.back().text);
    } else if (reply.end == Helper::Reply::End::kTimeout) {
        code = Code::kLimit;
        reason = "the template takes longer than " +
                 base::with_unit_seconds(std::chrono::duration<double>(limits_.time_max).count());
    } else {
        code = Code::kLimit;
        reason = "the template needs more than " + base::with_unit_bytes(limits_.memory_max_bytes) +
                 " of memory";
    }
    return {code, "Failed to evaluate a variable " + shown(targets_[failed]->string()) + " (" +
                      reason + ")"};
}

}  // namespace mogura::script
