// Input that nobody should write: always a diagnostic, never a crash, and soon.
#include "test/unit/parse/Support.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <pthread.h>
#include <random>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using snn::test::Parsed;
namespace ast = snn::ast;
namespace fs = std::filesystem;
using Id = snn::diag::Id;

std::string repeat(std::string_view text, size_t n) {
  std::string out;
  for (size_t k = 0; k < n; ++k)
    out += text;
  return out;
}

/// Runs `work` on a thread with a small stack.
void onSmallStack(size_t bytes, const std::function<void()> &work) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, bytes);
  pthread_t thread;
  const auto start = [](void *f) -> void * {
    (*static_cast<const std::function<void()> *>(f))();
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, start, const_cast<std::function<void()> *>(&work)), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

class Folder {
public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "snn-parse-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path); }
  std::string write(const std::string &name, const std::string &text) const {
    std::ofstream(path / name) << text;
    return (path / name).string();
  }
  fs::path path;
};

TEST(Hostile, EverySingleByteAndEveryPairWithALetter) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string one(1, static_cast<char>(byte));
    Parsed::text(one);
    Parsed::text("a" + one);
    const auto p = Parsed::text("const a = " + one + "\n");
    EXPECT_TRUE(p->program || p->errors() > 0) << byte;
  }
}

