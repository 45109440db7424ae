#include "schedule/schedule.h"

#include "base/text.h"
#include "base/time_text.h"
#include "schedule/types.h"

#include <array>
#include <map>

namespace mogura::schedule {

namespace {

using Make = Result<Made> (*)(const config::Value&, const base::TimeZone&);

const std::map<std::string, Make>& types() {
    static const std::map<std::string, Make> kTypes = {
        {"cron", make_cron},       {"daily", make_daily},
        {"hourly", make_hourly},   {"minutes_interval", make_minutes_interval},
        {"monthly", make_monthly}, {"seconds_interval", make_seconds_interval},
        {"weekly", make_weekly}};
    return kTypes;
}

constexpr std::array<const char*, 4> kCommon = {"skip_on_overtime", "skip_delayed_by", "start",
                                                "end"};

bool is_common(const std::string& key) {
    for (const char* one : kCommon) {
        if (key == one) return true;
    }
    return false;
}

// Those whose runs may be put off by `delay: SECONDS` (5.1.4).
bool takes_delay(const std::string& type) {
    return type == "cron" || type == "minutes_interval" || type == "seconds_interval";
}

base::Instant whole_seconds_up(base::Instant time) {
    return std::chrono::ceil<std::chrono::seconds>(time);
}

}  // namespace

// Reads the mapping; remembers where the value stands that is being read.
class Creation {
  public:
    Creation(const config::Map& mapping, const base::TimeZone& zone)
        : mapping_(mapping), zone_(zone) {}

    Result<Schedule> create() {
        note(read_type());
        note(read_date("start", 0, schedule_.start_));
        note(read_date("end", 1, schedule_.end_));
        note(check_order());
        note(read_skip_on_overtime());
        note(read_skip_delayed_by());
        if (!problems_.empty()) return Error(Code::kInvalid, problems_[0].message);
        for (const auto& entry : mapping_) {
            if (!used_.contains(entry.key) && !is_common(entry.key)) {
                schedule_.unused_.push_back(entry);
            }
        }
        if (!ever_runs()) {
            schedule_.doubts_.push_back({type_mark_, "no day fits this pattern: it never runs"});
        }
        return std::move(schedule_);
    }
    const std::vector<Problem>& problems() const { return problems_; }

  private:
    void note(const Result<>& result) {
        if (!result.ok()) problems_.push_back({mark_, result.error().message()});
    }

    // Apart from `end`, which may be over.
    bool ever_runs() const {
        return schedule_.kind_.rhythm->after(base::Instant{}) < never().session;
    }

    Result<> read_type() {
        std::string type;
        const config::Value* command = nullptr;
        static const config::Value kNothing;
        for (const auto& entry : mapping_) {
            if (!entry.key.ends_with('>')) continue;
            type = entry.key.substr(0, entry.key.size() - 1);
            command = &entry.value;
            used_[entry.key] = true;
            mark_ = entry.mark;
            break;
        }
        if (const config::Value* named = mapping_.find("_type"); named && !command) {
            type = named->scalar_text().value_or(config::to_json(*named));
            command = mapping_.find("_command");
            if (!command) command = &kNothing;
            used_["_type"] = used_["_command"] = true;
            mark_ = named->mark();
        }
        if (!command) {
            return Error(Code::kInvalid, "Schedule config requires 'type>: at' parameter: " +
                                             config::to_json(mapping_));
        }
        auto found = types().find(type);
        if (found == types().end()) {
            std::vector<std::string> known;
            for (const auto& [name, make] : types()) known.push_back(name);
            return Error(Code::kInvalid,
                         "Unknown scheduler type: " + type + base::did_you_mean(type, known));
        }
        if (command->mark().line > 0) mark_ = command->mark();
        type_mark_ = mark_;
        Made made = TRY(found->second(*command, zone_));
        if (auto doubt = clock_doubt(type, command->scalar_text().value_or(""))) {
            schedule_.doubts_.push_back({mark_, *doubt});
        }
        schedule_.kind_ = {.rhythm = std::move(made.rhythm), .delay = made.delay};
        return takes_delay(type) ? read_delay() : Result<>();
    }

    Result<> read_delay() {
        const config::Value* value = find("delay");
        if (!value) return {};
        auto seconds = base::parse_integer(value->scalar_text().value_or(""));
        if (!seconds) {
            return Error(Code::kInvalid, "Expected integer (int) type for key 'delay' but got " +
                                             config::to_json(*value));
        }
        schedule_.kind_.delay += std::chrono::seconds(*seconds);
        return {};
    }

