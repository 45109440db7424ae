#include "plugins/task_command.h"

#include "base/file.h"
#include "plugins/operator_options.h"
#include "plugins/spare_folders.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <utility>

namespace mogura::plugins {
namespace {

constexpr std::chrono::milliseconds kShortWait{8};
constexpr std::chrono::milliseconds kLook{250};
constexpr std::chrono::seconds kGrace{10};
constexpr std::chrono::milliseconds kGraceLook{20};
constexpr const char* kStatus = "commandStatus";
constexpr const char* kTermSent = "terminated_at";

// Secrets may have been put into the text: nobody else may read it.
Result<> write(const std::string& path, std::string_view content) {
    base::Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!file) return base::system_error(path, "create");
    while (!content.empty()) {
        ssize_t count = ::write(file.get(), content.data(), content.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return base::system_error(path, "write");
        content.remove_prefix(static_cast<size_t>(count));
    }
    return {};
}

// Makes the folder anew. A handle from an earlier life whose state was never stored is found here.
Result<> prepare(engine::TaskContext& context, const CommandFolder& folder,
                 const std::map<std::string, std::string>& files) {
    std::error_code failure;
    bool is_new = SpareFolders::of_this_process().take(folder.path());
    if (!is_new && !std::filesystem::create_directories(folder.path(), failure) && !failure) {
        auto text = base::read_file(folder.file("handle"));
        auto old =
            text.ok() ? config::parse_json(*text, "handle") : Result<config::Value>(text.error());
        if (old.ok() && old->is_map()) TRY(context.executor.kill(old->map(), true));
        std::filesystem::remove_all(folder.path(), failure);
        if (!failure) std::filesystem::create_directories(folder.path(), failure);
    }
    if (failure) {
        return Error(Code::kUnavailable, folder.path() + ": cannot create: " + failure.message());
    }
    for (const auto& [name, content] : files) TRY(write(folder.file(name), content));
    return {};
}

// What was printed since the last look; while the command runs, whole lines only.
void print_output(engine::TaskContext& context, const CommandFolder& folder, bool is_over) {
    std::ifstream file(folder.file("output"), std::ios::binary);
    if (!file || !file.seekg(context.printed_bytes)) return;
    std::string text(64 * 1024, '\0');
    while (true) {
        file.read(text.data(), static_cast<std::streamsize>(text.size()));
        auto count = static_cast<size_t>(file.gcount());
        std::string_view part(text.data(), count);
        bool is_rest = count < text.size();
        if (is_rest && !is_over) part = part.substr(0, part.rfind('\n') + 1);
        if (!part.empty()) context.print(part);
        context.printed_bytes += static_cast<int64_t>(part.size());
        if (is_rest) return;
    }
}

}  // namespace

CommandFolder::CommandFolder(const engine::TaskContext& context, std::string_view word)
    : path_(context.temporary_folder + "/digdag-" + std::string(word) + "-" +
            std::to_string(context.task_id) + "-" + std::to_string(context.attempt_id)),
      work_folder_(context.work_folder) {}

std::string CommandFolder::relative(std::string_view name) const {
    return std::filesystem::path(file(name)).lexically_relative(work_folder_).string();
}

engine::Outcome CommandOperator::run(engine::TaskContext& context) {
    auto outcome = start_or_look(context, CommandFolder(context, word_));
    if (outcome.ok()) return std::move(*outcome);
    return failure_of(outcome.error());
}

std::optional<engine::Again> CommandOperator::cancel(engine::TaskContext& context) {
    const config::Value* stored = context.state.find(kStatus);
    if (!stored || !stored->is_map()) return {};
    auto status = context.executor.status(stored->map());
    if (!status.ok() || !status->is_running) {
        print_output(context, CommandFolder(context, word_), true);
        return {};
    }
    base::Instant now = context.clock.now();
    config::Map state = context.state;
    auto asked = engine::required_integer(state, kTermSent);
    auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch());
    int64_t since = asked.ok() ? *asked : milliseconds.count();
    base::Instant end = base::Instant(std::chrono::milliseconds(since)) + kGrace;
    bool force = now >= end || status->is_lost;
    if (!asked.ok() || force) {
        [[maybe_unused]] auto ignored = context.executor.kill(stored->map(), force);
    }
    state.set(kTermSent, since);
    // Nothing wakes us when the last child of a command ends.
    base::Instant soon = now + (status->wake_descriptor ? kLook : kGraceLook);
    return engine::Again{.at = force ? soon : std::min(soon, end),
                         .state = std::move(state),
                         .wake_descriptor = status->wake_descriptor};
}

