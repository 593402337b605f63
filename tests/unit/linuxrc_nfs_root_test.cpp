#include <boost/test/unit_test.hpp>
#include <string>

#include "linuxrc/nfs_root.hpp"

using namespace linuxrc;

namespace {

std::string source_of(std::string_view nfsroot, std::string_view ip = "") {
  const auto root = parse_nfs_root(nfsroot, ip);
  return root ? root->source.c_str() : std::string("error: ") + root.error().text();
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_server_is_that_of_nfsroot_else_that_of_ip) {
  BOOST_TEST(source_of("10.0.2.2:/srv/root") == "10.0.2.2:/srv/root");
  BOOST_TEST(source_of("10.0.2.2:/a:b", "1.2.3.4:5.6.7.8") == "10.0.2.2:/a:b");
  BOOST_TEST(source_of("/srv/root", "1.2.3.4:5.6.7.8::255.0.0.0") == "5.6.7.8:/srv/root");
  BOOST_TEST(source_of("/a:b", "1.2.3.4:5.6.7.8") == "5.6.7.8:/a:b");
}

BOOST_AUTO_TEST_CASE(else_it_is_that_of_who_gave_the_address) {
  const auto root = parse_nfs_root("/srv/root", "dhcp", "10.0.2.2");
  BOOST_REQUIRE(root.ok());
  BOOST_TEST(root->source.view() == "10.0.2.2:/srv/root");
  BOOST_TEST(parse_nfs_root("1.2.3.4:/srv", "dhcp", "10.0.2.2")->source.view() == "1.2.3.4:/srv");
}

BOOST_AUTO_TEST_CASE(a_missing_or_misspelt_server_is_an_error) {
  const std::string missing =
      "error: no NFS server: neither nfsroot= nor ip= names one, nor whoever gave the address";
  BOOST_TEST(source_of("/srv", "dhcp") == missing);
  BOOST_TEST(source_of("") == missing);
  BOOST_TEST(source_of("/srv", "1.2.3.4:0.0.0.0:") == missing);
  for (const char* server : {"server", "1.2.3", "1.2.3.4.5", "1..2.3", "1.2.3.4000", "1.2.3."})
    BOOST_TEST(source_of(std::string(server) + ":/srv") ==
               "error: nfsroot=: " + std::string(server) + " is no address of four numbers");
}

BOOST_AUTO_TEST_CASE(the_directory_may_hold_the_clients_name) {
  BOOST_TEST(source_of("1.2.3.4:/boards/%s/root", "10.0.0.7::::board7:eth0") ==
             "1.2.3.4:/boards/board7/root");
  BOOST_TEST(source_of("1.2.3.4:/boards/%s", "10.0.0.7:") == "1.2.3.4:/boards/10.0.0.7");
  BOOST_TEST(source_of("", "10.0.0.7:1.2.3.4") == "1.2.3.4:/tftpboot/10.0.0.7");
  BOOST_TEST(source_of("1.2.3.4:/boards/%s", "dhcp") ==
             "error: nfsroot= has %s, and neither ip= nor whoever gave the address names client or "
             "host");
  const auto told = [](std::string_view ip, std::string_view client) {
    const auto root = parse_nfs_root("1.2.3.4:/boards/%s/root", ip, "", client);
    return root ? std::string(root->source.view()) : std::string("error: ") + root.error().text();
  };
  BOOST_TEST(told("dhcp", "board7") == "1.2.3.4:/boards/board7/root");
  BOOST_TEST(told("dhcp", "10.0.2.15") == "1.2.3.4:/boards/10.0.2.15/root");
  BOOST_TEST(told("10.0.0.7:", "board7") == "1.2.3.4:/boards/board7/root");
  BOOST_TEST(told("::::board9:eth0:dhcp", "board7") == "1.2.3.4:/boards/board9/root");
  for (const char* name : {"..", "../../etc", "a/b", ".", "a b", "a,ro", "a:b"})
    BOOST_TEST(told("dhcp", name) ==
               "error: nfsroot= has %s, and \"" + std::string(name) + "\" is no host name");
}

BOOST_AUTO_TEST_CASE(options_follow_the_defaults_and_too_many_are_an_error) {
  const auto plain = parse_nfs_root("1.2.3.4:/srv", "");
  const auto more = parse_nfs_root("1.2.3.4:/srv,vers=4,port=2050", "");
  BOOST_REQUIRE(plain.ok());
  BOOST_REQUIRE(more.ok());
  BOOST_TEST(plain->data.view() == "nolock,vers=3,proto=tcp,addr=1.2.3.4");
  BOOST_TEST(more->data.view() == "nolock,vers=3,proto=tcp,vers=4,port=2050,addr=1.2.3.4");
  BOOST_TEST(!parse_nfs_root("1.2.3.4:/srv," + std::string(500, 'x'), "").ok());
  BOOST_TEST(!parse_nfs_root("1.2.3.4:/" + std::string(500, 'x'), "").ok());
}
