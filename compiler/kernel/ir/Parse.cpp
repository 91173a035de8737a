// Reads programs: records of tables by the names of their fields, and kernels' bodies.
#include "compiler/kernel/ir/Parse.h"

#include "compiler/kernel/ir/Lexer.h"
#include "compiler/kernel/ir/Tables.h"

#include <fmt/format.h>
#include <map>
#include <type_traits>

namespace snn::kernel {

namespace {

using text::Lexer;

template <class E> E enumerator(Lexer &in, text::Words words) {
  const std::string_view word = in.word();
  for (size_t k = 0; k < words.size(); ++k)
    if (words[k] == word)
      return static_cast<E>(k);
  in.fail(fmt::format("`{}` is none of: {}", word, fmt::join(words, " ")));
}

template <class T> void readRecord(Lexer &in, T &record);

void readValue(Lexer &in, std::string &s) { s = in.string(); }
template <class T> void readValue(Lexer &in, std::vector<T> &list);
template <class T> void readValue(Lexer &in, T &x) {
  if constexpr (std::is_same_v<T, bool>) {
    x = in.accept("true");
    if (!x)
      in.expect("false");
  } else if constexpr (std::is_enum_v<T>) {
    x = enumerator<T>(in, text::words(x));
  } else if constexpr (std::is_same_v<T, uint32_t>) {
    x = in.count();
  } else if constexpr (std::is_arithmetic_v<T>) {
    x = static_cast<T>(in.real());
  } else {
    in.expect("{");
    readRecord(in, x);
    in.expect("}");
  }
}
template <class T> void readValue(Lexer &in, std::vector<T> &list) {
  in.expect("[");
  while (!in.accept("]")) {
    if (!list.empty())
      in.expect(",");
    readValue(in, list.emplace_back());
  }
}

/// Reads the value of the field called `name`.
struct FieldReader {
  Lexer &in;
  text::Words names;
  std::string_view name;
  bool found = false;
  template <class... T> void operator()(T &...x) {
    size_t k = 0;
    (one(names[k++], x), ...);
  }
  template <class T> void one(std::string_view field, T &x) {
    if (field != name || found)
      return;
    found = true;
    readValue(in, x);
  }
};

template <class T> void readRecord(Lexer &in, T &record) {
  const text::Words names = text::names(record);
  if (names[0] == "name") {
    FieldReader reader{in, names, "name"};
    fields(reader, record);
  }
  while (!in.atLineEnd() && !in.peek('}')) {
    FieldReader reader{in, names, in.word()};
    in.expect("=");
    fields(reader, record);
    if (!reader.found)
      in.fail(fmt::format("there is no field `{}`", reader.name));
  }
}

const std::map<std::string_view, Op> &operations() {
  static const std::map<std::string_view, Op> map = {
#define KERNEL_OP(NAME, SPELLING, OPERANDS, RESULT) {SPELLING, Op::NAME},
#include "compiler/kernel/ir/Ops.def"
#undef KERNEL_OP
  };
  return map;
}

class Parser {
public:
  explicit Parser(std::string_view text) : in(text) {}

  Program run() {
    while (!in.atEnd())
      if (!line())
        in.fail("a line of a table or a kernel is expected");
    finish(program);
    return std::move(program);
  }

private:
  Lexer in;
  Program program;
  std::map<int64_t, ValueId> values; ///< of the kernel's text
  std::map<std::string, uint32_t> buffers, scalars;

