/* snn.h: compile and run spiking networks inside another program. Plain C with a stable ABI:
 * handles are opaque, structures are filled by the library and only grow at their end; the caller
 * sets their `size` first, as in
 *
 *   snn_variable v = {0};
 *   v.size = sizeof v;
 *   if (snn_network_population_variable(network, 0, 0, &v)) ...
 *
 * Errors are values: a function that can fail returns 0 or null and puts an error that the caller
 * frees where its argument `error` points to, unless that is null; after success there is null.
 * Handles given to functions must not be null, except to the free functions.
 *
 * Texts are UTF-8 and live as long as the handle that they were asked from. Programs may be used by
 * several threads at once and freed before their sessions; different sessions by different threads,
 * one session by one thread at a time.
 *
 * The host's floating-point mode (rounding, flush to zero) changes no result and is left as it was;
 * callbacks run in the default mode. The library installs no signal handlers and never ends the
 * process because of a model. */
#ifndef SNN_H
#define SNN_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define SNN_API __attribute__((visibility("default")))
#else
#define SNN_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define SNN_API_MAJOR 1
#define SNN_API_MINOR 0

typedef struct snn_error snn_error;
typedef struct snn_program snn_program; /* a compiled model file */
typedef struct snn_session snn_session; /* one simulation of it */
typedef struct snn_network snn_network; /* what a program or a session consists of, for listing */

/* "0.1.0" */
SNN_API const char *snn_version(void);

/* ---- errors ---- */

/* The same numbers as the exit codes of snnc and of finished binaries. */
typedef enum snn_code {
  SNN_OK = 0,
  SNN_MODEL = 1,      /* errors in the model, with the diagnostics of snnc */
  SNN_USAGE = 2,      /* unknown flag, name or unit; a call at the wrong time */
  SNN_ASSERTION = 3,  /* an `assert` of the experiment failed */
  SNN_DIVERGENCE = 4, /* NaN or infinity in a state */
  SNN_RESOURCES = 5,  /* memory predicted or hit */
  SNN_IO = 6,
  SNN_BAD_DATA = 7,
  SNN_INTERNAL = 70 /* a mistake of this library */
} snn_code;

SNN_API snn_code snn_error_code(const snn_error *error);
/* What snnc prints: errors of a model with the source line and the range marked, several after each
 * other. */
SNN_API const char *snn_error_message(const snn_error *error);
SNN_API void snn_error_free(snn_error *error);

typedef struct snn_diagnostic {
  size_t size;
  const char *code;              /* "E0201": see snnc explain E0201 */
  int32_t warning;               /* 1: a warning, 0: an error */
  const char *message;           /* without place */
  const char *help;              /* how to mend it, or "" */
  const char *file;              /* or "" if it has no place */
  uint32_t line, column;         /* from 1; columns count characters */
  uint32_t end_line, end_column; /* behind the last character */
} snn_diagnostic;
/* SNN_MODEL from compiling: the diagnostics one by one. 1, or 0 if there are not so many. */
SNN_API size_t snn_error_diagnostics(const snn_error *error);
SNN_API int snn_error_diagnostic(const snn_error *error, size_t index, snn_diagnostic *diagnostic);

/* ---- compiling ---- */

/* Relative imports and data sets are looked up beside the file. */
SNN_API snn_program *snn_compile_file(const char *path, snn_error **error);
/* `name` stands for the file's path in messages and for its folder in look-ups. */
SNN_API snn_program *snn_compile_text(const char *name, const char *text, snn_error **error);
SNN_API void snn_program_free(snn_program *program); /* sessions of it live on */
/* Warnings of the compilation as snnc prints them, or "". */
SNN_API const char *snn_program_warnings(const snn_program *program);

SNN_API size_t snn_program_experiments(const snn_program *program);
SNN_API const char *snn_program_experiment(const snn_program *program,
                                           size_t experiment); /* its name, or null */

typedef enum snn_type {
  SNN_FLOAT32,
  SNN_FLOAT64,
  SNN_INT32,
  SNN_INT64,
  SNN_UINT8,
  SNN_TEXT
} snn_type;

