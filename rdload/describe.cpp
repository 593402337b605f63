#include "rdload/describe.hpp"

#include <cstdio>

#include "rdload/json.hpp"
#include "rdload/verdict.hpp"

namespace rdload {
namespace {

const char* kind_name(Kind kind) {
  switch (kind) {
    case Kind::filesystem:
      return "filesystem";
    case Kind::compressed:
      return "compressed";
    case Kind::archive:
      return "archive";
    case Kind::wrapper:
      return "wrapper";
    case Kind::unknown:
      break;
  }
  return "unknown";
}

std::string what(const Image& image) {
  if (image.is(Kind::unknown)) return "nothing known";
  std::string text = image.detail;
  if (image.is(Kind::filesystem)) text += " file system";
  if (image.is(Kind::compressed)) text += " image";
  if (image.is(Kind::archive)) text += " archive (an initramfs)";
  return text;
}

std::string decimal(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

std::uint64_t kib(std::uint64_t bytes) {
  return (bytes + 1023) / 1024;
}

}  // namespace

std::string facts_text(const std::string& name, const ImageFacts& facts) {
  std::string text = name + ": " + what(facts.image);
  if (facts.wrapped) text += " in a uImage";
  if (facts.image.is(Kind::compressed) && *facts.inner_problem.c_str() == '\0')
    text += ", " + what(facts.inner) + " inside";
  text += '\n';
  if (*facts.inner_problem.c_str() != '\0')
    text += "inside: not looked at: " + std::string(facts.inner_problem.view()) + "\n";
  for (const Image* image : {&facts.image, &facts.inner})
    if (image->flaw != nullptr) text += std::string("flaw: ") + image->flaw + "\n";
  if (!facts.image.is(Kind::unknown))
    text += "size: " +
            (facts.size_kib ? std::to_string(*facts.size_kib) + " KiB" : "known after decoding") +
            "\n";
  for (const Verdict& verdict : verdicts(facts)) {
    text += std::string("Linux ") + verdict.kernel + ": " + verdict.outcome;
    if (!verdict.remark.empty()) text += " (" + verdict.remark + ")";
    text += '\n';
  }
  return text;
}

std::string facts_json(const std::string& name, const ImageFacts& facts) {
  JsonObject object;
  object.text("image", name).text("kind", kind_name(facts.image.kind));
  object.text("format", facts.image.is(Kind::unknown) ? "" : format_name(facts.image.format));
  object.text("detail", facts.image.detail).boolean("uimage", facts.wrapped);
  if (facts.image.is(Kind::compressed)) {
    object.text("inner_kind", kind_name(facts.inner.kind));
    object.text("inner_format",
                facts.inner.is(Kind::unknown) ? "" : format_name(facts.inner.format));
    object.text("inner_problem", facts.inner_problem.view()).text("decoder", facts.decoder);
  }
  const char* const flaw = facts.image.flaw != nullptr ? facts.image.flaw : facts.inner.flaw;
  object.text("flaw", flaw != nullptr ? flaw : "");
  object.raw("size_kib", facts.size_kib ? std::to_string(*facts.size_kib) : "null");
  object.raw("source_bytes", facts.source_bytes ? std::to_string(*facts.source_bytes) : "null");
  std::string list;
  for (const Verdict& verdict : verdicts(facts)) {
    JsonObject entry;
    entry.text("kernel", verdict.kernel).text("outcome", verdict.outcome);
    entry.text("remark", verdict.remark);
    list += (list.empty() ? "" : ",") + entry.str();
  }
  object.raw("kernels", "[" + list + "]");
  return object.str() + "\n";
}

std::string report_text(const LoadRequest& request, const LoadReport& report, double seconds) {
  std::string text = std::string(request.source) + ": " + what(report.image);
  if (!report.inner.is(Kind::unknown)) text += ", " + what(report.inner) + " inside";
  text += ", " + std::to_string(kib(report.loaded)) + " KiB onto " + request.target + ", " +
          std::to_string(kib(report.stored)) + " KiB of memory taken, " + decimal(seconds) + " s\n";
  return text;
}

std::string report_json(const LoadRequest& request, const LoadReport& report, double seconds) {
  JsonObject object;
  object.text("image", request.source).text("target", request.target);
  object.text("format", format_name(report.image.format)).text("detail", report.image.detail);
  object.text("inner_format",
              report.inner.is(Kind::unknown) ? "" : format_name(report.inner.format));
  object.number("loaded_bytes", report.loaded).number("stored_bytes", report.stored);
  object.number("read_bytes", report.read).number("target_kib", report.target_kib);
  object.boolean("zero_pages_left_out", report.reads_zero).boolean("released", report.released);
  object.raw("seconds", decimal(seconds)).number("exit_code", 0);
  return object.str() + "\n";
}

std::string error_json(const std::string& image, const common::Error& error) {
  JsonObject object;
  object.text("image", image).text("error", error.text());
  object.number("exit_code", static_cast<std::uint64_t>(error.exit_code()));
  return object.str() + "\n";
}

}  // namespace rdload
