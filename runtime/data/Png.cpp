// PNG pictures through libpng: grey and colour, 1 to 16 bits, palettes, interlaced ones.
// Transparency is left out, values are taken as the file has them, without regard to gamma and
// colour profiles.
#include "runtime/data/ArrayFile.h"
#include "runtime/data/InputFile.h"
#include "runtime/data/Picture.h"

#include <csetjmp>
#include <fmt/format.h>
#include <png.h>

namespace snn::rt::data {

namespace {

constexpr png_uint_32 largestSide = 1 << 30;

/// libpng leaves by longjmp, over frames that hold nothing to be destroyed; what it has to say is
/// kept here.
struct Decoder {
  InputFile &file;
  png_structp png = nullptr;
  png_infop info = nullptr;
  std::string failure; ///< libpng's words, or the file's
  bool fileFailed = false;
  uint64_t packedBytes = 0; ///< of all rows, before deflate

  explicit Decoder(InputFile &file) : file(file) {
    png = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, onError,
                                 [](png_structp, png_const_charp) {});
    info = png ? png_create_info_struct(png) : nullptr;
  }
  Decoder(const Decoder &) = delete;
  Decoder &operator=(const Decoder &) = delete;
  ~Decoder() { png_destroy_read_struct(&png, &info, nullptr); }

  Error error(std::string_view what) const {
    return fileFailed ? Error{ExitCode::badData, failure}
                      : file.wrong(fmt::format("{}: {}", what, failure));
  }
  bool readHead();
  bool readRows(uint8_t **rows);

private:
  static void onError(png_structp png, png_const_charp what) {
    static_cast<Decoder *>(png_get_error_ptr(png))->failure = what;
    png_longjmp(png, 1);
  }
  static void onRead(png_structp png, png_bytep to, size_t bytes) {
    if (!static_cast<Decoder *>(png_get_io_ptr(png))->take(to, bytes))
      png_error(png, static_cast<Decoder *>(png_get_io_ptr(png))->failure.c_str());
  }
  bool take(uint8_t *to, size_t bytes) {
    const Status s = file.read(to, bytes);
    fileFailed = !s.ok();
    if (fileFailed)
      failure = s.error().message;
    return s.ok();
  }
};

/// Up to the pixels, which are to come as 1 or 3 colours of 8 or 16 bits.
bool Decoder::readHead() {
  if (setjmp(png_jmpbuf(png)))
    return false;
  png_set_read_fn(png, this, onRead);
  png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, nullptr, -1); // texts, profiles, times
  png_set_user_limits(png, largestSide, largestSide);
  png_read_info(png, info);
  if (__builtin_mul_overflow(png_get_rowbytes(png, info), png_get_image_height(png, info),
                             &packedBytes))
    png_error(png, "its size overflows");
  if (png_get_color_type(png, info) == PNG_COLOR_TYPE_PALETTE)
    png_set_palette_to_rgb(png);
  else if (png_get_bit_depth(png, info) < 8)
    png_set_expand_gray_1_2_4_to_8(png);
  png_set_strip_alpha(png); // also what a palette has
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  return true;
}

bool Decoder::readRows(uint8_t **rows) {
  if (setjmp(png_jmpbuf(png)))
    return false;
  png_read_image(png, rows);
  png_read_end(png, nullptr);
  return true;
}

} // namespace

Result<Array> readPng(const std::string &path) {
  Result<InputFile> opened = InputFile::open(path);
  if (!opened.ok())
    return opened.error();
  InputFile &file = opened.value();
  const uint64_t size = file.mostLeft();
  Decoder decoder(file);
  if (!decoder.info)
    return Error{ExitCode::resources, "no memory for reading a picture"};
  if (!decoder.readHead())
    return decoder.error("not a PNG picture, or damaged");
  const uint64_t rowBytes = png_get_rowbytes(decoder.png, decoder.info);
  const uint32_t depth = png_get_bit_depth(decoder.png, decoder.info) == 16 ? 2 : 1;
  Picture picture{png_get_image_width(decoder.png, decoder.info),
                  png_get_image_height(decoder.png, decoder.info),
                  png_get_channels(decoder.png, decoder.info),
                  {}};
  if (decoder.packedBytes / highestRatio > size)
    return picture.tooLarge(path, size);
  std::vector<uint8_t> bytes(rowBytes * picture.height);
  std::vector<uint8_t *> rows(picture.height);
  for (size_t row = 0; row < rows.size(); ++row)
    rows[row] = bytes.data() + row * rowBytes;
  if (!decoder.readRows(rows.data()))
    return decoder.error("damaged");
  picture.values.resize(picture.count());
  for (size_t k = 0; k < picture.values.size(); ++k)
    picture.values[k] =
        static_cast<uint16_t>(depth == 1 ? bytes[k] : bytes[2 * k] << 8 | bytes[2 * k + 1]);
  return picture.array(depth == 1 ? 255 : 65535);
}

} // namespace snn::rt::data
