// The boot report of a boot against the fake kernel, as another program reads it.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/linuxrc/boots.hpp"

namespace linuxrc::fake {

// What is in /run/linuxrc.json for those who see what linuxrc sees at its end; "" where there is
// none.
inline std::string report_of(const Boot& boot) {
  Place place;
  const Kernel& kernel = boot->kernel;
  const View& view = boot->outcome.end == End::init ? boot->outcome.view : kernel.main.view;
  if (boot->kernel.tree.walk(view, "/run/linuxrc.json", true, place) < 0) return "";
  return place.node->content;
}

// True when Python takes it for JSON, and `expression` of it, `report`, is true.
inline bool python_says(const std::string& json, const std::string& expression) {
  const auto path = std::filesystem::temp_directory_path() / ("report." + std::to_string(getpid()));
  std::ofstream(path) << json;
  const std::string command =
      "python3 -c 'import json, sys; report = json.load(open(sys.argv[1])); "
      "sys.exit(not (" +
      expression + "))' " + path.string();
  const bool fine = std::system(command.c_str()) == 0;
  std::filesystem::remove(path);
  return fine;
}

}  // namespace linuxrc::fake
