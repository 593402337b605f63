// Facts and reports as text for people and as JSON for programs. The JSON's names are part of
// the command line's contract: rdload.1 lists them.
#pragma once

#include <string>

#include "rdload/load.hpp"

namespace rdload {

// Several lines, each ended.
std::string facts_text(const std::string& name, const ImageFacts& facts);
std::string facts_json(const std::string& name, const ImageFacts& facts);

// The line at the end of a load.
std::string report_text(const LoadRequest& request, const LoadReport& report, double seconds);
std::string report_json(const LoadRequest& request, const LoadReport& report, double seconds);
// A failure in the same shape: {"image":...,"error":...,"exit_code":...}.
std::string error_json(const std::string& image, const common::Error& error);

}  // namespace rdload
