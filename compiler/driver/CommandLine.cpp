// The command line of snnc, by CLI11.
#include "compiler/driver/CommandLine.h"
#include "compiler/base/diag/Diag.h"
#include "compiler/base/support/NameList.h"
#include "compiler/kernel/passes/Passes.h"
#include "compiler/model/passes/Passes.h"

#include <CLI/CLI.hpp>
#include <llvm/Config/llvm-config.h>

#include <algorithm>
#include <map>

namespace snn::driver {

namespace {

const std::map<std::string, codegen::Cpu> cpuNames{
    {"x86-64-v3", codegen::Cpu::V3}, {"v3", codegen::Cpu::V3},         {"x86-64-v4", codegen::Cpu::V4},
    {"v4", codegen::Cpu::V4},        {"native", codegen::Cpu::Host}, {"host", codegen::Cpu::Host}};

const std::map<std::string, Emit> emitNames{
#define EMIT(NAME, SPELLING, MEANING) {SPELLING, Emit::NAME},
#include "compiler/driver/Emit.def"
#undef EMIT
};

std::string emitHelp() {
  std::string text = "print an intermediate form and stop:";
#define EMIT(NAME, SPELLING, MEANING) text += "\n  " SPELLING ": " MEANING;
#include "compiler/driver/Emit.def"
#undef EMIT
  return text;
}

class Parser {
public:
  explicit Parser(CommandLine &l) : line(l) {
    app.set_help_flag();
    app.allow_extras();
    app.add_flag("-h,--help", help, "print this help");
    app.add_flag("--version", versionAsked, "print the version");
    common(app);
    app.add_option("--emit", emitName, emitHelp());
    app.footer("Exit codes: 0 done, 1 errors in the model, 2 usage, 5 resources, 6 input or output, 70 internal error.");
    run = command("run", "compile in memory and run; what follows -- are the model's own flags");
    running(*run);
    test = command("test", "run the `test` blocks of the files; what follows -- are flags for all of them");
    test->remove_option(test->get_option("model"));
    test->add_option("models", line.models, "the files");
    running(*test);
    run->add_flag_callback("--profile", [this] { line.arguments.push_back("--profile"); }, "say where the time goes");
    plan = command("plan", "say what a run will take, before anything is taken; what follows -- are the model's own flags");
    check = command("check", "report errors only");
    solver = command("explain-solver", "say which solver each equation got, and why");
    explain = app.add_subcommand("explain", "print the page about an error code, as in snnc explain E0301");
    explain->set_help_flag();
    explain->allow_extras();
    explain->add_option("code", line.model, "the code")->required();
  }

  std::optional<std::string> parse(std::vector<std::string> arguments) {
    std::reverse(arguments.begin(), arguments.end());
    try {
      app.parse(arguments);
    } catch (const CLI::ArgumentMismatch &error) { // "--output: 1 required TEXT missing"
      const std::string_view text = error.what();
      return "`" + std::string(text.substr(0, text.find(':'))) + "` needs a value";
    } catch (const CLI::Error &error) {
      return std::string(error.what());
    }
    return finish();
  }

private:
  CommandLine &line;
  CLI::App app{"snnc: compiler for spiking neural networks\n\n"
               "  snnc model.snn [-o program]         compile to an executable\n"
               "  snnc run model.snn [-- flags]       compile in memory and run",
               "snnc"};
  CLI::App *run = nullptr, *test = nullptr, *plan = nullptr, *check = nullptr, *solver = nullptr, *explain = nullptr;
  bool help = false, versionAsked = false, jit = false;
  std::string emitName, cpuName, precision, printAfter, passes, architectures;
  std::vector<std::string> levels;

  CLI::App *command(const char *name, const char *text) {
    CLI::App *sub = app.add_subcommand(name, text);
    sub->set_help_flag();
    sub->allow_extras();
    common(*sub);
    return sub;
  }

  /// Flags of what runs models in memory.
  void running(CLI::App &to) {
    to.add_flag("--interp", line.interpreter, "run the Kernel IR by the interpreter (slow, the reference)");
    to.add_flag("--jit", jit, "run machine code (the default)");
    toModel(to, "--device", "cpu or cuda: what computes the steps");
    toModel(to, "--threads", "so many threads compute");
  }

