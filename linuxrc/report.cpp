#include "linuxrc/report.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "linuxrc/device.hpp"
#include "linuxrc/gather.hpp"
#include "linuxrc/json.hpp"
#include "linuxrc/overlay.hpp"
#include "linuxrc/ramroot.hpp"
#include "linuxrc/root_chain.hpp"

namespace linuxrc {

using common::Error;
using common::Status;

namespace {

constexpr const char* report_path = "/run/linuxrc.json";

struct Report {
  JsonList<16384> steps;
  JsonList<2048> reasons;  // why the boot is degraded
  std::uint64_t began_ms = 0;
  // The last step that failed, and why: where the boot ends for that reason, it ended there.
  common::Text<512> failed_step;
  common::Text<1024> failed_why;
  bool is_anothers = false;
  bool stopped = false;
  common::Text<1024> stopped_why;
};
Report report;

void add_reason(std::string_view why) {
  common::Text<1024> text;
  append_json(text, why);
  report.reasons.add(text);
}

// What made this root the one.
const char* why_this_root(const Facts& facts, Plan& plan) {
  if (lies_over_root(facts)) return "the kernel has mounted it";
  if (wants_ramroot(facts) && facts.given_up.empty() && current_root(facts, plan).at == 0)
    return facts.ramroot.in_place == InPlace::no
               ? "linuxrc.ramroot= names it"
               : "linuxrc.ramroot= names it, and it runs in place";
  if (facts.asked_root || facts.asked_server) return "the image's /linuxrc asked for it";
  if (stays_on_image(facts)) return "the image is the root";
  if (facts.linuxrc == LinuxrcOutcome::pivoted) return "the image's /linuxrc has mounted it";
  if (!facts.given_up.empty()) return plan.join("given up: ", facts.given_up.view());
  if (current_root(facts, plan).at > 0)
    return facts.count.reason.empty() ? "the one before it has used up its tries"
                                      : facts.count.reason.c_str();
  return facts.options().real_root != nullptr ? "real_root= names it" : "root= names it";
}

// "stopped": null, or the reason, and the step where there was one.
void append_stop(common::Text<24576>& json) {
  if (!report.stopped) {
    json.append("\"stopped\":null,\n");
    return;
  }
  json.append("\"stopped\":{\"step\":");
  if (report.stopped_why.view() == report.failed_why.view())
    append_json(json, report.failed_step.view());
  else
    json.append("null");
  json.append(",\"why\":");
  append_json(json, report.stopped_why.view());
  json.append("},\n");
}

bool is_directory(Log& log, const char* path) {
  FileFacts facts;
  return look_at(log, path, facts, false) && S_ISDIR(facts.mode);
}

void compose(const Machine& machine, common::Text<24576>& json) {
  const Facts& facts = machine.facts;
  Plan texts;  // what the functions below compose is kept there
  json.append("{\n");
  append_member(json, "program", "linuxrc " PROJECT_VERSION);
  append_member(json, "role", describe(role_of(facts)));
  json.append("\"kernel\":\"%u.%u.%u\",\n", facts.kernel.major, facts.kernel.minor,
              facts.kernel.patch);
  append_member(json, "root", current_root(facts, texts).name);
  if (machine.root)
    json.append("\"root_device\":\"%u:%u\",\n", major(*machine.root), minor(*machine.root));
  append_member(json, "root_chosen", why_this_root(facts, texts));
  if (!facts.count.reason.empty()) append_member(json, "earlier_boot", facts.count.reason.view());
  append_member(json, "init", machine.init.view());
  append_overlay(facts, json);
  append_stop(json);
  json.append("\"degraded\":%s,\n\"degraded_because\":[", machine.degraded ? "true" : "false");
  json.append_text(report.reasons.view()).append_text("],\n");
  const bool complete = !report.steps.left_out() && !report.reasons.left_out();
  json.append("\"complete\":%s,\n\"steps\":[\n", complete ? "true" : "false");
  json.append_text(report.steps.view()).append_text("\n]\n}\n");
}

}  // namespace

void report_boot() {
  report.steps.clear();
  report.reasons.clear();
  report.failed_step.clear();
  report.failed_why.clear();
  report.stopped = false;
}

void report_begin(Machine& machine) {
  report.began_ms = machine.sys.now_ms();
}

void report_end(Machine& machine, const Step& step, const Status& done) {
  common::Text<512> name;
  describe(step, name);
  common::Text<2048> item;
  item.append(
      "{\"at_ms\":%llu,\"ms\":%llu,\"step\":", static_cast<unsigned long long>(report.began_ms),
      static_cast<unsigned long long>(machine.sys.now_ms() - report.began_ms));
  append_json(item, name.view());
  if (!done) {
    item.append(",\"error\":");
    append_json(item, done.error().text());
    report.failed_step = name;
    report.failed_why.clear();
    report.failed_why.append("%s", done.error().text());
  }
  item.append("}");
  report.steps.add(item);
}

void degrade(Machine& machine, const char* why) {
  machine.degraded = true;
  add_reason(why);
}

void go_on_without(Machine& machine, const Error& error) {
  degrade(machine, error.text());
  machine.log.warn("%s, going on", error.text());
}

void leave_report() {
  report.is_anothers = true;
}

void gather_report_place(Log& log, Facts& facts) {
  facts.new_root.has_run = is_directory(log, "/run");
}

void plan_report_place(const Facts& facts, const char* new_root, Plan& plan) {
  if (facts.run_mounted || !facts.new_root.has_run) return;
  plan.add({.op = Op::mount,
            .source = "tmpfs",
            .target = plan.join(new_root, "/run"),
            .type = "tmpfs",
            .data = "mode=0755",
            .flags = MS_NOSUID | MS_NODEV,
            .on_failure = OnFailure::warn});
}

void plan_report(const Facts& facts, Plan& plan) {
  if (facts.new_root.has_run)
    plan.add({.op = Op::write_report, .target = report_path, .on_failure = OnFailure::warn});
}

void plan_report_of_child(const Facts& facts, Plan& plan) {
  if (lies_over_root(facts) && !facts.run_mounted) return;
  // What cannot be written there is no failure of what was asked for.
  if (facts.new_root.has_run)
    plan.add({.op = Op::write_report, .target = report_path, .on_failure = OnFailure::ignore});
}

Status write_report(Machine& machine, const Step& step) {
  static common::Text<24576> json;
  json.clear();
  compose(machine, json);
  Sys& sys = machine.sys;
  const int fd = sys.open(step.target, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0644);
  if (fd < 0) return Error::system(-fd, "open %s", step.target);
  const Status done = outcome(write_full(sys, fd, json.view()), "write %s", step.target);
  const int closed = sys.close(fd);
  if (!done) (void)sys.unlink(step.target);  // half a report is worse than none
  return done ? outcome(closed, "close %s", step.target) : done;
}

void report_stop(Machine& machine, const Error& why) {
  machine.degraded = true;
  report.stopped = true;
  report.stopped_why.clear();
  report.stopped_why.append("%s", why.text());
  const Facts& facts = machine.facts;
  const bool in_memory = facts.run_mounted || is_ram_disk(facts.root_device);
  if (lies_over_root(facts) && (!in_memory || report.is_anothers)) return;
  // An initramfs has no /run until somebody needs it.
  if (facts.root_in_memory) (void)machine.sys.mkdir("/run", 0755);
  if (!is_directory(machine.log, "/run")) return;
  const Status done = write_report(machine, {.op = Op::write_report, .target = report_path});
  if (!done) machine.log.warn("no boot report: %s", done.error().text());
}

}  // namespace linuxrc
