// The VM's state as bytes: what a checkpoint holds of an experiment. Data sets are stored by name and opened again.
#include "runtime/host/Vm.h"

#include <cstring>
#include <fmt/format.h>

namespace snn::rt::host {

namespace {

constexpr uint64_t stateVersion = 1;

class Writer {
public:
  std::string bytes;
  void number(double x) { raw(&x, sizeof x); }
  void integer(uint64_t x) { raw(&x, sizeof x); }
  void text(std::string_view s) {
    integer(s.size());
    bytes += s;
  }
  void numbers(const std::vector<double> &v) {
    integer(v.size());
    raw(v.data(), v.size() * sizeof(double));
  }
  void integers(const std::vector<int64_t> &v) {
    integer(v.size());
    raw(v.data(), v.size() * sizeof(int64_t));
  }
  void value(const Value &v);

private:
  void raw(const void *p, size_t n) {
    if (n)
      bytes.append(static_cast<const char *>(p), n);
  }
};

void Writer::value(const Value &v) {
  integer(static_cast<uint64_t>(v.kind));
  switch (v.kind) {
  case Kind::None:
    return;
  case Kind::Real:
  case Kind::Int:
  case Kind::Bool:
    integer(v.isArray());
    if (!v.isArray())
      return number(v.number);
    integers(v.array->shape);
    return numbers(v.array->data);
  case Kind::Text:
    return text(*v.text);
  case Kind::Range:
    return integers({v.range->start, v.range->stop, v.range->step});
  case Kind::Cells:
    integers({v.cells->population, v.cells->all});
    integers(v.cells->indices);
    return integers(v.cells->shape);
  case Kind::DataSet:
    return text(v.dataSet->name);
  case Kind::Samples:
    text(v.samples->set->name);
    integers({v.samples->test, v.samples->order != nullptr});
    return integers(v.samples->order ? *v.samples->order : std::vector<int64_t>{});
  case Kind::Iterator:
    integer(static_cast<uint64_t>(v.iterator->at));
    return value(v.iterator->over);
  }
}

[[noreturn]] void damaged() { fail(ExitCode::badData, "the checkpoint's state of the experiment is damaged"); }

class Reader {
public:
  Reader(std::string_view b, World &w) : left(b), world(w) {}
  bool atEnd() const { return left.empty(); }
  double number() {
    double x;
    raw(&x, sizeof x);
    return x;
  }
  uint64_t integer() {
    uint64_t x;
    raw(&x, sizeof x);
    return x;
  }
  std::string text() {
    std::string s(count(1), '\0');
    raw(s.data(), s.size());
    return s;
  }
  template <class T> std::vector<T> list() {
    std::vector<T> v(count(sizeof(T)));
    raw(v.data(), v.size() * sizeof(T));
    return v;
  }
  std::vector<int64_t> exactly(size_t n) {
    std::vector<int64_t> v = list<int64_t>();
    if (v.size() != n)
      damaged();
    return v;
  }
  Value value();

private:
  std::string_view left;
  World &world;
  void raw(void *p, size_t n) {
    if (n > left.size())
      damaged();
    if (n)
      std::memcpy(p, left.data(), n);
    left.remove_prefix(n);
  }
  size_t count(size_t width) {
    const uint64_t n = integer();
    if (n > left.size() / width)
      damaged();
    return n;
  }
  Value dataSet() {
    Result<Value> set = world.dataSet(text());
    if (!set.ok())
      fail(set.error().code, set.error().message);
    return set.value();
  }
  Value samples();
};

Value Reader::samples() {
  const Value set = dataSet();
  const std::vector<int64_t> flags = exactly(2);
  std::vector<int64_t> order = list<int64_t>();
  SamplesRef ref{set.dataSet, flags[0] != 0, nullptr};
  if (!(ref.test ? set.dataSet->test : set.dataSet->train))
    damaged();
  for (int64_t k : order)
    if (k < 0 || k >= ref.source().count())
      fail(ExitCode::badData, fmt::format("the data set {} has changed since the checkpoint", set.dataSet->name));
  if (flags[1])
    ref.order = std::make_shared<const std::vector<int64_t>>(std::move(order));
  Value v;
  v.kind = Kind::Samples;
  v.samples = std::make_shared<SamplesRef>(std::move(ref));
  return v;
}

Value Reader::value() {
  const uint64_t kind = integer();
  if (kind > static_cast<uint64_t>(Kind::Iterator))
    damaged();
  Value v;
  v.kind = static_cast<Kind>(kind);
  switch (v.kind) {
  case Kind::None:
    return v;
  case Kind::Real:
  case Kind::Int:
  case Kind::Bool: {
    if (integer() == 0)
      return Value::scalar(v.kind, number());
    Shape shape = list<int64_t>();
    std::vector<double> data = list<double>();
    if (countOf(shape) != static_cast<int64_t>(data.size()))
      damaged();
    return Value::ofArray(v.kind, std::move(shape), std::move(data));
  }
  case Kind::Text:
    return Value::ofText(text());
  case Kind::Range: {
    const std::vector<int64_t> r = exactly(3);
    if (r[2] == 0)
      damaged();
    return Value::ofRange({r[0], r[1], r[2]});
  }
  case Kind::Cells: {
    const std::vector<int64_t> head = exactly(2);
    Cells cells{static_cast<uint32_t>(head[0]), head[1] != 0, list<int64_t>(), {}};
    cells.shape = list<int64_t>();
    v.cells = std::make_shared<const Cells>(std::move(cells));
    return v;
  }
  case Kind::DataSet:
    return dataSet();
  case Kind::Samples:
    return samples();
  case Kind::Iterator: {
    const int64_t at = static_cast<int64_t>(integer());
    v.iterator = std::make_shared<Iterator>(Iterator{value(), at});
    if (at < 0 || at > v.iterator->count())
      damaged();
    return v;
  }
  }
  damaged();
}

} // namespace

std::string Vm::saveState() const {
  Writer w;
  w.integer(stateVersion);
  w.integer(pc);
  w.integer(done);
  w.integer(static_cast<uint64_t>(runEnd));
  w.integer(draws.size());
  for (const auto &[site, count] : draws)
    w.integer(site), w.integer(count);
  for (const std::vector<Value> *slots : {&globals, &locals}) {
    w.integer(slots->size());
    for (const Value &v : *slots)
      w.value(v);
  }
  return std::move(w.bytes);
}

Status Vm::loadState(std::string_view bytes) {
  try {
    Reader r(bytes, world);
    if (r.integer() != stateVersion)
      fail(ExitCode::badData, "the checkpoint was written by another version");
    pc = r.integer();
    done = r.integer() != 0;
    runEnd = static_cast<int64_t>(r.integer());
    if (pc >= program.functions[program.main].code.size())
      damaged();
    draws.clear();
    for (uint64_t n = r.integer(); n > 0; --n) {
      const uint32_t site = static_cast<uint32_t>(r.integer());
      draws[site] = r.integer();
    }
    for (std::vector<Value> *slots : {&globals, &locals}) {
      if (r.integer() != slots->size())
        fail(ExitCode::badData, "the checkpoint belongs to another program");
      for (Value &v : *slots)
        v = r.value();
    }
    return {};
  } catch (const Failure &failure) {
    return Error{failure.code, failure.message};
  }
}

} // namespace snn::rt::host
