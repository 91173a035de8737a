// PGM and PPM pictures, as text (P2, P3) and as bytes (P5, P6). Format:
// https://netpbm.sourceforge.net/doc/pnm.html
#include "runtime/data/ArrayFile.h"
#include "runtime/data/InputFile.h"
#include "runtime/data/Picture.h"

#include <fmt/format.h>

namespace snn::rt::data {

namespace {

bool isBlank(uint8_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// The content, and the next byte of it.
struct Reader {
  InputFile &file;
  std::vector<uint8_t> bytes;
  size_t at = 0;

  uint64_t left() const { return bytes.size() - at; }

  void skipBlanksAndComments() {
    while (at < bytes.size() && (isBlank(bytes[at]) || bytes[at] == '#'))
      if (bytes[at++] == '#')
        while (at < bytes.size() && bytes[at] != '\n')
          ++at;
  }

  /// The next number, and the one blank behind it.
  Result<uint32_t> number(std::string_view what, uint32_t least, uint32_t most) {
    skipBlanksAndComments();
    const auto found = [&] {
      return at < bytes.size() ? fmt::format("byte {:#04x} found", bytes[at]) : "the file ends";
    };
    const size_t begin = at;
    uint64_t x = 0;
    for (; at < bytes.size() && bytes[at] >= '0' && bytes[at] <= '9' && x <= most; ++at)
      x = x * 10 + (bytes[at] - '0');
    if (at == begin)
      return file.wrongAt(at, fmt::format("{} expected, {}", what, found()));
    if (x < least || x > most)
      return file.wrongAt(begin, fmt::format("{} is {}{}; {} to {} expected", what, x,
                                             x > most ? " or more" : "", least, most));
    if (at < bytes.size() && !isBlank(bytes[at]))
      return file.wrongAt(at, fmt::format("a blank expected behind {}, {}", what, found()));
    at += at < bytes.size();
    return static_cast<uint32_t>(x);
  }
};

/// Numbers as text: each is at least a digit and a blank.
Status readText(Reader &reader, Picture &picture, uint32_t most) {
  if (picture.count() > reader.left() / 2 + 1)
    return picture.tooLarge(reader.file.path(), reader.left());
  picture.values.reserve(picture.count());
  for (uint64_t k = 0; k < picture.count(); ++k) {
    const Result<uint32_t> x = reader.number("a value", 0, most);
    if (!x.ok())
      return x.error();
    picture.values.push_back(static_cast<uint16_t>(x.value()));
  }
  reader.skipBlanksAndComments();
  return {};
}

Status readBytes(Reader &reader, Picture &picture, uint32_t most) {
  const uint64_t width = most > 255 ? 2 : 1;
  if (picture.count() > reader.left() / width)
    return picture.tooLarge(reader.file.path(), reader.left());
  picture.values.resize(picture.count());
  for (uint16_t &value : picture.values) {
    const uint8_t *from = reader.bytes.data() + reader.at;
    value = static_cast<uint16_t>(width == 1 ? from[0] : from[0] << 8 | from[1]);
    if (value > most)
      return reader.file.wrongAt(reader.at,
                                 fmt::format("value {}, but the largest is {}", value, most));
    reader.at += width;
  }
  return {};
}

} // namespace

Result<Array> readPnm(const std::string &path) {
  Result<InputFile> opened = InputFile::open(path);
  if (!opened.ok())
    return opened.error();
  Reader reader{opened.value(), {}, 2};
  if (Status s = reader.file.readRest(reader.bytes); !s.ok())
    return s.error();
  const char kind =
      reader.bytes.size() > 2 && reader.bytes[0] == 'P' ? static_cast<char>(reader.bytes[1]) : '\0';
  const bool text = kind == '2' || kind == '3';
  if (!text && kind != '5' && kind != '6')
    return reader.file.wrongAt(0, "not a PGM or PPM picture: P2, P3, P5 or P6 expected");
  constexpr uint32_t largestSide = 1 << 30;
  const Result<uint32_t> width = reader.number("the width", 1, largestSide);
  const Result<uint32_t> height = width.ok() ? reader.number("the height", 1, largestSide) : width;
  const Result<uint32_t> most = height.ok() ? reader.number("the largest value", 1, 65535) : height;
  if (!most.ok())
    return most.error();
  Picture picture{width.value(), height.value(), kind == '3' || kind == '6' ? 3u : 1u, {}};
  if (Status s = (text ? readText : readBytes)(reader, picture, most.value()); !s.ok())
    return s.error();
  if (reader.left() > 0)
    return reader.file.wrongAt(
        reader.at, fmt::format("the picture ends here, but {} bytes follow", reader.left()));
  return picture.array(most.value());
}

} // namespace snn::rt::data