  bool line();
  template <class T> void record(std::vector<T> &list) {
    if (in.integer() != static_cast<int64_t>(list.size()))
      in.fail(fmt::format("number {} comes next", list.size()));
    readRecord(in, list.emplace_back());
    in.endLine();
  }
  void kernel();
  void body(Kernel &k);
  void instruction(Kernel &k);
  ValueId value();
  Type type();
  uint32_t named(std::map<std::string, uint32_t> &known, std::string_view what);
};

bool Parser::line() {
  const std::string_view word = in.word();
  abi::NetworkTables &t = program.tables;
  if (word == "network") {
    t.name = in.string();
    in.endLine();
  } else if (word == "scalar") {
    record(t.scalars);
    scalars[t.scalars.back().name] = static_cast<uint32_t>(t.scalars.size() - 1);
  } else if (word == "buffer") {
    record(t.buffers);
    buffers[t.buffers.back().name] = static_cast<uint32_t>(t.buffers.size() - 1);
  } else if (word == "variable") {
    record(t.variables);
  } else if (word == "array") {
    record(t.arrays);
  } else if (word == "population") {
    record(t.populations);
  } else if (word == "group") {
    record(t.groups);
  } else if (word == "projection") {
    record(t.projections);
  } else if (word == "propagator") {
    record(t.propagators);
  } else if (word == "step") {
    record(t.step);
  } else if (word == "prepare") {
    readValue(in, t.prepareKernels);
    in.endLine();
  } else if (word == "kernel") {
    kernel();
  } else {
    return false;
  }
  return true;
}

void Parser::kernel() {
  if (in.integer() != static_cast<int64_t>(program.kernels.size()))
    in.fail(fmt::format("kernel {} comes next", program.kernels.size()));
  Kernel &k = program.kernels.emplace_back();
  in.comment.clear(); // that of lines above; looking for the next word reads over this line's
  k.name = in.string();
  static constexpr std::string_view spaces[] = {
#define SPACE(NAME, SPELLING) SPELLING,
#include "runtime/abi/Spaces.def"
#undef SPACE
  };
  k.space = enumerator<abi::Space>(in, spaces);
  if (in.accept("object="))
    k.object = in.count();
  k.doublePrecision = in.accept("double");
  in.endLine();
  k.comment = in.comment;
  body(k);
}

/// Operations up to the next kernel.
void Parser::body(Kernel &k) {
  values.clear();
  while (!in.atEnd() && !in.sees("kernel ")) {
    instruction(k);
    in.endLine();
  }
}

Type Parser::type() {
  static constexpr std::string_view types[] = {"none", "real", "f64", "i32", "i64", "bool"};
  return enumerator<Type>(in, types);
}

ValueId Parser::value() {
  in.expect("%");
  const int64_t n = in.integer();
  const auto it = values.find(n);
  if (it == values.end())
    in.fail(fmt::format("%{} has not been defined above", n));
  return it->second;
}

uint32_t Parser::named(std::map<std::string, uint32_t> &known, std::string_view what) {
  const std::string name = in.string();
  const auto it = known.find(name);
  if (it == known.end())
    in.fail(fmt::format("there is no {} called {}", what, name));
  return it->second;
}

void Parser::instruction(Kernel &k) {
  Instr i;
  int64_t result = -1;
  if (in.accept("%")) {
    result = in.integer();
    in.expect("=");
  }
  const std::string_view word = in.word();
  const auto op = operations().find(word);
  if (op == operations().end())
    in.fail(fmt::format("there is no operation `{}`", word));
  i.op = op->second;
  if (i.op == Op::Const)
    i.imm = in.real();
  else if (i.op == Op::ConstInt || i.op == Op::Loop || i.op == Op::Check)
    i.imm64 = in.integer();
  bool comma = false; // one is due before the operands
  if (in.accept("$")) {
    i.object = named(scalars, "scalar");
    comma = true;
  } else if (in.accept("@")) {
    i.object = named(buffers, "buffer");
    comma = true;
    in.expect("[");
    i.index = value();
    in.expect("]");
  }
  for (ValueId *operand : {&i.a, &i.b, &i.c}) {
    if (!(comma ? in.accept(",") : in.peek('%')))
      break;
    *operand = value();
    comma = true;
  }
  if (in.accept("stream="))
    i.object = in.count();
  if (in.accept("site="))
    i.site = in.count();
  if (in.accept("element="))
    i.imm64 = 1, i.index = value();
  else if (in.accept("repeat="))
    i.index = value();
  if (in.accept("if"))
    i.predicate = value();
  if (result >= 0) {
    in.expect(":");
    i.type = type();
    values[result] = static_cast<ValueId>(k.body.size());
  }
  k.body.push_back(i);
}

} // namespace

std::optional<Program> parse(std::string_view text, ParseError &error) {
  try {
    return Parser(text).run();
  } catch (const text::Failure &failure) {
    error = failure.error;
    return std::nullopt;
  }
}

} // namespace snn::kernel
