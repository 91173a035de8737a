// Runs the cells of a sweep and hands on, in order, what they leave.
#include "runtime/core/Sweep.h"

#include "runtime/core/FloatMode.h"
#include "runtime/core/Progress.h"
#include "runtime/core/SweepFile.h"
#include "runtime/exec/ThreadPool.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fmt/format.h>
#include <iterator>
#include <system_error>
#include <thread>

namespace snn::rt {

namespace {

constexpr size_t mostReported = 8; ///< cells of which the report shows the figures

} // namespace

Sweep::Sweep(const snn_model &m, std::shared_ptr<const abi::Image> i, size_t p, SessionOptions o)
    : model(m), image(std::move(i)), program(p), given(std::move(o)) {}
Sweep::~Sweep() = default;

Error Sweep::named(size_t cell, const Error &error) const {
  return {error.code, fmt::format("in the cell {} of the sweep: {}", grid.describe(cell), error.message)};
}

Result<std::unique_ptr<Sweep>> Sweep::create(const snn_model &model, std::shared_ptr<const abi::Image> image, size_t program,
                                             SessionOptions options) {
  std::unique_ptr<Sweep> sweep(new Sweep(model, std::move(image), program, std::move(options)));
  if (Status s = sweep->prepare(); !s.ok())
    return s.error();
  sweep->progress = std::make_unique<Progress>(Progress::forStandardError(sweep->given.quiet));
  if (Status s = sweep->openRecording(); !s.ok())
    return s.error();
  return sweep;
}

Status planProgram(std::shared_ptr<const abi::Image> image, size_t program, SessionOptions options, RunPlan &out) {
  if (image->programs[program].host.sweeps.empty())
    return Session::plan(std::move(image), program, std::move(options), out);
  const snn_model none{};
  Sweep sweep(none, std::move(image), program, std::move(options));
  const Status planned = sweep.prepare();
  out = std::move(sweep.largest);
  return planned;
}

Status Sweep::prepare() {
  if (!given.checkpoint.empty() || !given.resume.empty())
    return Error{ExitCode::usage, fmt::format("{} sweeps {}: a sweep has no checkpoints, so that it can be neither written to one nor resumed",
                                              host().name, host().sweeps[0].name)};
  if (given.output.empty())
    given.output = given.outputDefault;
  Result<std::unique_ptr<Session>> made = Session::frame(image, program, given);
  if (!made.ok())
    return made.error();
  frame = std::move(made.value());
  Result<SweepGrid> axes = SweepGrid::create(*frame);
  if (!axes.ok())
    return axes.error();
  grid = std::move(axes.value());
  grid.bind(0, given); // `set` may depend on what is swept
  if (made = Session::frame(image, program, given); !made.ok())
    return made.error();
  frame = std::move(made.value());
  if (Status s = frame->configureSettings(); !s.ok())
    return named(0, s.error());
  cells = std::vector<Cell>(grid.cells());
  gathered.resize(host().gathered.size());
  return planCells();
}

/// What cannot be built is found before hours are spent on the others.
Status Sweep::planCells() {
  for (size_t k = 0; k < cells.size(); ++k) {
    RunPlan plan;
    const Status planned = Session::plan(image, program, optionsOf(k, 1), plan);
    cells[k].bytes = plan.memory.total();
    oneSeed &= plan.settings.seed == frame->runSettings().seed;
    if (k == 0 || !planned.ok() || cells[k].bytes > largest.memory.total()) {
      largest = std::move(plan);
      largest.cell = grid.describe(k);
    }
    if (!planned.ok())
      return named(k, planned.error());
  }
  available = largest.available;
  return {};
}

Status Sweep::openRecording() {
  if (!given.record || host().records.empty() || given.output.empty())
    return {};
  if (Status s = frame->outputIsNotRead(); !s.ok())
    return s;
  RecordingHeader header = frame->header(grid.options());
  if (!oneSeed)
    header.seed.reset();
  Result<std::unique_ptr<SweepFile>> opened = SweepFile::create(header, grid);
  if (!opened.ok())
    return opened.error();
  file = std::move(opened.value());
  return {};
}

/// The frame's, with the cell's values; what it prints and records comes to us, and it writes nothing itself.
SessionOptions Sweep::optionsOf(size_t cell, int threads) {
  SessionOptions options = given;
  grid.bind(cell, options);
  options.threads = threads;
  options.record = false;
  options.quiet = true;
  options.printer = [this, cell](std::string_view text) { say(cell, false, text); };
  options.notes = [this, cell](std::string_view text) { say(cell, true, text); };
  options.sinks.clear();
  if (cells[cell].spool)
    options.sinks.push_back(cells[cell].spool.get());
  return options;
}

Status Sweep::run() {
  const int cores = frame->runSettings().threads > 0 ? frame->runSettings().threads : exec::availableCores();
  // A device is given to one cell after the other, and times are measured of one alone.
  const bool alone = given.device == DeviceKind::Cuda || given.profile;
  const int side = alone ? 1 : static_cast<int>(std::min<size_t>(static_cast<size_t>(cores), cells.size()));
  const int threads = std::max(1, cores / side);
  std::vector<std::thread> others;
  try {
    for (int k = 1; k < side; ++k)
      others.emplace_back([this, threads] { work(threads); });
  } catch (const std::system_error &) { // as many as the system gives
  }
  work(threads);
  for (std::thread &thread : others)
    thread.join();
  progress->finish();
  if (failure.ok() && stopped.empty() && turn < cells.size())
    stopped = fmt::format("before the cell {} of the sweep, the {}. of {}", grid.describe(turn), turn + 1, cells.size());
  if (failure.ok() && stopped.empty() && host().after != abi::hostNone)
    failure = after();
  const Status closed = close();
  return failure.ok() ? closed : failure;
}

/// Also after an error: what was recorded can be read.
Status Sweep::close() {
  Status first = file ? file->close() : Status();
  if (given.record && !given.output.empty() && !(report.rows.empty() && report.together.empty()))
    if (Status s = writeReport(reportPath(given.output), host().name, report); !s.ok() && first.ok())
      first = s;
  return first;
}

/// Takes the next cell, when there is memory for it: one at a time can always run, others as far as all fit.
bool Sweep::admit(std::unique_lock<std::mutex> &held, size_t &cell) {
  const auto over = [&] { return ending || next >= cells.size() || (outerStop && outerStop->load(std::memory_order_relaxed) != 0); };
  changed.wait(held, [&] { return over() || running == 0 || taken + cells[next].bytes <= available; });
  if (over())
    return false;
  cell = next++;
  ++running;
  taken += cells[cell].bytes;
  return true;
}

void Sweep::work(int threads) {
  std::unique_lock held(lock);
  for (size_t cell = 0; admit(held, cell);) {
    const double bytes = cells[cell].bytes;
    held.unlock();
    Status status;
    try {
      status = runCell(cell, threads);
    } catch (const std::bad_alloc &) {
      status = Error{ExitCode::resources, "no memory is left"};
    } catch (const std::exception &mistake) { // ours: no thread may end by it
      status = Error{ExitCode::internal, mistake.what()};
    }
    held.lock();
    cells[cell].status = std::move(status);
    cells[cell].ended = true;
    --running;
    taken -= bytes;
    handOn();
    changed.notify_all();
  }
}

Status Sweep::runCell(size_t cell, int threads) {
  std::set<uint32_t> kept;
  for (const abi::HostGathered &g : host().gathered)
    if (g.kind == abi::HostGatheredKind::Recorded)
      kept.insert(g.from);
  const size_t slash = given.output.rfind('/');
  if (file || !given.sinks.empty() || !kept.empty() || (given.record && !host().plots.empty()))
    cells[cell].spool = std::make_unique<Spool>(slash == std::string::npos ? "." : given.output.substr(0, slash + 1), kept);
  if (given.profile)
    say(cell, true, fmt::format("the cell {} of the sweep:\n", grid.describe(cell)));
  Result<std::unique_ptr<Session>> made = Session::create(model, image, program, optionsOf(cell, threads));
  if (!made.ok())
    return made.error();
  Session &session = *made.value();
  session.watch(outerStop);
  const auto live = [&](Session *now) {
    const std::lock_guard guard(lock);
    cells[cell].live = now;
    if (now && ending)
      now->stop();
  };
  live(&session);
  const Status ran = session.runExperiment();
  const Status closed = session.close();
  live(nullptr);
  keep(cell, session);
  return ran.ok() ? closed : ran;
}

/// What is needed of a simulation when its turn has come; its network is not.
void Sweep::keep(size_t k, const Session &session) {
  Cell &cell = cells[k];
  cell.finished = session.finished();
  cell.files = session.fileUses();
  cell.shows = given.record && session.plots().anyShown();
  if (cell.shows && k < mostReported)
    for (const Figure &figure : session.plots().all())
      if (figure.shown)
        cell.figures.push_back(figure);
  if (cell.finished)
    for (const abi::HostGathered &from : host().gathered)
      cell.values.push_back(from.kind == abi::HostGatheredKind::Local      ? session.local(from.from)
                            : from.kind == abi::HostGatheredKind::Recorded ? cell.spool->kept(from.from)
                                                                           : host::Value());
}

void Sweep::emit(bool note, const std::string &text) {
  if (note && !given.profile && !notesSaid.insert(text).second)
    return; // cells warn of the same
  progress->clear();
  const auto &to = note ? frame->notes : frame->printer;
  to(text);
}

/// The cell whose turn it is speaks at once, the others wait.
void Sweep::say(size_t cell, bool note, std::string_view text) {
  const std::lock_guard guard(lock);
  if (ending)
    return;
  if (cell == turn)
    emit(note, std::string(text));
  else
    cells[cell].said.emplace_back(note, text);
}

/// Hands on what has ended and whose turn it is. After an error, or where a cell was stopped, the others are not waited for.
void Sweep::handOn() {
  while (!ending && turn < cells.size() && cells[turn].ended) {
    Status handed = hand(turn);
    const bool finished = cells[turn].finished;
    if (!handed.ok())
      failure = named(turn, handed.error());
    else if (!finished)
      stopped = fmt::format("in the cell {} of the sweep, the {}. of {}", grid.describe(turn), turn + 1, cells.size());
    ending = !handed.ok() || !finished;
    cells[turn] = {};
    ++turn;
    progress->turn(this, static_cast<int64_t>(turn), static_cast<int64_t>(cells.size()));
    if (!ending && turn < cells.size()) {
      for (const auto &[note, text] : cells[turn].said)
        emit(note, text);
      cells[turn].said.clear();
    }
  }
  for (Cell &cell : cells)
    if (ending && cell.live)
      cell.live->stop();
}

Status Sweep::hand(size_t k) {
  const Cell &cell = cells[k];
  Status recorded;
  if (file && cell.spool)
    recorded = file->add(k, *cell.spool);
  for (Sink *sink : given.sinks)
    if (recorded.ok() && cell.spool)
      recorded = cell.spool->replay(*sink);
  reportCell(k);
  if (!cell.status.ok())
    return cell.status;
  if (!recorded.ok())
    return recorded;
  if (Status s = compareFiles(k); !s.ok())
    return s;
  return cell.finished ? gather(k) : Status();
}

/// A row of the report's table: what is swept, and the last of what is recorded as single numbers.
void Sweep::reportCell(size_t k) {
  Cell &cell = cells[k];
  if (!cell.shows)
    return;
  const auto unit = [](const std::string &name, const std::string &u) { return u.empty() || u == "1" ? name : name + " (" + u + ")"; };
  std::vector<std::string> head, row = grid.texts(k);
  for (const SweepGrid::Axis &axis : grid.axes())
    head.push_back(axis.sweep->name);
  for (uint32_t key = 0; key < host().records.size(); ++key) {
    const abi::HostRecord &record = host().records[key];
    if (record.kind != abi::HostRecordKind::Value)
      continue;
    const double value = cell.spool->latest(key) / record.unitScale;
    head.push_back(unit(record.name, record.unit));
    row.push_back(std::isnan(value) ? "" : fmt::format("{:.6g}", value));
  }
  report.head = std::move(head);
  report.rows.push_back(std::move(row));
  if (!cell.figures.empty())
    report.cells.push_back({grid.describe(k), std::move(cell.figures)});
}

/// Cells run in any order: none may read what another one writes, nor write the same.
Status Sweep::compareFiles(size_t k) {
  const auto other = [&](const std::map<std::string, size_t> &files, const std::string &path) {
    const auto found = files.find(path);
    return found != files.end() && found->second != k ? &*found : nullptr;
  };
  for (const Session::FileUse &use : cells[k].files) {
    const auto *written = other(writtenBy, use.path), *read = use.written ? other(readBy, use.path) : nullptr;
    if (const auto *there = written ? written : read)
      return Error{ExitCode::model, fmt::format("{}'{}' is {} by the cell {} too, and cells run side by side; put the swept value into the name: \"…{{{}}}…\"",
                                                use.place, use.path, written ? "written" : "read", grid.describe(there->second), grid.axes()[0].sweep->name)};
    (use.written ? writtenBy : readBy).emplace(use.path, k);
  }
  return {};
}

/// Takes over what `after sweep` reads of the cell.
Status Sweep::gather(size_t k) {
  for (size_t n = 0; n < gathered.size(); ++n) {
    const abi::HostGathered &from = host().gathered[n];
    if (from.kind == abi::HostGatheredKind::Axis)
      continue;
    host::Value &value = cells[k].values[n];
    if (!gathered[n].empty() && gathered[n][0].shape() != value.shape())
      return Error{ExitCode::model, fmt::format("`{}` has the shape {} here and {} in the cell {}: `after sweep` cannot read it as one array", from.name,
                                                host::shapeText(value.shape()), host::shapeText(gathered[n][0].shape()), grid.describe(0))};
    gathered[n].push_back(std::move(value));
  }
  return {};
}

Status Sweep::after() {
  std::vector<std::pair<uint32_t, host::Value>> values;
  for (size_t n = 0; n < gathered.size(); ++n) {
    const abi::HostGathered &to = host().gathered[n];
    host::Shape shape = grid.shape();
    std::vector<double> data;
    host::Kind kind = host::Kind::Real;
    if (to.kind == abi::HostGatheredKind::Axis) {
      const SweepGrid::Axis &axis = grid.axes()[to.from];
      kind = axis.sweep->type == abi::HostConstant::Bool ? host::Kind::Bool : axis.sweep->type == abi::HostConstant::Int ? host::Kind::Int : host::Kind::Real;
      shape = {static_cast<int64_t>(axis.values.size())};
      data = axis.values;
    } else {
      const host::Shape inner = gathered[n][0].shape();
      kind = gathered[n][0].kind;
      shape.insert(shape.end(), inner.begin(), inner.end());
      for (const host::Value &v : gathered[n])
        data.insert(data.end(), v.elements(), v.elements() + v.count());
    }
    values.emplace_back(to.to, host::Value::ofArray(kind, std::move(shape), std::move(data)));
  }
  gathered.clear();
  Status done = frame->call(host().after, nullptr, values);
  std::ranges::copy_if(frame->plots().all(), std::back_inserter(report.together), &Figure::shown);
  return done;
}

} // namespace snn::rt
