// What is known of the overlay's upper, and what state that is. Pure: nothing here makes a call.
//
// The upper's file system holds the directories `upper` and `work`, and two symbolic links that
// say how far things are: .fs_state, as OpenWrt has it, and .linuxrc.lower.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "common/text.hpp"

namespace linuxrc {

// What the first bytes of the upper's device are.
enum class UpperContents {
  unknown,    // nothing that is known here, or nothing could be read
  erased,     // ones alone: erased flash
  zeroes,     // zeroes alone
  dead_code,  // 0xdeadc0de: OpenWrt's images end so where the data partition begins
  ext,
  f2fs,
  jffs2,
  other,  // another file system or something that a tool would know
};

// What .fs_state says.
enum class UpperMark {
  none,
  pending,  // "1": everything is to be deleted
  ready,    // "2"
  other,
};

// Trivial, as OverlayFacts: whoever makes one writes {}, and a build without overlays pays nothing.
struct UpperProbe {
  bool found;    // its device, or its flash partition
  dev_t device;  // of a flash partition its mtdblockN
  UpperContents contents;
  bool mounted;
  UpperMark mark;
  bool used;        // `upper` holds something
  bool strange;     // `upper` or `work` is there and is no directory
  bool stale_work;  // `work` holds something: a power cut left it
  bool lower_recorded;
  bool lower_differs;  // .linuxrc.lower names another root than this one
  bool missing;        // there is no `upper`
  bool copied;         // `upper.new` holds something: a copy, whole where `upper` is missing
  bool memory_kept;    // `upper.memory` is there, from an earlier carry-over
  bool root_recorded;  // an extroot says which root it is for
  char why[256];       // it is not mounted, or is strange: the call, its object and the reason
};

enum class UpperState {
  absent,       // no such device
  unformatted,  // nothing was ever written there
  fresh,        // a file system without changes
  ready,        // with them, or it was marked so
  resetting,    // marked for deletion, which may have begun
  corrupt,      // something is there that cannot be used
  foreign,      // the changes belong to another root
};
UpperState upper_state(const UpperProbe& probe);

// What is done with an upper that is corrupt or foreign.
enum class UpperPolicy {
  keep,        // it is used as it is
  quarantine,  // its directories are renamed aside, and a fresh one begins
  listed,      // the same, and the files that sysupgrade's lists name go into the fresh one
  tmpfs,       // it is not touched; this boot's changes go to memory
  reset,       // it is deleted
};

struct UpperPolicies {
  UpperPolicy corrupt = UpperPolicy::tmpfs;
  UpperPolicy foreign = UpperPolicy::keep;
  bool reset = false;  // whatever its state
};
// What is done with it. Only `wipe` deletes: where it was asked for, or was under way.
enum class UpperUse { as_it_is, wipe, set_aside, keep_listed, memory };
UpperUse use_of(const UpperProbe& probe, const UpperPolicies& policies);

// Looks at the start of a device; `head` may be short.
UpperContents identify_upper(std::span<const std::byte> head);
// The file system types that such contents are mounted as, as rootfstype= has it; "" for the
// kernel's own order.
const char* upper_types(UpperContents contents);

UpperMark parse_mark(std::string_view link);
constexpr const char* mark_pending = "1";
constexpr const char* mark_ready = "2";

// How a root is told from another one: the text of .linuxrc.lower.
using Identity = common::Text<96>;
// From BUILD_ID= of an os-release file; empty when it has none.
Identity identity_of_release(std::string_view os_release);
// From the first bytes of its device: a file system's UUID, else squashfs's time and length.
Identity identity_of_device(std::span<const std::byte> head);

const char* describe(UpperState state);
const char* describe(UpperUse use);

// What Facts knows of the overlay.
struct OverlayFacts {
  bool supported;    // /proc/filesystems has `overlay`, or old_type
  bool old_type;     // it has `overlayfs` alone, which knows no workdir: before Linux 3.18
  bool reset_asked;  // by a medium
  bool fallback;     // the upper could not be used: memory, for this boot
  bool by_request;   // mount_root was told to use memory: nothing waits for an upper
  // An overlay in memory runs, and what was changed there goes to the upper, which then becomes
  // its own.
  bool carry;
  bool lower_known;
  char lower[96];  // the root's identity
  dev_t lower_device;
  // The lower is the current / itself: mount_root, or init=/linuxrc on a root that stays.
  bool over_root;
  bool has_point;    // / has a directory /overlay
  bool tmp_mounted;  // on / before us
  // Of an overlay that runs in memory: that lies where OpenWrt has it, /tmp/root.
  bool memory_in_tmp;
  char data[24];         // OpenWrt's rootfs_data, as root= writes it: the upper where none is named
  char volume[16];       // where that is a UBI volume: its name in /dev
  char root_uuid[40];    // the root's, as OpenWrt has it; "" where it has none
  bool extroot;          // the upper is the one on another disk
  bool extroot_refused;  // that cannot be used
  char extroot_name[128];  // which one /etc/config/fstab names, as linuxrc.overlay= would
  UpperProbe upper;
};

}  // namespace linuxrc
