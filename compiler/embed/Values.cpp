// Reading and writing values: views of the simulation's memory, and copies.
#include "compiler/embed/Session.h"

#include <fmt/format.h>

using snn::embed::guarded;

namespace snn::embed {

namespace {

using Kind = Target::Kind;

snn_type typeOf(abi::Elem elem, rt::Precision precision) {
  switch (elem) {
  case abi::Elem::Real:
    return precision == rt::Precision::Float ? SNN_FLOAT32 : SNN_FLOAT64;
  case abi::Elem::F64:
    return SNN_FLOAT64;
  case abi::Elem::I32:
    return SNN_INT32;
  case abi::Elem::I64:
    return SNN_INT64;
  case abi::Elem::U8:
    return SNN_UINT8;
  }
  return SNN_UINT8;
}

bool isUniform(const Target &t) { return t.entry && t.entry->buffer == abi::none; }

int64_t elements(rt::Network &network, const Target &t) {
  switch (t.kind) {
  case Kind::Network:
    return 1;
  case Kind::Cells:
  case Kind::SpikeCount:
    return network.cellCount(t.object);
  case Kind::Edges:
  case Kind::Pre:
  case Kind::Post:
    return network.edgeCount(t.object);
  }
  return 0;
}

/// Why there is no view of a variable.
std::string reason(const Target &t) {
  if (!t.entry)
    return "it is computed when it is read";
  if (isUniform(t))
    return "it is one value for all";
  if (t.entry->evalKernel != abi::none)
    return "it is computed when it is read";
  if (t.entry->extent == abi::Extent::Sources)
    return "it lives once for each source cell";
  if (t.entry->extent == abi::Extent::Targets)
    return "it lives once for each target cell";
  return "with drawn delays edges are stored in another order";
}

rt::Status view(rt::Network &network, const Target &t, std::string_view path, snn_view *out) {
  rt::View found;
  if (t.kind == Kind::SpikeCount) {
    const std::span<int64_t> counts = network.counts(t.object);
    found = {counts.data(), abi::Elem::I64, static_cast<int64_t>(counts.size())};
  } else if (t.kind == Kind::Cells && !isUniform(t) && t.entry->evalKernel == abi::none) {
    found = network.buffer(t.entry->buffer);
  } else if (t.kind == Kind::Edges) {
    found = network.edgeView(t.object, t.variable);
  }
  if (!found.data && (!t.entry || isUniform(t) || elements(network, t) > 0))
    return usage(fmt::format("{} has no view: {}; read and write it by copies", path, reason(t)));
  fill(out, {0, found.data, found.count, typeOf(found.elem, network.settings().precision)});
  return {};
}

rt::Status read(rt::Network &network, const Target &t, std::vector<double> &out) {
  switch (t.kind) {
  case Kind::Network:
    out.assign(1, network.scalar(t.entry->scalar));
    return {};
  case Kind::Cells:
    return network.readCells(t.object, t.variable, {}, out);
  case Kind::Edges:
    return network.readEdges(t.object, t.variable, out);
  case Kind::SpikeCount: {
    const std::span<int64_t> counts = network.counts(t.object);
    out.assign(counts.begin(), counts.end());
    return {};
  }
  case Kind::Pre:
  case Kind::Post: {
    std::vector<int64_t> pre, post;
    network.edgeEnds(t.object, pre, post);
    const std::vector<int64_t> &ends = t.kind == Kind::Pre ? pre : post;
    out.assign(ends.begin(), ends.end());
    return {};
  }
  }
  return {};
}

rt::Status write(rt::Network &network, const Target &t, std::string_view path,
                 std::span<const double> values) {
  if (t.entry &&
      (t.entry->kind == abi::VariableKind::Let || t.entry->kind == abi::VariableKind::Input))
    return usage(fmt::format("{} cannot be written: it is computed in each step", path));
  switch (t.kind) {
  case Kind::Network:
    return network.setScalar(t.entry->scalar, values[0]);
  case Kind::Cells:
    return network.writeCells(t.object, t.variable, {}, values);
  case Kind::Edges:
    return network.writeEdges(t.object, t.variable, values);
  case Kind::SpikeCount: {
    const std::span<int64_t> counts = network.counts(t.object);
    for (size_t k = 0; k < counts.size(); ++k)
      counts[k] = static_cast<int64_t>(values[values.size() == 1 ? 0 : k]);
    return {};
  }
  case Kind::Pre:
  case Kind::Post:
    return usage(fmt::format("{} cannot be written: the network is built", path));
  }
  return {};
}

rt::Error wrongCount(std::string_view path, size_t given, int64_t expected) {
  return usage(fmt::format("{}: {} {} given, there {} {}", path, given,
                           given == 1 ? "value is" : "values are", expected == 1 ? "is" : "are",
                           expected));
}

/// Does `work` with the network and what `path` names.
int withTarget(snn_session *session, const char *path, snn_error **error,
               const std::function<rt::Status(rt::Network &, const Target &)> &work) {
  return guarded(error, [&]() -> rt::Status {
    const rt::Result<Target> target = find(session->network->tables, path ? path : "");
    return target.ok() ? work(*session->network->built, target.value()) : target.status();
  });
}

} // namespace

} // namespace snn::embed

int snn_session_view(snn_session *session, const char *path, snn_view *out, snn_error **error) {
  return snn::embed::withTarget(session, path, error,
                                [&](snn::rt::Network &network, const snn::embed::Target &t) {
                                  return snn::embed::view(network, t, path, out);
                                });
}

int snn_session_changed(snn_session *session, const char *path, snn_error **error) {
  return snn::embed::withTarget(
      session, path, error, [&](snn::rt::Network &network, const snn::embed::Target &t) {
        return t.kind == snn::embed::Kind::Cells ? network.cellsChanged(t.object, t.variable)
                                                 : snn::rt::Status();
      });
}

int64_t snn_session_count(const snn_session *session, const char *path) {
  const auto target = snn::embed::find(session->network->tables, path ? path : "");
  if (!target.ok())
    return -1;
  return snn::embed::isUniform(target.value())
             ? 1
             : snn::embed::elements(*session->network->built, target.value());
}

int snn_session_read(snn_session *session, const char *path, double *values, size_t count,
                     snn_error **error) {
  return snn::embed::withTarget(
      session, path, error,
      [&](snn::rt::Network &network, const snn::embed::Target &t) -> snn::rt::Status {
        std::vector<double> &all = session->scratch;
        if (snn::rt::Status s = snn::embed::read(network, t, all); !s.ok())
          return s;
        const bool one = snn::embed::isUniform(t) && count == 1;
        if (count != all.size() && !one)
          return snn::embed::wrongCount(path, count, snn_session_count(session, path));
        if (one)
          all.assign(1, network.scalar(t.entry->scalar));
        std::copy(all.begin(), all.end(), values);
        return {};
      });
}

int snn_session_write(snn_session *session, const char *path, const double *values, size_t count,
                      snn_error **error) {
  return snn::embed::withTarget(
      session, path, error,
      [&](snn::rt::Network &network, const snn::embed::Target &t) -> snn::rt::Status {
        const int64_t expected = snn_session_count(session, path);
        if (count != 1 && static_cast<int64_t>(count) != expected)
          return snn::embed::wrongCount(path, count, expected);
        snn::rt::Status s = snn::embed::write(network, t, path, {values, count});
        if (!s.ok() &&
            s.error().code == snn::rt::ExitCode::model) // a wrong call, not a wrong model
          return snn::embed::usage(s.error().message);
        return s;
      });
}
