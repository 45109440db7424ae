// The JavaScript helper: JavaScriptCore with moment.js, opened by run_helper().
//
// Every script gets a context of its own, so that nothing leaks from one to the next (3.1.4). All
// contexts live in one virtual machine, which is made anew when the time zone changes. After a job
// the next context is made ready while the parent is busy with the answer. Limits: the
// address space that the process may add to what the machine itself takes, and an alarm in case
// the parent is gone; the parent watches the clock.

#include "script/message.h"

#include <JavaScriptCore/JavaScript.h>

#include <poll.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace mogura::script {

extern const char* const kMomentSource;      // written by the build
extern const char* const kJavaSource;        // java_module.cpp
extern const char* const kOldDatesSource;    // old_dates_module.cpp
extern const char* const kOldFormatsSource;  // old_formats_module.cpp

// JavaScriptCore keeps the time zone of Date to itself; this is how its embedders set it. Regions
// and any "GMT+hh:mm:ss" are accepted. The library exports the symbol, but no packaged header
// declares it, so it may be missing.
struct StringView {
    const char* characters;
    unsigned length;
    bool is_8_bit;
};
extern "C" bool mogura_set_time_zone_override(StringView zone) __asm__(
    "_ZN3WTF19setTimeZoneOverrideENS_10StringViewE") __attribute__((weak));

namespace {

// Whether the time zone changes its offset between 1970 and 2038: a look at every quarter.
constexpr const char* kChangesOffset = R"javascript(
(function () {
  var quarter = 7889400000;
  for (var i = 1; i < 272; i++) {
    if (new Date(i * quarter).getTimezoneOffset() !== new Date(0).getTimezoneOffset()) return true;
  }
  return false;
})())javascript";

constexpr size_t kResultBytesMax = 64 << 20;

bool set_time_zone(const std::string& zone) {
    if (mogura_set_time_zone_override) {
        return mogura_set_time_zone_override(
            {zone.data(), static_cast<unsigned>(zone.size()), true});
    }
    ::setenv("TZ", zone.c_str(), 1);  // enough for regions, not for offsets with minutes
    return zone.find(':') == std::string::npos;
}

// How much writable memory the process has mapped.
int64_t data_bytes() {
    int64_t pages = 0;
    if (FILE* file = std::fopen("/proc/self/statm", "r")) {
        if (std::fscanf(file, "%*s %*s %*s %*s %*s %ld", &pages) != 1) pages = 0;
        std::fclose(file);
    }
    return pages * ::sysconf(_SC_PAGESIZE);
}

void limit_memory(rlim_t bytes) {
    rlimit limit{};
    ::getrlimit(RLIMIT_DATA, &limit);
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_DATA, &limit);
}

void set_alarm(uint32_t milliseconds) {
    itimerval timer{};
    timer.it_value.tv_sec = milliseconds / 1000;
    timer.it_value.tv_usec = milliseconds % 1000 * 1000;
    ::setitimer(ITIMER_REAL, &timer, nullptr);
}

class Text {
  public:
    explicit Text(const char* utf8) : text_(JSStringCreateWithUTF8CString(utf8)) {}
    explicit Text(JSStringRef text) : text_(text) {}
    ~Text() {
        if (text_) JSStringRelease(text_);
    }
    Text(const Text&) = delete;
    Text& operator=(const Text&) = delete;

    JSStringRef get() const { return text_; }
    std::string utf8() const;

  private:
    JSStringRef text_;
};

void append_utf8(std::string& text, uint32_t character) {
    if (character < 0x80) {
        text += static_cast<char>(character);
    } else if (character < 0x800) {
        text += static_cast<char>(0xC0 | character >> 6);
        text += static_cast<char>(0x80 | (character & 0x3F));
    } else if (character < 0x10000) {
        text += static_cast<char>(0xE0 | character >> 12);
        text += static_cast<char>(0x80 | (character >> 6 & 0x3F));
        text += static_cast<char>(0x80 | (character & 0x3F));
    } else {
        text += static_cast<char>(0xF0 | character >> 18);
        text += static_cast<char>(0x80 | (character >> 12 & 0x3F));
        text += static_cast<char>(0x80 | (character >> 6 & 0x3F));
        text += static_cast<char>(0x80 | (character & 0x3F));
    }
}

