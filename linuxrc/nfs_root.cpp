#include "linuxrc/nfs_root.hpp"

#include <algorithm>

#include "common/lines.hpp"
#include "linuxrc/retry.hpp"

namespace linuxrc {
namespace {

using common::Error;
using common::Failure;

int length_of(std::string_view text) {
  return static_cast<int>(text.size());
}

// Four numbers with dots: the kernel's nfsroot= takes no names, which nobody could look up.
bool is_address(std::string_view text) {
  int dots = 0;
  std::size_t digits = 0;
  for (const char c : text) {
    if (c != '.' && (c < '0' || c > '9')) return false;
    if (c == '.' && digits == 0) return false;
    digits = c == '.' ? 0 : digits + 1;
    dots += c == '.' ? 1 : 0;
    if (digits > 3) return false;
  }
  return dots == 3 && digits > 0 && text != "0.0.0.0" && text != "255.255.255.255";
}

// Takes "SERVER:" off the front of `text`, if it is there.
std::string_view take_server(std::string_view& text) {
  const auto colon = text.find(':');
  const auto slash = text.find('/');
  if (colon == std::string_view::npos || colon > slash) return {};
  const std::string_view server = text.substr(0, colon);
  text.remove_prefix(colon + 1);
  return server;
}

// Whoever tells a client its name is not to choose among the server's folders.
bool is_host_name(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  return !text.empty() && text.front() != '.' && std::ranges::all_of(text, fits);
}

// A "%s" of the path is the client's name or, without one, its address: of ip=, else `told`.
common::Result<Path> path_of(std::string_view text, std::string_view ip, std::string_view told) {
  constexpr std::string_view place = "%s";
  constexpr std::string_view usual = "/tftpboot/%s";
  if (text.empty()) text = usual;
  const auto at = text.find(place);
  Path path;
  if (at == std::string_view::npos) {
    path.append("%.*s", length_of(text), text.data());
    return path;
  }
  const bool has_fields = ip.find(':') != std::string_view::npos;
  std::string_view client = has_fields ? common::field_of(ip, ':', 4) : "";
  if (client.empty()) client = told;
  if (client.empty() && has_fields) client = common::field_of(ip, ':', 0);
  if (client.empty())
    return Error::of(
        Failure::usage,
        "nfsroot= has %%s, and neither ip= nor whoever gave the address names client or "
        "host");
  if (!is_host_name(client))
    return Error::of(Failure::usage, "nfsroot= has %%s, and \"%.*s\" is no host name",
                     length_of(client), client.data());
  path.append("%.*s%.*s%.*s", static_cast<int>(at), text.data(), length_of(client), client.data(),
              length_of(text.substr(at + place.size())), text.data() + at + place.size());
  return path;
}

}  // namespace

bool is_nfs_root(std::string_view root) {
  return root == "/dev/nfs";
}

common::Result<NfsRoot> parse_nfs_root(std::string_view nfsroot, std::string_view ip,
                                       std::string_view answer, std::string_view client) {
  const auto comma = nfsroot.find(',');
  std::string_view path = nfsroot.substr(0, comma);
  const std::string_view options =
      comma == std::string_view::npos ? std::string_view{} : nfsroot.substr(comma + 1);
  std::string_view server = take_server(path);
  if (!server.empty() && !is_address(server))
    return Error::of(Failure::usage, "nfsroot=: %.*s is no address of four numbers",
                     length_of(server), server.data());
  if (server.empty()) server = common::field_of(ip, ':', 1);
  if (!is_address(server)) server = answer;
  if (!is_address(server))
    return Error::of(
        Failure::usage,
        "no NFS server: neither nfsroot= nor ip= names one, nor whoever gave the address");
  const auto directory = path_of(path, ip, client);
  if (!directory) return directory.error();
  NfsRoot root;
  root.source.append("%.*s:%s", length_of(server), server.data(), directory->c_str());
  // Later options win. Nobody runs a lock daemon before init.
  root.data.append("nolock,vers=3,proto=tcp%s%.*s,addr=%.*s", options.empty() ? "" : ",",
                   length_of(options), options.data(), length_of(server), server.data());
  if (root.source.full() || root.data.full())
    return Error::of(Failure::usage, "nfsroot= is too long");
  return root;
}

bool plan_nfs_root(const Facts& facts, const CurrentRoot& root, const Step& mount, Plan& plan) {
  if (!is_nfs_root(root.name)) return false;
  const auto value = [&](const char* name) {
    const char* const text = facts.value(name);
    return std::string_view(text == nullptr ? "" : text);
  };
  const NetworkFacts& network = facts.network;
  const std::string_view given = value("nfsroot");
  const auto nfs = parse_nfs_root(given.empty() ? network.path.view() : given, value("ip"),
                                  network.server.view(), network.client.view());
  Step step = mount;
  if (nfs) {
    step.op = Op::mount;
    step.source = plan.join(nfs->source.view(), "");
    step.type = "nfs";
    step.data = plan.join(nfs->data.view(), "");
    plan_retry(facts, step);
  } else {
    // Planning has no way to fail: the step does it.
    step = {.op = Op::refuse, .source = plan.join("mount root /dev/nfs: ", nfs.error().text())};
  }
  let_next_root_follow(root, step);
  plan.add(step);
  return true;
}

}  // namespace linuxrc
