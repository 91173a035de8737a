// Prints a program: its tables, one record a line with the fields that differ from their defaults, then its kernels.
#include "compiler/kernel/ir/Print.h"

#include "compiler/kernel/ir/Tables.h"

#include <fmt/format.h>
#include <type_traits>

namespace snn::kernel {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\')
      out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out + '"';
}

namespace {

std::string valueText(const std::string &s) { return quoted(s); }
template <class T> std::string valueText(const T &x);

template <class T> std::string valueText(const std::vector<T> &list) {
  std::string out = "[";
  for (size_t k = 0; k < list.size(); ++k)
    out += (k ? ", " : "") + valueText(list[k]);
  return out + "]";
}

/// The texts of all fields of a record.
struct Texts {
  std::vector<std::string> all;
  template <class... T> void operator()(T &...x) { (all.push_back(valueText(x)), ...); }
};

/// `"name" key=value …`
template <class T> std::string recordText(T record) {
  Texts mine, defaults;
  T plain{};
  fields(mine, record);
  fields(defaults, plain);
  const text::Words names = text::names(record);
  std::string out;
  for (size_t k = 0; k < names.size(); ++k) {
    const bool isName = k == 0 && names[k] == "name";
    if (!isName && mine.all[k] == defaults.all[k])
      continue;
    out += (out.empty() ? "" : " ") + (isName ? mine.all[k] : fmt::format("{}={}", names[k], mine.all[k]));
  }
  return out;
}

template <class T> std::string valueText(const T &x) {
  if constexpr (std::is_same_v<T, bool>)
    return x ? "true" : "false";
  else if constexpr (std::is_enum_v<T>)
    return std::string(text::words(x)[static_cast<size_t>(x)]);
  else if constexpr (std::is_same_v<T, uint32_t>)
    return x == abi::none ? "none" : fmt::format("{}", x);
  else if constexpr (std::is_arithmetic_v<T>)
    return fmt::format("{}", x);
  else
    return "{" + recordText(x) + "}";
}

template <class T> void section(std::string &out, std::string_view word, const std::vector<T> &records) {
  for (size_t k = 0; k < records.size(); ++k)
    out += fmt::format("{} {} {}\n", word, k, recordText(records[k]));
}

std::string id(ValueId v) { return fmt::format("%{}", v); }

std::string operands(const Instr &i) {
  std::string out;
  for (ValueId v : {i.a, i.b, i.c})
    if (v != noValue)
      out += (out.empty() ? " " : ", ") + id(v);
  return out;
}

std::string bufferName(const Program &program, uint32_t number) {
  return number < program.tables.buffers.size() ? quoted(program.tables.buffers[number].name) : fmt::format("{}", number);
}

std::string scalarName(const Program &program, uint32_t number) {
  return number < program.tables.scalars.size() ? quoted(program.tables.scalars[number].name) : fmt::format("{}", number);
}

std::string operation(const Program &program, const Instr &i) {
  const std::string place = i.index == noValue ? "" : fmt::format("[{}]", id(i.index));
  std::string out(spelling(i.op));
  switch (i.op) {
  case Op::Const:
    return out + fmt::format(" {}", i.imm);
  case Op::ConstInt:
  case Op::Loop:
    return out + fmt::format(" {}", i.imm64);
  case Op::Check:
    return out + fmt::format(" {}", i.imm64) + operands(i);
  case Op::ScalarValue:
    return out + " $" + scalarName(program, i.object);
  case Op::SetScalar:
    return out + " $" + scalarName(program, i.object) + "," + operands(i);
  case Op::Load:
    return out + " @" + bufferName(program, i.object) + place;
  case Op::Store:
  case Op::Accumulate:
    out += " @" + bufferName(program, i.object) + place + "," + operands(i);
    return i.predicate == noValue ? out : out + " if " + id(i.predicate);
  default:
    out += operands(i);
    if (i.op >= Op::DrawUniform)
      out += fmt::format(" stream={} site={}", i.object, i.site);
    if (i.index != noValue)
      out += (i.imm64 ? " element=" : " repeat=") + id(i.index);
    return out;
  }
}

} // namespace

std::string print(const Program &program, const Kernel &kernel, uint32_t number) {
  std::string out = fmt::format("kernel {} {} {}", number, quoted(kernel.name), spelling(kernel.space));
  if (kernel.object != abi::none)
    out += fmt::format(" object={}", kernel.object);
  if (kernel.doublePrecision)
    out += " double";
  out += kernel.comment.empty() ? "\n" : fmt::format("  # {}\n", kernel.comment);
  for (size_t k = 0; k < kernel.body.size(); ++k) {
    const Instr &i = kernel.body[k];
    if (i.type == Type::None)
      out += fmt::format("  {}\n", operation(program, i));
    else
      out += fmt::format("  %{} = {} : {}\n", k, operation(program, i), spelling(i.type));
  }
  return out;
}

std::string print(const Program &program) {
  const abi::NetworkTables &t = program.tables;
  std::string out = fmt::format("network {}\n", quoted(t.name));
  section(out, "scalar", t.scalars);
  section(out, "buffer", t.buffers);
  section(out, "variable", t.variables);
  section(out, "array", t.arrays);
  section(out, "population", t.populations);
  section(out, "group", t.groups);
  section(out, "projection", t.projections);
  section(out, "propagator", t.propagators);
  if (!t.prepareKernels.empty())
    out += fmt::format("prepare {}\n", valueText(t.prepareKernels));
  section(out, "step", t.step);
  for (const abi::Population &p : t.populations)
    if (!p.stepwise.empty())
      out += fmt::format("# `{}` goes one step at a time: {}\n", p.name, p.stepwise);
  for (size_t k = 0; k < program.kernels.size(); ++k)
    out += "\n" + print(program, program.kernels[k], static_cast<uint32_t>(k));
  return out;
}

} // namespace snn::kernel
