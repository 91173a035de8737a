// The state of a scheduling run, shared by the files that lay out tables, cells, edges and initial values.
#pragma once

#include "compiler/kernel/schedule/BodyBuilder.h"
#include "compiler/kernel/schedule/Schedule.h"
#include "compiler/model/ir/Expressions.h"
#include "compiler/model/ir/Ports.h"

#include <set>

namespace snn::schedule {

/// Contributions to one port in the order of the projections (LANGUAGE section 10, phase 1).
struct Port {
  uint32_t accumulator = abi::none;
  /// Counted projections (a single constant weight) that come after all others: added where the cells are updated.
  std::vector<std::pair<const model::Projection *, uint32_t>> counted; ///< projection, count buffer
};

class Scheduler final : public Layout {
public:
  Scheduler(model::Program &p, const HostFunction &h, support::Arena &a, diag::Engine &d, ScheduleMap &m)
      : program(p), network(*p.network), host(h), arena(a), build(a), diagnostics(d), map(m) {}
  std::optional<kernel::Program> run();

private:
  model::Program &program;
  model::Network &network;
  const HostFunction &host;
  support::Arena &arena;
  expr::Builder build;
  diag::Engine &diagnostics;
  ScheduleMap &map;
  kernel::Program out;

  std::map<const Var *, uint32_t> buffers, holds, lasts, copies, rates;
  std::map<const Var *, uint32_t> sums; ///< what arrives for a value that is summed per target
  const model::Projection *deferred = nullptr; ///< whose `on post` is being lowered for later
  std::map<const Var *, uint32_t, model::VarOrder> moments; ///< its sources' traces at moments
  struct Kept { const Var *var; expr::Side side; uint32_t buffer; };
  std::map<uint32_t, std::vector<Kept>> kept; ///< by projection: what its log keeps of the targets
  std::map<const Var *, expr::ExprPtr> edgeInputs, ownRates;
  std::map<uint32_t, uint32_t> flagBuffers, spikeSteps, dataSteps;
  std::map<const expr::Reduce *, uint32_t> reductions;
  std::map<std::pair<const void *, size_t>, ArrayPlace> arrays; ///< by expression and number of axes
  std::map<std::pair<uint32_t, const Var *>, DelayLine> delayLines; ///< projection, variable of the source
  std::set<const expr::Reduce *> reducedNow; ///< for edges, in each step at this moment of it
  std::map<const expr::Call *, uint32_t> crossings;
  std::map<std::pair<uint32_t, const Var *>, Port> ports; ///< population, port
  std::map<const model::Projection *, uint32_t> countBuffers; ///< of counted projections
  std::map<std::pair<uint32_t, const Var *>, uint32_t> keptForSource; ///< by projection and port: what each edge adds to its source
  std::map<uint32_t, std::vector<uint32_t>> rings; ///< by population: since when its cells' values are kept
  std::map<uint32_t, std::string> streams;
  std::vector<std::pair<uint32_t, expr::ExprPtr>> computed; ///< scalars that the prepare kernel sets

  // ---- Layout
  uint32_t scalarOf(const Var &var) override;
  uint32_t bufferOf(const Var &var) override;
  uint32_t holdBuffer(const Var &var) override;
  uint32_t flags(uint32_t population) override;
  uint32_t spikeStep(uint32_t population) override;
  uint32_t dataStep(uint32_t population) override;
  uint32_t reduction(const expr::Reduce &reduce) override { return reductions.at(&reduce); }
  uint32_t lastStep(const Var &var) override { return lasts.at(&var); }
  uint32_t refreshed(const Var &var) override;
  uint32_t atMoment(const Var &var) override;
  uint32_t logged(const Var &var, expr::Side side) override;
  uint32_t extent(const model::Population &population, size_t axis) override;
  uint32_t rateScalar(const Var &var) override { return rates.at(&var); }
  expr::ExprPtr rate(const Var &var) override { return ownRates.at(&var); }
  expr::ExprPtr input(const Var &var) override { return edgeInputs.at(&var); }
  const ArrayPlace &array(const expr::Lookup &lookup) override;
  const DelayLine &delayLine(const model::Projection &edges, const Var &ofSource) override { return delayLines.at({edges.id, &ofSource}); }
  uint32_t crossing(const expr::Call &crosses) override { return crossings.at(&crosses); }
  uint32_t stream(const model::Population *cells, const model::Projection *edges, uint32_t site) override;
  uint32_t repeats(const model::Projection &edges) override;
  uint32_t listed(const model::Projection &edges) override;
  void refuse(source::Range range, std::string message) override;

  // ---- Tables.cpp
  uint32_t addBuffer(std::string name, abi::Elem elem, abi::Extent extent, uint32_t object, bool checkpoint = true);
  uint32_t addScalar(std::string name);
  uint32_t computedScalar(std::string name, expr::ExprPtr value);
  uint32_t streamOf(const std::string &name);
  abi::Elem elemOf(const expr::Type &type);
  void layOutNetwork();
  void layOutPopulation(model::Population &p);
  void layOutProjection(model::Projection &p);
  void layOutGroups();
  abi::Variable variable(const Var &var);
  uint32_t arrayFunction(const std::vector<expr::ExprPtr> &items, expr::Base base);
  bool askedOfNumbers(const model::Demand &demand);
  abi::Demand::Operand operandOf(expr::ExprPtr e);
  std::vector<abi::Demand> demandsOf(const model::Dynamics &owner);
  void propagators(const model::Dynamics &owner);
  void prepareKernel();
  std::set<const Var *> wantedLets; ///< read or recorded by the experiment
  void findWantedLets(const model::HostBody &body);

