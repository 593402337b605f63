// The small build looks again and again: Linux 2.4 tells of no devices.
#include "linuxrc/device_events.hpp"

namespace linuxrc {

DeviceEvents::~DeviceEvents() = default;

void DeviceEvents::rest() {
  machine_.watchdog.sleep_ms(50);
}

}  // namespace linuxrc
