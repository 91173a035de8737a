// Building a session: image, settings, uniform values, network; and the values that set-up asks for.
#include "runtime/core/Session.h"

#include "runtime/core/Figures.h"
#include "runtime/core/FileSink.h"
#include "runtime/core/FloatMode.h"
#include "runtime/core/Progress.h"
#include "runtime/core/Quantity.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fmt/format.h>

namespace snn::rt {

Result<std::shared_ptr<const abi::Image>> readImage(const snn_model &model) {
  if (model.abi_major != SNN_ABI_MAJOR)
    return Error{ExitCode::internal, fmt::format("this model was compiled for runtime version {}, but this is version {}",
                                                 model.abi_major, SNN_ABI_MAJOR)};
  auto image = std::make_shared<abi::Image>();
  abi::ImageReader reader(model.image, model.image_size);
  fields(reader, *image);
  if (!reader.ok || image->programs.empty())
    return Error{ExitCode::internal, "the image of the model is damaged"};
  return std::shared_ptr<const abi::Image>(std::move(image));
}

Result<const snn_kernel_fn *> selectKernels(const snn_model &model, size_t program, Precision precision) {
  uint32_t level = 0; // __builtin_cpu_supports reads cpuid once and asks the system whether registers are saved
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v3"))
    level = 3;
  if (level == 3 && __builtin_cpu_supports("x86-64-v4"))
    level = 4;
  const snn_kernel_set *best = nullptr;
  bool anyPrecision = false;
  for (uint32_t k = 0; k < model.set_count; ++k) {
    const snn_kernel_set &set = model.sets[k];
    if (set.experiment != program || set.precision != static_cast<uint32_t>(precision))
      continue;
    anyPrecision = true;
    if (set.cpu_level <= level && (!best || set.cpu_level > best->cpu_level))
      best = &set;
  }
  if (best)
    return best->kernels;
  if (anyPrecision)
    return Error{ExitCode::resources, "this program needs a CPU with AVX2 and FMA (x86-64-v3, from about 2013 on)"};
  return Error{ExitCode::usage, fmt::format("this program was compiled without kernels of precision {}",
                                            precision == Precision::Float ? "float" : "double")};
}

/// "." for a file without a folder.
static std::string modelFolderOf(const std::string &path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, std::max<size_t>(slash, 1));
}

Session::Session(std::shared_ptr<const abi::Image> i, size_t p, SessionOptions options)
    : image(std::move(i)), programNumber(p), given(std::move(options)), vm(image->programs[p].host, *this) {
  printer = given.printer ? given.printer : [](std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
  };
  notes = given.notes ? given.notes : [](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); };
  sinks = given.sinks;
  if (given.modelFolder.empty())
    given.modelFolder = image->modelFolder.empty() ? modelFolderOf(image->modelPath) : image->modelFolder;
}

Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::create(const snn_model &model, std::shared_ptr<const abi::Image> image,
                                                 size_t program, SessionOptions options) {
  const FloatMode mode;
  std::unique_ptr<Session> session(new Session(std::move(image), program, std::move(options)));
  if (Status s = session->setUp(model); !s.ok())
    return s.error();
  return session;
}

std::vector<Settable> settables(const abi::ProgramImage &program) {
  std::map<std::string, Settable> known;
  const abi::HostProgram &host = program.host;
  static const std::vector<abi::HostInstr> nothing;
  for (const abi::HostInstr &i : host.setup < host.functions.size() ? host.functions[host.setup].code : nothing)
    if (i.op == abi::HostOp::Override)
      known[host.constants[i.b].text] = {host.constants[i.b].text, host.constants[i.c].text, host.constants[i.list[0]].number,
                                         i.sub == abi::HostConstant::Bool  ? abi::ValueType::Bool
                                         : i.sub == abi::HostConstant::Int ? abi::ValueType::Int
                                                                           : abi::ValueType::Real};
  const auto collect = [&](const std::string &owner, const std::vector<abi::Variable> &variables) {
    for (const abi::Variable &v : variables)
      if (v.kind == abi::VariableKind::Param || v.kind == abi::VariableKind::Weight)
        known.try_emplace(owner + "." + v.name, Settable{owner + "." + v.name, v.unit, v.unitScale, v.type});
  };
  for (const abi::Population &p : program.network.populations)
    collect(p.name, p.variables);
  for (const abi::Projection &p : program.network.projections)
    collect(p.name, p.variables);
  std::vector<Settable> all;
  for (auto &[path, settable] : known)
    all.push_back(std::move(settable));
  return all;
}