TEST(Hostile, BytesThatAreNotUtf8AreShownWithTheirPlace) {
  for (const char *bad : {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80"}) {
    const auto p = Parsed::text("const a = 1\n# " + std::string(bad));
    EXPECT_FALSE(p->program);
    EXPECT_EQ(p->count(Id::fileNotText), 1u);
    EXPECT_NE(p->printed().find("model.snn:2:3: error[E0002]"), std::string::npos) << p->printed();
  }
  EXPECT_EQ(Parsed::text(std::string("a\0b", 3))->count(Id::fileNotText), 1u);
}

TEST(Hostile, DeepNestingIsRefusedWhereItGetsTooDeep) {
  const std::pair<std::string, std::string> wraps[] = {{"(", ")"}, {"[", "]"}, {"-", ""}, {"not ", ""}, {"f(", ")"}, {"2^", ""},
                                                       {"a if b else ", ""}, {"a[", "]"}};
  onSmallStack(512 * 1024, [&] {
    for (const auto &[open, close] : wraps) {
      const auto fine = Parsed::text("const a = " + repeat(open, 100) + "x" + repeat(close, 100));
      EXPECT_TRUE(fine->program) << open << fine->printed();
    }
  });
  for (const auto &[open, close] : wraps) {
    const auto fine = Parsed::text("const a = " + repeat(open, 255) + "x" + repeat(close, 255));
    EXPECT_TRUE(fine->program) << open << fine->printed();
    const auto deep = Parsed::text("const a = " + repeat(open, 257) + "x" + repeat(close, 257));
    EXPECT_EQ(deep->count(Id::tooDeep), 1u) << open << deep->printed();
    for (size_t n : {100'000, 1'000'000}) {
      const auto start = std::chrono::steady_clock::now();
      EXPECT_FALSE(Parsed::text("const a = " + repeat(open, n))->program);
      EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
    }
  }
}

TEST(Hostile, MixedNestingDoesNotMultiply) {
  std::string text = "const a = ";
  for (int k = 0; k < 250; ++k)
    text += repeat("-", 250) + "(";
  EXPECT_EQ(Parsed::text(text)->count(Id::tooDeep), 1u);
  EXPECT_GT(Parsed::text("experiment e {\n" + repeat("if a {\n", 300))->count(Id::tooDeep), 0u);
}

TEST(Hostile, LongChains) {
  EXPECT_TRUE(Parsed::text("const a = 1" + repeat("+ x^2 * -3", 400))->program);
  EXPECT_EQ(Parsed::text("const a = 1" + repeat("+1", 3000))->count(Id::tooDeep), 1u);
  EXPECT_FALSE(Parsed::text("const a = 1" + repeat("+1", 1'000'000))->program);
  EXPECT_EQ(Parsed::text("const a = x" + repeat(".y", 3000))->count(Id::tooDeep), 1u);
  EXPECT_EQ(Parsed::text("experiment e {\n if a {}" + repeat(" else if b {}", 100'000) + "\n}")->program, std::nullopt);
  EXPECT_TRUE(Parsed::text("experiment e {\n if a {}" + repeat(" else if b {}", 200) + "\n}")->program);
}

TEST(Hostile, LargeTexts) {
  EXPECT_EQ(Parsed::text(std::string(9u << 20, ' '))->count(Id::fileTooBig), 1u);
  EXPECT_TRUE(Parsed::text("const " + std::string(1u << 20, 'a') + " = 1")->program);
  EXPECT_EQ(Parsed::text("const a = " + std::string(1u << 20, '1'))->count(Id::badNumber), 1u);
  EXPECT_EQ(Parsed::text("const a = 1e999999999999999999999 ms")->count(Id::badNumber), 1u);
  EXPECT_EQ(Parsed::text("const a = 1e-999999999999999999999 ms")->count(Id::badNumber), 1u);
  EXPECT_TRUE(Parsed::text("const a = 0e-999999999")->program);
  EXPECT_TRUE(Parsed::text("const a = 1 # " + std::string(64u << 10, 'x'))->program);
  EXPECT_FALSE(Parsed::text(std::string(1u << 20, '$'))->program);
  EXPECT_FALSE(Parsed::text(repeat("\"a ", 100'000))->program);
}

TEST(Hostile, ThingsThatAreNotFiles) {
  const Folder folder;
  EXPECT_EQ(Parsed::file(folder.path.string())->count(Id::fileUnreadable), 1u);
  EXPECT_EQ(Parsed::file((folder.path / "none.snn").string())->count(Id::fileUnreadable), 1u);
  const std::string fifo = (folder.path / "fifo").string();
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_EQ(Parsed::file(fifo)->count(Id::fileUnreadable), 1u);
  EXPECT_EQ(Parsed::file("/dev/zero")->count(Id::fileUnreadable), 1u);
  const std::string zeros = folder.write("zeros.snn", "");
  ASSERT_EQ(truncate(zeros.c_str(), off_t{1} << 30), 0);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(Parsed::file(zeros)->count(Id::fileTooBig), 1u);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(500));
}

TEST(Hostile, ImportsThatDoNotEnd) {
  const Folder folder;
  folder.write("a.snn", "import \"b.snn\"\n");
  folder.write("b.snn", "import \"a.snn\"\n");
  const auto cycle = Parsed::file((folder.path / "a.snn").string());
  EXPECT_EQ(cycle->count(Id::importCycle), 1u);
  EXPECT_NE(cycle->printed().find("a.snn -> "), std::string::npos) << cycle->printed();
  const std::string self = folder.write("self.snn", "import \"self.snn\"\n");
  EXPECT_EQ(Parsed::file(self)->count(Id::importCycle), 1u);
  fs::create_directory_symlink(".", folder.path / "again");
  const std::string endless = folder.write("endless.snn", "import \"again/endless.snn\"\n");
  EXPECT_GE(Parsed::file(endless)->errors(), 1u); // another path each time: the number of files is bounded
  const std::string missing = folder.write("missing.snn", "import \"nowhere.snn\"\nimport other.library\nimport \"/etc/passwd\"\n");
  EXPECT_EQ(Parsed::file(missing)->count(Id::importNotFound), 3u);
  const std::string twice = folder.write("twice.snn", "const x = 1; import \"c.snn\"\n");
  folder.write("c.snn", "const y = 1\n");
  EXPECT_EQ(Parsed::file(twice)->count(Id::importNotFound), 1u);
}

TEST(Hostile, MutantsOfAProgramEndInATreeOrAnError) {
  const std::string path = std::string(SNN_SOURCE_DIR) + "/examples/stdp/model.snn";
  std::ifstream file(path);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  std::mt19937 random(1);
  for (int k = 0; k < 3000; ++k) {
    std::string mutant = text;
    const size_t at = random() % mutant.size(), other = random() % mutant.size(), length = random() % 12;
    switch (random() % 5) {
    case 0: mutant.erase(at, length); break;
    case 1: mutant.insert(at, mutant.substr(other, length)); break;
    case 2: mutant[at] = static_cast<char>(random()); break;
    case 3: mutant.resize(at); break;
    case 4: std::swap(mutant[at], mutant[other]); break;
    }
    const auto p = Parsed::text(mutant);
    EXPECT_NE(p->program.has_value(), p->errors() > 0);
    const uint32_t lines = static_cast<uint32_t>(std::count(mutant.begin(), mutant.end(), '\n')) + 1;
    for (const auto &d : p->diagnostics.all())
      if (const auto *f = p->sources.file(d.range.file); f && f->path() == "model.snn") {
        const uint32_t line = f->place(d.range.begin).line;
        EXPECT_TRUE(line >= 1 && line <= lines + 1);
        EXPECT_LE(d.range.begin, d.range.end);
      }
    p->printed();
    if (p->program) {
      const auto second = Parsed::text(ast::print(p->module()));
      EXPECT_TRUE(second->program) << mutant << second->printed();
    }
  }
}

TEST(Hostile, ThousandsOfParsesDoNotGrow) {
  const auto resident = [] {
    std::ifstream statm("/proc/self/statm");
    size_t total = 0, pages = 0;
    statm >> total >> pages;
    return pages * static_cast<size_t>(sysconf(_SC_PAGESIZE));
  };
  const std::string path = std::string(SNN_SOURCE_DIR) + "/examples/lif/model.snn";
  for (int k = 0; k < 500; ++k)
    Parsed::file(path);
  const size_t before = resident();
  for (int k = 0; k < 5000; ++k)
    Parsed::file(path);
  EXPECT_LT(resident(), before + (10u << 20));
}

} // namespace
