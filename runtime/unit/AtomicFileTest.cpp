// Files that hold the state of their last commit: a process that dies at any byte that it writes, a
// commit that fails, and journals that are torn, flipped or lie. A content begins with its own
// length, as an HDF5 file does.
#include "runtime/record/AtomicFile.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <limits>
#include <random>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

namespace snn::rt::record {
namespace {

using Bytes = std::vector<uint8_t>;
constexpr uint64_t everything = std::numeric_limits<uint64_t>::max();

/// Takes so many bytes and then none any more, in the middle of a write if need be.
class DyingFile final : public RawFile {
public:
  DyingFile(int fd, uint64_t &budget) : RawFile(fd), budget(budget) {}

protected:
  ssize_t writeSome(const void *from, size_t n, off_t at) override {
    const size_t take = static_cast<size_t>(std::min<uint64_t>(n, budget));
    budget -= take;
    if (take == 0) {
      errno = EIO;
      return -1;
    }
    return RawFile::writeSome(from, take, at);
  }

private:
  uint64_t &budget;
};

class AtomicFileTest : public testing::Test {
protected:
  const int memory = memfd_create("atomic", MFD_CLOEXEC); // files on a disk would take a minute
  const std::string path = "/proc/self/fd/" + std::to_string(memory);
  uint64_t budget = everything;

  ~AtomicFileTest() override { ::close(memory); }

