// Numbers in lines of text, as spreadsheets and numpy.savetxt write them.
#include "runtime/data/ArrayFile.h"
#include "runtime/data/InputFile.h"

#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <optional>

namespace snn::rt::data {

namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(blanks);
  return begin == std::string_view::npos
             ? std::string_view()
             : text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// What stands between the numbers of a line; ' ' for one blank or more. Semicolons come first
/// because with them commas are decimal marks, which a field's message then says.
char separatorOf(std::string_view line) {
  for (const char c : {';', ',', '\t'})
    if (line.find(c) != std::string_view::npos)
      return c;
  return ' ';
}

/// Takes the first field off the rest of a line; nothing when there is none left.
std::optional<std::string_view> nextField(std::optional<std::string_view> &rest, char separator) {
  if (!rest)
    return std::nullopt;
  const size_t end = separator == ' ' ? rest->find_first_of(blanks) : rest->find(separator);
  const std::string_view field = trimmed(rest->substr(0, end));
  if (end == std::string_view::npos)
    rest.reset();
  else
    rest = separator == ' ' ? trimmed(rest->substr(end)) : rest->substr(end + 1);
  const bool quoted = field.size() >= 2 && field.front() == '"' && field.back() == '"';
  return quoted ? trimmed(field.substr(1, field.size() - 2)) : field;
}

enum class Reading : uint8_t { Real, Whole, TooLarge, None };

Reading readNumber(std::string_view field, double &x) {
  if (field.starts_with('+') && !field.starts_with("+-"))
    field.remove_prefix(1);
  const auto [end, code] = std::from_chars(field.data(), field.data() + field.size(), x);
  if (end != field.data() + field.size() || field.empty())
    return Reading::None;
  if (code == std::errc::result_out_of_range)
    return Reading::TooLarge;
  if (code != std::errc())
    return Reading::None;
  return field.find_first_not_of("-0123456789") == std::string_view::npos ? Reading::Whole
                                                                          : Reading::Real;
}

/// Whether none of the line's fields is a number: names of columns.
bool isHeader(std::string_view line) {
  std::optional<std::string_view> rest = line;
  const char separator = separatorOf(line);
  double unused = 0;
  while (const auto field = nextField(rest, separator))
    if (readNumber(*field, unused) != Reading::None)
      return false;
  return true;
}

class Table {
public:
  explicit Table(const std::string &path) : path(path) {}

  Status add(std::string_view line, uint64_t number) {
    if (rows == 0)
      separator = separatorOf(line);
    std::optional<std::string_view> rest = line;
    uint64_t fields = 0;
    while (const auto field = nextField(rest, separator))
      if (Status s = addField(*field, number, ++fields); !s.ok())
        return s;
    if (rows > 0 && fields != columns)
      return wrong(number,
                   fmt::format("{} numbers, but line {} has {}", fields, firstLine, columns));
    if (rows++ == 0)
      columns = fields, firstLine = number;
    return {};
  }

  Result<Array> finished() && {
    if (rows == 0)
      return Error{ExitCode::badData, fmt::format("'{}' holds no numbers", path)};
    array.element = whole ? Element::Int : Element::Real;
    const auto n = static_cast<int64_t>(rows), m = static_cast<int64_t>(columns);
    array.shape = m == 1 ? std::vector{n} : n == 1 ? std::vector{m} : std::vector{n, m};
    return std::move(array);
  }

private:
  std::string path;
  Array array;
  char separator = ' ';
  bool whole = true;
  uint64_t rows = 0, columns = 0, firstLine = 0;

  Error wrong(uint64_t line, std::string_view what) const {
    return {ExitCode::badData, fmt::format("'{}', line {}: {}", path, line, what)};
  }

  Status addField(std::string_view field, uint64_t line, uint64_t number) {
    constexpr size_t longestShown = 40;
    const auto wrongField = [&](std::string_view what) {
      return wrong(line, fmt::format("field {}: '{}'{} {}", number, field.substr(0, longestShown),
                                     field.size() > longestShown ? "…" : "", what));
    };
    double x = 0;
    switch (readNumber(field, x)) {
    case Reading::None:
      return field.empty()
                 ? wrong(line, fmt::format("field {} is empty; a number expected", number))
             : separator == ';' && field.find(',') != std::string_view::npos
                 ? wrongField("is no number; decimals are written with a point")
                 : wrongField("is no number");
    case Reading::TooLarge:
      return wrongField("is out of range of 64-bit numbers");
    case Reading::Real:
      whole = false;
      break;
    case Reading::Whole:
      if (std::fabs(x) > largestExact)
        return wrongField("is an integer beyond 2^53 and cannot be held exactly");
      break;
    }
    array.values.push_back(x);
    return {};
  }
};

} // namespace

Result<Array> readCsv(const std::string &path) {
  Result<InputFile> file = InputFile::open(path);
  if (!file.ok())
    return file.error();
  std::vector<uint8_t> bytes;
  if (Status s = file.value().readRest(bytes); !s.ok())
    return s.error();
  std::string_view text(reinterpret_cast<const char *>(bytes.data()), bytes.size());
  if (text.starts_with("\xef\xbb\xbf")) // the mark of UTF-8 that spreadsheets write
    text.remove_prefix(3);
  Table table(path);
  bool first = true;
  for (uint64_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#')
      continue;
    if (std::exchange(first, false) && isHeader(line))
      continue;
    if (Status s = table.add(line, number); !s.ok())
      return s.error();
  }
  return std::move(table).finished();
}

} // namespace snn::rt::data
