// Files of arrays: what decides how they are read, and claims that are refused before memory is
// taken.
#include "runtime/data/ArrayFile.h"
#include "runtime/data/Dataset.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace snn::rt::data {
namespace {

class ArrayFiles : public ::testing::Test {
protected:
  std::filesystem::path folder;
  void SetUp() override {
    folder = std::filesystem::temp_directory_path() / ("snn-arrays-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  std::string write(const std::string &name, const std::string &content) {
    const std::string path = (folder / name).string();
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }
  Result<Array> read(const std::string &name, const std::string &content,
                     const std::string &array = "") {
    return readArrayFile(write(name, content), array);
  }
  std::string failure(const std::string &name, const std::string &content) {
    const Result<Array> array = read(name, content);
    EXPECT_FALSE(array.ok()) << name;
    if (array.ok())
      return {};
    EXPECT_EQ(array.error().code, ExitCode::badData);
    return array.error().message;
  }
};

using Shape = std::vector<int64_t>;
using Values = std::vector<double>;

TEST_F(ArrayFiles, TheShapeOfATableFollowsItsLinesAndColumns) {
  const Result<Array> table = read("a.csv", "x;y\n1;2\n3;4\n"), column = read("b.csv", "1\n2\n3"),
                      line = read("c.CSV", "1\t2 \n");
  ASSERT_TRUE(table.ok() && column.ok() && line.ok());
  EXPECT_EQ(table.value().shape, (Shape{2, 2}));
  EXPECT_EQ(table.value().values, (Values{1, 2, 3, 4}));
  EXPECT_EQ(column.value().shape, (Shape{3}));
  EXPECT_EQ(line.value().shape, (Shape{2}));
}

TEST_F(ArrayFiles, WholeNumbersOfATableAreIntegers) {
  EXPECT_EQ(read("a.csv", "1,-2").value().element, Element::Int);
  EXPECT_EQ(read("b.csv", "1,2.0").value().element, Element::Real);
  EXPECT_EQ(read("c.csv", "1,2e0").value().element, Element::Real);
  EXPECT_NE(failure("d.csv", "9007199254740994").find("2^53"), std::string::npos);
}

TEST_F(ArrayFiles, TablesNameTheLineAndTheField) {
  EXPECT_NE(failure("a.csv", "# c\n1 2\n\n3 y\n").find("line 4: field 2: 'y' is no number"),
            std::string::npos);
  EXPECT_NE(failure("a.csv", "1,2\n3\n").find("line 2: 1 numbers, but line 1 has 2"),
            std::string::npos);
}

TEST_F(ArrayFiles, PicturesAreRealsFromZeroToOne) {
  const Result<Array> grey = read("a.pgm", "P2 2 1 4\n4 1"),
                      colour = read("a.ppm", std::string("P6 2 1 255\n\xff\0\0\0\xff\0", 17));
  ASSERT_TRUE(grey.ok() && colour.ok());
  EXPECT_EQ(grey.value().shape, (Shape{1, 2}));
  EXPECT_EQ(grey.value().values, (Values{1, 0.25}));
  EXPECT_EQ(colour.value().shape, (Shape{3, 1, 2}));
  EXPECT_EQ(colour.value().values, (Values{1, 0, 0, 1, 0, 0}));
}

TEST_F(ArrayFiles, ClaimsAreComparedWithTheFilesSize) {
  EXPECT_NE(failure("a.pgm", "P5 1073741824 1073741824 255\nx").find("are claimed"),
            std::string::npos);
  EXPECT_NE(failure("b.pgm", "P2 1073741824 1073741824 255\n1").find("are claimed"),
            std::string::npos);
}

TEST_F(ArrayFiles, OtherKindsAreAnsweredWithThoseThatExist) {
  EXPECT_NE(failure("a.jpg", "x").find(".npy, .npz, .csv, .png, .pgm, .ppm"), std::string::npos);
  EXPECT_NE(failure("npz", "x").find(".npy, .npz"), std::string::npos);
  const Result<Array> named = read("a.csv", "1", "w");
  ASSERT_FALSE(named.ok());
  EXPECT_NE(named.error().message.find("holds a single array"), std::string::npos);
}

TEST_F(ArrayFiles, DataSetsInOneFileAreKnownByTheirExtension) {
  EXPECT_TRUE(isArraySet("digits.npz") && isArraySet("data/digits.h5") &&
              isArraySet("DIGITS.HDF5"));
  EXPECT_FALSE(isArraySet("digits") || isArraySet("digits.npy"));
  for (const char *name : {"a.npz", "a.h5"}) {
    const Result<Dataset> set = openArraySet(name, write(name, "not what it is called"));
    ASSERT_FALSE(set.ok());
    EXPECT_EQ(set.error().code, ExitCode::badData);
    EXPECT_NE(set.error().message.find(name), std::string::npos);
  }
}

} // namespace
} // namespace snn::rt::data
