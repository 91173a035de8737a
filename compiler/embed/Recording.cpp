// Callbacks for what is recorded and printed.
#include "compiler/embed/Session.h"

#include <fmt/format.h>

using snn::embed::guarded;

namespace snn::embed {

namespace {

rt::Status onSpikes(snn_session &session, std::string_view name, snn_spikes_fn call, void *user) {
  const rt::Result<uint32_t> population = findPopulation(session.network->tables, name);
  if (!population.ok())
    return population.error();
  if (!session.network->tables.populations[population.value()].spikes)
    return usage(fmt::format("{} does not spike", name));
  session.calls.push_back(std::make_unique<SpikeCall>(call, user));
  return session.session->attach(abi::HostRecordKind::Spikes, population.value(), abi::none, 0,
                                 *session.calls.back());
}

rt::Status onSample(snn_session &session, std::string_view path, double every, snn_sample_fn call,
                    void *user) {
  const rt::Result<Target> target = find(session.network->tables, path);
  if (!target.ok())
    return target.error();
  const rt::Result<int64_t> steps = stepsOf(session, every, "an interval");
  if (!steps.ok())
    return steps.error();
  const Target &t = target.value();
  if (!t.entry || t.kind == Target::Kind::Network)
    return usage(fmt::format("{} is no variable of cells or edges that can be recorded", path));
  session.calls.push_back(std::make_unique<SampleCall>(call, user));
  return session.session->attach(t.kind == Target::Kind::Cells ? abi::HostRecordKind::State
                                                               : abi::HostRecordKind::EdgeState,
                                 t.object, t.variable, every, *session.calls.back());
}

/// The name of `record name = …`, "cells.V", "cells.spikes".
std::string nameOf(const abi::HostRecord &record, const abi::NetworkTables &tables) {
  switch (record.kind) {
  case abi::HostRecordKind::Value:
    break;
  case abi::HostRecordKind::Spikes:
    return tables.populations[record.object].name + ".spikes";
  case abi::HostRecordKind::State:
    return tables.populations[record.object].name + "." +
           tables.populations[record.object].variables[record.variable].name;
  case abi::HostRecordKind::EdgeState:
    return tables.projections[record.object].name + "." +
           tables.projections[record.object].variables[record.variable].name;
  }
  return record.name;
}

rt::Status onRecord(snn_session &session, std::string_view name, snn_sample_fn call, void *user) {
  const std::vector<abi::HostRecord> &records = session.session->program().host.records;
  bool found = false;
  std::vector<std::string> names;
  for (uint32_t k = 0; k < records.size(); ++k) {
    names.push_back(nameOf(records[k], session.network->tables));
    if (names.back() != name)
      continue;
    if (records[k].kind == abi::HostRecordKind::Spikes)
      return usage(
          fmt::format("{} are no samples: ask for them by the name of the population", name));
    session.records.add(k, call, user);
    found = true;
  }
  return found ? rt::Status() : unknown("record", name, names);
}

int attach(snn_session *session, bool callable, snn_error **error,
           const std::function<rt::Status()> &work) {
  return guarded(error, [&]() -> rt::Status {
    if (!callable)
      return usage("there is no function to be called");
    rt::Status s = session->idle("given callbacks");
    return s.ok() ? work() : s;
  });
}

} // namespace

} // namespace snn::embed

int snn_session_on_spikes(snn_session *session, const char *population, snn_spikes_fn call,
                          void *user, snn_error **error) {
  return snn::embed::attach(session, call, error,
                            [&] { return snn::embed::onSpikes(*session, population, call, user); });
}

int snn_session_on_sample(snn_session *session, const char *path, double every, snn_sample_fn call,
                          void *user, snn_error **error) {
  return snn::embed::attach(session, call, error, [&] {
    return snn::embed::onSample(*session, path, every, call, user);
  });
}

int snn_session_on_record(snn_session *session, const char *name, snn_sample_fn call, void *user,
                          snn_error **error) {
  return snn::embed::attach(session, call, error,
                            [&] { return snn::embed::onRecord(*session, name, call, user); });
}

void snn_session_on_print(snn_session *session, snn_print_fn call, void *user) {
  session->printCall = call;
  session->printUser = user;
}
