// Writing beside reading: with a lane, whenever it does its jobs, a load ends as it does without.
#include <boost/test/unit_test.hpp>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "rdload/load.hpp"
#include "rdload/thread_lane.hpp"
#include "tests/rdload/images.hpp"
#include "tests/rdload/workplace.hpp"

namespace {

// As late as is allowed: what looks at the target before wait(), or uses a piece again, is seen.
class LateLane final : public rdload::Lane {
 public:
  void begin(void (*job)(void* context), void* context) override {
    BOOST_TEST_REQUIRE(jobs_.size() < most);
    jobs_.push_back({job, context});
  }
  void wait(std::size_t left) override {
    for (; jobs_.size() > left; jobs_.pop_front()) jobs_.front().run(jobs_.front().context);
  }
  [[nodiscard]] bool idle() const { return jobs_.empty(); }

 private:
  struct Job {
    void (*run)(void* context);
    void* context;
  };
  std::deque<Job> jobs_;
};

struct Scene : Workplace {
  // Every piece of a MiB differs from the others, and one is zero.
  Scene() : image(images::ext2(5000)) {
    const std::string noise = images::noise(image.size() - 4096);
    image.replace(4096, noise.size(), noise);
    image.replace(2 << 20, 1 << 20, 1 << 20, '\0');
  }
  Loaded run(std::string_view source, const std::string& target, rdload::Lane* lane) {
    const std::string name = write("source", source);
    rdload::LoadRequest request;
    request.source = name.c_str();
    request.target = target.c_str();
    request.lane = lane;
    return load_and_listen(request);
  }
  // The same three times: by turns, as late as possible, and on a thread. Returns the first.
  Loaded compare(std::string_view source, std::size_t kib, const char* target = nullptr) {
    const std::string old(kib * 1024, '\xaa');
    const std::string to = target != nullptr ? target : write("ram", old);
    Loaded alone = run(source, to, nullptr);
    const std::string left = target != nullptr ? "" : read("ram");
    LateLane late;
    rdload::ThreadLane thread;
    for (rdload::Lane* const lane : std::vector<rdload::Lane*>{&late, &thread}) {
      if (target == nullptr) write("ram", old);
      const Loaded beside = run(source, to, lane);
      BOOST_TEST(beside.exit_code == alone.exit_code);
      BOOST_TEST(beside.error == alone.error);
      BOOST_TEST(beside.messages == alone.messages, boost::test_tools::per_element());
      BOOST_TEST(beside.report.stored == alone.report.stored);
      BOOST_TEST((target != nullptr || read("ram") == left));
    }
    BOOST_TEST(late.idle());
    return alone;
  }
  std::string image;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_load, Scene) {
  for (const std::string& source : {image, images::gzip(image)}) {
    BOOST_TEST(compare(source, 6000).exit_code == 0);
    BOOST_TEST(read("ram").starts_with(image));
  }
}

BOOST_FIXTURE_TEST_CASE(less_than_a_piece, Scene) {
  BOOST_TEST(compare(images::gzip(images::ext2(20)), 30).exit_code == 0);
}

BOOST_FIXTURE_TEST_CASE(what_does_not_fit, Scene) {
  BOOST_TEST(compare(image, 4999).exit_code == 4);
  BOOST_TEST(compare(images::gzip(image), 4999).exit_code == 4);
  // Seen only at the end, where more comes out than the superblock claims.
  BOOST_TEST(compare(images::gzip(image + images::noise(1 << 20)), 5500).exit_code == 4);
}

BOOST_FIXTURE_TEST_CASE(a_source_that_ends_early, Scene) {
  const std::string packed = images::gzip(image);
  BOOST_TEST(compare(packed.substr(0, packed.size() / 2), 6000).exit_code == 5);
}

// What cannot be written comes before what cannot be decoded behind it.
BOOST_FIXTURE_TEST_CASE(errors_in_the_order_of_the_image, Scene) {
  const std::string packed = images::gzip(image);
  const Loaded loaded = compare(packed.substr(0, packed.size() * 9 / 10), 0, "/dev/full");
  BOOST_TEST(loaded.exit_code == 1);
  BOOST_TEST(loaded.error == "write /dev/full: No space left on device; nothing was written");
}
