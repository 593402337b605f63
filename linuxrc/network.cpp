#include "linuxrc/network.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "common/lines.hpp"
#include "linuxrc/device.hpp"
#include "linuxrc/nfs_root.hpp"

namespace linuxrc {

using common::Done;
using common::Status;

namespace {

// Where images have klibc's programs. One given path after the other: there is no $PATH here.
constexpr const char* programs[] = {"/bin/ipconfig", "/sbin/ipconfig", "/usr/bin/ipconfig",
                                    "/usr/lib/klibc/bin/ipconfig"};
constexpr const char* no_address = "0.0.0.0";

void keep(std::string_view value, common::Text<256>& into) {
  if (value.empty() || value == no_address || !into.empty()) return;
  into.append("%.*s", static_cast<int>(value.size()), value.data());
  if (into.full()) into.clear();  // half a name is none
}

// The file `name` in the workspace's /proc; "" where it cannot be read: a kernel without it.
template <std::size_t Size>
std::string_view read_proc(Machine& machine, const char* name, char (&text)[Size]) {
  Path path;
  path.append("%s/proc/net/%s", machine.facts.work.c_str(), name);
  const auto length = read_text(machine.sys, path.c_str(), text);
  return length ? std::string_view{text, *length} : std::string_view{};
}

void find_program(Machine& machine) {
  Path& found = machine.facts.network.program;
  found.clear();
  for (const char* program : programs) {
    FileFacts file;
    const int result = machine.sys.stat(program, file);
    if (result < 0 && result != -ENOENT && result != -ENOTDIR)
      machine.log.warn("%s, ignoring", outcome(result, "stat %s", program).error().text());
    if (result >= 0 && S_ISREG(file.mode) && found.empty()) found.append("%s", program);
  }
}

void look_at_interfaces(Machine& machine) {
  char text[4096];
  NetworkFacts& network = machine.facts.network;
  const std::string_view device = routed_device(read_proc(machine, "route", text));
  network.device.clear();
  network.device.append("%.*s", static_cast<int>(device.size()), device.data());
  if (!device.empty()) {
    read_kernel_answer(read_proc(machine, "pnp", text), network);
    // The kernel's ip= makes it the host's name, or the address where it is told none.
    utsname names{};
    const bool named = machine.sys.uname(names) >= 0 && std::strcmp(names.nodename, "(none)") != 0;
    if (named) keep(names.nodename, network.client);
  }
}

bool read_one_answer(void* context, const char* name) {
  Machine& machine = *static_cast<Machine*>(context);
  const std::string_view file = name;
  if (!file.starts_with("net-") || !file.ends_with(".conf")) return true;
  Path path;
  path.append("/run/%s", name);
  char text[4096];
  const auto length = read_text(machine.sys, path.c_str(), text);
  if (length)
    read_ipconfig_answer({text, *length}, machine.facts.network);
  else
    machine.log.warn("%s, ignoring", length.error().text());
  return true;
}

bool asks_for_address(const char* ip) {
  const std::string_view text = ip == nullptr ? "" : ip;
  return !text.empty() && text != "off" && text != "none";
}

// It is still to be mounted, and by this program.
bool root_is_on_server(const Facts& facts) {
  const Role role = role_of(facts);
  if (role != Role::ram_init && role != Role::initramfs_init) return false;
  if (facts.asked_root || stays_on_image(facts)) return false;
  Plan texts;
  return facts.linuxrc != LinuxrcOutcome::pivoted && is_nfs_root(current_root(facts, texts).name);
}

// How long whoever gives addresses may take to answer; less for a root that another may follow.
std::uint64_t most_seconds(const Facts& facts, const CurrentRoot& root) {
  constexpr std::uint32_t usual_s = 60;
  constexpr std::uint32_t before_next_s = 30;
  constexpr std::uint32_t longest_s = 86400;
  const std::uint32_t asked_s = facts.options().root_wait_s;
  if (!root.is_last) return std::min(asked_s, before_next_s);
  const bool is_asked = facts.value("rootwait") != nullptr || asked_s == Options::wait_forever;
  return is_asked ? std::min(asked_s, longest_s) : usual_s;
}

// The kernel, or the image, has been there before: ipconfig would only put its own address in the
// place of one that others use already.
void plan_network_as_it_is(const Facts& facts, Plan& plan) {
  const bool asks = asks_for_address(facts.value("ip"));
  plan.say(plan.join(
      facts.network.device.view(),
      asks ? " has an address already, ip= is not obeyed again" : " has an address already"));
}

}  // namespace

std::string_view routed_device(std::string_view routes) {
  (void)common::next_line(routes);  // the head
  while (const auto line = common::next_line(routes)) {
    const std::string_view device = common::field_of(*line, '\t', 0);
    if (!device.empty() && device != "lo") return device;
  }
  return {};
}

void read_kernel_answer(std::string_view text, NetworkFacts& network) {
  while (const auto line = common::next_line(text))
    if (common::field_of(*line, ' ', 0) == "bootserver")
      keep(common::field_of(*line, ' ', 1), network.server);
}

void read_ipconfig_answer(std::string_view text, NetworkFacts& network) {
  std::string_view address;
  while (const auto line = common::next_line(text)) {
    const auto equals = line->find("='");
    if (equals == std::string_view::npos || !line->ends_with('\'')) continue;
    if (line->size() < equals + 3) continue;  // one quote for two
    const std::string_view name = line->substr(0, equals);
    const std::string_view value = line->substr(equals + 2, line->size() - equals - 3);
    if (name == "ROOTSERVER") keep(value, network.server);
    if (name == "ROOTPATH") keep(value, network.path);
    if (name == "HOSTNAME") keep(value, network.client);
    if (name == "IPV4ADDR") address = value;
  }
  keep(address, network.client);
}

void plan_network(const Facts& facts, Plan& plan) {
  if (!root_is_on_server(facts)) return;
  const CurrentRoot root = current_root(facts, plan);
  const char* const ip = facts.value("ip");
  if (!facts.network.device.empty()) {
    plan_network_as_it_is(facts, plan);
    return;
  }
  if (!asks_for_address(ip) || facts.network.program.empty()) {
    plan.say(asks_for_address(ip)
                 ? "no interface has an address, and the image has no ipconfig for ip="
                 : "no interface has an address, and ip= asks for none");
    return;
  }
  // ipconfig finds the interfaces in /sys and leaves in /run what it was told.
  const bool has_sys = facts.sys_mounted;
  if (role_of(facts) == Role::initramfs_init)
    for (const char* path : {"/sys", "/run"})
      plan.add({.op = Op::make_directory, .target = path, .on_failure = OnFailure::ignore});
  if (!has_sys)
    plan.add({.op = Op::mount,
              .source = "sysfs",
              .target = "/sys",
              .type = "sysfs",
              .on_failure = OnFailure::ignore});
  Step configure{.op = Op::configure_network,
                 .source = plan.join("ip=", ip),
                 .target = facts.network.program.c_str(),
                 .number = most_seconds(facts, root)};
  let_next_root_follow(root, configure);
  plan.add(configure);
  if (!has_sys)
    plan.add({.op = Op::unmount_or_detach, .target = "/sys", .on_failure = OnFailure::ignore});
}

void explain_server_failure(Machine& machine, const Status& mounted) {
  if (mounted || !root_is_on_server(machine.facts)) return;
  if (!std::string_view(mounted.error().text()).starts_with("mount ")) return;
  // Each version of NFS is a module of its own.
  if (mounted.error().errno_value() == EPROTONOSUPPORT)
    machine.log.warn(
        "this version of NFS is not the server's, or not this kernel's (modules nfsv3, nfsv4)");
  if (mounted.error().errno_value() == ENODEV)
    machine.log.warn("this kernel has no NFS, or it is a module (nfs) that the image lacks");
}

Status bring_network_up(Machine& machine) {
  if (!root_is_on_server(machine.facts)) return Done{};
  look_at_interfaces(machine);
  const bool was_up = !machine.facts.network.device.empty();
  if (!was_up) find_program(machine);
  const Status done = run_stage(machine, plan_network);
  if (!done || was_up) return done;
  look_at_interfaces(machine);
  if (machine.facts.network.program.empty() || !asks_for_address(machine.facts.value("ip")))
    return Done{};
  const int listed = machine.sys.list("/run", read_one_answer, &machine);
  if (listed < 0) machine.log.warn("%s, ignoring", outcome(listed, "list /run").error().text());
  return Done{};
}

void take_asked_root(Facts& facts, dev_t asked) {
  if (asked == root_on_server())
    facts.asked_server = true;
  else
    facts.asked_root = asked;
}

}  // namespace linuxrc