typedef struct snn_option { /* option n_train = 100 "images" */
  size_t size;
  const char *name; /* n_train */
  const char *flag; /* n-train: to be given as --n-train=… */
  const char *help;
  const char *unit;         /* "1" for plain numbers */
  snn_type type;            /* SNN_FLOAT64, SNN_INT64, SNN_UINT8 (true or false) or SNN_TEXT */
  double initial;           /* in `unit` */
  const char *initial_text; /* of texts, otherwise "" */
} snn_option;
SNN_API size_t snn_program_options(const snn_program *program, size_t experiment);
/* 1, or 0 if there is none. So do the other functions that fill a structure by number. */
SNN_API int snn_program_option(const snn_program *program, size_t experiment, size_t index,
                               snn_option *option);

typedef struct snn_param { /* what --set=PATH=VALUE takes */
  size_t size;
  const char *path;  /* cells.tau_m */
  const char *unit;  /* as declared; values are given with a unit, as in 15ms */
  double unit_scale; /* canonical value of one unit */
  snn_type type;     /* SNN_FLOAT64, SNN_INT64 or SNN_UINT8 */
} snn_param;
SNN_API size_t snn_program_params(const snn_program *program, size_t experiment);
SNN_API int snn_program_param(const snn_program *program, size_t experiment, size_t index,
                              snn_param *param);

/* ---- sessions ---- */

/* Starts a simulation: the network is built, the time is 0, the experiment has not begun.
 * experiment: its name, or null for the only one. `flags`: those of a finished binary, each one
 * string: "--n-train=100", "--precision=double",
 * "--seed=3", "--set=cells.tau_m=15ms". Without "--output=FILE" nothing is recorded to disk; what
 * the experiment itself saves goes beside the output, or without one to the current folder. */
SNN_API snn_session *snn_session_create(const snn_program *program, const char *experiment,
                                        const char *const *flags, size_t count, snn_error **error);
SNN_API void snn_session_free(snn_session *session); /* closes it; not from its own callbacks */
/* Closes the recording and writes the report and the last checkpoint, where flags asked for them.
 * 1, or 0 after an error. Values can be read afterwards, but nothing runs any more. */
SNN_API int snn_session_close(snn_session *session, snn_error **error);
/* What was rounded or changed on the way, a line each, or "". Valid until the next call with this
 * session. */
SNN_API const char *snn_session_notes(const snn_session *session);

/* Runs the experiment from where it stands to its end, or until it is stopped. 1, or 0 after an
 * error. */
SNN_API int snn_session_run_experiment(snn_session *session, snn_error **error);
/* 1 if the experiment has come to its end. */
SNN_API int snn_session_finished(const snn_session *session);
/* Advances time without the experiment, by `ms` (a multiple of dt) or by steps. */
SNN_API int snn_session_run(snn_session *session, double ms, snn_error **error);
SNN_API int snn_session_step(snn_session *session, int64_t steps, snn_error **error);
/* Ends the run that is under way (or, if there is none, the next one), which then returns 1: after
 * this step if called from a callback of a recording, soon if called from another thread. A later
 * run goes on from there. */
SNN_API void snn_session_stop(snn_session *session);
SNN_API double snn_session_time(const snn_session *session); /* ms */
SNN_API double snn_session_dt(const snn_session *session);   /* ms */

/* ---- what there is ---- */

/* Of a program, before anything is built: sizes are not known yet. Null: no such experiment. */
SNN_API const snn_network *snn_program_network(const snn_program *program, size_t experiment);
SNN_API const snn_network *snn_session_network(const snn_session *session);

typedef enum snn_kind {
  SNN_PARAM,
  SNN_STATE,
  SNN_INPUT,
  SNN_DATA,
  SNN_LET,
  SNN_WEIGHT,
  SNN_SIGNAL
} snn_kind;

typedef struct snn_group { /* a population or a projection */
  size_t size;
  const char *name;       /* cells, image->cells#0 */
  const char *model;      /* neuron, encoder, synapse */
  const char *rule;       /* of a projection that learns, otherwise "" */
  int64_t elements;       /* cells or edges; -1 in a program */
  int64_t source, target; /* projections: numbers of the populations; otherwise -1 */
  size_t variables;
} snn_group;

