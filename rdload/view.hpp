// What a load shows while it runs: the kernel's messages, and a bar or the kernel's rotor.
#pragma once

#include <chrono>
#include <ostream>

#include "rdload/load.hpp"
#include "rdload/options.hpp"

namespace rdload {

class View {
 public:
  struct Style {
    bool bar = false;
    bool rotor = false;
    bool messages = true;   // the kernel's, on `out`
    bool refusals = false;  // those too, on `err`
  };

  View(std::ostream& out, std::ostream& err, Style style) : out_(out), err_(err), style_(style) {}

  // Points at this view, which must outlive its use.
  Listener listener();
  // Clears the bar away.
  void end();
  // Since the view was made.
  [[nodiscard]] double seconds() const;

 private:
  void message(Event event, const char* text);
  void progress(const Progress& progress);
  void draw_bar(const Progress& progress);

  std::ostream& out_;
  std::ostream& err_;
  Style style_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  double drawn_at_ = -1;
  bool drawn_ = false;
  bool loading_ = false;  // "Loading ... " stands on the line, and its "done." is to come
  unsigned turn_ = 0;
};

// The style that `how` means where `terminal` says whether the error output is one.
View::Style view_style(ProgressStyle how, bool terminal);

}  // namespace rdload
