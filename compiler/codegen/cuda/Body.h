// The class that holds a kernel's body: what is the same for all elements, and one element.
#pragma once

#include "compiler/codegen/cuda/Emit.h"
#include "compiler/kernel/ir/Code.h"

#include <set>

namespace snn::codegen::cuda {

/// Which loop a kernel gets.
abi::CudaLoop loopOf(const kernel::Program &program, const kernel::Kernel &kernel);

class Body {
public:
  Body(const kernel::Program &program, const kernel::Kernel &kernel, std::string name, const Where &where);
  /// The class.
  std::string text();
  const std::vector<Refusal> &refusals() const { return refused; }

private:
  const kernel::Program &program;
  const kernel::Kernel &kernel;
  const std::string name;
  const Where &where;
  const abi::CudaLoop loop;
  const std::vector<kernel::Object> objects;
  const std::vector<bool> early;           ///< values that are members: the same for all elements, and in float64 or needed for such
  std::vector<std::string> fields, starts; ///< members, and how the constructor sets those that only the host changes
  std::string preparation;                 ///< how `prepare` sets the others
  /// What ordered sums go to: a member, and how many statements add to it.
  struct Sum {
    std::string member;
    int adds;
  };
  std::vector<Sum> sums;
  bool sumsInDouble = false;
  std::set<kernel::ValueId> divisors;      ///< that are members
  std::string lines;                       ///< of the element
  /// A store that waits for the end of the element: one to what is still being loaded stops the thread until it is there, and all
  /// later loads (measured: a kernel of 4 million cells took 7 times as long).
  struct Waiting {
    uint32_t buffer;
    std::string text;
    bool constant; ///< needs nothing that was loaded: goes last
  };
  std::vector<Waiting> stores;
  std::string lastPlace;
  std::vector<Refusal> refused;

  std::string typeName(kernel::Type type) const;
  std::string elementName(abi::Elem elem) const;
  std::string value(kernel::ValueId id) const;
  /// A value as one of another type.
  std::string as(kernel::ValueId id, kernel::Type type) const;
  std::string converted(const std::string &text, const std::string &from, const std::string &to) const;
  size_t placeOf(const kernel::Instr &instr) const;
  std::string member(const kernel::Instr &instr) const;
  void field(const std::string &type, const std::string &called, const std::string &start);
  void prepared(const std::string &type, const std::string &called, const std::string &value);
  void bind();
  std::string ahead() const;
  void line(const std::string &text) { lines += "    " + text + "\n"; }
  void define(kernel::ValueId id, const std::string &expression);
  void refuse(const kernel::Instr &instr, const std::string &why) { refused.push_back({instr.range, why}); }
  void one(kernel::ValueId id);
  void note(const kernel::Instr &instr);
  bool uniform(kernel::ValueId id);
  void load(kernel::ValueId id);
  void store(const kernel::Instr &instr);
  void writeStores(uint32_t buffer);
  void writeStores();
  void accumulate(const kernel::Instr &instr);
  void checkIndex(const kernel::Instr &instr);
  void openLoop(kernel::ValueId id);
  void closeLoop(kernel::ValueId id);
  bool isChosen(const kernel::Instr &instr) const;
  std::string constant(const kernel::Instr &instr) const;
  std::string arithmetic(const kernel::Instr &instr);
  std::string quotient(const kernel::Instr &instr);
  std::string integer(const kernel::Instr &instr) const;
  std::string function(const kernel::Instr &instr) const;
  std::string draw(kernel::ValueId id);
};

} // namespace snn::codegen::cuda
