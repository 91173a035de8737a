// The index spaces of kernels (runtime/abi/Spaces.def): which elements a call goes over, in which order.
#include "compiler/kernel/interp/Machine.h"

#include <algorithm>

namespace snn::interp {

using kernel::Instr;
using kernel::Op;

template <class Real> Place Machine<Real>::here() const {
  Place place;
  place.step = args.step;
  return place;
}

template <class Real> void Machine<Real>::row(int64_t src, int64_t begin, int64_t end) {
  const snn_edges &e = *args.edges;
  for (int64_t edge = begin; edge < end; ++edge) {
    Place place = here();
    place.src = src;
    place.edge = edge;
    place.tgt = e.target ? e.target[edge] : e.target16 ? e.target16[edge] : e.dense_first + (edge - e.row_begin[src]);
    place.element = src * e.targets + place.tgt;
    element(place);
  }
}

template <class Real> void Machine<Real>::column(int64_t tgt) {
  const snn_edges &e = *args.edges;
  const auto incoming = [&](int64_t src, int64_t edge) {
    Place place = here();
    place.src = src;
    place.tgt = tgt;
    place.edge = edge;
    place.element = src * e.targets + tgt;
    element(place);
  };
  if (e.column_begin) {
    for (int64_t n = e.column_begin[tgt]; n < e.column_begin[tgt + 1]; ++n)
      incoming(e.column_source[n], e.column_edge[n]);
    return;
  }
  const int64_t offset = tgt - e.dense_first;
  for (int64_t src = 0; src < e.sources; ++src)
    if (offset >= 0 && offset < e.row_begin[src + 1] - e.row_begin[src])
      incoming(src, e.row_begin[src] + offset);
}

template <class Real> void Machine<Real>::moment(int64_t at) {
  Place place;
  place.moment = at;
  place.src = place.element = args.moments[at].source;
  place.step = args.moments[at].step;
  element(place);
}

template <class Real> void Machine<Real>::replayed(const snn_replayed &r) {
  Place place;
  place.edge = r.edge;
  place.moment = r.moment;
  place.event = r.event;
  place.src = args.moments[r.moment].source;
  place.tgt = args.event_target[r.event];
  place.step = args.moments[r.moment].step;
  place.element = place.src * args.edges->targets + place.tgt;
  element(place);
}

template <class Real> bool Machine<Real>::storesState() const {
  return std::any_of(kernel.body.begin(), kernel.body.end(), [&](const Instr &in) {
    return in.op == Op::Store && program.tables.buffers[in.object].finiteCheck;
  });
}

template <class Real> int32_t Machine<Real>::run() {
  Place place = here();
  switch (kernel.space) {
  case abi::Space::Once:
    element(place);
    break;
  case abi::Space::Cells:
    place.limit = args.target_end;
    for (place.i = args.begin; place.i < args.end; ++place.i) {
      place.element = place.i;
      element(place);
    }
    failed |= storesState() ? SNN_NOT_FINITE : 0; // the runtime looks for itself
    break;
  case abi::Space::EventCells:
    for (int64_t k = args.begin; k < args.end; ++k) {
      place.i = place.element = args.events[k];
      element(place);
    }
    break;
  case abi::Space::RowEdges:
  case abi::Space::Edges:
    for (int64_t k = args.begin; k < args.end; ++k)
      row(args.segments[k].source, args.segments[k].begin, args.segments[k].end);
    break;
  case abi::Space::ColumnEdges:
    for (int64_t k = args.begin; k < args.end; ++k)
      column(args.events[k]);
    break;
  case abi::Space::Moments:
    for (int64_t k = args.begin; k < args.end; ++k)
      moment(k);
    break;
  case abi::Space::ReplayedEdges:
    for (int64_t k = args.begin; k < args.end; ++k)
      replayed(args.replayed[k]);
    break;
  case abi::Space::Pairs:
    place.src = args.pair_source;
    for (place.tgt = args.begin; place.tgt < args.end; ++place.tgt) {
      place.element = place.src * args.target_end + place.tgt;
      element(place);
    }
    break;
  }
  return failed;
}

template <class Real>
int32_t execute(const kernel::Program &program, const kernel::Kernel &kernel, const snn_kernel_args &args) {
  return Machine<Real>(program, kernel, args).run();
}
template int32_t execute<float>(const kernel::Program &, const kernel::Kernel &, const snn_kernel_args &);
template int32_t execute<double>(const kernel::Program &, const kernel::Kernel &, const snn_kernel_args &);

} // namespace snn::interp
