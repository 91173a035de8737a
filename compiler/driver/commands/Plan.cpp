// `snnc plan model.snn [-- flags]`: what a run will take, before anything of it is taken.
#include "compiler/driver/commands/Commands.h"
#include "runtime/core/Sweep.h"

namespace snn::driver::commands {

int plan(const CommandLine &line, Timing &timing) {
  Chain chain(chainOptions(line), timing);
  if (!compile(chain, line))
    return codeOfErrors(chain);
  if (chain.programs().empty())
    return fail(modelErrors, line.model + " has no experiment to plan");
  const std::string bytes = chain.image();
  const snn_model model{SNN_ABI_MAJOR, SNN_ABI_MINOR, reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size(), 0, nullptr};
  const auto image = rt::readImage(model);
  if (!image.ok())
    return fail(internal, image.error().message);
  const auto flags = rt::parseCommandLine(*image.value(), line.arguments);
  if (!flags.ok())
    return fail(usage, flags.error().message);
  if (flags.value().help || flags.value().version)
    return writeOutput({}, flags.value().help ? rt::helpText(*image.value(), flags.value().program, stem(line.model))
                                              : "snnc " + version() + "\n");
  rt::RunPlan planned;
  const rt::Status status = rt::planProgram(image.value(), flags.value().program, flags.value().session, planned);
  if (!planned.memory.all().empty())
    if (const int written = writeOutput(line.output, rt::planText(planned)); written != done)
      return written;
  return status.ok() ? done : fail(static_cast<ExitCode>(status.error().code), status.error().message);
}

} // namespace snn::driver::commands
