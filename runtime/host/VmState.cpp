// The VM's state as bytes: what a checkpoint holds of an experiment.
#include "runtime/host/Bytes.h"
#include "runtime/host/Vm.h"

#include <algorithm>
#include <fmt/format.h>

namespace snn::rt::host {

namespace {

constexpr uint64_t stateVersion = 1;

Value readDataSet(ByteReader &r, World &world) {
  Result<Value> set = world.dataSet(r.text(), "");
  if (!set.ok())
    fail(set.error().code, set.error().message);
  return set.value();
}

Value readSamples(ByteReader &r, World &world) {
  const Value set = readDataSet(r, world);
  const std::vector<int64_t> flags = r.exactly<int64_t>(2);
  std::vector<int64_t> order = r.list<int64_t>();
  SamplesRef ref{set.dataSet, flags[0] != 0, nullptr};
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

void writeNumbers(ByteWriter &w, const Value &v) {
  w.integer(v.isArray());
  if (!v.isArray())
    return w.number(v.number);
  w.list(v.array->shape);
  w.list(v.array->data);
}

Value readNumbers(ByteReader &r, Kind kind) {
  if (r.integer() == 0)
    return Value::scalar(kind, r.number());
  Shape shape = r.list<int64_t>();
  std::vector<double> data = r.list<double>();
  if (countOf(shape) != static_cast<int64_t>(data.size()))
    failDamaged();
  return Value::ofArray(kind, std::move(shape), std::move(data));
}

Value readTexts(ByteReader &r) {
  Value v = readNumbers(r, Kind::Text);
  std::vector<std::string> texts;
  for (uint64_t left = r.integer(); left > 0; --left)
    texts.push_back(r.text());
  for (int64_t k = 0; k < v.count(); ++k)
    if (const double place = v.elements()[k]; !(place >= 0 && place < static_cast<double>(texts.size())))
      failDamaged();
  v.texts = std::make_shared<const std::vector<std::string>>(std::move(texts));
  return v;
}

} // namespace

void writeValue(ByteWriter &w, const Value &v) {
  w.integer(static_cast<uint64_t>(v.kind));
  switch (v.kind) {
  case Kind::None:
    return;
  case Kind::Real:
  case Kind::Int:
  case Kind::Bool:
    return writeNumbers(w, v);
  case Kind::Text:
    writeNumbers(w, v);
    w.integer(v.texts->size());
    for (const std::string &text : *v.texts)
      w.text(text);
    return;
  case Kind::Range:
    return w.list(std::vector<int64_t>{v.range->start, v.range->stop, v.range->step});
  case Kind::Cells:
    w.list(std::vector<int64_t>{v.cells->population, v.cells->all});
    w.list(v.cells->indices);
    return w.list(v.cells->shape);
  case Kind::DataSet:
    return w.text(v.dataSet->name);
  case Kind::Samples:
    w.text(v.samples->set->name);
    w.list(std::vector<int64_t>{v.samples->test, v.samples->order != nullptr});
    return w.list(v.samples->order ? *v.samples->order : std::vector<int64_t>{});
  case Kind::Iterator:
    w.integer(static_cast<uint64_t>(v.iterator->at));
    return writeValue(w, v.iterator->over);
  }
}

Value readValue(ByteReader &r, World &world) {
  const uint64_t kind = r.integer();
  if (kind > static_cast<uint64_t>(Kind::Iterator))
    failDamaged();
  Value v;
  v.kind = static_cast<Kind>(kind);
  switch (v.kind) {
  case Kind::None:
    return v;
  case Kind::Real:
  case Kind::Int:
  case Kind::Bool:
    return readNumbers(r, v.kind);
  case Kind::Text:
    return readTexts(r);
  case Kind::Range: {
    const std::vector<int64_t> range = r.exactly<int64_t>(3);
    if (range[2] == 0)
      failDamaged();
    return Value::ofRange({range[0], range[1], range[2]});
  }
  case Kind::Cells: {
    const std::vector<int64_t> head = r.exactly<int64_t>(2);
    Cells cells{static_cast<uint32_t>(head[0]), head[1] != 0, r.list<int64_t>(), {}};
    cells.shape = r.list<int64_t>();
    v.cells = std::make_shared<const Cells>(std::move(cells));
    return v;
  }
  case Kind::DataSet:
    return readDataSet(r, world);
  case Kind::Samples:
    return readSamples(r, world);
  case Kind::Iterator: {
    const int64_t at = static_cast<int64_t>(r.integer());
    v.iterator = std::make_shared<Iterator>(Iterator{readValue(r, world), at});
    if (at < 0 || at > v.iterator->count())
      failDamaged();
    return v;
  }
  }
  failDamaged();
}

void Vm::forgetLoaded() {
  for (uint32_t slot : program.loaded)
    globals[slot] = {};
}

std::string Vm::saveState() const {
  ByteWriter w;
  w.integer(stateVersion);
  w.integer(pc);
  w.integer(done);
  w.integer(static_cast<uint64_t>(runEnd));
  w.integer(draws.size());
  for (const auto &[site, count] : draws)
    w.integer(site), w.integer(count);
  for (const std::vector<Value> *slots : {&globals, &locals}) {
    w.integer(slots->size());
    for (size_t k = 0; k < slots->size(); ++k) {
      const bool inFile = slots == &globals && std::ranges::find(program.loaded, k) != program.loaded.end();
      writeValue(w, inFile ? Value() : (*slots)[k]);
    }
  }
  return std::move(w.bytes);
}

Status Vm::loadState(std::string_view bytes) {
  try {
    ByteReader r(bytes);
    if (r.integer() != stateVersion)
      fail(ExitCode::badData, "the checkpoint was written by another version");
    pc = r.integer();
    done = r.integer() != 0;
    runEnd = static_cast<int64_t>(r.integer());
    if (pc >= program.functions[program.main].code.size())
      failDamaged();
    draws.clear();
    for (uint64_t n = r.integer(); n > 0; --n) {
      const uint32_t site = static_cast<uint32_t>(r.integer());
      draws[site] = r.integer();
    }
    for (std::vector<Value> *slots : {&globals, &locals}) {
      if (r.integer() != slots->size())
        fail(ExitCode::badData, "the checkpoint belongs to another program");
      for (Value &v : *slots)
        v = readValue(r, world);
    }
    return {};
  } catch (const Failure &failure) {
    return Error{failure.code, failure.message};
  }
}

} // namespace snn::rt::host