/// Why --set cannot set `path`, with the nearest param, or all where there are few.
Error Session::notSettable(const std::string &path, const std::vector<std::string> &params) const {
  constexpr size_t mostListed = 10;
  const abi::NetworkTables &network = program().network;
  const auto has = [&](const auto &objects) {
    for (const auto &object : objects)
      for (const abi::Variable &v : object.variables)
        if (object.name + "." + v.name == path)
          return true;
    return false;
  };
  const bool other = has(network.populations) || has(network.projections);
  const std::string near = other ? "" : nearest(path, params);
  const std::vector<std::string> listed(params.begin(), params.begin() + static_cast<long>(std::min(params.size(), mostListed)));
  std::string text = other ? fmt::format("--set: {} is no param, so it cannot be set from outside", path)
                           : fmt::format("--set: nothing is called '{}'", path);
  const auto option = std::ranges::find(program().host.options, path, &abi::HostOption::name);
  if (option != program().host.options.end())
    text += fmt::format("; it is an option: --{}=…", option->flag);
  else if (path == "dt" || path == "seed" || path == "precision")
    text += fmt::format("; it is a setting: --{}=…", path);
  else if (!near.empty())
    text += "; did you mean " + near + "?";
  else if (params.empty())
    text += "; this model has no params";
  else
    text += fmt::format("; there are {}{}", fmt::join(listed, ", "), params.size() > mostListed ? ", …" : "");
  return {ExitCode::usage, text};
}

/// Every path of --set must name a param; its value is converted before anything is computed from it.
Status Session::collectSets() {
  const std::vector<Settable> known = given.sets.empty() ? std::vector<Settable>() : settables(program());
  for (const auto &[path, text] : given.sets) {
    const auto found = std::ranges::find(known, path, &Settable::path);
    if (found == known.end()) {
      std::vector<std::string> names;
      for (const Settable &settable : known)
        names.push_back(settable.path);
      return notSettable(path, names);
    }
    if (found->type == abi::ValueType::Bool) {
      if (text != "true" && text != "false" && text != "1" && text != "0")
        return Error{ExitCode::usage, fmt::format("--set {}: '{}' is neither true nor false", path, text)};
      setValues[path] = text == "true" || text == "1";
      continue;
    }
    const Result<double> number = parseQuantity(text, found->unit, found->unitScale, "--set " + path);
    if (!number.ok())
      return number.error();
    if (found->type == abi::ValueType::Int && number.value() != std::floor(number.value()))
      return Error{ExitCode::usage, fmt::format("--set {}: '{}' is not a whole number", path, text)};
    setValues[path] = number.value();
  }
  return {};
}

void Session::applyOptions() {
  for (const abi::HostOption &option : program().host.options) {
    const auto number = given.numbers.find(option.name);
    const auto text = given.texts.find(option.name);
    host::Value &slot = vm.global(option.slot);
    switch (static_cast<abi::HostConstant::Kind>(option.type)) {
    case abi::HostConstant::Text:
      slot = host::Value::ofText(text != given.texts.end() ? text->second : option.initialText);
      given.texts[option.name] = slot.asText("the option"); // checkpoints hold the values of all options
      break;
    case abi::HostConstant::Real:
    case abi::HostConstant::Int:
    case abi::HostConstant::Bool:
      slot = host::Value::scalar(option.type == abi::HostConstant::Real  ? host::Kind::Real
                                 : option.type == abi::HostConstant::Int ? host::Kind::Int
                                                                         : host::Kind::Bool,
                                 number != given.numbers.end() ? number->second : option.initial);
      given.numbers[option.name] = slot.number;
      break;
    }
  }
}

/// dt, seed, threads, precision: flags, `set`, defaults.
Status Session::configureSettings() {
  const FloatMode mode;
  const abi::ProgramImage &p = program();
  if (Status s = vm.call(p.host.settings, nullptr); !s.ok())
    return s;
  settings.dt = given.dt.value_or(settings.dt);
  settings.seed = given.seed.value_or(settings.seed);
  settings.threads = given.threads.value_or(settings.threads);
  settings.precision = given.precision.value_or(settings.precision);
  settings.profile = given.profile;
  settings.device = given.device;
  settings.cuda = &p.cuda;
  if (!(settings.dt > 0) || !std::isfinite(settings.dt))
    return Error{ExitCode::model, fmt::format("dt = {:g} ms is not longer than 0", settings.dt)};
  return {};
}

