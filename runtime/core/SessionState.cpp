// Files of a session: recording, report, checkpoints, save and load.
#include "runtime/checkpoint/Container.h"
#include "runtime/core/Figures.h"
#include "runtime/core/FileSink.h"
#include "runtime/core/Progress.h"
#include "runtime/core/ReportPage.h"
#include "runtime/core/Session.h"
#include "runtime/core/StateFile.h"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <fmt/format.h>

namespace snn::rt {

namespace {

std::string quoted(const std::string &text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\')
      out += '\\';
    if (static_cast<unsigned char>(c) < 0x20)
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out + "\"";
}

std::string precisionText(Precision precision) { return precision == Precision::Float ? "float" : "double"; }

/// The error with the file that it is about.
Error named(const std::string &file, const Error &error) {
  return {error.code, fmt::format("'{}' does not fit this network: {}", file, error.message)};
}

/// The value of an option as one would write it: "500", "100 ms", "true", a text as it is.
std::string writtenValue(const abi::HostOption &option, const host::Value &value) {
  if (value.kind == host::Kind::Text)
    return value.asText("the option");
  const std::string number = option.type == abi::HostConstant::Bool ? (value.number != 0 ? "true" : "false")
                                                                    : fmt::format("{}", value.number / option.unitScale);
  return option.unit.empty() || option.unit == "1" ? number : number + " " + option.unit;
}

} // namespace

Status Session::openOutputs() {
  figures = std::make_unique<Figures>(program().host, static_cast<uint32_t>(program().host.records.size()));
  progress = std::make_unique<Progress>(Progress::forStandardError(given.quiet));
  if (given.output.empty())
    given.output = given.outputDefault;
  if (!given.checkpoint.empty())
    if (Status s = checkpoint::checkReplaceable(given.checkpoint); !s.ok())
      return s;
  if (!given.resume.empty() || !given.record || program().host.records.empty() || given.output.empty())
    return {}; // resume opens the recording at its cursor
  return openRecording(nullptr);
}

/// {"samples": "500", "hidden": ["2", "5"], "set": {"cells.tau_m": "15ms"}}: all options with their values, those that are
/// swept with all of them, --set as written.
std::string Session::optionsJson(const std::map<std::string, std::vector<double>> &swept) {
  const auto object = [](const std::map<std::string, std::string> &json) {
    std::string out;
    for (const auto &[name, value] : json)
      out += (out.empty() ? "" : ", ") + quoted(name) + ": " + value;
    return out;
  };
  std::map<std::string, std::string> values, sets;
  for (const abi::HostOption &option : program().host.options) {
    std::string &value = values[option.name];
    const auto axis = swept.find(option.name);
    if (axis == swept.end())
      value = quoted(writtenValue(option, vm.global(option.slot)));
    else
      for (double x : axis->second)
        value += (value.empty() ? "[" : ", ") + quoted(writtenValue(option, host::Value::scalar(host::Kind::Real, x)));
    if (axis != swept.end())
      value += value.empty() ? "[]" : "]";
  }
  for (const auto &[path, text] : given.sets)
    sets[path] = quoted(text);
  std::string out = object(values);
  if (!sets.empty())
    out += (out.empty() ? "" : ", ") + std::string("\"set\": {") + object(sets) + "}";
  return "{" + out + "}";
}

RecordingHeader Session::header(const std::map<std::string, std::vector<double>> &swept) {
  RecordingHeader header;
  header.path = given.output;
  header.version = image->compilerVersion;
  header.modelSource = image->modelText;
  header.modelSha256 = image->modelSha256;
  header.seed = settings.seed;
  header.options = optionsJson(swept);
  header.precision = settings.precision;
  return header;
}

Status Session::openRecording(const std::string *cursor) {
  if (Status s = outputIsNotRead(); !s.ok())
    return s;
  Result<std::unique_ptr<FileSink>> opened = FileSink::create(header({}), cursor);
  if (!opened.ok())
    return opened.error();
  file = std::move(opened.value());
  return {};
}

/// Which program a state belongs to: the text of the model and the compiler, whose bytecode the state counts in.
std::string Session::modelIdentity() const { return image->modelSha256 + " " + image->compilerVersion; }

Status Session::close() {
  if (closed)
    return {};
  closed = true;
  if (progress)
    progress->finish();
  Status first;
  if (!given.checkpoint.empty() && net && !failed)
    first = writeCheckpoint();
  if (file)
    if (Status s = file->close(); !s.ok() && first.ok())
      first = s;
  if (figures && net)
    figures->endAt(net->timeMs());
  if (given.record && !given.output.empty() && figures && figures->anyShown())
    if (Status s = writeReport(reportPath(given.output), program().host.name, *figures); !s.ok() && first.ok())
      first = s;
  return first;
}

Status Session::save(const std::string &name) {
  const Result<std::string> path = beside(name);
  if (!path.ok())
    return path.error();
  files.push_back({path.value(), vm.atLine(""), true});
  return writeStateFile(path.value(), "state", modelIdentity(), settings.precision, [&](const Network::Put &put) -> Status {
    const uint8_t precision = static_cast<uint8_t>(settings.precision);
    if (Status s = put("precision", abi::Elem::U8, &precision, 1); !s.ok())
      return s;
    return net->saveState(put, false);
  });
}

Status Session::load(const std::string &name) {
  const Result<std::string> path = beside(name);
  if (!path.ok())
    return path.error();
  files.push_back({path.value(), vm.atLine(""), false});
  // Weights of an older text of the model may be wanted: names and sizes of the sections decide whether they fit.
  return readStateFile(path.value(), "state", "", [&](const Network::Get &get) -> Status {
    const Result<std::vector<uint8_t>> precision = get("precision");
    const auto wanted = std::vector<uint8_t>{static_cast<uint8_t>(settings.precision)};
    if (precision.ok() && precision.value() != wanted)
      return Error{ExitCode::badData,
                   fmt::format("'{}' was written with --precision {}, this run has {}", path.value(),
                               precisionText(settings.precision == Precision::Float ? Precision::Double : Precision::Float),
                               precisionText(settings.precision))};
    const Status loaded = net->loadState(get, false);
    return loaded.ok() ? loaded : named(path.value(), loaded.error());
  });
}

/// What the experiment has started, the points of figures, the VM. Sessions of the same program read it.
std::string Session::stateBytes() {
  host::ByteWriter w;
  w.integer(started.size());
  for (const Started &s : started) {
    w.list(std::vector<int64_t>{s.number, s.plot, s.everySteps});
    host::writeValue(w, s.cells);
  }
  figures->save(w);
  taps->save(w);
  w.text(vm.saveState());
  return std::move(w.bytes);
}

Status Session::loadStateBytes(std::string_view bytes) {
  try {
    host::ByteReader r(bytes);
    std::vector<Started> restored(r.integer());
    for (Started &s : restored) {
      const std::vector<int64_t> numbers = r.exactly<int64_t>(3);
      s.number = static_cast<uint32_t>(numbers[0]), s.plot = numbers[1] != 0;
      s.everySteps = std::max<int64_t>(numbers[2], 1);
      s.cells = host::readValue(r, *this);
      const size_t count = s.plot ? program().host.plots.size() : program().host.records.size();
      if (s.number >= count)
        host::failDamaged();
    }
    for (const Started &s : restored)
      if (Status done = s.plot ? startPlot(s.number, *s.cells.cells) : startRecord(s); !done.ok())
        return done;
    started = std::move(restored);
    figures->load(r);
    const auto known = [this](uint32_t key) {
      if (key >= program().host.records.size() || program().host.records[key].kind != abi::HostRecordKind::Value)
        host::failDamaged();
      return describe(key, nullptr);
    };
    if (Status s = taps->load(r, known, allSinks()); !s.ok())
      return s;
    return vm.loadState(r.text());
  } catch (const host::Failure &failure) {
    return Error{failure.code, failure.message};
  } catch (const std::exception &) { // lengths that no memory can hold
    return Error{ExitCode::badData, "the checkpoint is damaged"};
  }
}

namespace {

/// What decides the network and the experiment besides the model; threads and paths do not.
std::string flagBytes(const std::string &experiment, const SessionOptions &options, const Settings &settings) {
  host::ByteWriter w;
  w.text(experiment);
  w.number(settings.dt);
  w.integer(settings.seed);
  w.integer(static_cast<uint64_t>(settings.precision));
  w.integer(options.numbers.size());
  for (const auto &[name, value] : options.numbers)
    w.text(name), w.number(value);
  for (const auto *texts : {&options.texts, &options.sets}) {
    w.integer(texts->size());
    for (const auto &[name, value] : *texts)
      w.text(name), w.text(value);
  }
  return std::move(w.bytes);
}

/// The flags of the checkpoint where none is given; a different one is an error, since the state would not follow it.
void mergeFlags(host::ByteReader &r, const abi::HostProgram &program, SessionOptions &options) {
  if (const std::string experiment = r.text(); experiment != program.name)
    host::fail(ExitCode::badData, fmt::format("'{}' belongs to the experiment {}, not to {}", options.resume, experiment,
                                              program.name));
  const auto differs = [](const std::string &flag, const std::string &given, const std::string &had) {
    host::fail(ExitCode::usage, fmt::format("{}{} differs from the run that is to be resumed, which has {}", flag, given, had));
  };
  const auto merge = [&](auto &flag, auto value, const char *name, const auto &text) {
    if (flag && *flag != value)
      differs(name, text(*flag), text(value));
    flag = value;
  };
  merge(options.dt, r.number(), "--dt ", [](double ms) { return fmt::format("{:g} ms", ms); });
  merge(options.seed, r.integer(), "--seed ", [](uint64_t seed) { return fmt::format("{}", seed); });
  merge(options.precision, r.integer() == 8 ? Precision::Double : Precision::Float, "--precision ", precisionText);
  const auto optionText = [&](const std::string &name, double value) {
    for (const abi::HostOption &option : program.options)
      if (option.name == name)
        return writtenValue(option, host::Value::scalar(host::Kind::Real, value));
    return fmt::format("{}", value);
  };
  const auto plain = [](const std::string &, const std::string &value) { return value; };
  const auto mergeMap = [&](auto &own, const auto &read, const std::string &prefix, const char *between, const auto &text) {
    auto merged = own;
    merged.clear();
    for (uint64_t n = r.integer(); n > 0; --n) {
      const std::string name = r.text();
      merged[name] = read();
    }
    for (const auto &[name, value] : own)
      if (const auto found = merged.find(name); found == merged.end() || found->second != value)
        differs(prefix + name + between, text(name, value), found == merged.end() ? "none" : text(name, found->second));
    own = std::move(merged);
  };
  mergeMap(options.numbers, [&] { return r.number(); }, "--", " ", optionText);
  mergeMap(options.texts, [&] { return r.text(); }, "--", " ", plain);
  mergeMap(options.sets, [&] { return r.text(); }, "--set ", "=", plain);
}

} // namespace

Status Session::resumeOptions() {
  return readStateFile(given.resume, "checkpoint", modelIdentity(), [&](const Network::Get &get) -> Status {
    const Result<std::vector<uint8_t>> flags = get("flags");
    if (!flags.ok())
      return flags.error();
    try {
      host::ByteReader r({reinterpret_cast<const char *>(flags.value().data()), flags.value().size()});
      mergeFlags(r, program().host, given);
      return {};
    } catch (const host::Failure &failure) {
      return Error{failure.code, failure.message};
    }
  });
}

Status Session::writeCheckpoint() {
  const std::string flags = flagBytes(program().host.name, given, settings);
  std::string cursor;
  if (file) {
    Result<std::string> at = file->cursor();
    if (!at.ok())
      return at.error();
    cursor = std::move(at.value());
  }
  const std::string state = stateBytes();
  return writeStateFile(given.checkpoint, "checkpoint", modelIdentity(), settings.precision, [&](const Network::Put &put) -> Status {
    if (Status s = put("session", abi::Elem::U8, state.data(), static_cast<int64_t>(state.size())); !s.ok())
      return s;
    if (Status s = put("flags", abi::Elem::U8, flags.data(), static_cast<int64_t>(flags.size())); !s.ok())
      return s;
    if (Status s = put("recording", abi::Elem::U8, cursor.data(), static_cast<int64_t>(cursor.size())); !s.ok())
      return s;
    return net->saveState(put, true);
  });
}

Status Session::resume() {
  return readStateFile(given.resume, "checkpoint", modelIdentity(), [&](const Network::Get &get) -> Status {
    const Result<std::vector<uint8_t>> cursor = get("recording"), state = get("session");
    if (!cursor.ok() || !state.ok())
      return cursor.ok() ? state.error() : cursor.error();
    if (Status s = net->loadState(get, true); !s.ok())
      return named(given.resume, s.error());
    const std::string at(cursor.value().begin(), cursor.value().end());
    if (given.record && !program().host.records.empty() && !given.output.empty())
      if (Status s = openRecording(&at); !s.ok())
        return s;
    return loadStateBytes({reinterpret_cast<const char *>(state.value().data()), state.value().size()});
  });
}

} // namespace snn::rt
