// The command line of snnc, by CLI11.
#include "compiler/driver/CommandLine.h"
#include "compiler/base/diag/Diag.h"
#include "compiler/base/support/NameList.h"
#include "compiler/kernel/passes/Passes.h"
#include "compiler/model/passes/Passes.h"

#include <CLI/CLI.hpp>
#include <llvm/Config/llvm-config.h>

#include <algorithm>
#include <filesystem>
#include <fmt/ranges.h>
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

/// The first line of a help text.
class Usage : public CLI::Formatter {
public:
  explicit Usage(std::string t) : text(std::move(t)) {}
  std::string make_usage(const CLI::App *, std::string) const override { return "Usage: " + text + "\n"; }

private:
  std::string text;
};

void usage(CLI::App &app, std::string text) { app.formatter(std::make_shared<Usage>(std::move(text))); }

class Parser {
public:
  explicit Parser(CommandLine &l) : line(l) {
    app.set_help_flag();
    app.allow_extras();
    app.add_flag("-h,--help", help, "print this help");
    app.add_flag("--version", versionAsked, "print the version");
    usage(app, "snnc MODEL.snn [OPTIONS], or snnc COMMAND …");
    common(app, everything);
    app.add_option("--emit", emitName, emitHelp())->type_name("FORM");
    app.footer("Exit codes: " + std::string(compiling) + ". Those of runs: snnc run --help");
    run = command("run", "MODEL.snn [-- FLAGS]", "compile in memory and run; what follows -- are the model's own flags", Experiment | Code | Passes);
    running(*run);
    run->add_flag_callback("--profile", [this] { modelFlags.push_back("--profile"); }, "say where the time goes");
    run->footer("The model's own flags: snnc run MODEL.snn -- --help\n" + std::string(ofRuns));
    test = command("test", "FILE… [-- FLAGS]", "run the `test` blocks of the files; what follows -- are flags for all of them", Experiment | Code | Passes);
    test->remove_option(test->get_option("model"));
    test->add_option("models", line.models, "the files")->type_name("FILE…");
    running(*test);
    test->footer("Exit codes: 0 all passed, 1 a test failed, 2 usage, 6 input or output, 70 internal error.");
    plan = command("plan", "MODEL.snn [-- FLAGS]", "say what a run will take, before anything is taken; what follows -- are the model's own flags",
                   Output | Experiment | Passes);
    toModel(*plan, "--precision", "float or double: of states and weights");
    plan->footer("The model's own flags: snnc run MODEL.snn -- --help\nExit codes: " + std::string(compiling) + ".");
    check = command("check", "MODEL.snn", "report errors only", Experiment | Passes);
    solver = command("explain-solver", "MODEL.snn", "say which solver each equation got, and why", Output | Experiment);
    explain = app.add_subcommand("explain", "print the page about an error code, as in snnc explain E0301");
    usage(*explain, "snnc explain CODE");
    explain->set_help_flag();
    explain->footer("Exit codes: 0 done, 2 usage, 6 input or output.");
    explain->allow_extras();
    explain->add_option("code", line.model, "the code, as E0301")->type_name("CODE");
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
  static constexpr std::string_view compiling = "0 done, 1 errors in the model, 2 usage, 5 resources, 6 input or output, 70 internal error";
  static constexpr std::string_view ofRuns = "Exit codes: 0 done, 1 errors in the model, 2 usage, 3 a failed assert, 4 divergence, 5 resources, "
                                             "6 input or output, 7 bad data, 70 internal error, 128 + n ended by signal n.";
  /// Options that some commands obey.
  enum Takes : unsigned { Output = 1, Experiment = 2, Code = 4, Ahead = 8, Passes = 16 };
  static constexpr unsigned everything = Output | Experiment | Code | Ahead | Passes;
  std::vector<std::string> modelFlags; ///< flags of the model that stand before `--`
  bool help = false, versionAsked = false, jit = false, quiet = false;
  std::string emitName, cpuName, precision, printAfter, passes, architectures;
  std::vector<std::string> levels;

  CLI::App *command(const char *name, const char *operands, const char *text, unsigned takes) {
    CLI::App *sub = app.add_subcommand(name, text);
    usage(*sub, std::string("snnc ") + name + " [OPTIONS] " + operands);
    sub->set_help_flag();
    sub->allow_extras();
    common(*sub, takes);
    return sub;
  }

  /// Flags of what runs models in memory.
  void running(CLI::App &to) {
    to.add_flag("--interp", line.interpreter, "run the Kernel IR by the interpreter (slow, the reference)");
    to.add_flag("--jit", jit, "run machine code (the default)");
    toModel(to, "--device", "cpu or cuda: what computes the steps");
    toModel(to, "--threads", "how many threads compute; by default as many as the process may use")->type_name("N");
    toModel(to, "--precision", "float or double: of states and weights");
  }

  /// A flag that all models have: it may stand before `--` too.
  CLI::Option *toModel(CLI::App &to, const char *flag, const char *meaning) {
    const auto pass = [this, flag](const std::string &value) { modelFlags.insert(modelFlags.end(), {flag, value}); };
    return to.add_option_function<std::string>(flag, pass, meaning);
  }

  void common(CLI::App &to, unsigned takes) {
    to.add_option("model", line.model, "the model's file")->type_name("MODEL.snn");
    if (takes & Output)
      to.add_option("-o,--output", line.output, "file to write")->type_name("FILE");
    if (takes & Experiment)
      to.add_option("--experiment", line.experiment, "only this experiment of the file")->type_name("NAME");
    if (takes & Code) {
      to.add_option("--cpu", cpuName, "x86-64-v3, x86-64-v4 or native (for --emit, run and test)");
      to.add_option("-O", levels, "optimisation level 0 to 3 (-O2)")->allow_extra_args(false)->take_last();
    }
    if (takes & Ahead) {
      to.add_option("--cuda-arch", architectures, "sm_80, sm_90, …: compile CUDA kernels ahead into the executable; with --emit=ptx, one");
      to.add_option("--precision", precision, "float or double (for --emit, run, test and plan)");
    }
    to.add_option("--print-after", printAfter, "print after these passes of the model and of kernels (a,b or all)");
    if (takes & Passes) {
      to.add_option("--passes", passes, "run only these kernel passes, in this order (a,b; none if empty)");
      to.add_option("--stop-after-pass", line.stopAfterPass, "run only the first N kernel passes")->check(CLI::NonNegativeNumber)->type_name("N");
    }
    to.add_flag("-q,--quiet", quiet, "no messages but errors");
    to.add_flag("--time-report", line.timeReport, "say where the compile time goes");
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
    if (&of != &app)
      if (const CLI::Option *option = app.get_option_no_throw(name))
        return notObeyed(of, *option, extras);
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

  /// An option that other commands obey.
  std::string notObeyed(const CLI::App &of, const CLI::Option &option, const std::vector<std::string> &extras) {
    const std::string name = "--" + option.get_lnames().front();
    if (name == "--emit")
      return "forms are printed without `" + of.get_name() + "`: snnc --emit=… model.snn";
    if (name == "--output" && &of == run) {
      const std::string file = !line.output.empty() ? line.output : extras.size() > 1 ? extras[1] : "FILE";
      return "`snnc run` writes no file of its own; the recording's name follows `--`, as in snnc run " + line.model + " -- --output " + file;
    }
    if (name == "--output" && &of == test)
      return "`snnc test` writes no file: it runs the tests and prints what came of them";
    return "`snnc " + of.get_name() + "` does not take `" + name + "`";
  }

  /// Options in front of a command that does not obey them: snnc --cpu v3 check model.snn
  std::optional<std::string> misplaced(const CLI::App &of) {
    for (const CLI::Option *option : app.get_options())
      if (&of != &app && option->count() && !option->get_lnames().empty() && option->get_lnames().front() != "help" &&
          option->get_lnames().front() != "version" && !of.get_option_no_throw("--" + option->get_lnames().front()))
        return notObeyed(of, *option, {});
    return std::nullopt;
  }

  /// `snnc chek model.snn`
  std::optional<std::string> misspelt(const std::vector<std::string> &extras) {
    std::vector<std::string> names;
    for (const CLI::App *sub : {run, test, plan, check, solver, explain})
      names.push_back(sub->get_name());
    const std::string near = diag::didYouMean(line.model, names);
    if (extras.empty() || extras.front().starts_with('-') || near.empty())
      return std::nullopt;
    return "there is no command `" + line.model + "`; did you mean `" + near + "`?";
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
      if (std::stoi(one.substr(3)) < 80)
        return fmt::format("--cuda-arch: a device needs compute capability 8.0, sm_80, or later, not {}", one);
      line.cudaArchitectures.push_back(one);
      at = comma + 1;
    }
    if (emitName == "ptx" && line.cudaArchitectures.size() > 1)
      return fmt::format("--emit=ptx prints the kernels for one architecture; --cuda-arch={} names {}", architectures, line.cudaArchitectures.size());
    return std::nullopt;
  }

  std::optional<std::string> emitted() {
    if (!emitName.empty()) {
      const auto found = emitNames.find(emitName);
      if (found == emitNames.end()) {
        std::vector<std::string> names;
#define EMIT(NAME, SPELLING, MEANING) names.push_back(SPELLING);
#include "compiler/driver/Emit.def"
#undef EMIT
        const std::string near = diag::didYouMean(emitName, names);
        return "--emit cannot print `" + emitName + "`; " + (near.empty() ? fmt::format("it prints {}", fmt::join(names, ", ")) : "did you mean `" + near + "`?");
      }
      line.command = Command::Emit;
      line.emit = found->second;
    }
    return std::nullopt;
  }

  std::optional<std::string> values() {
    if (auto message = emitted())
      return message;
    if (!cpuName.empty()) {
      const auto found = cpuNames.find(cpuName);
      if (found == cpuNames.end())
        return "--cpu is x86-64-v3, x86-64-v4 or native, not `" + cpuName + "`";
      line.cpu = found->second;
      line.cpuGiven = true;
      if (line.command == Command::Build)
        return std::string("executables hold code for x86-64-v3 and v4 and choose when they start; --cpu is for --emit, `snnc run` and `snnc test`");
    }
    if (!precision.empty() && precision != "float" && precision != "double")
      return "--precision is float or double, not `" + precision + "`";
    line.doublePrecision = precision == "double";
    if (!precision.empty() && line.command == Command::Build)
      return "executables hold both precisions: give --precision " + precision + " to the program, as in ./" +
             std::filesystem::path(line.model).stem().string() + " --precision " + precision;
    if (auto message = architecturesOf())
      return message;
    if (!levels.empty()) {
      const std::string &level = levels.back();
      if (level.size() != 1 || level[0] < '0' || level[0] > '3')
        return "the optimisation level is 0, 1, 2 or 3, not `" + level + "`";
      line.optLevel = level[0] - '0';
    }
    return std::nullopt;
  }

  /// What follows `--` comes last, so that it has the last word.
  void forwardFlags(const CLI::App &chosen) {
    if (&chosen != run && &chosen != test && &chosen != plan)
      return;
    if (!precision.empty())
      modelFlags.insert(modelFlags.begin(), {"--precision", precision});
    if (quiet && &chosen == run)
      modelFlags.push_back("--quiet");
    const bool namesExperiment = !line.arguments.empty() && !line.arguments[0].starts_with("-"); // which stands first
    line.arguments.insert(line.arguments.begin() + namesExperiment, modelFlags.begin(), modelFlags.end());
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
    if (chosen == &app)
      if (auto message = misspelt(extras))
        return message;
    if (auto message = misplaced(*chosen))
      return message;
    if (auto message = unknown(*chosen, extras))
      return message;
    if (versionAsked) {
      line.command = Command::Version;
      line.text = "snnc " + version() + " (LLVM " LLVM_VERSION_STRING ")\n";
      return std::nullopt;
    }
    if (jit && line.interpreter)
      return std::string("either --jit or --interp");
    if (line.model.empty() && line.models.empty())
      return chosen == explain ? std::string("which code? snnc explain E0301") : std::string("which model? snnc model.snn, or snnc --help");
    if (chosen == explain)
      return std::nullopt;
    forwardFlags(*chosen);
    const CLI::Option *own = chosen->get_option_no_throw("--passes");
    line.passesGiven = (own && own->count()) || app.count("--passes");
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
