// The progress line.
#include "runtime/core/Progress.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace snn::rt {

namespace {

constexpr double silentFor = 1.0;     ///< seconds: short runs show nothing
constexpr double betweenShows = 0.1;  ///< seconds
constexpr int barCells = 20;

std::string simulatedText(double ms) {
  if (ms < 1000)
    return fmt::format("{:.0f} ms", ms);
  return ms < 60'000 ? fmt::format("{:.2f} s", ms / 1000) : durationText(ms / 1000);
}

/// Eighths of cells, so that the bar moves smoothly.
std::string bar(double share) {
  static constexpr const char *parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const int eighths = static_cast<int>(std::clamp(share, 0.0, 1.0) * barCells * 8);
  std::string out;
  for (int k = 0; k < eighths / 8; ++k)
    out += "█";
  out += parts[eighths % 8];
  for (int k = eighths / 8 + (eighths % 8 != 0); k < barCells; ++k)
    out += "·";
  return out;
}

/// Cuts to `columns` characters of UTF-8 text, each taken as one column wide.
std::string cut(const std::string &text, int columns) {
  size_t at = 0;
  for (int shown = 0; at < text.size(); ++at)
    if ((static_cast<unsigned char>(text[at]) & 0xc0) != 0x80 && shown++ == columns)
      break;
  return text.substr(0, at);
}

} // namespace

std::string durationText(double seconds) {
  seconds = std::max(seconds, 0.0);
  if (seconds < 10)
    return fmt::format("{:.1f} s", seconds);
  if (seconds < 60)
    return fmt::format("{:.0f} s", seconds);
  const int64_t whole = std::llround(std::min(seconds, 1e12));
  if (whole < 3600)
    return fmt::format("{}:{:02} min", whole / 60, whole % 60);
  return fmt::format("{}:{:02} h", whole / 3600, whole / 60 % 60);
}

Progress::Settings Progress::forStandardError(bool quiet) {
  Settings s;
  const char *terminal = std::getenv("TERM");
  s.enabled = !quiet && isatty(STDERR_FILENO) && (!terminal || std::string(terminal) != "dumb");
  struct winsize size {};
  if (s.enabled && ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    s.columns = size.ws_col;
  s.now = [] { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); };
  s.write = [](const std::string &text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
  };
  return s;
}

Progress::Progress(Settings s) : settings(std::move(s)) {
  started = lastShown = settings.enabled ? settings.now() : 0;
}

void Progress::time(double ms, double endMs) {
  if (!settings.enabled)
    return;
  const double now = settings.now();
  if (endMs != runEnd || ms < simulated) { // another run
    runBegin = now;
    runStart = simulatedBegin < 0 ? ms : std::min(simulated, ms);
    runEnd = endMs;
  }
  if (simulatedBegin < 0)
    simulatedBegin = ms;
  simulated = ms;
  show(now);
}

void Progress::turn(const void *id, int64_t at, int64_t count) {
  if (!settings.enabled)
    return;
  const double now = settings.now();
  const auto found = std::ranges::find_if(loops, [&](const Loop &l) { return l.id == id; });
  if (found != loops.end()) {
    loops.erase(found + 1, loops.end()); // inner loops begin again
    found->at = at;
    found->count = count;
    if (at == 0)
      found->begin = now;
  } else {
    // A loop that follows another one of the same depth takes its place once that one is through.
    while (!loops.empty() && loops.back().at + 1 >= loops.back().count)
      loops.pop_back();
    loops.push_back({id, at, count, now});
  }
  show(now);
}

std::string Progress::line(double now) const {
  const double wall = std::max(now - started, 1e-9);
  std::string text;
  if (!loops.empty()) {
    const Loop &outer = loops.front();
    double share = 0, width = 1;
    std::string counts;
    for (const Loop &l : loops) { // inner loops make the outer one's bar move
      const double n = static_cast<double>(std::max<int64_t>(l.count, 1));
      share += width * static_cast<double>(l.at) / n;
      width /= n;
      counts += fmt::format("{}{}/{}", counts.empty() ? "" : " · ", l.at, l.count);
    }
    const double spent = now - outer.begin;
    const double rate = spent > 0 ? static_cast<double>(loops.back().at) / std::max(now - loops.back().begin, 1e-9) : 0;
    text = fmt::format("{} {:3.0f} %  {}  {:.3g}/s", bar(share), 100 * share, counts, rate);
    if (share > 0)
      text += fmt::format("  {} left", durationText(spent * (1 - share) / share));
    text += fmt::format("  t = {}", simulatedText(simulated));
  } else {
    const double whole = runEnd - runStart, done = simulated - runStart;
    const double share = whole > 0 ? done / whole : 0, spent = now - runBegin;
    text = fmt::format("{} {:3.0f} %  t = {} of {}", bar(share), 100 * share, simulatedText(simulated),
                       simulatedText(runEnd));
    if (share > 0)
      text += fmt::format("  {} left", durationText(spent * (1 - share) / share));
  }
  const double advanced = (simulated - std::max(simulatedBegin, 0.0)) / 1000;
  text += fmt::format("  {:.3g} x real time", advanced / wall);
  return cut(text, settings.columns - 1);
}

void Progress::show(double now) {
  if (now - started < silentFor || now - lastShown < betweenShows)
    return;
  lastShown = now;
  settings.write("\r\033[K" + line(now));
  visible = everShown = true;
}

void Progress::clear() {
  if (!visible)
    return;
  settings.write("\r\033[K");
  visible = false;
}

void Progress::finish() {
  clear();
  if (!everShown)
    return;
  const double wall = settings.now() - started, advanced = simulated - std::max(simulatedBegin, 0.0);
  settings.write(fmt::format("simulated {} in {} ({:.3g} x real time)\n", simulatedText(advanced), durationText(wall),
                             advanced / 1000 / std::max(wall, 1e-9)));
  everShown = false;
}

} // namespace snn::rt
