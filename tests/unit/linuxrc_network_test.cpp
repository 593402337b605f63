// A root on a server: who gives this machine its address, and waiting for the server.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cerrno>

#include "linuxrc/network.hpp"
#include "tests/linuxrc/boots.hpp"

using namespace linuxrc;
using namespace linuxrc::fake;

namespace {

std::string initramfs(const std::string& words, const std::string& lines = "") {
  return "pid=1\nroot_device=0:2\nroot_in_memory=yes\nkernel=7.2.0\nnew_root.put_old=mnt\n" +
         lines + "cmdline=root=/dev/nfs " + words + "\n";
}

const std::string with_program = "network.program=/bin/ipconfig\n";

std::ptrdiff_t mounts_of_root(const Boot& boot) {
  const auto& trace = boot->sys.trace;
  return std::count_if(trace.begin(), trace.end(), [](const Traced& call) {
    return call.call == Call::mount && call.text.ends_with(" nfs");
  });
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_route_of_an_interface_is_a_network) {
  const std::string head = "Iface\tDestination\tGateway\n";
  BOOST_TEST(routed_device("") == "");
  BOOST_TEST(routed_device(head) == "");
  BOOST_TEST(routed_device(head + "lo\t0000007F\t00000000\n") == "");
  BOOST_TEST(routed_device(head + "lo\t0000007F\t00000000\neth0\t0002000A\t00000000\n") == "eth0");
}

BOOST_AUTO_TEST_CASE(answers_name_the_server_and_the_path) {
  NetworkFacts network;
  read_kernel_answer("#PROTO: DHCP\nnameserver 10.0.2.3\nbootserver 10.0.2.2\n", network);
  BOOST_TEST(network.server.view() == "10.0.2.2");
  NetworkFacts other;
  read_ipconfig_answer(
      "DEVICE='eth0'\nROOTSERVER='1.2.3.4'\nROOTPATH='/srv/it'\nfilename=''\nHALF='\nNONE\n",
      other);
  BOOST_TEST(other.server.view() == "1.2.3.4");
  BOOST_TEST(other.path.view() == "/srv/it");
  BOOST_TEST(other.client.empty());
  NetworkFacts named;
  read_ipconfig_answer("IPV4ADDR='10.0.2.15'\nHOSTNAME='board7'\n", named);
  BOOST_TEST(named.client.view() == "board7");
  NetworkFacts nameless;
  read_ipconfig_answer("IPV4ADDR='10.0.2.15'\nHOSTNAME=''\n", nameless);
  BOOST_TEST(nameless.client.view() == "10.0.2.15");
  NetworkFacts none;
  read_kernel_answer("bootserver 0.0.0.0\n", none);
  read_ipconfig_answer(
      "ROOTSERVER='0.0.0.0'\nROOTPATH=''\nROOTPATH='" + std::string(300, 'x') + "'\n", none);
  BOOST_TEST(none.server.empty());
  BOOST_TEST(none.path.empty());
}

BOOST_AUTO_TEST_CASE(ipconfig_is_given_ip_as_it_is_and_no_shell) {
  const Boot boot(initramfs("nfsroot=10.0.2.2:/srv ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off",
                            with_program));
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  const auto& argv = boot->sys.network_start.argv;
  BOOST_REQUIRE(argv.size() == 4U);
  BOOST_TEST(boot->sys.network_start.path == "/bin/ipconfig");
  BOOST_TEST(argv[2] == "60");
  BOOST_TEST(argv[3] == "ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off");
}

BOOST_AUTO_TEST_CASE(what_comes_with_the_address_is_used) {
  const Boot boot(
      initramfs("ip=dhcp", with_program + "network.server=10.9.9.9\nnetwork.path=/srv/x\n"));
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  const auto& trace = boot->sys.trace;
  BOOST_TEST(std::any_of(trace.begin(), trace.end(), [](const Traced& call) {
    return call.text.find("mount 10.9.9.9:/srv/x ") == 0;
  }));
}

BOOST_AUTO_TEST_CASE(a_network_that_is_up_is_left_alone) {
  const std::string up = with_program + "network.device=eth0\n";
  const Boot boot(initramfs("nfsroot=10.0.2.2:/srv ip=dhcp", up));
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(boot->sys.network_start.argv.empty());
  BOOST_TEST(boot->said("eth0 has an address already, ip= is not obeyed again"));
  const Boot off(initramfs("nfsroot=10.0.2.2:/srv ip=off", up));
  BOOST_TEST(off->said("eth0 has an address already"));
  BOOST_TEST(!off->said("ip= is not obeyed"));
}

BOOST_AUTO_TEST_CASE(a_missing_program_or_ip_is_told) {
  const Boot no_program(initramfs("nfsroot=10.0.2.2:/srv ip=dhcp rootwait=1"));
  BOOST_TEST(
      no_program->said("no interface has an address, and the image has no ipconfig for ip="));
  BOOST_TEST(no_program->said("FAILED: mount 10.0.2.2:/srv on /root: Network is unreachable"));
  const Boot no_ip(initramfs("nfsroot=10.0.2.2:/srv rootwait=1", with_program));
  BOOST_TEST(no_ip->said("no interface has an address, and ip= asks for none"));
  BOOST_TEST(no_ip->sys.network_start.argv.empty());
}

BOOST_AUTO_TEST_CASE(a_server_that_nobody_names_stops_the_boot) {
  const Boot boot(initramfs("nfsroot=/srv ip=dhcp", with_program));
  BOOST_TEST(boot->said("FAILED: mount root /dev/nfs: no NFS server: neither nfsroot= nor ip="));
  BOOST_TEST(mounts_of_root(boot) == 0);
}

BOOST_AUTO_TEST_CASE(an_ipconfig_that_fails_stops_the_boot) {
  const Boot boot(initramfs("nfsroot=10.0.2.2:/srv ip=dhcp", with_program), [](World& world) {
    world.kernel.network_program = [](Kernel&) { return 1 << 8; };
  });
  BOOST_TEST(boot->said("FAILED: /bin/ipconfig ip=dhcp: no address, exit code 1"));
  BOOST_TEST(mounts_of_root(boot) == 0);
}

BOOST_AUTO_TEST_CASE(a_version_or_a_driver_that_is_missing_is_named) {
  const std::string text = initramfs("nfsroot=10.0.2.2:/srv,v4", "network.device=eth0\n");
  const Boot well(text);
  const auto& trace = well->sys.trace;
  const auto mount = std::find_if(trace.begin(), trace.end(), [](const Traced& call) {
    return call.call == Call::mount && call.text.ends_with(" nfs");
  });
  BOOST_REQUIRE(mount != trace.end());
  const auto failing_with = [&](int error) {
    return Boot(text, [&](World& world) {
      world.sys.faults.push_back({Call::mount, mount->occurrence, error});
    });
  };
  const Boot version = failing_with(EPROTONOSUPPORT);
  BOOST_TEST(version->said("not this kernel's (modules nfsv3, nfsv4)"));
  BOOST_TEST(version->said("FAILED: mount 10.0.2.2:/srv on /root: Protocol not supported"));
  const Boot driver = failing_with(ENODEV);
  BOOST_TEST(driver->said("it is a module (nfs) that the image lacks"));
  const Boot refused = failing_with(EACCES);
  BOOST_TEST(!refused->said("module"));
}
