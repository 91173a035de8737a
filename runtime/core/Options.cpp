// Parsing of the command line, and the help text.
#include "runtime/core/Options.h"

#include "runtime/core/Quantity.h"
#include "runtime/core/Session.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace snn::rt {

namespace {

struct Flag {
  const char *name, *argument, *help, *otherwise; ///< otherwise: the default
};
constexpr Flag common[] = {
    {"help", "", "this text", ""},
    {"version", "", "the version of compiler and model", ""},
    {"output", "FILE", "the recording (HDF5); plots lie beside it as .html", "PROGRAM.h5"},
    {"dt", "TIME", "length of a step", "`set dt` of the experiment, or 0.1 ms"},
    {"seed", "N", "seed of all random numbers", "`set seed` of the experiment, or 0"},
    {"precision", "float|double", "precision of states and weights", "`set precision`, or float"},
    {"set", "PATH=VALUE", "value of a param; may be repeated", ""},
    {"quiet", "", "no progress line", ""},
    {"profile", "", "print where the time of the run went", ""},
    {"checkpoint", "FILE", "write the whole state at intervals, when stopped and at the end", ""},
    {"checkpoint-every", "TIME", "time between checkpoints, by the clock on the wall", "10 min"},
    {"resume", "FILE", "go on from a checkpoint", ""},
    {"threads", "N", "cores to compute with, from 1 on; the results are the same bits for any N", "`set threads`, or all cores"},
    {"device", "cpu|cuda", "what computes the steps: the CPU, or a GPU by NVIDIA; the results are the same bits", "cpu"},
};

Error usage(std::string message) { return {ExitCode::usage, std::move(message)}; }

const abi::HostOption *find(const abi::HostProgram &program, std::string_view flag) {
  for (const abi::HostOption &option : program.options)
    if (option.flag == flag)
      return &option;
  return nullptr;
}

Error unknownFlag(const abi::HostProgram &program, std::string_view flag) {
  std::vector<std::string> known;
  for (const Flag &f : common)
    known.push_back(f.name);
  for (const abi::HostOption &option : program.options)
    known.push_back(option.flag);
  const std::string near = nearest(flag, known);
  return usage(fmt::format("unknown flag --{}{}", flag, near.empty() ? "; see --help" : "; did you mean --" + near + "?"));
}

Result<double> whole(std::string_view text, std::string_view flag, double least, double largest) {
  double value = 0;
  if (!parseNumber(text, value) || value != std::floor(value) || value < least || value > largest)
    return usage(fmt::format("--{}: '{}' is not a whole number from {:.0f} to {:.0f}", flag, text, least, largest));
  return value;
}

class Parser {
public:
  Parser(const abi::Image &i, std::span<const std::string> a) : image(i), arguments(a) {}
  Parser(const abi::Image &i, size_t program, std::span<const std::string> a) : image(i), arguments(a), chosen(true) { line.program = program; }
  Result<CommandLine> run();

private:
  const abi::Image &image;
  std::span<const std::string> arguments;
  CommandLine line;
  bool chosen = false; ///< the experiment is known: no argument names it
  size_t at = 0;