    // The beginning of the day, or of the one so many days later.
    Result<> read_date(const std::string& key, int64_t days_later,
                       std::optional<base::Instant>& instant) {
        const config::Value* value = find(key);
        if (!value) return {};
        std::string text = value->scalar_text().value_or(config::to_json(*value));
        auto date = base::parse_local_time(text);
        if (!date || text.size() > std::string_view("yyyy-MM-dd").size()) {  // strictly (5.2.10)
            return Error(Code::kInvalid, "Invalid " + key + ": " + text + " (write yyyy-MM-dd)");
        }
        int64_t day = base::days_from_civil(date->year, date->month, date->day);
        instant = zone_.to_instant(base::civil_from_days(day + days_later));
        return {};
    }

    Result<> check_order() const {
        if (schedule_.start_ && schedule_.end_ && *schedule_.start_ >= *schedule_.end_) {
            return Error(Code::kInvalid, "The schedule of end is earlier than start");
        }
        return {};
    }

    Result<> read_skip_on_overtime() {
        if (const config::Value* value = find("skip_on_overtime")) {
            std::string text = value->scalar_text().value_or("");
            if (text != "true" && text != "false") {
                return Error(Code::kInvalid,
                             "Expected boolean type for key 'skip_on_overtime' but got " +
                                 config::to_json(*value));
            }
            schedule_.skip_on_overtime_ = text == "true";
        }
        return {};
    }

    Result<> read_skip_delayed_by() {
        if (const config::Value* value = find("skip_delayed_by")) {
            auto duration = base::parse_duration(value->scalar_text().value_or(""));
            if (!duration.ok()) {
                return Error(Code::kInvalid, "skip_delayed_by: not a duration: " +
                                                 config::to_json(*value) + " (such as 1h 30m)");
            }
            schedule_.skip_delayed_by_ = *duration;
        }
        return {};
    }

    const config::Value* find(const std::string& key) {
        const config::Value* value = mapping_.find(key);
        if (!value || value->is_null()) return nullptr;
        used_[key] = true;
        mark_ = value->mark();
        return value;
    }

    const config::Map& mapping_;
    const base::TimeZone& zone_;
    Schedule schedule_;
    std::map<std::string, bool> used_;
    std::vector<Problem> problems_;
    config::Mark mark_;
    config::Mark type_mark_;  // of the command
};

Time never() {
    static const base::Instant kEnd = base::TimeZone().to_instant({.year = 9999});
    return {kEnd, kEnd};
}

Result<Schedule> Schedule::create(const config::Map& mapping, const base::TimeZone& zone) {
    return Creation(mapping, zone).create();
}

Result<Schedule> Schedule::create(const config::Map& mapping, const base::TimeZone& zone,
                                  Problem& problem) {
    std::vector<Problem> problems;
    auto schedule = create(mapping, zone, problems);
    if (!schedule.ok()) problem = problems[0];
    return schedule;
}

Result<Schedule> Schedule::create(const config::Map& mapping, const base::TimeZone& zone,
                                  std::vector<Problem>& problems) {
    Creation creation(mapping, zone);
    auto schedule = creation.create();
    problems = creation.problems();
    return schedule;
}

Time Schedule::within(Time time) const {
    if (start_ && time.run < *start_) {
        time = at(kind_.rhythm->after(*start_ - std::chrono::seconds(1)));
    }
    return (end_ && time.run >= *end_) || time.session >= never().session ? never() : time;
}

Time Schedule::first(base::Instant now) const {
    base::Instant from = whole_seconds_up(now - kind_.delay);
    return within(at(kind_.rhythm->after(from - std::chrono::seconds(1))));
}

Time Schedule::next(base::Instant session) const {
    return within(at(kind_.rhythm->after(session)));
}

Time Schedule::last(base::Instant session) const {
    return at(kind_.rhythm->before(session));
}

std::string unused_message(const std::string& key) {
    std::vector<std::string> known(kCommon.begin(), kCommon.end());
    auto near = base::nearest(key, known);
    return "Parameter '" + key + "' is not used at schedule. " +
           (near ? "> Did you mean '[" + *near + "]'?" : "");
}

}  // namespace mogura::schedule
