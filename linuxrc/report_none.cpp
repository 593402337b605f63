// For a build without a boot report.
#include "linuxrc/report.hpp"

namespace linuxrc {

void report_boot() {}
void report_begin(Machine&) {}
void report_end(Machine&, const Step&, const common::Status&) {}

void degrade(Machine& machine, const char*) {
  machine.degraded = true;
}

void go_on_without(Machine& machine, const common::Error& error) {
  machine.degraded = true;
  machine.log.warn("%s, going on", error.text());
}

void gather_report_place(Log&, Facts&) {}
void plan_report_place(const Facts&, const char*, Plan&) {}
void plan_report(const Facts&, Plan&) {}
void plan_report_of_child(const Facts&, Plan&) {}
void report_stop(Machine&, const common::Error&) {}
common::Status write_report(Machine&, const Step&) {
  return common::Done{};
}

}  // namespace linuxrc