// Half of a surrogate pair becomes '?', as Java encodes it.
std::string Text::utf8() const {
    std::string result;
    if (!text_) return result;
    const JSChar* units = JSStringGetCharactersPtr(text_);
    const size_t length = JSStringGetLength(text_);
    result.reserve(length);
    for (size_t index = 0; index < length; ++index) {
        const uint32_t unit = units[index];
        const bool is_high = unit >= 0xD800 && unit < 0xDC00;
        const uint32_t next = is_high && index + 1 < length ? units[index + 1] : 0;
        if (is_high && next >= 0xDC00 && next < 0xE000) {
            append_utf8(result, 0x10000 + ((unit - 0xD800) << 10) + (next - 0xDC00));
            ++index;
        } else {
            append_utf8(result, unit >= 0xD800 && unit < 0xE000 ? '?' : unit);
        }
    }
    return result;
}

// mogura_text(value): what an expression adds to the text (3.2.2).
JSValueRef text_of(JSContextRef context, JSObjectRef, JSObjectRef, size_t count,
                   const JSValueRef arguments[], JSValueRef* exception) {
    JSValueRef value = count > 0 ? arguments[0] : JSValueMakeUndefined(context);
    if (JSValueIsUndefined(context, value) || JSValueIsNull(context, value)) {
        Text empty("");
        return JSValueMakeString(context, empty.get());
    }
    if (JSValueIsString(context, value)) return value;
    Text json(JSValueCreateJSONString(context, value, 0, exception));
    if (!json.get()) return JSValueMakeUndefined(context);  // functions
    return JSValueMakeString(context, json.get());
}

// What a script uses beyond the language.
struct Modules {
    bool old_dates = false;
    bool moment = false;
    bool java = false;

    bool operator==(const Modules&) const = default;
};

// One script in a context of its own.
class Context {
  public:
    explicit Context(JSContextGroupRef machine)
        : context_(JSGlobalContextCreateInGroup(machine, nullptr)) {
        Text name("mogura_text");
        JSObjectRef function = JSObjectMakeFunctionWithCallback(context_, name.get(), text_of);
        JSObjectSetProperty(context_, JSContextGetGlobalObject(context_), name.get(), function,
                            kJSPropertyAttributeDontEnum, nullptr);
        Text console("console");  // the original has none (3.1.3)
        JSObjectDeleteProperty(context_, JSContextGetGlobalObject(context_), console.get(),
                               nullptr);
    }
    ~Context() { JSGlobalContextRelease(context_); }
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    JSValueRef evaluate(const char* source, JSValueRef* exception) {
        Text text(source);
        return JSEvaluateScript(context_, text.get(), nullptr, nullptr, 1, exception);
    }

    bool is_true(const char* source) {
        JSValueRef value = evaluate(source, nullptr);
        return value && JSValueToBoolean(context_, value);
    }

    // Nothing, or what went wrong.
    std::optional<Answer> load(const Modules& modules) {
        JSValueRef exception = nullptr;
        if (modules.old_dates) evaluate(kOldDatesSource, &exception);
        if (modules.moment) {
            evaluate(kMomentSource, &exception);
            if (!exception) evaluate(kOldFormatsSource, &exception);
        }
        if (modules.java) evaluate(kJavaSource, &exception);
        if (exception) return failure(exception);
        return {};
    }

    Answer run(const Job& job, const Script& script) {
        JSValueRef exception = nullptr;
        JSValueRef function = evaluate(script.source.c_str(), &exception);
        if (!function) return failure(exception);

        Text json(parameters(job, script).c_str());
        JSValueRef scope = json.get() ? JSValueMakeFromJSONString(context_, json.get()) : nullptr;
        if (!scope) return {.ok = false, .text = "the parameters are no valid text"};
        JSValueRef result = JSObjectCallAsFunction(
            context_, JSValueToObject(context_, function, nullptr),
            JSValueToObject(context_, scope, nullptr), 0, nullptr, &exception);
        if (!result) return failure(exception);
        Text text(JSValueToStringCopy(context_, result, &exception));
        if (!text.get()) return failure(exception);
        Answer answer{.ok = true, .text = text.utf8()};
        if (answer.text.size() > kResultBytesMax) {
            return {.ok = false, .text = "the result is larger than 64 MiB"};
        }
        return answer;
    }

