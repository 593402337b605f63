// Every call of a save fails with every errno, one at a time: the image is the old one or the new
// one whole and passes its hash, so does the one that is kept, and nothing half-written is left.
#include <fcntl.h>
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include "linuxrc/file_sum.hpp"
#include "linuxrc/save.hpp"
#include "tests/linuxrc/errnos.hpp"
#include "tests/linuxrc/fake_sys.hpp"

using namespace linuxrc;
using namespace linuxrc::fake;

namespace {

constexpr mode_t file_mode = S_IFREG | 0644;
constexpr const char* image = "/flash/root.img";

std::string sum_of(const std::string& text) {
  Sha256 sum;
  sum.update({reinterpret_cast<const unsigned char*>(text.data()), text.size()});
  return hexadecimal(sum.finish()).c_str();
}

// SaveCalls of the fake kernel. What is written back is no other call than syncfs there.
class FakeSaveCalls final : public SaveCalls {
 public:
  explicit FakeSaveCalls(FakeSys& sys) : sys_(sys) {}
  int write_back(int fd) override { return sys_.sync_file_system(fd); }
  int link(const char* from, const char* to) override { return sys_.link(from, to); }
  int rename(const char* from, const char* to) override { return sys_.rename(from, to); }
  int free_bytes(const char* path, std::uint64_t& bytes) override {
    bytes = 1 << 20;
    std::uint64_t magic = 0;
    return sys_.statfs_type(path, magic);
  }
  void hold_signals(bool hold) override { held += hold ? 1 : -1; }
  int held = 0;

 private:
  FakeSys& sys_;
};

struct Scene {
  const char* name;
  bool gzip;
  bool has_sum;
  bool has_older;  // an image that an earlier save has kept
};
constexpr Scene scenes[] = {{"plain", false, true, false},
                            {"no hash yet", false, false, false},
                            {"gzip, and an older image", true, true, true}};

// A machine whose root is to be saved, and one save of it.
class Save {
 public:
  explicit Save(const Scene& scene) : scene_(scene) {
    Mount& mount = kernel.tree.mount_bottom(*kernel.rootfs);
    kernel.main.pid = 1;
    kernel.main.view = {{&mount, mount.root}, {&mount, mount.root}};
    put("/ram", root_);
    put(image, old_);
    if (scene.has_sum) put(path(".sha256"), sum_of(old_) + "  root.img\n");
    if (!scene.has_older) return;
    put(path(".old"), older_);
    put(path(".old.sha256"), sum_of(older_) + "  root.img.old\n");
  }

  void run(std::vector<Fault> faults) {
    sys.faults = std::move(faults);
    Log log(sys);
    log.set_console(false);
    SaveJob job;
    job.gzip = scene_.gzip;
    job.bytes = root_.size();
    job.image.append("%s", image);
    job.next.append("%s.new", image);
    job.device = sys.open("/ram", O_RDONLY, 0);
    if (job.device < 0) return;
    Path sum;
    auto done = write_next(log, calls, job, sum);
    if (done) done = switch_images(log, calls, job, sum);
    (void)sys.close(job.device);
    saved = done.ok();
  }

  // A sentence, or "".
  [[nodiscard]] std::string broken_promise(const std::string& new_image) const {
    const std::string now = text_of(image);
    if (now != old_ && now != new_image) return "the image is neither the old nor the new one";
    if (saved && now != new_image) return "it is said to be saved and is not";
    const std::string sums = text_of(path(".sha256"));
    const bool had_none = sums.empty() && !scene_.has_sum;
    if (!had_none && sums.find(sum_of(now)) == sums.npos) return "the image fails its hash";
    const std::string older = text_of(path(".old"));
    if (!older.empty() && text_of(path(".old.sha256")).find(sum_of(older)) == std::string::npos)
      return "the image that is kept fails its hash";
    if (calls.held != 0) return "signals are still held";
    for (const auto& [fd, file] : kernel.main.files)
      if (file.path != "/ram") return "it is left open: " + file.path;
    // What cannot be removed stays; so does a second name of what may still be named on the flash.
    const bool removed = sys.faults.empty() || sys.faults.front().call != Call::unlink;
    const bool settled = sys.faults.empty() || sys.faults.front().call != Call::syncfs;
    for (const char* end : {".new", ".sha256.new", ".old.new", ".old.sha256.new"})
      if (removed && Tree::find(*kernel.rootfs, path(end)) != nullptr)
        return "it is left behind: " + path(end);
    for (const char* end : {".was", ".sha256.was", ".old.was", ".old.sha256.was"})
      if (removed && settled && Tree::find(*kernel.rootfs, path(end)) != nullptr)
        return "it is left behind: " + path(end);
    return "";
  }
  [[nodiscard]] std::string text_of(const std::string& at) const {
    const Node* const node = Tree::find(*kernel.rootfs, at);
    return node == nullptr ? "" : node->content;
  }

  Kernel kernel;
  FakeSys sys{kernel, stack()};
  FakeSaveCalls calls{sys};
  bool saved = false;

 private:
  static Coroutine& stack() {
    static Coroutine unused;
    return unused;
  }
  static std::string path(const char* end) { return std::string(image) + end; }
  void put(const std::string& at, const std::string& text) {
    kernel.tree.put(*kernel.rootfs, at, file_mode, text);
  }

  const Scene& scene_;
  const std::string root_ = std::string(9000, 'r') + std::string(7384, 'R');
  const std::string old_ = "the old image";
  const std::string older_ = "one from before";
};

}  // namespace

BOOST_AUTO_TEST_CASE(every_call_of_a_save_fails_once_with_every_errno) {
  std::size_t injected = 0;
  std::size_t failed = 0;
  for (const Scene& scene : scenes) {
    Save plain(scene);
    plain.run({});
    BOOST_REQUIRE(plain.saved);
    const std::string new_image = plain.text_of(image);
    BOOST_REQUIRE(new_image.size() > 20);
    BOOST_TEST(plain.broken_promise(new_image) == "");
    for (const Traced& call : plain.sys.trace) {
      for (const int error : errors_of(call.call)) {
        Save save(scene);
        save.run({{call.call, call.occurrence, error}});
        ++injected;
        if (!save.saved) ++failed;
        const std::string broken = save.broken_promise(new_image);
        BOOST_TEST(broken == "", scene.name << ": " << call.text << " fails with "
                                            << describe_error(error) << ": " << broken);
      }
    }
  }
  BOOST_TEST_MESSAGE(injected << " faults injected, " << failed << " saves failed");
  BOOST_TEST(injected > 500U);
  BOOST_TEST(failed > 300U);
}