typedef struct snn_variable {
  size_t size;
  const char *name;  /* V */
  const char *path;  /* cells.V: what the functions on values take */
  const char *unit;  /* as declared */
  double unit_scale; /* canonical value of one unit */
  snn_kind kind;
  int32_t uniform; /* 1: one value for all elements */
} snn_variable;

SNN_API size_t snn_network_populations(const snn_network *network);
SNN_API int snn_network_population(const snn_network *network, size_t population, snn_group *group);
SNN_API int snn_network_population_variable(const snn_network *network, size_t population,
                                            size_t index, snn_variable *variable);
SNN_API size_t snn_network_projections(const snn_network *network);
SNN_API int snn_network_projection(const snn_network *network, size_t projection, snn_group *group);
SNN_API int snn_network_projection_variable(const snn_network *network, size_t projection,
                                            size_t index, snn_variable *variable);
/* Params and signals of the network itself. */
SNN_API size_t snn_network_variables(const snn_network *network);
SNN_API int snn_network_variable(const snn_network *network, size_t index, snn_variable *variable);

/* ---- values ----
 *
 * Paths are those of the language: "cells.V", "proj.w", "reward" for a signal of the network; also
 * "cells.count", the spikes of each cell since it was last set to 0, and "proj.pre", "proj.post",
 * the cells that an edge leads from and to. A `let` can be read if the experiment reads or records
 * it; otherwise it exists only where it is used. Edges are in the language's order, by source, then
 * target. All values are in canonical units: ms, mV, pA, nS, pF, GOhm, um, mM; snn_variable has the
 * scale to the declared unit. */

typedef struct snn_view {
  size_t size;
  void *data;
  int64_t count;
  snn_type type; /* by the session's precision: SNN_FLOAT32 or SNN_FLOAT64 for reals */
} snn_view;

/* Memory of the simulation itself, never a copy, valid until the session is freed. What is written
 * there counts from the next step on; after writing `data` of an encoder, or a state that a
 * `crosses` compares, call snn_session_changed. An error for variables that have no value per
 * element in memory, in this order: uniform, computed or shared ones. */
SNN_API int snn_session_view(snn_session *session, const char *path, snn_view *view,
                             snn_error **error);
SNN_API int snn_session_changed(snn_session *session, const char *path, snn_error **error);
/* Number of elements, 1 for a uniform value; -1 if there is no such variable. */
SNN_API int64_t snn_session_count(const snn_session *session, const char *path);
/* Copies, of any variable; `count` must be the number of elements, or 1 for a uniform one. */
SNN_API int snn_session_read(snn_session *session, const char *path, double *values, size_t count,
                             snn_error **error);
/* One value for all elements, or one for each. What follows from it follows: encoders see new data,
 * and what is computed from params is computed again; sizes and connections stay as they were
 * built. */
SNN_API int snn_session_write(snn_session *session, const char *path, const double *values,
                              size_t count, snn_error **error);

/* ---- recording ----
 *
 * Callbacks are called within a run, by its thread, until the session is freed. They may read,
 * write and stop the session, but not run, close or free it, and must not throw. What they are
 * given is valid during the call. */

/* Cells that spiked in the step that ended at `ms`, ascending; not called in steps without spikes.
 */
typedef void (*snn_spikes_fn)(void *user, double ms, const int32_t *cells, size_t count);
/* One sample of all elements, in canonical units. */
typedef void (*snn_sample_fn)(void *user, double ms, const double *values, size_t count);
/* Text that is not ended by a zero byte. */
typedef void (*snn_print_fn)(void *user, const char *text, size_t length);

SNN_API int snn_session_on_spikes(snn_session *session, const char *population, snn_spikes_fn call,
                                  void *user, snn_error **error);
/* A variable of cells or edges, at multiples of `every` (ms, a multiple of dt; 0: each step). */
SNN_API int snn_session_on_sample(snn_session *session, const char *path, double every,
                                  snn_sample_fn call, void *user, snn_error **error);
/* What the experiment itself records: the name of `record name = …`, or "cells.V" of `record
 * cells.V`. */
SNN_API int snn_session_on_record(snn_session *session, const char *name, snn_sample_fn call,
                                  void *user, snn_error **error);
/* What the experiment prints; null: standard output again. */
SNN_API void snn_session_on_print(snn_session *session, snn_print_fn call, void *user);

#ifdef __cplusplus
}
#endif
#endif