  const abi::HostProgram &program() const { return image.programs[line.program].host; }
  Status choose(std::vector<std::string> &rest);
  Status flag(std::string_view name, const std::string &value);
  Status option(const abi::HostOption &option, const std::string &value);
  Status set(const std::string &value);
};

/// Picks the experiment: the first argument that is no flag names it when there are several.
Status Parser::choose(std::vector<std::string> &rest) {
  if (chosen) {
    rest.assign(arguments.begin(), arguments.end());
    return {};
  }
  chosen = image.programs.size() == 1;
  std::string names;
  for (const abi::ProgramImage &p : image.programs)
    names += (names.empty() ? "" : ", ") + p.host.name;
  for (const std::string &argument : arguments) {
    const bool first = rest.empty() && &argument == &arguments[0];
    if (!first || argument.starts_with("-")) {
      rest.push_back(argument);
      continue;
    }
    bool found = false;
    for (size_t k = 0; k < image.programs.size() && !found; ++k)
      if (image.programs[k].host.name == argument)
        line.program = k, chosen = found = true;
    if (!found)
      return usage(fmt::format("'{}' is no experiment of this program; there {} {}", argument,
                               image.programs.size() == 1 ? "is" : "are", names));
  }
  if (!chosen && !(rest.size() == 1 && (rest[0] == "--help" || rest[0] == "--version")))
    return usage(fmt::format("this program holds several experiments; name one of {}", names));
  return {};
}

Status Parser::option(const abi::HostOption &option, const std::string &value) {
  const std::string what = "--" + option.flag;
  switch (static_cast<abi::HostConstant::Kind>(option.type)) {
  case abi::HostConstant::Text:
    line.session.texts[option.name] = value;
    return {};
  case abi::HostConstant::Bool:
    if (value != "true" && value != "false" && value != "1" && value != "0")
      return usage(fmt::format("{}: '{}' is neither true nor false", what, value));
    line.session.numbers[option.name] = value == "true" || value == "1";
    return {};
  case abi::HostConstant::Int:
  case abi::HostConstant::Real: {
    const Result<double> number = parseQuantity(value, option.unit, option.unitScale, what);
    if (!number.ok())
      return number.error();
    if (option.type == abi::HostConstant::Int && number.value() != std::floor(number.value()))
      return usage(fmt::format("{}: '{}' is not a whole number", what, value));
    line.session.numbers[option.name] = number.value();
    return {};
  }
  }
  return {};
}

Status Parser::set(const std::string &value) {
  const size_t equals = value.find('=');
  if (equals == std::string::npos || equals == 0)
    return usage(fmt::format("--set: '{}' is not PATH=VALUE, as in cells.tau_m=15ms", value));
  line.session.sets[value.substr(0, equals)] = value.substr(equals + 1);
  return {};
}

Status Parser::flag(std::string_view name, const std::string &value) {
  SessionOptions &s = line.session;
  const auto time = [&](auto &to) -> Status {
    const Result<double> ms = parseQuantity(value, "ms", 1, "--" + std::string(name));
    if (!ms.ok())
      return ms.error();
    if (!(ms.value() > 0))
      return usage(fmt::format("--{}: '{}' is not longer than 0", name, value));
    if (std::isinf(ms.value()))
      return usage(fmt::format("--{}: '{}' is not a length of time", name, value));
    to = ms.value();
    return {};
  };
  const auto number = [&](auto &to, double least, double largest) -> Status {
    const Result<double> n = whole(value, name, least, largest);
    if (!n.ok())
      return n.error();
    to = static_cast<typename std::remove_reference_t<decltype(to)>::value_type>(n.value());
    return {};
  };
  if (name == "dt")
    return time(s.dt);
  if (name == "checkpoint-every")
    return time(s.checkpointEveryMs);
  if (name == "seed")
    return number(s.seed, 0, 9007199254740992.0);
  if (name == "threads")
    return number(s.threads, 1, 4096);
  if (name == "set")
    return set(value);
  if (name == "precision") {
    if (value != "float" && value != "double")
      return usage(fmt::format("--precision: '{}' is neither float nor double", value));
    s.precision = value == "float" ? Precision::Float : Precision::Double;
    return {};
  }
  if (name == "device") {
    if (value != "cpu" && value != "cuda")
      return usage(fmt::format("--device: '{}' is neither cpu nor cuda", value));
    s.device = value == "cuda" ? DeviceKind::Cuda : DeviceKind::Cpu;
    return {};
  }
  std::string &file = name == "output" ? s.output : name == "checkpoint" ? s.checkpoint : s.resume;
  if (value.empty())
    return usage(fmt::format("--{} needs the name of a file", name));
  file = value;
  return {};
}

Result<CommandLine> Parser::run() {
  std::vector<std::string> rest;
  if (Status s = choose(rest); !s.ok())
    return s.error();
  for (at = 0; at < rest.size(); ++at) {
    std::string name = rest[at], value;
    if (name == "-h")
      name = "--help";
    if (!name.starts_with("--"))
      return usage(fmt::format("unexpected argument '{}'{}", name,
                               name.starts_with("-") ? "; flags begin with two dashes, see --help" : ""));
    name = name.substr(2);
    const size_t equals = name.find('=');
    const bool inlineValue = equals != std::string::npos;
    if (inlineValue) {
      value = name.substr(equals + 1);
      name.resize(equals);
    }
    const abi::HostOption *own = find(program(), name);
    for (const abi::HostSweep &sweep : program().sweeps)
      if (name == sweep.name || (own && own->name == sweep.name))
        return usage(fmt::format("--{}: {} is swept by the experiment {}, which gives it its values itself", name, sweep.name, program().name));
    const Flag *known = nullptr;
    for (const Flag &f : common)
      known = name == f.name ? &f : known;
    if (!own && !known)
      return unknownFlag(program(), name);
    const bool isSwitch = known ? *known->argument == '\0' : false;
    if (isSwitch) {
      if (inlineValue)
        return usage(fmt::format("--{} takes no value", name));
      (name == "help" ? line.help : name == "version" ? line.version : name == "profile" ? line.session.profile : line.session.quiet) = true;
      continue;
    }
    if (!inlineValue) {
      if (at + 1 >= rest.size())
        return usage(fmt::format("--{} needs a value{}", name,
                                 own && own->type == abi::HostConstant::Bool ? ": true or false" : ""));
      value = rest[++at];
    }
    if (Status s = own ? option(*own, value) : flag(name, value); !s.ok())
      return s.error();
  }
  return std::move(line);
}

std::string shown(const abi::HostOption &o) {
  switch (static_cast<abi::HostConstant::Kind>(o.type)) {
  case abi::HostConstant::Text:
    return "\"" + o.initialText + "\"";
  case abi::HostConstant::Bool:
    return o.initial != 0 ? "true" : "false";
  case abi::HostConstant::Int:
  case abi::HostConstant::Real:
    return fmt::format("{:.10g}{}", o.initial / o.unitScale, o.unit == "1" || o.unit.empty() ? "" : " " + o.unit);
  }
  return {};
}

/// What stands for an option's value: TIME for one in ms, N for a whole number, X for another.
std::string argumentOf(const abi::HostOption &o) {
  switch (static_cast<abi::HostConstant::Kind>(o.type)) {
  case abi::HostConstant::Text:
    return "TEXT";
  case abi::HostConstant::Bool:
    return "true|false";
  case abi::HostConstant::Int:
    return "N";
  case abi::HostConstant::Real:
    return o.unit.empty() || o.unit == "1" ? "X" : parseQuantity("1 ms", o.unit, o.unitScale, "").ok() ? "TIME" : "QUANTITY";
  }
  return {};
}

/// "  --flag ARGUMENT      help [default]"; a long flag has a line of its own.
std::string helpLine(const std::string &flag, const std::string &argument, const std::string &help, const std::string &otherwise) {
  constexpr size_t column = 28;
  std::string line = fmt::format("  --{}{}{}", flag, argument.empty() ? "" : " ", argument);
  if (line.size() + 1 > column)
    line += "\n" + std::string(column, ' ');
  else
    line.resize(column, ' ');
  line += help;
  if (!otherwise.empty())
    line += fmt::format("{}[{}]", help.empty() ? "" : " ", otherwise);
  return line + "\n";
}

/// The params that --set knows, with their units, as far as they fit on a few lines.
std::string helpOfSets(const abi::ProgramImage &program) {
  constexpr size_t width = 100, mostLines = 8;
  const std::vector<Settable> params = settables(program);
  if (params.empty())
    return {};
  std::string out, line;
  size_t lines = 0, shownParams = 0;
  for (const Settable &s : params) {
    const std::string word = s.path + (s.unit.empty() || s.unit == "1" ? "" : " (" + s.unit + ")");
    if (!line.empty() && line.size() + word.size() + 2 > width) {
      if (++lines == mostLines)
        break;
      out += line + ",\n", line.clear();
    }
    line += line.empty() ? "  " + word : ", " + word;
    ++shownParams;
  }
  const size_t left = params.size() - shownParams;
  return out + line + (left ? fmt::format(", and {} more", left) : "") + "\n";
}

} // namespace