config::Map CommandOperator::state_without_command(const engine::TaskContext& context) {
    config::Map state = context.state;
    state.erase(kStatus);
    state.erase(kTermSent);
    return state;
}

Result<engine::Outcome> CommandOperator::start_or_look(engine::TaskContext& context,
                                                       const CommandFolder& folder) {
    const config::Value* stored = context.state.find(kStatus);
    if (!stored || !stored->is_map()) return start(context, folder);
    auto status = TRY(context.executor.status(stored->map()));
    if (!status.is_lost) return look(context, folder, stored->map(), status);
    TRY(context.executor.kill(stored->map(), true));
    return start(context, folder);
}

Result<engine::Outcome> CommandOperator::start(engine::TaskContext& context,
                                               const CommandFolder& folder) {
    if (engine::present(context.parameters, "docker")) {
        return Error(Code::kUnsupported,
                     "docker: containers are not supported yet (remove it to run here)");
    }
    Plan planned = TRY(plan(context, folder));
    TRY(prepare(context, folder, planned.files));
    config::Map handle = TRY(context.executor.start({.arguments = std::move(planned.arguments),
                                                     .environment = std::move(planned.environment),
                                                     .folder = context.work_folder,
                                                     .output_file = folder.file("output")}));
    std::ofstream(folder.file("handle")) << config::to_json(handle);
    context.printed_bytes = 0;
    auto status = TRY(context.executor.status(handle));
    if (status.is_running && status.wake_descriptor) {
        pollfd ended{.fd = *status.wake_descriptor, .events = POLLIN, .revents = 0};
        ::poll(&ended, 1, static_cast<int>(kShortWait.count()));
        status = TRY(context.executor.status(handle));
    }
    return look(context, folder, handle, status);
}

engine::Outcome CommandOperator::look(engine::TaskContext& context, const CommandFolder& folder,
                                      const config::Map& handle, const executor::Status& status) {
    print_output(context, folder, !status.is_running);
    if (status.is_running) {
        config::Map state = context.state;
        state.set(kStatus, handle);
        return engine::Again{.at = context.clock.now() + kLook,
                             .state = std::move(state),
                             .wake_descriptor = status.wake_descriptor};
    }
    engine::Outcome outcome = finish(context, folder, status.exit_code.value_or(1));
    if (std::holds_alternative<engine::Done>(outcome)) {
        SpareFolders::of_this_process().give(folder.path());
    }
    return outcome;
}

bool is_variable_name(std::string_view name) {
    auto is_letter = [](unsigned char c) { return std::isalpha(c) || c == '_'; };
    if (name.empty() || !is_letter(static_cast<unsigned char>(name[0]))) return false;
    for (unsigned char c : name) {
        if (!is_letter(c) && !std::isdigit(c)) return false;
    }
    return true;
}

Result<base::Environment> own_environment(const engine::TaskContext& context) {
    base::Environment environment;
    if (!engine::present(context.local, "_env")) return environment;
    config::Map own = TRY(engine::required_map(context.local, "_env"));
    for (const auto& entry : own) {
        if (!is_variable_name(entry.key)) {
            return Error(Code::kInvalid, "Invalid _env key name: " + entry.key);
        }
        std::string text = TRY(engine::to_text(entry.value, entry.key));
        environment[entry.key] = TRY(engine::resolve_secrets(context.secrets, text));
    }
    return environment;
}

}  // namespace mogura::plugins