/// Options, settings and uniform values.
Status Session::configure() {
  const abi::ProgramImage &p = program();
  if (!p.host.sweeps.empty() && !given.sweepCell)
    return Error{ExitCode::usage, fmt::format("{} is a sweep of simulations, which only finished programs and `snnc run` can run",
                                              p.host.name)};
  scalars.assign(p.network.scalars.size(), 0.0);
  if (!given.resume.empty())
    if (Status s = resumeOptions(); !s.ok())
      return s;
  applyOptions();
  if (Status s = collectSets(); !s.ok())
    return s;
  if (Status s = configureSettings(); !s.ok())
    return s;
  return vm.call(p.host.setup, nullptr);
}

Result<std::unique_ptr<Session>> Session::frame(std::shared_ptr<const abi::Image> image, size_t program, SessionOptions options) {
  const FloatMode mode;
  std::unique_ptr<Session> session(new Session(std::move(image), program, std::move(options)));
  session->applyOptions();
  session->figures = std::make_unique<Figures>(session->program().host, static_cast<uint32_t>(session->program().host.records.size()));
  return session;
}

Status Session::call(uint32_t function, host::Value *result, std::span<const std::pair<uint32_t, host::Value>> values) {
  const FloatMode mode;
  return vm.call(function, result, values);
}

Status Session::plan(std::shared_ptr<const abi::Image> image, size_t program, SessionOptions options, RunPlan &out) {
  const FloatMode mode;
  Session session(std::move(image), program, std::move(options));
  if (Status s = session.configure(); !s.ok())
    return s;
  const abi::ProgramImage &p = session.program();
  return planNetwork(p.network, p.host.records, session.settings, session, session.scalars, out);
}

Status Session::setUp(const snn_model &model) {
  if (Status s = configure(); !s.ok())
    return s;
  const abi::ProgramImage &p = program();
  const Result<const snn_kernel_fn *> kernels = selectKernels(model, programNumber, settings.precision);
  if (!kernels.ok())
    return kernels.error();
  Result<std::unique_ptr<Network>> built = Network::create(p.network, kernels.value(), settings, *this, scalars);
  if (!built.ok())
    return built.error();
  net = std::move(built.value());
  vm.forgetLoaded(); // lists of edges are seldom asked for again
  for (const std::string &warning : net->warnings())
    warn(warning);
  taps = std::make_unique<Taps>(*net, [this](uint32_t code, host::Value &value) { return vm.evaluate(code, value); });
  lastCheckpoint = std::chrono::steady_clock::now();
  if (Status s = openOutputs(); !s.ok())
    return s;
  return given.resume.empty() ? Status() : resume();
}

void Session::setting(abi::HostSetting which, double value) {
  const auto whole = [value](const char *name, double least, double largest) {
    if (value != std::floor(value) || value < least || value > largest)
      host::failModel(fmt::format("set {} = {:g}: a whole number from {:.0f} to {:.0f} is needed", name, value, least, largest));
  };
  switch (which) {
  case abi::HostSetting::Dt:
    settings.dt = value;
    return;
  case abi::HostSetting::Seed:
    whole("seed", 0, host::largestInteger);
    settings.seed = static_cast<uint64_t>(value);
    return;
  case abi::HostSetting::Threads:
    whole("threads", 1, 4096);
    settings.threads = static_cast<int>(value);
    return;
  case abi::HostSetting::Precision:
    settings.precision = value != 0 ? Precision::Double : Precision::Float;
    return;
  }
}

Result<bool> Session::overrideOf(const std::string &path, const std::string &, double, abi::HostConstant::Kind,
                                 double &value) {
  return overridden(path, value);
}

Status Session::setScalar(uint32_t id, double value) {
  if (net)
    return net->setScalar(id, value);
  scalars[id] = value;
  return {};
}

Result<double> Session::number(uint32_t function) {
  host::Value v;
  if (Status s = vm.call(function, &v); !s.ok())
    return s.error();
  if (!v.isNumber() || v.count() != 1)
    return Error{ExitCode::model, fmt::format("a single number is needed, not {}", host::describe(v))};
  return v.elements()[0];
}

Result<std::vector<double>> Session::array(uint32_t function) {
  std::vector<int64_t> shape;
  return array(function, shape);
}

Result<std::vector<double>> Session::array(uint32_t function, std::vector<int64_t> &shape) {
  host::Value v;
  if (Status s = vm.call(function, &v); !s.ok())
    return s.error();
  if (v.kind == host::Kind::Range)
    v = host::convert(v, host::Kind::Int);
  if (!v.isNumber())
    return Error{ExitCode::model, fmt::format("numbers are needed, not {}", host::describe(v))};
  shape = v.shape();
  return std::vector<double>(v.elements(), v.elements() + v.count());
}

bool Session::overridden(std::string_view path, double &value) {
  const auto found = setValues.find(std::string(path));
  if (found == setValues.end())
    return false;
  value = found->second;
  return true;
}

} // namespace snn::rt