  void checkProcedural();
  void lendRepeats();

  // ---- kernels
  kernel::Kernel &begin(std::string name, abi::Space space, uint32_t object, std::string comment);
  uint32_t end() { return static_cast<uint32_t>(out.kernels.size() - 1); }
  void command(abi::CommandKind kind, uint32_t kernel, uint32_t object);

  // ---- Bodies.cpp
  void body(BodyBuilder &b, const model::Body &statements, ValueId predicate, const std::function<bool(const model::Stmt &)> &wanted,
            const model::Projection *edges = nullptr, size_t ruleFrom = 0);
  void statement(BodyBuilder &b, const model::Stmt &s, ValueId predicate, const model::Projection *edges,
                 const std::function<bool(const model::Stmt &)> &wanted);
  ValueId assigned(BodyBuilder &b, const model::Stmt &s);
  ValueId clamped(BodyBuilder &b, const Var &var, ValueId v);

  // ---- Cells.cpp
  void cells(model::Population &p);
  std::unique_ptr<BodyBuilder> openCells(model::Population &p, std::string_view part, int offset);
  void closeCells(model::Population &p, BodyBuilder &b, uint32_t everyScalar = abi::none);
  void arrivalsInto(model::Population &p, BodyBuilder &b);
  void integrate(model::Population &p, BodyBuilder &b);
  void repeat(BodyBuilder &b, const model::Stmt &s);
  void threshold(model::Population &p, BodyBuilder &b);
  void rememberCrossings(model::Population &p, BodyBuilder &b);
  void updates(model::Population &p, std::unique_ptr<BodyBuilder> &b);
  void countHolds(const model::Population &p, BodyBuilder &b);
  ValueId heldNow(BodyBuilder &b, const Var &var);
  void evaluateLets(model::Population &p);

  // ---- Reductions.cpp
  void flushReductions(model::Population &p, std::unique_ptr<BodyBuilder> &b, const std::vector<expr::ExprPtr> &roots, int offset);
  void reduceForEdges(const model::Projection &p, const model::Body &statements, int offset, uint32_t everyScalar = abi::none);
  void reduceCells(model::Population &p, std::unique_ptr<BodyBuilder> &b, std::vector<const expr::Reduce *> found, int offset,
                   uint32_t everyScalar = abi::none);
  bool madeOfReductions(const model::Projection &p);
  uint32_t groupsOf(uint32_t population, uint32_t axes);
  void reduceCommand(const expr::Reduce &r, uint32_t from, abi::Command shape);
  void edgeReductions(model::Projection &p, const model::Body &body, abi::Command shape, int offset);
  void reduceEdges(model::Projection &p, const expr::Reduce &r, abi::Command shape, int offset, bool delayed = false);

  // ---- Edges.cpp
  void ports_();
  bool counted(const model::Projection &p) const;
  void arrivals(model::Projection &p);
  void departures(model::Projection &p);
  void going(abi::PostWay way, const std::function<void()> &make);
  std::vector<abi::Command> apart(const std::function<void()> &make);
  void reductionsOf(model::Projection &p, const model::Body &statements, const abi::Command &shape, int offset);
  void columns(model::Projection &p);
  void ofEachEdge(model::Projection &p, kernel::Kernel &k, const Frame &frame, const model::Body &statements, size_t ruleFrom,
                  const std::function<bool(const model::Stmt &)> &wanted = {});
  void edgeUpdates(model::Projection &p);
  void couplings(model::Projection &p);
  bool keepForLater(model::Projection &p, const model::Body &statements);
  void keepForLater(model::Projection &p, const Var &var);
  void coupling(model::Projection &p, const model::Body &statements, bool perTarget);
  void sourceCoupling(model::Projection &p, const model::Stmt &s);
  uint32_t forSource(const model::Projection &p, const Var &port);
  void sumIntoSources(model::Projection &p, const model::Body &statements, abi::Command shape);
  void addToSources(model::Projection &p, const Var &port, uint32_t sums, bool minus, abi::Command shape);
  void addSums(model::Projection &p);

  // ---- EdgeEquations.cpp
  void integrateEdges(model::Projection &p);
  void integrateEdges(model::Projection &p, const model::Body &statements, model::Storage where);

  // ---- Edges.cpp
  void refresh(model::Projection &p, bool arriving);
  void eventCells(model::Projection &p, bool pre);
  void foldCounts(model::Projection &p, uint32_t counts, uint32_t accumulator);
  kernel::ValueId plusCounted(BodyBuilder &b, const model::Projection &p, uint32_t counts, kernel::ValueId sum);
  void storeEdges(model::Projection &p, BodyBuilder &b, const std::function<bool(const Var &)> &which);
  void evaluateEdgeVariables(model::Projection &p);
  bool readsFar(const model::Projection &p, bool pre, const Var &var) const;

  // ---- Replay.cpp
  void replay(model::Projection &p);
  void momentKernel(model::Projection &p, const Var &var, uint32_t to);
  void log(model::Projection &p);

  // ---- Init.cpp
  struct InitialValues;
  void initialValues(std::deque<Var> &vars, const InitialValues &how, std::vector<uint32_t> &kernels);
  void initPopulation(model::Population &p);
  void initProjection(model::Projection &p);
  void pairKernels(model::Projection &p);
};

/// The reductions that an expression reads, itself or through lets; those that another one reads come before it.
void reductionsIn(expr::ExprPtr e, std::vector<const expr::Reduce *> &found);
/// Whether a body assigns the variable.
bool assigns(const model::Body &body, const Var &var);

} // namespace snn::schedule
