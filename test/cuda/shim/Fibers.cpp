// Fibers by hand: a switch stores the registers that a call must keep, and changes the stack.
#include "Fibers.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <random>
#include <vector>

extern "C" {
shim::Dim shimThread, shimBlock, shimBlockDim, shimGridDim;
void shimBarrier();
int shimExchange(int mine, int from);
void shimSwitch(void **stored, void *next);
}

asm(R"(
.text
.globl shimSwitch
.hidden shimSwitch
.type shimSwitch, @function
shimSwitch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size shimSwitch, .-shimSwitch
)");

namespace shim {

namespace {

enum class State { New, Ready, AtBarrier, AtWarp, Ended };

constexpr size_t stackBytes = 128 << 10;

struct Fiber {
  State state = State::New;
  unsigned thread = 0;
  std::unique_ptr<char[]> stack;
  void *top = nullptr;
  int value = 0; ///< given to the warp
};

std::vector<std::unique_ptr<char[]>> stacks; ///< that no fiber has, kept from launch to launch

class Block {
public:
  Block(KernelFunction f, const uint64_t (&p)[3], unsigned threads) : function(f), parameters{p[0], p[1], p[2]}, fibers(threads) {}
  std::string run(std::mt19937_64 &random);
  void wait(State at);
  int exchange(int mine, int from);

private:
  KernelFunction function;
  uint64_t parameters[3];
  std::vector<Fiber> fibers;
  Fiber *current = nullptr;
  void *scheduler = nullptr;

  void resume(Fiber &fiber);
  void prepare(Fiber &fiber);
  bool release(std::string &wrong);
  static void enter();
};

Block *running = nullptr;

void Block::enter() {
  Block &block = *running;
  block.function(block.parameters[0], block.parameters[1], block.parameters[2]);
  block.wait(State::Ended);
}

void Block::prepare(Fiber &fiber) {
  if (stacks.empty())
    stacks.push_back(std::make_unique_for_overwrite<char[]>(stackBytes));
  fiber.stack = std::move(stacks.back());
  stacks.pop_back();
  const uintptr_t end = (reinterpret_cast<uintptr_t>(fiber.stack.get()) + stackBytes) & ~uintptr_t{15};
  void **top = reinterpret_cast<void **>(end) - 2; // as after a call: 8 bytes from a multiple of 16
  *top = reinterpret_cast<void *>(&Block::enter);
  fiber.top = top - 6;
}

void Block::resume(Fiber &fiber) {
  if (fiber.state == State::New)
    prepare(fiber);
  fiber.state = State::Ready;
  current = &fiber;
  shimThread = {fiber.thread, 0, 0};
  shimSwitch(&scheduler, fiber.top);
  if (fiber.state == State::Ended)
    stacks.push_back(std::move(fiber.stack));
}

void Block::wait(State at) {
  Fiber &fiber = *current;
  fiber.state = at;
  shimSwitch(&fiber.top, scheduler);
}

int Block::exchange(int mine, int from) {
  Fiber &fiber = *current;
  fiber.value = mine;
  wait(State::AtWarp); // all lanes have given theirs
  const int got = fibers[(fiber.thread & ~31u) + static_cast<unsigned>(from)].value;
  wait(State::AtWarp); // all lanes have read
  return got;
}

/// Lets those go on who have all arrived. False if nobody waits any more, or something is wrong.
bool Block::release(std::string &wrong) {
  const auto all = [&](size_t from, size_t to, State state) {
    return std::all_of(fibers.begin() + static_cast<long>(from), fibers.begin() + static_cast<long>(to), [&](const Fiber &f) { return f.state == state; });
  };
  if (all(0, fibers.size(), State::Ended))
    return false;
  bool any = false;
  const auto go = [&](size_t from, size_t to) {
    for (size_t k = from; k < to; ++k)
      fibers[k].state = State::Ready;
    any = true;
  };
  if (all(0, fibers.size(), State::AtBarrier))
    go(0, fibers.size());
  for (size_t warp = 0; warp < fibers.size(); warp += 32)
    if (const size_t end = std::min(warp + 32, fibers.size()); all(warp, end, State::AtWarp))
      go(warp, end);
  if (!any)
    wrong = "not all threads reach a barrier";
  return any;
}

std::string Block::run(std::mt19937_64 &random) {
  std::vector<size_t> order(fibers.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::shuffle(order.begin(), order.end(), random);
  for (size_t k = 0; k < fibers.size(); ++k) {
    fibers[k].state = State::New;
    fibers[k].thread = static_cast<unsigned>(k);
  }
  running = this;
  std::string wrong;
  do
    for (size_t k : order)
      if (fibers[k].state == State::New || fibers[k].state == State::Ready)
        resume(fibers[k]);
  while (release(wrong));
  running = nullptr;
  return wrong;
}

} // namespace

std::string runGrid(KernelFunction function, const uint64_t (&parameters)[3], Dim grid, unsigned threads, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<uint64_t> blocks(uint64_t{grid.x} * grid.y);
  std::iota(blocks.begin(), blocks.end(), uint64_t{0});
  std::shuffle(blocks.begin(), blocks.end(), random);
  Block block(function, parameters, threads);
  shimBlockDim = {threads, 1, 1};
  shimGridDim = grid;
  for (const uint64_t k : blocks) {
    shimBlock = {static_cast<unsigned>(k % grid.x), static_cast<unsigned>(k / grid.x), 0};
    if (std::string wrong = block.run(random); !wrong.empty())
      return wrong;
  }
  return {};
}

} // namespace shim

void shimBarrier() { shim::running->wait(shim::State::AtBarrier); }
int shimExchange(int mine, int from) { return shim::running->exchange(mine, from); }
