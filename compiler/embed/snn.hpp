// snn.hpp: the embedding API for C++20, in this header alone, over snn.h. Handles free themselves,
// memory of the simulation is seen as std::span, errors are values; nothing is thrown.
//
//   auto program = snn::Program::fromFile("model.snn");
//   if (!program)
//     return complain(program.error().message());
//   auto session = program->session("train", {"--n-train=100"});
//
// Values are in canonical units (ms, mV, pA, nS, pF, GOhm, um, mM); paths are explained in snn.h.
#pragma once

#include "snn.h"

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace snn {

struct Diagnostic {
  std::string code, message, help, file;
  bool warning = false;
  uint32_t line = 0, column = 0, endLine = 0, endColumn = 0; ///< from 1; 0: no place
};

class Error {
public:
  Error() = default;
  Error(snn_code c, std::string m) : number(c), text(std::move(m)) {}
  /// Takes the C API's error and frees it.
  explicit Error(snn_error *error) {
    if (!error)
      return;
    number = snn_error_code(error);
    text = snn_error_message(error);
    snn_diagnostic d = {};
    d.size = sizeof d;
    for (size_t k = 0; snn_error_diagnostic(error, k, &d); ++k)
      list.push_back({d.code, d.message, d.help, d.file, d.warning != 0, d.line, d.column,
                      d.end_line, d.end_column});
    snn_error_free(error);
  }
  snn_code code() const { return number; }
  const std::string &message() const { return text; }
  const std::vector<Diagnostic> &diagnostics() const { return list; }

private:
  snn_code number = SNN_INTERNAL;
  std::string text;
  std::vector<Diagnostic> list;
};

/// A value, or an Error. value() of an error ends the program with the message: ask before.
template <class T> class [[nodiscard]] Result {
public:
  Result(T value) : content(std::move(value)) {}
  Result(Error error) : failure(std::move(error)) {}
  explicit operator bool() const { return content.has_value(); }
  const Error &error() const { return failure; }
  T &value() & {
    mustBe();
    return *content;
  }
  /// Of a result that nobody keeps: for (double x : session.read("cells.V").value()) …
  T value() && {
    mustBe();
    return std::move(*content);
  }
  T *operator->() { return &value(); }
  T &operator*() & { return value(); }

private:
  std::optional<T> content;
  Error failure;

  void mustBe() const {
    if (content)
      return;
    std::fprintf(stderr, "%s\n", failure.message().c_str());
    std::abort();
  }
};

/// Success, or an Error.
class [[nodiscard]] Status {
public:
  Status() = default;
  Status(Error error) : failure(std::move(error)) {}
  explicit operator bool() const { return !failure; }
  const Error &error() const { return *failure; }

private:
  std::optional<Error> failure;
};

struct Option {
  std::string name, flag, help, unit, initialText;
  snn_type type = SNN_FLOAT64;
  double initial = 0; ///< in `unit`
};
struct Param {
  std::string path, unit;
  double unitScale = 1;
  snn_type type = SNN_FLOAT64;
};
struct Variable {
  std::string name, path, unit;
  double unitScale = 1;
  snn_kind kind = SNN_STATE;
  bool uniform = false;
};
/// A population or a projection.
struct Group {
  std::string name, model, rule;
  int64_t elements = -1;            ///< cells or edges; -1: not built
  int64_t source = -1, target = -1; ///< of projections
  std::vector<Variable> variables;
};

/// What a program or a session consists of.
struct Network {
  std::vector<Group> populations, projections;
  std::vector<Variable> variables; ///< params and signals of the network itself

  static Network of(const snn_network *network);
};

class Session {
public:
  using OnSpikes = std::function<void(double ms, std::span<const int32_t> cells)>;
  using OnSample = std::function<void(double ms, std::span<const double> values)>;
  using OnPrint = std::function<void(std::string_view text)>;

  explicit Session(snn_session *session) : handle(session) {}
  /// For what this header does not wrap.
  snn_session *get() const { return handle.get(); }

  // ---- time
  Status runExperiment() {
    return status([&](snn_error **e) { return snn_session_run_experiment(get(), e); });
  }
  bool finished() const { return snn_session_finished(get()) != 0; }
  Status run(double ms) {
    return status([&](snn_error **e) { return snn_session_run(get(), ms, e); });
  }
  Status step(int64_t steps = 1) {
    return status([&](snn_error **e) { return snn_session_step(get(), steps, e); });
  }
  /// From callbacks or another thread.
  void stop() { snn_session_stop(get()); }
  Status close() {
    return status([&](snn_error **e) { return snn_session_close(get(), e); });
  }
  double time() const { return snn_session_time(get()); } ///< ms
  double dt() const { return snn_session_dt(get()); }     ///< ms

  // ---- what there is
  Network network() const { return Network::of(snn_session_network(get())); }
  std::string notes() const { return snn_session_notes(get()); }

  // ---- values
  /// Memory of the simulation itself, until the session is freed. T: float or double by the
  /// session's precision for reals, int64_t for integers and counts, uint8_t for bools; another one
  /// is an error.
  template <class T> Result<std::span<T>> view(const std::string &path) {
    snn_view found = {};
    found.size = sizeof found;
    snn_error *error = nullptr;
    if (!snn_session_view(get(), path.c_str(), &found, &error))
      return Error(error);
    if (found.type != typeOf<std::remove_const_t<T>>())
      return Error(SNN_USAGE, path + " has elements of another type");
    return std::span<T>(static_cast<T *>(found.data), static_cast<size_t>(found.count));
  }
  /// After writing data of an encoder through a view.
  Status changed(const std::string &path) {
    return status([&](snn_error **e) { return snn_session_changed(get(), path.c_str(), e); });
  }
  /// A copy: one number for a uniform variable, otherwise one for each element.
  Result<std::vector<double>> read(const std::string &path) {
    const int64_t count = snn_session_count(get(), path.c_str());
    std::vector<double> values(count < 0 ? 0 : static_cast<size_t>(count));
    snn_error *error = nullptr;
    if (!snn_session_read(get(), path.c_str(), values.data(), values.size(), &error))
      return Error(error);
    return values;
  }
  Status write(const std::string &path, std::span<const double> values) {
    return status([&](snn_error **e) {
      return snn_session_write(get(), path.c_str(), values.data(), values.size(), e);
    });
  }
  /// The same value for all elements.
  Status write(const std::string &path, double value) {
    return write(path, std::span<const double>(&value, 1));
  }

  // ---- callbacks
  Status onSpikes(const std::string &population, OnSpikes call) {
    OnSpikes &kept = *calls->spikes.emplace_back(std::make_unique<OnSpikes>(std::move(call)));
    const auto pass = [](void *user, double ms, const int32_t *cells, size_t count) {
      (*static_cast<OnSpikes *>(user))(ms, {cells, count});
    };
    return status([&](snn_error **e) {
      return snn_session_on_spikes(get(), population.c_str(), pass, &kept, e);
    });
  }
  Status onSample(const std::string &path, double every, OnSample call) {
    OnSample *kept = keep(std::move(call));
    return status([&](snn_error **e) {
      return snn_session_on_sample(get(), path.c_str(), every, passSample, kept, e);
    });
  }
  Status onRecord(const std::string &name, OnSample call) {
    OnSample *kept = keep(std::move(call));
    return status([&](snn_error **e) {
      return snn_session_on_record(get(), name.c_str(), passSample, kept, e);
    });
  }
  void onPrint(OnPrint call) {
    calls->print = std::move(call);
    const auto pass = [](void *user, const char *text, size_t length) {
      (*static_cast<OnPrint *>(user))({text, length});
    };
    snn_session_on_print(get(), calls->print ? +pass : nullptr, &calls->print);
  }

private:
  struct Free {
    void operator()(snn_session *session) const { snn_session_free(session); }
  };
  /// At addresses that stay when the session moves; freed after it.
  struct Calls {
    std::vector<std::unique_ptr<OnSpikes>> spikes;
    std::vector<std::unique_ptr<OnSample>> samples;
    OnPrint print;
  };
  std::unique_ptr<Calls> calls = std::make_unique<Calls>();
  std::unique_ptr<snn_session, Free> handle;

  template <class C> static Status status(C &&call) {
    snn_error *error = nullptr;
    if (call(&error))
      return {};
    return Error(error);
  }
  template <class T> static constexpr snn_type typeOf() {
    if constexpr (std::is_same_v<T, float>)
      return SNN_FLOAT32;
    else if constexpr (std::is_same_v<T, double>)
      return SNN_FLOAT64;
    else if constexpr (std::is_same_v<T, int32_t>)
      return SNN_INT32;
    else if constexpr (std::is_same_v<T, int64_t>)
      return SNN_INT64;
    else {
      static_assert(std::is_same_v<T, uint8_t>,
                    "views are of float, double, int32_t, int64_t or uint8_t");
      return SNN_UINT8;
    }
  }
  OnSample *keep(OnSample call) {
    return calls->samples.emplace_back(std::make_unique<OnSample>(std::move(call))).get();
  }
  static void passSample(void *user, double ms, const double *values, size_t count) {
    (*static_cast<OnSample *>(user))(ms, {values, count});
  }
};

class Program {
public:
  static Result<Program> fromFile(const std::string &path) {
    return made([&](snn_error **error) { return snn_compile_file(path.c_str(), error); });
  }
  /// `name` stands for the file's path in messages and for its folder in look-ups.
  static Result<Program> fromText(const std::string &name, const std::string &text) {
    return made(
        [&](snn_error **error) { return snn_compile_text(name.c_str(), text.c_str(), error); });
  }
  snn_program *get() const { return handle.get(); }

  std::string warnings() const { return snn_program_warnings(get()); }
  std::vector<std::string> experiments() const {
    std::vector<std::string> names;
    for (size_t k = 0; k < snn_program_experiments(get()); ++k)
      names.emplace_back(snn_program_experiment(get(), k));
    return names;
  }
  std::vector<Option> options(size_t experiment = 0) const {
    std::vector<Option> all;
    snn_option o = {};
    o.size = sizeof o;
    for (size_t k = 0; snn_program_option(get(), experiment, k, &o); ++k)
      all.push_back({o.name, o.flag, o.help, o.unit, o.initial_text, o.type, o.initial});
    return all;
  }
  std::vector<Param> params(size_t experiment = 0) const {
    std::vector<Param> all;
    snn_param p = {};
    p.size = sizeof p;
    for (size_t k = 0; snn_program_param(get(), experiment, k, &p); ++k)
      all.push_back({p.path, p.unit, p.unit_scale, p.type});
    return all;
  }
  Network network(size_t experiment = 0) const {
    return Network::of(snn_program_network(get(), experiment));
  }

  /// Of the only experiment.
  Result<Session> session(const std::vector<std::string> &flags = {}) const {
    return start(nullptr, flags);
  }
  Result<Session> session(const std::string &experiment,
                          const std::vector<std::string> &flags) const {
    return start(experiment.c_str(), flags);
  }

private:
  struct Free {
    void operator()(snn_program *program) const { snn_program_free(program); }
  };
  std::unique_ptr<snn_program, Free> handle;

  explicit Program(snn_program *program) : handle(program) {}
  template <class C> static Result<Program> made(C &&compile) {
    snn_error *error = nullptr;
    if (snn_program *program = compile(&error))
      return Program(program);
    return Error(error);
  }
  Result<Session> start(const char *experiment, const std::vector<std::string> &flags) const {
    std::vector<const char *> raw;
    for (const std::string &flag : flags)
      raw.push_back(flag.c_str());
    snn_error *error = nullptr;
    snn_session *session = snn_session_create(get(), experiment, raw.data(), raw.size(), &error);
    if (!session)
      return Error(error);
    return Session(session);
  }
};

inline Network Network::of(const snn_network *network) {
  Network out;
  if (!network)
    return out;
  snn_variable v = {};
  v.size = sizeof v;
  const auto variable = [&] {
    return Variable{v.name, v.path, v.unit, v.unit_scale, v.kind, v.uniform != 0};
  };
  snn_group g = {};
  g.size = sizeof g;
  const auto group = [&] {
    return Group{g.name, g.model, g.rule, g.elements, g.source, g.target, {}};
  };
  for (size_t p = 0; snn_network_population(network, p, &g); ++p) {
    out.populations.push_back(group());
    for (size_t k = 0; snn_network_population_variable(network, p, k, &v); ++k)
      out.populations.back().variables.push_back(variable());
  }
  for (size_t p = 0; snn_network_projection(network, p, &g); ++p) {
    out.projections.push_back(group());
    for (size_t k = 0; snn_network_projection_variable(network, p, k, &v); ++k)
      out.projections.back().variables.push_back(variable());
  }
  for (size_t k = 0; snn_network_variable(network, k, &v); ++k)
    out.variables.push_back(variable());
  return out;
}

} // namespace snn
