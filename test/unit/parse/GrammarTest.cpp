// What the language's constructs parse to, and that printing them gives the same tree again.
#include "test/unit/parse/Support.h"

#include <filesystem>

namespace {

namespace ast = snn::ast;
using snn::test::Parsed;
namespace fs = std::filesystem;

std::string again(const ast::Module &module, const std::string &path = "model.snn") {
  const std::string once = ast::print(module);
  const auto second = Parsed::text(once, path);
  EXPECT_TRUE(second->program) << second->printed() << once;
  if (second->program) {
    EXPECT_EQ(once, ast::print(second->module()));
  }
  return once;
}

/// The expression as it is understood, with the parentheses that it needs.
std::string expression(const std::string &text) {
  const auto p = Parsed::text("const x = " + text);
  EXPECT_TRUE(p->program) << p->printed();
  return p->program ? ast::print(p->module().constants[0].value) : "";
}

TEST(Grammar, EveryModelOfTheLibraryAndEveryExampleRoundTrips) {
  size_t files = 0;
  for (const char *folder : {"stdlib", "examples"})
    for (const auto &entry : fs::recursive_directory_iterator(fs::path(SNN_SOURCE_DIR) / folder))
      if (entry.path().extension() == ".snn") {
        const auto p = Parsed::file(entry.path().string());
        ASSERT_TRUE(p->program) << p->printed();
        again(p->module(), entry.path().string());
        ++files;
      }
  EXPECT_GT(files, 10u);
}

TEST(Grammar, EveryConstructRoundTrips) {
  const auto p = Parsed::text(R"snn(
import std.neurons
unit mM_per_ms = mM/ms
const table = [1, 2, 3], two : mV = 2 mV
## A function.
fn f(a : mV, b) : mV = a * b
fn g(a) { let b = a + 1, c = b^2; b * c }
## A cell.
## With two lines.
neuron Cell extends std.Base {
  param tau = 20 ms, k : 1/ms = 3 Hz   ## not a documentation: it stands behind
  ## its state
  state V : mV = -65 mV in [-90 mV, 0 mV]
  input I : pA
  let a = V + 1 mV
  override const c = 3
  fn h(x) = x
  tau * V' = -V + I * (1 Gohm) + sqrt(2 * tau) * xi
  x' = -x / tau
  spike when V > 0 mV and population.rank(V) < 3 { V = -65 mV; hold V, x for 2 ms }
  each step { if V > 0 mV { V -= 1 mV } else if a > 1 { V *= 2 } else { V /= 3 } }
  every 10 ms { V = 0 }
  solver { V : exact; x, y : rk45(tol = 1e-6) }
  surrogate fast_sigmoid(beta = 10)
}
neuron D { solver auto; spike when V crosses 0 mV }
encoder E { data x; on data { s = 0 }; spike when bernoulli(x * dt) }
synapse S { weight w : nS = 1 nS in [0 nS, w_max]; on pre { target += w }; target += w * (pre.V - post.V) }
rule R { param m : unit(w), n : nS^2, o : mV/ms^2; w' = m * reward; source += 1 }
network N {
  param n = 10
  signal reward
  let shared = uniform(0, 1)
  population a = Cell[n, 2 * n](tau = 3 ms) at grid(50 um)
  population b = std.Cell
  part v1 = Column(n = 100)
  connect a[0:5] + a[::2] -> b.g random(p = 0.1)
    by S(w = 1 nS) learning R(m = 3)
    where pre.i != post.i delay uniform(1 ms, 2 ms) procedural as proj
  for k in range(3) { connect a -> b all_to_all by S }
}
experiment e on N(n = hidden) {
  option hidden : ms = 3 ms "help with \{ and \""
  sweep s in [2, 5]
  set dt = 0.1 ms, seed = 7
  var votes : real[10, n] = 0
  record a.spikes, name = a.V.mean() every 1 ms
  for (x, y) in d.train.take(5) { image.x = x; run 100 ms }
  for k in range(3) { if k > 1 { break } else { continue } }
  while t < 1 s { step }
  run until a.count[0] > 3 max 10 s
  a[0:3, :, 4].V = -60 mV if t > 1 s else normal(-65 mV, 2 mV)
  plot weights(a -> b)
  print "x {a.V[0] in mV:.3f} and {names["k"]} {t:8.2f} \{\} \n"
  assert t == 1 s, "text"
  save "file"
  load "file-{s}"
  reset all
  freeze proj, other
  learn proj
  minimise loss by adam(rate = 1e-3) over proj.w, b.c { run 1 ms }
  after sweep { print "done" }
}
test "a test" { assert true }
test "on a network" on N(hidden = 3) { network { param n = 2; population a = Cell[n] }; network.x = 3; assert true }
)snn");
  ASSERT_TRUE(p->program) << p->printed();
  const std::string text = again(p->module());
  EXPECT_NE(text.find("## With two lines."), std::string::npos);
  EXPECT_NE(text.find("surrogate fast_sigmoid(beta = 10)"), std::string::npos);
  const ast::Module &m = p->module();
  EXPECT_EQ(m.models.size(), 5u);
  EXPECT_EQ(m.models[0].doc, "A cell.\nWith two lines.");
  EXPECT_EQ(m.experiments.size(), 3u);
  EXPECT_TRUE(m.networks[0].members[6].connect.procedural);
}

TEST(Grammar, PrecedenceIsThatOfTheReference) {
  EXPECT_EQ(expression("-2^2"), "-2^2");
  EXPECT_EQ(expression("(-2)^2"), "(-2)^2");
  EXPECT_EQ(expression("2^3^4"), "2^3^4");
  EXPECT_EQ(expression("(2^3)^4"), "(2^3)^4");
  EXPECT_EQ(expression("2^-3"), "2^-3");
  EXPECT_EQ(expression("a - (b - c) - d"), "a - (b - c) - d");
  EXPECT_EQ(expression("((a - b)) - c"), "a - b - c");
  EXPECT_EQ(expression("a / (b * c)"), "a / (b * c)");
  EXPECT_EQ(expression("not (a and b) or c"), "not (a and b) or c");
  EXPECT_EQ(expression("0.5 mV^2"), "0.5 mV^2");
  EXPECT_EQ(expression("(0.5 mV)^2"), "(0.5 mV)^2");
  EXPECT_EQ(expression("3 ms^-1"), "3 ms^-1");
  EXPECT_EQ(expression("5 mV/ms"), "5 mV / ms");
  EXPECT_EQ(expression("a if b else c if d else e"), "a if b else c if d else e");
  EXPECT_EQ(expression("(a if b else c) if d else e"), "(a if b else c) if d else e");
}

TEST(Grammar, WordsOfTheLanguageAreNamesElsewhere) {
  for (const char *word : {"d", "t", "v", "i", "on", "e", "pi", "step", "max", "delay", "weight", "run", "at", "network",
                           "rule", "data", "record", "set", "input", "every", "test", "by", "as", "where"}) {
    const auto p = Parsed::text("neuron Cell {\n  param " + std::string(word) + " = 1\n  state V = " + word + "\n  V' = -V * " +
                                word + " / (1 ms)\n}\nexperiment e on N {\n  " + word + " = 3\n}\n");
    EXPECT_TRUE(p->program) << word << "\n" << p->printed();
  }
}

TEST(Grammar, UnitsOfTheFileAndOfImportsCountAfterNumbers) {
  const auto p = Parsed::text("const a = 3 foo\nunit foo = mV/ms\n");
  ASSERT_TRUE(p->program) << p->printed();
  const auto *n = ast::dynCast<ast::Number>(p->module().constants[0].value);
  ASSERT_TRUE(n);
  EXPECT_EQ(n->unit.text, "foo");
  EXPECT_FALSE(Parsed::text("const a = 3 bar\n")->program);
}

TEST(Grammar, LineEndsOfAnyKindAndAByteOrderMark) {
  for (const char *text : {"const a = 1\r\nconst b = 2\r\n", "\xef\xbb\xbf" "const a = 1\nconst b = 2", "const a = 1; const b = 2;;\n\n",
                           "const a =\n 1\nconst b = 1\n  + 1", ""}) {
    const auto p = Parsed::text(text);
    EXPECT_TRUE(p->program) << p->printed();
  }
}

} // namespace