  /// A flag that all models have: it may stand before `--` too.
  void toModel(CLI::App &to, const char *flag, const char *meaning) {
    const auto pass = [this, flag](const std::string &value) { line.arguments.insert(line.arguments.end(), {flag, value}); };
    to.add_option_function<std::string>(flag, pass, meaning);
  }

  void common(CLI::App &to) {
    to.add_option("model", line.model, "the model's file");
    to.add_option("-o,--output", line.output, "file to write");
    to.add_option("--experiment", line.experiment, "only this experiment of the file");
    to.add_option("--cpu", cpuName, "x86-64-v3, x86-64-v4 or native (for --emit and run)");
    to.add_option("--cuda-arch", architectures, "sm_80, sm_90, …: compile CUDA kernels ahead into the executable; with --emit=ptx, one");
    to.add_option("--precision", precision, "float or double (for --emit)");
    to.add_option("--print-after", printAfter, "print after these passes of the model and of kernels (a,b or all)");
    to.add_option("--passes", passes, "run only these kernel passes, in this order (a,b; none if empty)");
    to.add_option("--stop-after-pass", line.stopAfterPass, "run only the first N kernel passes")->check(CLI::NonNegativeNumber);
    to.add_flag("-q,--quiet", line.quiet, "no messages but errors");
    to.add_flag("--time-report", line.timeReport, "say where the compile time goes");
    to.add_option("-O", levels, "optimisation level 0 to 3 (-O2)")->allow_extra_args(false)->take_last();
  }

  /// Flags that the parsed (sub)command knows, for suggestions.
  static std::vector<std::string> flagsOf(const CLI::App &of) {
    std::vector<std::string> names;
    for (const CLI::Option *option : of.get_options())
      for (const std::string &name : option->get_lnames())
        names.push_back("--" + name);
    return names;
  }

  std::optional<std::string> unknown(const CLI::App &of, const std::vector<std::string> &extras) {
    if (extras.empty())
      return std::nullopt;
    const std::string name = extras.front().substr(0, extras.front().find('='));
    if (name.empty() || name[0] != '-')
      return "what is `" + name + "` for? One model at a time; a model's own flags follow `--`";
    std::vector<std::string> known = flagsOf(of);
    if (&of != &app)
      for (const std::string &flag : flagsOf(app))
        known.push_back(flag);
    const std::string near = diag::didYouMean(name, known);
    return "there is no flag `" + name + "`" +
           (!near.empty()  ? "; did you mean `" + near + "`?"
            : &of == run || &of == test || &of == plan ? "; flags of the model follow `--`, as in snnc run model.snn -- " + name
                         : std::string());
  }

  std::optional<std::string> passLists() {
    std::vector<std::string> kernel, all;
    for (const kernel::Pass &pass : kernel::passes())
      kernel.emplace_back(pass.name);
    for (const snn::passes::Pass &pass : snn::passes::all())
      all.emplace_back(pass.name);
    all.insert(all.end(), kernel.begin(), kernel.end());
    all.emplace_back("all");
    if (auto message = support::readNames("kernel pass", passes, kernel, line.passes))
      return message;
    return support::readNames("pass", printAfter, all, line.printAfter);
  }

  /// "sm_80,sm_90": what NVRTC 13 compiles for.
  std::optional<std::string> architecturesOf() {
    for (size_t at = 0; at < architectures.size();) {
      const size_t comma = std::min(architectures.find(',', at), architectures.size());
      const std::string one = architectures.substr(at, comma - at);
      const bool digits = one.size() > 3 && one.size() < 8 && std::all_of(one.begin() + 3, one.end(), [](char c) { return c >= '0' && c <= '9'; });
      if (!one.starts_with("sm_") || !digits)
        return "--cuda-arch is a list as sm_80,sm_90, not `" + architectures + "`";
      line.cudaArchitectures.push_back(one);
      at = comma + 1;
    }
    return std::nullopt;
  }