  int descriptor() { return ::open(path.c_str(), O_RDWR | O_CLOEXEC); }
  std::unique_ptr<RawFile> raw() { return std::make_unique<DyingFile>(descriptor(), budget); }
  AtomicFile file() { return AtomicFile(raw()); }
  void put(const Bytes &bytes) {
    RawFile f(descriptor());
    ASSERT_TRUE(f.resize(0) && f.write(0, bytes.data(), bytes.size()));
  }
  Bytes onDisk() {
    RawFile f(descriptor());
    Bytes found(f.size());
    EXPECT_TRUE(f.read(0, found.data(), found.size()));
    return found;
  }
  /// What somebody finds who opens the file after a kill.
  Bytes recovered() {
    AtomicFile f = file();
    EXPECT_TRUE(f.recover());
    uint64_t length = 0;
    EXPECT_TRUE(f.read(0, &length, sizeof length));
    Bytes found(std::min<uint64_t>(length, 1 << 20));
    f.setEnd(found.size());
    f.settle();
    EXPECT_TRUE(f.read(0, found.data(), found.size()));
    return found;
  }
};

void noteLength(Bytes &bytes) {
  const uint64_t length = bytes.size();
  std::memcpy(bytes.data(), &length, sizeof length);
}

Bytes content(size_t n, uint32_t seed) {
  std::mt19937 random(seed);
  Bytes bytes(n);
  for (uint8_t &b : bytes)
    b = static_cast<uint8_t>(random());
  noteLength(bytes);
  return bytes;
}

/// Opens the content of `from.size()` bytes at the file's beginning and writes what differs, and
/// what is longer.
bool change(AtomicFile &f, const Bytes &from, const Bytes &to) {
  f.setEnd(from.size());
  f.settle();
  f.setEnd(to.size());
  for (size_t k = 0; k < to.size();) {
    size_t end = k;
    while (end < to.size() && (end >= from.size() || to[end] != from[end]))
      ++end;
    if (end > k && !f.write(k, to.data() + k, end - k))
      return false;
    k = end + 1;
  }
  return true;
}

struct Change {
  Bytes before = content(4096 + 200, 1), after = before;
  Change() {
    after.resize(4096 + 500, 7);
    for (size_t k = 100; k < 140; ++k)
      after[k] ^= 0x55;
    after[4000] ^= 1, after[4290] ^= 1;
    noteLength(after);
  }
};

TEST_F(AtomicFileTest, ADeathAtAnyByteOfACommitLeavesTheOldStateOrTheNew) {
  const Change c;
  for (const size_t junk :
       {0, 30000}) { // what a process that was killed before left behind the content
    Bytes start = c.before;
    start.resize(start.size() + junk, 0xAB);
    int old = 0, fresh = 0;
    for (uint64_t bytes = 0; fresh < 3; ++bytes) {
      put(start);
      budget = bytes;
      {
        AtomicFile f = file();
        (void)(change(f, c.before, c.after) && f.commit(false));
      }
      const bool through = budget > 0;
      budget = everything;
      const Bytes found = recovered();
      ASSERT_TRUE(found == c.before || found == c.after) << "after " << bytes << " bytes";
      old += found == c.before;
      fresh += through; // a commit that had all it needed
      ASSERT_TRUE(!through || found == c.after);
    }
    EXPECT_GT(old, 4096);
  }
}

TEST_F(AtomicFileTest, ACommitThatFailsAtAnyByteLeavesTheOldStateOrTheNew) {
  const Change c;
  // What is longer, then two pages with their heads and the trailer.
  const uint64_t journalled = c.after.size() - c.before.size() + c.before.size() + 2 * 16 + 24;
  for (uint64_t bytes = 0, through = 0; !through; ++bytes) {
    put(c.before);
    budget = bytes;
    {
      AtomicFile f = file();
      through = change(f, c.before, c.after) && f.commit(true);
      budget = everything; // the disk is well again, but nobody knows what it lost
      if (!through) {
        EXPECT_EQ(f.error(), EIO);
        EXPECT_FALSE(f.write(0, "x", 1));
        EXPECT_FALSE(f.commit(false));
      }
      EXPECT_TRUE(f.trim());
    }
    const Bytes found = recovered();
    ASSERT_TRUE(found == (bytes < journalled ? c.before : c.after))
        << "after " << bytes << " bytes";
  }
}

TEST_F(AtomicFileTest, ADeathAtAnyByteOfTheRecoveryLeavesTheNewState) {
  const Change c;
  put(c.before);
  journal::Pages pages;
  for (size_t at = 0; at < c.before.size(); at += 4096)
    pages[at] = Bytes(c.after.begin() + at, c.after.begin() + std::min(at + 4096, c.before.size()));
  {
    RawFile f(descriptor());
    ASSERT_TRUE(f.write(c.before.size(), c.after.data() + c.before.size(),
                        c.after.size() - c.before.size()));
    ASSERT_TRUE(journal::write(f, c.after.size(), pages));
  }
  const Bytes start = onDisk();
  bool through = false;
  for (uint64_t bytes = 0; !through; ++bytes) {
    put(start);
    budget = bytes;
    through = file().recover();
    budget = everything;
    ASSERT_TRUE(recovered() == c.after) << "after " << bytes << " bytes";
  }
}

TEST_F(AtomicFileTest, JournalsThatAreNotWholeAreIgnored) {
  const Change c;
  put(c.before);
  {
    RawFile f(descriptor());
    ASSERT_TRUE(journal::write(f, c.before.size(), {{0, Bytes(100, 3)}, {4096, Bytes(50, 4)}}));
  }
  const Bytes whole = onDisk();
  const size_t size = whole.size() - c.before.size();
  ASSERT_EQ(size, 100 + 50 + 2 * 16 + 24u);
  for (size_t k = 0; k < size; ++k) {
    Bytes damaged = whole;
    damaged[c.before.size() + k] ^= 0x10;
    if (k >= size - 12 && k < size - 8) // four bytes that say nothing
      continue;
    put(damaged);
    EXPECT_TRUE(recovered() == c.before) << "byte " << k;
    put(Bytes(whole.begin(), whole.end() - static_cast<ptrdiff_t>(k) - 1));
    EXPECT_TRUE(recovered() == c.before) << "cut by " << k + 1;
  }
  put(whole);
  EXPECT_FALSE(recovered() == c.before);
  EXPECT_EQ(onDisk().size(), whole.size()) << "cutting would give back room on the disk";
}

TEST_F(AtomicFileTest, JournalsThatWriteOverThemselvesOrBehindAreIgnored) {
  const Bytes before = content(5000, 2);
  for (const uint64_t offset :
       {uint64_t{4990}, uint64_t{5000}, uint64_t{1} << 40, everything - 3}) {
    put(before);
    {
      RawFile f(descriptor());
      ASSERT_TRUE(journal::write(f, before.size(), {{offset, Bytes(11, 3)}}));
    }
    const Bytes start = onDisk();
    EXPECT_TRUE(file().recover());
    EXPECT_TRUE(onDisk() == start) << offset;
  }
}

TEST_F(AtomicFileTest, WhatWasNeverWrittenIsZeroWhateverTheFileHasThere) {
  Bytes start = content(6000, 3);
  Bytes junk(20000, 0xCD);
  junk.insert(junk.begin(), start.begin(), start.end());
  put(junk);
  AtomicFile f = file();
  f.setEnd(start.size());
  f.settle();
  f.setEnd(12000);
  ASSERT_TRUE(f.write(9000, "abc", 3));
  Bytes expected = start, found(12000);
  expected.resize(12000);
  std::memcpy(expected.data() + 9000, "abc", 3);
  ASSERT_TRUE(f.read(0, found.data(), found.size()));
  EXPECT_TRUE(found == expected);
  ASSERT_TRUE(f.commit(false) && f.trim());
  EXPECT_TRUE(onDisk() == expected);
}

TEST_F(AtomicFileTest, WhatIsWrittenAgainAsItIsNeedsNoJournal) {
  const Bytes start = content(100000, 4);
  put(start);
  AtomicFile f = file();
  f.setEnd(start.size());
  f.settle();
  ASSERT_TRUE(f.write(10, start.data() + 10, 99000));
  EXPECT_EQ(f.needs(), start.size());
  const uint8_t other = start[50000] ^ 1;
  ASSERT_TRUE(f.write(50000, &other, 1));
  EXPECT_EQ(f.needs(), start.size() + journal::room(1));
}

TEST_F(AtomicFileTest, AJournalThatIsDoneWithIsNotAppliedToWhatOthersWrote) {
  const Change c;
  put(c.before);
  {
    AtomicFile f = file();
    ASSERT_TRUE(change(f, c.before, c.after) && f.commit(false));
  } // killed here
  Bytes edited = c.after;
  edited[120] ^= 0xFF;
  {
    RawFile f(descriptor());
    ASSERT_TRUE(f.write(120, edited.data() + 120, 1));
  }
  EXPECT_TRUE(recovered() == edited);
}

TEST_F(AtomicFileTest, OneAtATimeHoldsTheLock) {
  AtomicFile first = file(), second = file();
  EXPECT_TRUE(first.lock());
  EXPECT_FALSE(second.lock());
  EXPECT_EQ(errno, EWOULDBLOCK);
}

/// A process that is started again whenever it died, with a model of what the file holds beside it.
TEST_F(AtomicFileTest, ManyCommitsAndManyDeaths) {
  std::mt19937 random(5);
  const auto below = [&](uint64_t n) { return static_cast<size_t>(random() % n); };
  Bytes committed = content(3000, 6);
  put(committed);
  int deaths = 0, commits = 0;
  while (deaths < 300) {
    budget = everything;
    ASSERT_TRUE(recovered() == committed) << "death " << deaths;
    AtomicFile f = file();
    f.setEnd(committed.size());
    f.settle();
    budget = below(150000);
    for (bool alive = true; alive;) {
      Bytes next = committed;
      for (size_t writes = below(8); alive && writes > 0; --writes) {
        const size_t at = below(next.size() + 3000), n = 1 + below(3000);
        next.resize(std::max(next.size(), at + n));
        for (size_t k = 0; k < n; ++k)
          next[at + k] = static_cast<uint8_t>(random());
        f.setEnd(next.size());
        alive = f.write(at, next.data() + at, n);
      }
      if (next.size() > 60000) // given back, as HDF5 does with a block at the end
        next.resize(20000);
      noteLength(next);
      f.setEnd(next.size());
      alive = alive && f.write(0, next.data(), 8) && f.commit(below(20) == 0);
      Bytes now(next.size());
      if (alive) {
        ASSERT_TRUE(f.read(0, now.data(), now.size()));
        ASSERT_TRUE(now == next);
      } else {
        ++deaths;
        budget = everything;
        if (recovered() != next)
          break;
      }
      committed = next;
      commits += alive;
    }
  }
  EXPECT_GT(commits, 300);
}

} // namespace
} // namespace snn::rt::record
