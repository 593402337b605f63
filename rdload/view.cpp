#include "rdload/view.hpp"

#include <algorithm>
#include <cstdio>
#include <string>

namespace rdload {
namespace {

constexpr double redraw_seconds = 0.1;
constexpr int bar_cells = 30;

}  // namespace

View::Style view_style(ProgressStyle how, bool terminal) {
  View::Style style;
  style.bar = how == ProgressStyle::bar || (how == ProgressStyle::automatic && terminal);
  style.rotor = how == ProgressStyle::rotor;
  return style;
}

Listener View::listener() {
  return {
      this,
      [](void* view, Event event, const char* text) {
        static_cast<View*>(view)->message(event, text);
      },
      [](void* view, const Progress& progress) { static_cast<View*>(view)->progress(progress); }};
}

double View::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
}

void View::message(Event event, const char* text) {
  if (event == Event::refused) {
    end();
    if (style_.refusals) err_ << text << '\n';
    return;
  }
  if (!style_.messages) return;
  if (event == Event::loading) {
    loading_ = style_.rotor;
    if (loading_) out_ << text << std::flush;
    return;
  }
  end();
  if (event == Event::done && loading_) {
    out_ << "done.\n";
    loading_ = false;
    return;
  }
  out_ << text << '\n';
}

void View::progress(const Progress& progress) {
  if (style_.rotor) {
    // The kernel turns it once in 16 KiB; here it is called less often.
    out_ << "|/-\\"[turn_++ % 4] << '\b' << std::flush;
    return;
  }
  if (!style_.bar) return;
  const double now = seconds();
  if (now - drawn_at_ < redraw_seconds) return;
  drawn_at_ = now;
  draw_bar(progress);
}

void View::draw_bar(const Progress& progress) {
  // What is to be loaded is not always known; then the source's end is what comes nearer.
  const bool by_image = progress.total > 0;
  const double total = static_cast<double>(by_image ? progress.total : progress.source);
  const double at = static_cast<double>(by_image ? progress.loaded : progress.read);
  const double rate = static_cast<double>(progress.loaded) / std::max(seconds(), 1e-3);
  char line[160];
  if (total > 0) {
    const double part = std::min(at / total, 1.0);
    const std::string bar(static_cast<std::size_t>(part * bar_cells), '#');
    const double left = part > 0 ? seconds() * (1 - part) / part : 0;
    std::snprintf(line, sizeof line, "\r[%-*s] %3.0f%%  %.1f MiB  %.1f MiB/s  ETA %.0f s ",
                  bar_cells, bar.c_str(), part * 100,
                  static_cast<double>(progress.loaded) / (1 << 20), rate / (1 << 20), left);
  } else {
    std::snprintf(line, sizeof line, "\r%.1f MiB  %.1f MiB/s ",
                  static_cast<double>(progress.loaded) / (1 << 20), rate / (1 << 20));
  }
  err_ << line << "\033[K" << std::flush;
  drawn_ = true;
}

void View::end() {
  if (drawn_) err_ << "\r\033[K" << std::flush;
  drawn_ = false;
}

}  // namespace rdload
