// Where Digdag is plainly broken, we decide here, and only here, whether to be as it is.
//
// kStrict is for the name `digdag`; kFixed for the name `mogura`. Each difference is one function.

#pragma once

#include <string_view>

namespace mogura::engine {

enum class Compatibility { kStrict, kFixed };

// 1.6.5: failures speak of `_command` alone; otherwise also of the key that the user wrote.
constexpr bool explains_commands(Compatibility compatibility) {
    return compatibility == Compatibility::kFixed;
}

// 2.10.6: the root of a new attempt is counted twice.
constexpr bool counts_the_root_twice(Compatibility compatibility) {
    return compatibility == Compatibility::kStrict;
}

// 2.6.4: rows that a group retry made again are not made again by a later one, so that nested
// retries cannot recover.
constexpr bool retries_copies_once(Compatibility compatibility) {
    return compatibility == Compatibility::kStrict;
}

// 9.3.12: a run has failed when any task, also a superseded one, ended in `error`; otherwise when
// its root did not succeed.
constexpr bool judges_by_error_rows(Compatibility compatibility) {
    return compatibility == Compatibility::kStrict;
}

// fail> also prints its message on standard output.
constexpr bool prints_failures(Compatibility compatibility) {
    return compatibility == Compatibility::kStrict;
}

// 4.8.4: a null parameter in scope fails every sh>; otherwise it is left out of the environment.
constexpr bool refuses_null_in_environment(Compatibility compatibility) {
    return compatibility == Compatibility::kStrict;
}

// 1.6.8: keys that an operator does not read are told for these three only; otherwise for every
// operator that knows its keys.
constexpr bool reports_unused(Compatibility compatibility, std::string_view type) {
    return compatibility == Compatibility::kFixed || type == "echo" || type == "if" ||
           type == "wait";
}

// 1.6.8: the line is an error, seen also with `-l error`; otherwise a warning.
constexpr bool unused_is_an_error_line(Compatibility compatibility) {
    return compatibility == Compatibility::kStrict;
}

// 4.2.6: a require> that is retried finds that its attempt has failed and fails again; otherwise it
// starts another one.
constexpr bool retries_required_attempts(Compatibility compatibility) {
    return compatibility == Compatibility::kFixed;
}

// 5.6.5: a wrong `sla:` is shown as the original's code has it: "Optional.of(xx)", and nothing of a
// wrong duration.
constexpr bool shows_sla_as_optional(Compatibility compatibility) {
    return compatibility == Compatibility::kStrict;
}

// 4.11.3: a mail server of the task's own needs the parameter `port`, also where a secret has it.
constexpr bool needs_mail_port(Compatibility compatibility) {
    return compatibility == Compatibility::kStrict;
}

// 4.14.1: param_set> and param_get> need a server for parameters; otherwise our own store serves.
constexpr bool needs_parameter_server(Compatibility compatibility) {
    return compatibility == Compatibility::kStrict;
}

// 4.21.2: a post to Slack that failed is a line of the log; otherwise it fails the task.
constexpr bool forgives_slack(Compatibility compatibility) {
    return compatibility == Compatibility::kStrict;
}

// 3.4.6: what a failure said is evaluated again in each task of `_error`, so that a `${` in it
// fails them all; otherwise `error` is data.
constexpr bool evaluates_failures(Compatibility compatibility) {
    return compatibility == Compatibility::kStrict;
}

// 9.3.6: what reacted to the failure of an earlier run of the session counts as done when it fails
// again; otherwise a new failure is told anew.
constexpr bool keeps_reactions(Compatibility compatibility) {
    return compatibility == Compatibility::kStrict;
}

// 4.12.9: requests say that they are of Digdag, which servers may look for.
constexpr bool calls_itself_digdag(Compatibility compatibility) {
    return compatibility == Compatibility::kStrict;
}

// 4.10.1: embulk> runs the program `embulk` where there is one; otherwise always our loader.
constexpr bool prefers_the_program_embulk(Compatibility compatibility) {
    return compatibility == Compatibility::kStrict;
}

}  // namespace mogura::engine
