#include "cli/run_report.h"

#include "base/text.h"
#include "cli/markup.h"
#include "cli/quoted_yaml.h"
#include "cli/system_zone.h"

#include <algorithm>
#include <cstdio>
#include <optional>

namespace mogura::cli {
namespace {

using store::Task;
using store::TaskState;

constexpr size_t kTasksMax = 5'000;  // that a browser can still show

constexpr const char* kHead = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<style>
body { font: 14px/1.45 system-ui, sans-serif; color: #1c2733; margin: 2em auto; max-width: 1200px; padding: 0 1em; }
h1 { font-size: 1.5em; margin: 0 0 .2em; }
h2 { font-size: 1.1em; margin: 2em 0 .6em; }
dl { display: grid; grid-template-columns: max-content auto; gap: .1em 1em; margin: .6em 0; }
dt { color: #51606f; } dd { margin: 0; overflow-wrap: anywhere; }
pre { background: #f3f6f9; border: 1px solid #dbe3ea; border-radius: 4px; padding: .6em; margin: .3em 0 .8em; overflow: auto; max-height: 26em; white-space: pre-wrap; overflow-wrap: anywhere; font: 12px/1.4 ui-monospace, monospace; }
pre.error { background: #fdf0ee; border-color: #efc2bb; }
.state { border-radius: 3px; padding: 0 .5em; color: #fff; background: #6b7b8c; font-size: .85em; white-space: nowrap; }
.success { background: #2f8f4e; } .error, .group_error { background: #c8402f; } .canceled { background: #8a6d3b; }
pre.error, .axis .error { color: inherit; }
.row { display: grid; grid-template-columns: minmax(12em, 30%) 1fr 6em; gap: .8em; align-items: center; min-height: 24px; border-bottom: 1px solid #eef2f6; }
.row:hover { background: #f7fafc; }
.row a { color: inherit; text-decoration: none; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.row a:hover { text-decoration: underline; }
.row .time { text-align: right; color: #51606f; font-variant-numeric: tabular-nums; font-size: .9em; }
.lane { position: relative; height: 16px; }
.lane span { position: absolute; top: 2px; height: 12px; border-radius: 2px; min-width: 2px; }
.lane .wait { top: 7px; height: 2px; background: #c3ced9; min-width: 0; }
.lane .group { top: 5px; height: 6px; opacity: .55; }
.lane .failed { width: 2px; min-width: 2px; top: -1px; height: 18px; background: #5c1008; border-radius: 0; }
.axis { color: #51606f; font-size: .85em; }
.axis .lane { height: 1.3em; }
.axis .lane span { height: auto; white-space: nowrap; transform: translateX(-50%); border-radius: 0; }
details { border: 1px solid #dbe3ea; border-radius: 4px; padding: .3em .8em; margin: .4em 0; }
details:target { border-color: #3574b8; }
summary { cursor: pointer; } summary b { margin-right: .6em; }
.legend { color: #51606f; font-size: .9em; }
</style>
)";

double seconds(base::Instant from, base::Instant to) {
    return std::chrono::duration<double>(to - from).count();
}

std::string percent(double share) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3f%%", 100 * std::clamp(share, 0.0, 1.0));
    return text;
}

std::string definition(const std::string& term, const std::string& meaning) {
    return "<dt>" + term + "</dt><dd>" + meaning + "</dd>\n";
}

std::string badge(const std::string& state) {
    return "<span class=\"state " + state + "\">" + state + "</span>";
}

class Report {
  public:
    explicit Report(const ReportSubject& subject) : subject_(subject) {
        for (const Task& task : subject.tasks) {
            by_id_[static_cast<int64_t>(task.id)] = &task;
            end_ = std::max(end_, task.updated_at);
        }
        find_starts();
        find_order();
        end_ = std::max(end_, subject.finished_at);
        // A run without time still needs a width.
        length_ = std::max(seconds(subject.started_at, end_), 1e-3);
    }

    std::string write() {
        std::string title =
            markup_escaped(subject_.workflow) + " " +
            markup_escaped(base::format_iso(subject_.attempt.session.time, subject_.zone));
        std::string page = std::string(kHead) + "<title>" + title + "</title></head><body>\n<h1>" +
                           title + " " + badge(subject_.is_success ? "success" : "error") +
                           "</h1>\n" + overview() + failures() + timeline() + "<h2>Tasks</h2>\n";
        for (const Task* task : order_) page += details(*task);
        return page + "</body></html>\n";
    }

  private:
    // Groups begin with the first of their children that does.
    void find_starts() {
        for (auto task = subject_.tasks.rbegin(); task != subject_.tasks.rend(); ++task) {
            auto id = static_cast<int64_t>(task->id);
            const RecordedTask& record = record_of(*task);
            if (record.called_at != base::Instant{}) {
                starts_[id] = record.called_at;
            } else if (task->started_at) {
                starts_[id] = *task->started_at;
            }
            auto start = starts_.find(id);
            if (start == starts_.end() || !task->parent) continue;
            auto [above, is_new] =
                starts_.emplace(static_cast<int64_t>(*task->parent), start->second);
            if (!is_new) above->second = std::min(above->second, start->second);
        }
    }

    // As a tree is read: children behind their parent.
    void find_order() {
        std::map<int64_t, std::vector<const Task*>> children;
        std::vector<const Task*> open;
        for (const Task& task : subject_.tasks) {
            if (task.parent) {
                children[static_cast<int64_t>(*task.parent)].push_back(&task);
            } else {
                open.push_back(&task);
            }
        }
        while (!open.empty() && order_.size() < kTasksMax) {
            const Task* task = open.back();
            open.pop_back();
            order_.push_back(task);
            const auto& below = children[static_cast<int64_t>(task->id)];
            open.insert(open.end(), below.rbegin(), below.rend());
        }
    }

    std::string overview() const {
        auto at = [&](base::Instant time) {
            return markup_escaped(format_local(time, subject_.zone));
        };
        std::string text = "<dl>\n";
        text += definition("started", at(subject_.started_at));
        text += definition(
            "finished",
            at(end_) + " (" + base::with_unit_seconds(seconds(subject_.started_at, end_)) + ")");
        text += definition("attempt", std::to_string(static_cast<int64_t>(subject_.attempt.id)));
        if (!subject_.attempt.parameters.empty()) {
            text += definition(
                "parameters",
                "<pre>" + markup_escaped(quoted_yaml(subject_.attempt.parameters, 0)) + "</pre>");
        }
        return text + "</dl>\n";
    }

    std::string failures() const {
        std::string text;
        for (const Task& task : subject_.tasks) {
            if (task.state != TaskState::kError) continue;
            text += "<p>" + link(task, task.full_name) + "</p><pre class=\"error\">" +
                    markup_escaped(error_of(task)) + "</pre>\n";
        }
        return text.empty() ? "" : "<h2>What failed</h2>\n" + text;
    }

    std::string timeline() const {
        std::string text =
            "<h2>Timeline</h2>\n<p class=\"legend\">Grey lines: waiting to be called. Thin bars: "
            "groups. Dark marks: a try that failed.</p>\n";
        text += "<div class=\"row axis\"><span></span><div class=\"lane\">";
        for (int tick = 0; tick <= 4; ++tick) {
            text += "<span style=\"left:" + percent(tick / 4.0) + "\">" +
                    base::with_unit_seconds(length_ * tick / 4) + "</span>";
        }
        text += "</div><span></span></div>\n";
        for (const Task* task : order_) text += row(*task);
        if (order_.size() < subject_.tasks.size()) {
            text += "<p>The first " + std::to_string(order_.size()) + " of " +
                    std::to_string(subject_.tasks.size()) + " tasks.</p>\n";
        }
        return text;
    }

    std::string row(const Task& task) const {
        auto from = start_of(task);
        std::string lane;
        if (from) {
            if (auto ready = ready_at(task); ready && *ready < *from) {
                lane += span("wait", *ready, *from, "");
            }
            std::string kind(store::state_name(task.state));
            lane += span(kind + (is_group(task) ? " group" : ""), *from, task.updated_at,
                         task.full_name + ": " + kind);
            for (const RecordedTry& one : record_of(task).failed_tries) {
                lane += span("failed", one.failed_at, one.failed_at, one.message);
            }
        }
        std::string name = task.full_name;
        size_t depth = depth_of(task);
        if (const Task* parent = parent_of(task)) name = name.substr(parent->full_name.size());
        return "<div class=\"row\">" + link(task, name, std::to_string(depth) + "em") +
               "<div class=\"lane\">" + lane + "</div><span class=\"time\">" +
               (from ? base::with_unit_seconds(seconds(*from, task.updated_at)) : "not run") +
               "</span></div>\n";
    }

    std::string span(const std::string& kind, base::Instant from, base::Instant to,
                     const std::string& title) const {
        double start = seconds(subject_.started_at, from) / length_;
        double width = seconds(from, to) / length_;
        return "<span class=\"" + kind + "\" style=\"left:" + percent(start) +
               ";width:" + percent(width) + "\" title=\"" + markup_escaped(title) + "\"></span>";
    }

    std::string details(const Task& task) const {
        const RecordedTask& record = record_of(task);
        std::string state(store::state_name(task.state));
        std::string text = "<details id=\"" + id_of(task) + "\"" +
                           (task.state == TaskState::kError ? " open" : "") + "><summary><b>" +
                           markup_escaped(task.full_name) + "</b>" + badge(state);
        if (!record.type.empty()) text += " <code>" + markup_escaped(record.type) + "&gt;</code>";
        text += "</summary>\n<dl>\n";
        if (auto from = start_of(task)) {
            text += definition(
                "started", "after " + base::with_unit_seconds(seconds(subject_.started_at, *from)));
            text += definition("took", base::with_unit_seconds(seconds(*from, task.updated_at)));
        }
        std::string waited = upstream_links(task);
        if (!waited.empty()) text += definition("waited for", waited);
        text += "</dl>\n" + tries(record);
        text += block("Error", error_of(task), " class=\"error\"");
        text += block("Command", record.command);
        text += block(record.is_output_cut ? "Output (the end of it)" : "Output", record.output);
        text += block("Report", quoted_yaml(task.report, 0));
        text += block("Stored", quoted_yaml(task.store_parameters, 0));
        text += block("Parameters", quoted_yaml(record.parameters, 0));
        return text + "</details>\n";
    }

    std::string tries(const RecordedTask& record) const {
        std::string text;
        for (const RecordedTry& one : record.failed_tries) {
            text += "after " +
                    base::with_unit_seconds(seconds(subject_.started_at, one.failed_at)) + ": " +
                    one.message + "\n";
        }
        return block("Failed tries", text);
    }

    static std::string block(const std::string& title, const std::string& text,
                             const std::string& attributes = "") {
        if (text.empty()) return "";
        return "<div>" + title + "</div><pre" + attributes + ">" + markup_escaped(text) +
               "</pre>\n";
    }

    static std::string error_of(const Task& task) {
        const config::Value* message = task.error.find("message");
        return message ? engine::plain_text(*message) : "";
    }

    std::string upstream_links(const Task& task) const {
        std::vector<std::string> links;
        for (store::TaskId id : task.upstreams) {
            auto found = by_id_.find(static_cast<int64_t>(id));
            if (found != by_id_.end())
                links.push_back(link(*found->second, found->second->full_name));
        }
        return base::join(links, ", ");
    }

    // When nothing stood in the way any more: the last upstream's end, or the parent's start.
    std::optional<base::Instant> ready_at(const Task& task) const {
        std::optional<base::Instant> ready;
        for (store::TaskId id : task.upstreams) {
            auto found = by_id_.find(static_cast<int64_t>(id));
            if (found == by_id_.end()) continue;
            ready = std::max(ready.value_or(found->second->updated_at), found->second->updated_at);
        }
        if (ready) return ready;
        const Task* parent = parent_of(task);
        return parent ? start_of(*parent) : std::optional(subject_.started_at);
    }

    std::optional<base::Instant> start_of(const Task& task) const {
        auto found = starts_.find(static_cast<int64_t>(task.id));
        return found == starts_.end() ? std::nullopt : std::optional(found->second);
    }

    bool is_group(const Task& task) const { return task.is_group || record_of(task).type.empty(); }
    const Task* parent_of(const Task& task) const {
        if (!task.parent) return nullptr;
        auto found = by_id_.find(static_cast<int64_t>(*task.parent));
        return found == by_id_.end() ? nullptr : found->second;
    }
    size_t depth_of(const Task& task) const {
        size_t depth = 0;
        for (const Task* at = parent_of(task); at; at = parent_of(*at)) ++depth;
        return depth;
    }
    const RecordedTask& record_of(const Task& task) const {
        static const RecordedTask kNone;
        auto found = subject_.records.find(static_cast<int64_t>(task.id));
        return found == subject_.records.end() ? kNone : found->second;
    }
    static std::string id_of(const Task& task) {
        return "task" + std::to_string(static_cast<int64_t>(task.id));
    }
    static std::string link(const Task& task, const std::string& text,
                            const std::string& indent = "0") {
        return "<a href=\"#" + id_of(task) + "\" style=\"padding-left:" + indent + "\" title=\"" +
               markup_escaped(task.full_name) + "\">" + markup_escaped(text) + "</a>";
    }

    const ReportSubject& subject_;
    std::map<int64_t, const Task*> by_id_;
    std::map<int64_t, base::Instant> starts_;
    std::vector<const Task*> order_;  // those that are shown
    base::Instant end_{};
    double length_ = 1;
};

}  // namespace

std::string run_report(const ReportSubject& subject) {
    return Report(subject).write();
}

}  // namespace mogura::cli
