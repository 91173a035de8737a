// Projections with drawn delays that lead from the same cells to targets side by side (the layers of a cortical model): while the
// network runs, their rows are one table, so that a spike walks one long segment of a delay instead of many short ones. Whoever
// looks at edges finds them apart again; a device keeps its copy of them together.
#include "runtime/abi/EdgeBuffers.h"
#include "runtime/core/NetworkImpl.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>
#include <numeric>
#include <ranges>
#include <utility>

namespace snn::rt {

namespace {

/// Longer segments gain nothing: what they cost is their edges. A device gains by each connection less.
int64_t shortSegment(DeviceKind device) { return device == DeviceKind::Cuda ? std::numeric_limits<int32_t>::max() : 64; }
/// To put edges together and to take them apart costs about as much as so many steps.
constexpr int64_t leastSteps = 1000;

bool sameCells(const connect::Operand &a, const connect::Operand &b) { return a.all == b.all && a.cells == b.cells; }

bool meet(const std::vector<uint32_t> &a, const std::vector<uint32_t> &b) {
  return std::ranges::any_of(a, [&](uint32_t id) { return std::ranges::find(b, id) != b.end(); });
}

} // namespace

/// Where the edges of a projection can begin and end.
struct Network::Impl::Ends {
  connect::Operand sources;
  int64_t firstTarget = 0, lastTarget = -1;
  bool apartFrom(const Ends &other) const { return lastTarget < other.firstTarget || other.lastTarget < firstTarget; }
};

Result<Network::Impl::Ends> Network::Impl::endsOf(uint32_t id) {
  const abi::Projection &p = tables.projections[id];
  const abi::Group &group = tables.groups[p.group];
  Result<connect::Operand> from = operand(group.sources[p.sourcePart], p.name), to = operand(group.targets[p.targetPart], p.name);
  if (!from.ok() || !to.ok())
    return from.ok() ? to.error() : from.error();
  Ends ends{std::move(from.value()), 0, to.value().populationCells - 1};
  if (const std::vector<int64_t> &cells = to.value().cells; !to.value().all && !cells.empty()) {
    ends.firstTarget = *std::ranges::min_element(cells);
    ends.lastTarget = *std::ranges::max_element(cells);
  }
  return ends;
}

/// Whether command `later` may be carried out as early as command `earlier`: what came between them, and still does, has nothing to
/// do with its targets. `places`: by command, where it is carried out now.
bool Network::Impl::mayMoveUp(size_t later, size_t earlier, std::span<const Ends> ends, std::span<const size_t> places) const {
  const abi::Command &moved = tables.step[later];
  const abi::KernelInfo &mine = tables.kernels[moved.kernel];
  const auto passes = [&](const abi::Command &c) {
    if (c.kind != abi::CommandKind::Arrivals || tables.kernels[c.kernel].space != abi::Space::RowEdges)
      return false;
    const abi::KernelInfo &other = tables.kernels[c.kernel];
    const bool sameTargets = tables.projections[c.object].target == tables.projections[moved.object].target;
    return (sameTargets && ends[c.object].apartFrom(ends[moved.object])) ||
           (!meet(other.stores, mine.loads) && !meet(other.stores, mine.stores) && !meet(other.loads, mine.stores));
  };
  for (size_t k = earlier; k < later; ++k)
    if (places[k] >= earlier && !passes(tables.step[k]))
      return false;
  return true;
}

bool Network::Impl::mayBundle(uint32_t id) const {
  const ProjectionState &p = projections[id];
  return tables.projections[id].alike != abi::none && p.table.edges() > 0 &&
         p.table.edges() < shortSegment(settings.device) * static_cast<int64_t>(p.segments.list.size());
}

/// Each projection joins the first bundle that it may; their order in the step stays as it is where they have targets in common.
std::vector<EdgeBundle> Network::Impl::chooseBundles(std::span<const Ends> ends) const {
  std::vector<EdgeBundle> made;
  std::vector<size_t> first; // by bundle: the command of its leader
  std::vector<size_t> places(tables.step.size());
  std::iota(places.begin(), places.end(), size_t{0});
  for (size_t k = 0; k < tables.step.size(); ++k) {
    const abi::Command &c = tables.step[k];
    if (c.kind != abi::CommandKind::Arrivals || !mayBundle(c.object))
      continue;
    const auto joins = [&](size_t bundle) {
      const std::vector<uint32_t> &members = made[bundle].members;
      return tables.projections[members[0]].alike == tables.projections[c.object].alike &&
             sameCells(ends[members[0]].sources, ends[c.object].sources) &&
             std::ranges::all_of(members, [&](uint32_t m) { return ends[m].apartFrom(ends[c.object]); }) && mayMoveUp(k, first[bundle], ends, places);
    };
    const auto all = std::views::iota(size_t{0}, made.size());
    if (const auto found = std::ranges::find_if(all, joins); found != all.end()) {
      made[*found].members.push_back(c.object);
      places[k] = first[*found];
    } else {
      made.emplace_back().leader = c.object;
      made.back().members = {c.object};
      first.push_back(k);
    }
  }
  return made;
}

/// Decides which projections go together.
Status Network::Impl::findBundles() {
  const auto all = std::views::iota(uint32_t{0}, static_cast<uint32_t>(projections.size()));
  if (std::ranges::count_if(all, [&](uint32_t id) { return mayBundle(id); }) < 2)
    return {};
  std::vector<Ends> ends(projections.size());
  for (uint32_t id : all) {
    Result<Ends> found = endsOf(id);
    if (!found.ok())
      return found.error();
    ends[id] = std::move(found.value());
  }
  for (EdgeBundle &bundle : chooseBundles(ends)) {
    if (bundle.members.size() < 2)
      continue;
    std::ranges::sort(bundle.members, {}, [&](uint32_t id) { return ends[id].firstTarget; });
    for (uint32_t id : bundle.members) {
      bundle.firstTargets.push_back(ends[id].firstTarget);
      bundle.buffers.push_back(abi::edgeBuffersOf(tables, id));
    }
    bundle.leaderBuffers = abi::edgeBuffersOf(tables, bundle.leader);
    bundles.push_back(std::move(bundle));
  }
  return {};
}

namespace {

/// Values of `bytes` bytes an edge: from the arrays of the parts into that of the bundle, or back. Pages that were read are given
/// back at once, so that no more memory is needed.
void moveEdges(const connect::Bundle &rows, const connect::EdgeTable &whole, exec::ThreadPool &pool, size_t bytes, bool together,
               const std::vector<char *> &own, char *all) {
  const auto pieces = connect::piecesOfRows(whole);
  pool.run(static_cast<int>(pieces.size()), [&](int k) {
    const auto [from, to] = pieces[static_cast<size_t>(k)];
    rows.eachPiece(from, to, whole.rowBegin[static_cast<size_t>(from)], [&](const connect::Bundle::Piece &piece, int64_t, int32_t) {
      char *part = own[piece.part] + static_cast<size_t>(piece.own) * bytes, *place = all + static_cast<size_t>(piece.whole) * bytes;
      std::memcpy(together ? place : part, together ? part : place, static_cast<size_t>(piece.count) * bytes);
    });
    if (!together)
      giveBack(all + static_cast<size_t>(whole.rowBegin[static_cast<size_t>(from)]) * bytes, all + static_cast<size_t>(whole.rowBegin[static_cast<size_t>(to)]) * bytes);
    for (size_t part = 0; together && part < own.size(); ++part)
      giveBack(own[part] + static_cast<size_t>(rows.firstEdge(part, from)) * bytes, own[part] + static_cast<size_t>(rows.firstEdge(part, to)) * bytes);
  });
}

char *bytesOf(const connect::TargetList &list) {
  return const_cast<char *>(list.shortData() ? reinterpret_cast<const char *>(list.shortData()) : reinterpret_cast<const char *>(list.longData()));
}

} // namespace

/// The rows of the members, while the leader has its own.
connect::Bundle Network::Impl::rowsOf(const EdgeBundle &bundle) const {
  std::vector<connect::Bundle::Part> parts;
  for (uint32_t id : bundle.members)
    parts.push_back({&projections[id].table.rowBegin, &projections[id].segments});
  return connect::Bundle(std::move(parts));
}

void Network::Impl::giveBuffer(uint32_t id, Block block, int64_t count) {
  buffers[id].block = std::move(block);
  buffers[id].count = count;
  pointers[id] = buffers[id].block.data();
}

Block Network::Impl::roomFor(uint32_t buffer, int64_t edges) const {
  Block room(static_cast<size_t>(padded(edges)) * elemSize(buffers[buffer].elem));
  if (!room.data())
    throw std::bad_alloc();
  return room;
}

/// All memory is asked for before anything is moved: without it the edges stay where they are.
void Network::Impl::moveTogether(EdgeBundle &bundle) {
  const connect::Bundle rows = rowsOf(bundle);
  const connect::EdgeTable &any = projections[bundle.leader].table;
  connect::EdgeTable whole{any.sources, any.targets, false, 0, {}, {}};
  connect::DelaySegments segments;
  rows.layOut(whole.rowBegin, segments);
  whole.target = connect::TargetList(whole.targets, whole.edges());
  const std::vector<uint32_t> &leaders = bundle.leaderBuffers;
  std::vector<Block> all;
  for (uint32_t id : leaders)
    all.push_back(roomFor(id, whole.edges()));
  std::vector<char *> own;
  for (uint32_t id : bundle.members)
    own.push_back(bytesOf(projections[id].table.target));
  moveEdges(rows, whole, pool, static_cast<size_t>(connect::TargetList::bytesPerEdge(whole.targets)), true, own, bytesOf(whole.target));
  for (uint32_t id : bundle.members)
    projections[id].table.target = {};
  for (size_t k = 0; k < leaders.size(); ++k) {
    own.clear();
    for (const std::vector<uint32_t> &member : bundle.buffers)
      own.push_back(static_cast<char *>(pointers[member[k]]));
    moveEdges(rows, whole, pool, elemSize(buffers[leaders[k]].elem), true, own, static_cast<char *>(all[k].data()));
    for (const std::vector<uint32_t> &member : bundle.buffers)
      giveBuffer(member[k], {}, 0);
    giveBuffer(leaders[k], std::move(all[k]), whole.edges());
  }
  for (uint32_t id : bundle.members)
    projections[id].segments = {};
  ProjectionState &leader = projections[bundle.leader];
  bundle.table = std::exchange(leader.table, std::move(whole));
  leader.segments = std::move(segments);
}

/// Here, too, all memory is asked for first.
void Network::Impl::moveApart(EdgeBundle &bundle) {
  ProjectionState &leader = projections[bundle.leader];
  std::vector<connect::DelaySegments> segments = connect::segmentsOfParts(leader.table, leader.segments, bundle.firstTargets);
  std::vector<connect::TargetList> targets;
  std::vector<std::vector<Block>> rooms;
  std::vector<int64_t> edges;
  for (size_t m = 0; m < bundle.members.size(); ++m) {
    const connect::EdgeTable &rows = bundle.members[m] == bundle.leader ? bundle.table : projections[bundle.members[m]].table;
    edges.push_back(rows.edges());
    targets.emplace_back(rows.targets, edges[m]);
    std::vector<Block> &room = rooms.emplace_back();
    for (uint32_t buffer : bundle.buffers[m])
      room.push_back(roomFor(buffer, edges[m]));
  }
  const connect::EdgeTable whole = std::exchange(leader.table, std::move(bundle.table));
  std::vector<char *> own;
  for (size_t m = 0; m < bundle.members.size(); ++m) {
    ProjectionState &member = projections[bundle.members[m]];
    member.segments = std::move(segments[m]);
    member.table.target = std::move(targets[m]);
    own.push_back(bytesOf(member.table.target));
  }
  const connect::Bundle rows = rowsOf(bundle);
  moveEdges(rows, whole, pool, static_cast<size_t>(connect::TargetList::bytesPerEdge(whole.targets)), false, own, bytesOf(whole.target));
  for (size_t k = 0; k < bundle.leaderBuffers.size(); ++k) {
    const Block all = std::move(buffers[bundle.leaderBuffers[k]].block);
    own.clear();
    for (size_t m = 0; m < bundle.members.size(); ++m) {
      giveBuffer(bundle.buffers[m][k], std::move(rooms[m][k]), edges[m]);
      own.push_back(static_cast<char *>(pointers[bundle.buffers[m][k]]));
    }
    moveEdges(rows, whole, pool, elemSize(buffers[bundle.leaderBuffers[k]].elem), false, own, static_cast<char *>(all.data()));
  }
}

/// What the step knows of rows is looked for again.
void Network::Impl::forgetRows(const EdgeBundle &bundle) {
  for (uint32_t id : bundle.members) {
    ProjectionState &p = projections[id];
    p.away = bundle.together && id != bundle.leader;
    p.scheduledFor = p.arrivingStep = -1;
    makeView(id);
  }
  shortestDelay = -1;
}

/// What is still to be checked is looked at where the edges are then.
void Network::Impl::checkLeader(const EdgeBundle &bundle) {
  for (const std::vector<uint32_t> &member : bundle.buffers)
    for (size_t k = 0; k < member.size(); ++k)
      if (std::ranges::find(checkedNext, member[k]) != checkedNext.end())
        checkedNext.push_back(bundle.leaderBuffers[k]);
}

/// False if there is no memory for it: then they stay apart.
bool Network::Impl::putTogether(EdgeBundle &bundle) {
  if (bundle.together)
    return true;
  try {
    moveTogether(bundle);
  } catch (const std::bad_alloc &) {
    return false;
  }
  bundle.together = true;
  checkLeader(bundle);
  forgetRows(bundle);
  return true;
}

void Network::Impl::takeApart(EdgeBundle &bundle) {
  if (!bundle.together)
    return;
  moveApart(bundle);
  bundle.together = false;
  stepsApart = 0;
  forgetRows(bundle);
}

/// What there is no memory for is no bundle any more.
void Network::Impl::putAllTogether() {
  std::erase_if(bundles, [&](EdgeBundle &bundle) { return !putTogether(bundle); });
}

/// Before a run of `steps` steps.
void Network::Impl::bundleBefore(int64_t steps) {
  if (!std::ranges::all_of(bundles, &EdgeBundle::together) && (stepsApart += steps) >= leastSteps)
    putAllTogether();
}

EdgeBundle *Network::Impl::bundleOf(uint32_t projection) {
  const auto has = [&](const EdgeBundle &bundle) { return std::ranges::find(bundle.members, projection) != bundle.members.end(); };
  const auto found = std::ranges::find_if(bundles, has);
  return found != bundles.end() ? &*found : nullptr;
}

/// The projection among whose edges those of `id` are while the network runs.
uint32_t Network::Impl::leaderOf(uint32_t id) {
  const EdgeBundle *bundle = bundleOf(id);
  return bundle ? bundle->leader : id;
}

/// How many projections what arrives is over.
size_t Network::Impl::projectionsOf(const abi::Command &command) const {
  const auto found = std::ranges::find(bundles, command.object, &EdgeBundle::leader);
  return command.kind == abi::CommandKind::Arrivals && found != bundles.end() ? found->members.size() : 1;
}

/// The rows of a projection alone.
const std::vector<int64_t> &Network::Impl::ownRows(uint32_t id) const {
  const auto found = std::ranges::find(bundles, id, &EdgeBundle::leader);
  return found != bundles.end() && found->together ? found->table.rowBegin : projections[id].table.rowBegin;
}

void Network::Impl::unbundleEdges() {
  for (EdgeBundle &bundle : bundles)
    takeApart(bundle);
}

void Network::Impl::unbundleEdges(uint32_t projection) {
  if (EdgeBundle *bundle = bundleOf(projection))
    takeApart(*bundle);
}

} // namespace snn::rt