Result<CommandLine> parseCommandLine(const abi::Image &image, std::span<const std::string> arguments) {
  return Parser(image, arguments).run();
}

Result<CommandLine> parseFlags(const abi::Image &image, size_t program, std::span<const std::string> flags) {
  return Parser(image, program, flags).run();
}

std::string recordingName(const std::string &binary, const abi::Image &image, size_t program) {
  return image.experiments == 1 ? binary + ".h5" : fmt::format("{}-{}.h5", binary, image.programs[program].host.name);
}

std::string helpText(const abi::Image &image, size_t number, const std::string &binary) {
  const abi::HostProgram &program = image.programs[number].host;
  const bool several = image.programs.size() > 1;
  std::string out = fmt::format("usage: {}{} [flags]\n", binary, several ? " EXPERIMENT" : "");
  if (several) {
    out += "\nexperiments:\n";
    for (const abi::ProgramImage &p : image.programs)
      out += fmt::format("  {:<24} {}\n", p.host.name, p.host.doc.substr(0, p.host.doc.find('\n')));
  } else if (!program.doc.empty()) {
    out += "\n" + program.doc + "\n";
  }
  for (const abi::ProgramImage &p : image.programs) {
    if (std::ranges::all_of(p.host.options, &abi::HostOption::swept))
      continue;
    out += several ? fmt::format("\nflags of {} [default]:\n", p.host.name) : "\nflags of the experiment [default]:\n";
    for (const abi::HostOption &o : p.host.options)
      if (!o.swept)
        out += helpLine(o.flag, argumentOf(o), o.help, shown(o));
  }
  for (const abi::ProgramImage &p : image.programs) {
    std::string swept;
    for (const abi::HostSweep &sweep : p.host.sweeps)
      swept += (swept.empty() ? "" : ", ") + sweep.name;
    if (!swept.empty())
      out += fmt::format("\nswept{}: {}\n", several ? " by " + p.host.name : "", swept);
  }
  out += "\nflags of every program [default]:\n";
  for (const Flag &f : common)
    out += helpLine(f.name, f.argument, f.help, std::string_view(f.name) == "output" ? several ? binary + "-EXPERIMENT.h5" : recordingName(binary, image, number) : f.otherwise);
  for (const abi::ProgramImage &p : image.programs)
    if (const std::string sets = helpOfSets(p); !sets.empty())
      out += fmt::format("\nparams for --set{}:\n{}", several ? " of " + p.host.name : "", sets);
  out += "\nquantities have a unit: 15ms, \"15 ms\", 0.015s, -65mV. --flag=VALUE is the same as --flag VALUE.\n"
         "\nexit codes:\n"
         "  0 done                    4 the run diverged                  7 bad data\n"
         "  1 error of the model      5 not enough memory                 70 error of snnc\n"
         "  2 wrong flag or value     6 a file cannot be read or written  128 + N stopped by signal N\n"
         "  3 a failed assert\n";
  return out;
}

} // namespace snn::rt