  std::optional<std::string> values() {
    if (!cpuName.empty()) {
      const auto found = cpuNames.find(cpuName);
      if (found == cpuNames.end())
        return "--cpu is x86-64-v3, x86-64-v4 or native, not `" + cpuName + "`";
      line.cpu = found->second;
      line.cpuGiven = true;
    }
    if (!precision.empty() && precision != "float" && precision != "double")
      return "--precision is float or double, not `" + precision + "`";
    line.doublePrecision = precision == "double";
    if (auto message = architecturesOf())
      return message;
    if (!levels.empty()) {
      const std::string &level = levels.back();
      if (level.size() != 1 || level[0] < '0' || level[0] > '3')
        return "the optimisation level is 0, 1, 2 or 3, not `" + level + "`";
      line.optLevel = level[0] - '0';
    }
    if (!emitName.empty()) {
      const auto found = emitNames.find(emitName);
      if (found == emitNames.end()) {
        std::vector<std::string> names;
        for (const auto &[name, value] : emitNames)
          names.push_back(name);
        const std::string near = diag::didYouMean(emitName, names);
        return "--emit cannot print `" + emitName + "`" + (near.empty() ? "" : "; did you mean `" + near + "`?");
      }
      line.command = Command::Emit;
      line.emit = found->second;
    }
    return std::nullopt;
  }

  std::optional<std::string> finish() {
    CLI::App *chosen = &app;
    for (auto [sub, command] : {std::pair(run, Command::Run), std::pair(test, Command::Test), std::pair(plan, Command::Plan), std::pair(check, Command::Check),
                                std::pair(solver, Command::ExplainSolver), std::pair(explain, Command::Explain)})
      if (*sub) {
        chosen = sub;
        line.command = command;
      }
    std::vector<std::string> extras = chosen->remaining();
    if (chosen != &app)
      for (const std::string &extra : app.remaining())
        extras.push_back(extra);
    for (auto it = extras.begin(); it != extras.end();)
      it = (*it == "-h" || *it == "--help") ? (help = true, extras.erase(it)) : it + 1;
    if (help) {
      line.command = Command::Help;
      line.text = chosen->help();
      return std::nullopt;
    }
    if (auto message = unknown(*chosen, extras))
      return message;
    if (versionAsked) {
      line.command = Command::Version;
      line.text = "snnc " + version() + " (LLVM " LLVM_VERSION_STRING ")\n";
      return std::nullopt;
    }
    if (jit && line.interpreter)
      return std::string("either --jit or --interp");
    if (chosen == test && !(line.output.empty() && emitName.empty()))
      return std::string("`snnc test` writes no file: it runs the tests and prints what came of them");
    if (chosen == run && !line.output.empty())
      return "`snnc run` writes no file of its own; the recording's name follows `--`, as in snnc run " + line.model +
             " -- --output " + line.output;
    if (line.model.empty() && line.models.empty())
      return std::string("which model? snnc model.snn, or snnc --help");
    if (chosen == explain)
      return std::nullopt;
    line.passesGiven = chosen->count("--passes") || app.count("--passes");
    const auto message = passLists();
    return message ? message : values();
  }
};

} // namespace

std::string version() { return SNN_VERSION; }

std::optional<CommandLine> parseCommandLine(int argc, char **argv, UsageError &error) {
  CommandLine line;
  const auto rest = std::find_if(argv + std::min(argc, 1), argv + argc, [](const char *a) { return std::string_view(a) == "--"; });
  if (rest != argv + argc)
    line.arguments.assign(rest + 1, argv + argc);
  std::vector<std::string> arguments = support::arguments(static_cast<int>(rest - argv), argv);
  if (auto message = Parser(line).parse(std::move(arguments))) {
    error.message = *message;
    return std::nullopt;
  }
  if (!line.arguments.empty() && line.command != Command::Run && line.command != Command::Test && line.command != Command::Plan) {
    error.message = "flags of the model after `--` belong to `snnc run`, `snnc test` and `snnc plan`";
    return std::nullopt;
  }
  return line;
}

} // namespace snn::driver
