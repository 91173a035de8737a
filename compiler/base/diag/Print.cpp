// How a diagnostic looks: file:line:col: error[E0301]: message, the line, the range marked, notes, the mend.
#include "compiler/base/diag/Diag.h"

#include <algorithm>
#include <numeric>

namespace snn::diag {

namespace {

constexpr size_t longestShown = 160; // characters of a source line that are printed

size_t characters(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xc0) != 0x80; }));
}

/// The first `n` characters of UTF-8 text.
std::string_view take(std::string_view text, size_t n) {
  size_t at = 0;
  for (; at < text.size() && n; --n)
    do
      ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80);
  return text.substr(0, at);
}

/// Source text as it may go to a terminal: tabs become spaces, and control characters and those that change the direction
/// of writing become U+FFFD, one for one, so that the marks stay below what they mark.
std::string printable(std::string_view text) {
  std::string out;
  for (size_t k = 0; k < text.size();) {
    const std::string_view one = take(text.substr(k), 1);
    const auto byte = [&](size_t j) { return j < one.size() ? static_cast<unsigned char>(one[j]) : 0; };
    const bool control = byte(0) < 0x20 || byte(0) == 0x7f || (byte(0) == 0xc2 && byte(1) < 0xa0);
    const bool direction = byte(0) == 0xe2 && ((byte(1) == 0x80 && ((byte(2) >= 0xaa && byte(2) <= 0xae) || byte(2) == 0x8e ||
                                                                    byte(2) == 0x8f)) ||
                                               (byte(1) == 0x81 && byte(2) >= 0xa6 && byte(2) <= 0xa9));
    const bool broken = byte(0) >= 0x80 && source::findInvalidUtf8(one) != std::string_view::npos;
    if (one == "\t")
      out += ' ';
    else if (control || direction || broken)
      out += "\xef\xbf\xbd";
    else
      out += one;
    k += one.size();
  }
  return out;
}

/// A message as it may be shown: printable, and what it quotes from the source (`name`) no longer than a line.
std::string wording(std::string_view text) {
  constexpr size_t longestQuoted = 200;
  std::string out;
  while (!text.empty()) {
    const size_t open = text.find('`');
    const size_t close = open == std::string_view::npos ? open : text.find('`', open + 1);
    if (close == std::string_view::npos)
      return out + printable(text);
    const std::string_view quoted = text.substr(open + 1, close - open - 1);
    const std::string_view shown = take(quoted, longestQuoted);
    out += printable(text.substr(0, open + 1)) + printable(shown) + (shown.size() < quoted.size() ? "…`" : "`");
    text.remove_prefix(close + 1);
  }
  return out;
}

/// The source line with its number, and a line of carets below.
std::string excerpt(const source::File &file, source::Range range) {
  const source::Place from = file.place(range.begin);
  std::string_view line = file.line(from.line);
  const std::string number = std::to_string(from.line);
  const std::string margin(number.size(), ' ');
  const size_t lineEnd = file.lineStart(from.line) + line.size();
  const size_t end = std::clamp<size_t>(range.end, range.begin, std::max<size_t>(lineEnd, range.begin));
  const size_t marked = std::max<size_t>(
      1, range.begin < lineEnd ? characters(file.text().substr(range.begin, end - range.begin)) : 1);
  size_t column = from.column - 1;
  std::string prefix;
  if (column > longestShown - 40) { // a very long line: show the part around the place
    const std::string_view dropped = take(line, column - 40);
    line.remove_prefix(dropped.size());
    column = 43;
    prefix = "...";
  }
  const std::string_view shown = take(line, longestShown);
  return fmt::format("{} |\n{} | {}{}\n{} | {}{}\n", margin, number, prefix, printable(shown), margin,
                     std::string(column, ' '),
                     std::string(std::min(marked, longestShown + 3 - std::min(column, longestShown)), '^'));
}

} // namespace

std::string print(const Diagnostic &d, const source::Manager &sources, bool colour) {
  const bool error = severity(d.id) == Severity::Error;
  const std::string_view bold = colour ? "\033[1m" : "", off = colour ? "\033[0m" : "",
                         tint = !colour ? "" : error ? "\033[1;31m" : "\033[1;35m";
  const std::string where = sources.where(d.range);
  std::string out = fmt::format("{}{}{}{}{}[{}]:{} {}{}{}\n", bold, where.empty() ? "" : where + ": ", tint,
                                error ? "error" : "warning", "", code(d.id), off, bold, wording(d.message), off);
  if (const source::File *file = sources.file(d.range.file))
    out += excerpt(*file, d.range);
  for (const Note &note : d.notes) {
    const std::string place = sources.where(note.range);
    out += fmt::format("  note: {}{}\n", place.empty() ? "" : place + ": ", wording(note.text));
    const source::File *file = sources.file(note.range.file);
    if (file && (note.range.file != d.range.file ||
                 file->place(note.range.begin).line != file->place(d.range.begin).line))
      out += excerpt(*file, note.range);
  }
  if (!d.help.empty())
    out += fmt::format("  help: {}\n", wording(d.help));
  for (const FixIt &fix : d.fixes)
    out += fmt::format("  fix: {}\n", wording(fmt::format("write `{}`{}", fix.text,
                                                         fix.range == d.range || !fix.range.valid()
                                                             ? ""
                                                             : fmt::format(" instead of `{}`", sources.text(fix.range)))));
  return out;
}

std::string Engine::print(bool colour, size_t limit) const {
  std::vector<size_t> order(list.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, {}, [&](size_t k) {
    return std::pair(list[k].range.file, list[k].range.begin);
  });
  std::string out;
  for (size_t k = 0; k < order.size() && k < limit; ++k)
    out += diag::print(list[order[k]], manager, colour);
  const size_t hidden = list.size() + beyond - std::min(list.size(), limit);
  if (hidden)
    out += fmt::format("and {} more\n", hidden);
  if (errorCount)
    out += fmt::format("{} error{}\n", errorCount, errorCount == 1 ? "" : "s");
  return out;
}

} // namespace snn::diag