  private:
    static std::string parameters(const Job& job, const Script& script) {
        std::string json = "{";
        for (const auto& [name, value] : script.scope) {
            if (json.size() > 1) json += ',';
            json += name + ':' + job.values[value];
        }
        return json + '}';
    }

    Answer failure(JSValueRef exception) {
        Text text(exception ? JSValueToStringCopy(context_, exception, nullptr) : nullptr);
        std::string message = text.utf8();
        return {.ok = false, .text = message.empty() ? "the script failed" : message};
    }

    JSGlobalContextRef context_;
};

// The virtual machine for one time zone.
class Machine {
  public:
    explicit Machine(const std::string& time_zone) : time_zone_(time_zone) {
        limit_memory(RLIM_INFINITY);
        knows_zone_ = set_time_zone(time_zone);
        group_ = JSContextGroupCreate();
        changes_offset_ = Context(group_).is_true(kChangesOffset);
        own_bytes_ = data_bytes();
    }
    ~Machine() {
        prepared_.reset();
        JSContextGroupRelease(group_);
    }
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;

    const std::string& time_zone() const { return time_zone_; }

    Answer run(const Job& job, const Script& script) {
        if (!knows_zone_) {
            return {.ok = false, .text = "JavaScript does not know the time zone " + time_zone_};
        }
        limit_memory(static_cast<rlim_t>(own_bytes_ + job.memory_max_bytes));
        const Modules modules{.old_dates = script.uses_dates && changes_offset_,
                              .moment = script.uses_moment,
                              .java = script.uses_java};
        std::unique_ptr<Context> context = std::move(prepared_);
        if (!context || modules != prepared_modules_) {
            context = std::make_unique<Context>(group_);
            if (auto failed = context->load(modules)) return *failed;
        }
        prepared_modules_ = modules;
        return context->run(job, script);
    }

    // A fresh context with what the last script used: the next one often uses the same.
    void prepare() {
        if (prepared_ || !prepared_modules_.moment) return;
        limit_memory(RLIM_INFINITY);
        prepared_ = std::make_unique<Context>(group_);
        if (prepared_->load(prepared_modules_)) prepared_.reset();
    }

  private:
    std::string time_zone_;
    bool knows_zone_ = false;
    bool changes_offset_ = false;
    JSContextGroupRef group_ = nullptr;
    int64_t own_bytes_ = 0;
    std::unique_ptr<Context> prepared_;
    Modules prepared_modules_;  // of the last script, and of what is prepared
};

bool has_input(int descriptor) {
    pollfd input{.fd = descriptor, .events = POLLIN, .revents = 0};
    return ::poll(&input, 1, 0) > 0;
}

int serve(int input, int output) {
    constexpr uint32_t kAlarmSpareMs = 2000;
    std::unique_ptr<Machine> machine;
    if (!write_fully(output, encode(Answer{.ok = true, .text = "hello"}))) return 1;
    std::string frame;
    while (read_frame(input, frame)) {
        auto job = decode_job(frame);
        if (!job) return 1;
        set_alarm(job->time_max_ms + kAlarmSpareMs);
        if (!machine || machine->time_zone() != job->time_zone) {
            machine.reset();
            machine = std::make_unique<Machine>(job->time_zone);
        }
        for (const Script& script : job->scripts) {
            const Answer answer = machine->run(*job, script);
            if (!write_fully(output, encode(answer))) return 1;
            if (!answer.ok) break;
        }
        set_alarm(0);
        if (!has_input(input)) machine->prepare();
    }
    return 0;
}

}  // namespace
}  // namespace mogura::script

extern "C" __attribute__((visibility("default"))) int mogura_javascript_serve(int input,
                                                                              int output) {
    return mogura::script::serve(input, output);
}
