// How the runtime reports what went wrong: an exit code and one clear message, as a value. No exceptions cross folders.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace snn::rt {

/// Exit codes of every binary (LANGUAGE section 9), the same for snnc.
enum class ExitCode {
  ok = 0,
  model = 1,       ///< the model asks for something impossible
  usage = 2,       ///< unknown flag, bad unit
  assertion = 3,   ///< a failed assert
  divergence = 4,  ///< NaN or infinity in a state
  resources = 5,   ///< memory predicted or hit
  io = 6,          ///< disk full, unwritable output
  badData = 7,     ///< missing, truncated or wrong data
  internal = 70,
};

struct Error {
  ExitCode code = ExitCode::internal;
  std::string message;
};

/// Success, or an Error.
class [[nodiscard]] Status {
public:
  Status() = default;
  Status(Error e) : failure(std::move(e)), failed(true) {}
  bool ok() const { return !failed; }
  const Error &error() const { return failure; }

private:
  Error failure{ExitCode::ok, {}};
  bool failed = false;
};

/// A value, or an Error.
template <class T> class [[nodiscard]] Result {
public:
  Result(T value) : content(std::move(value)) {}
  Result(Error e) : content(std::move(e)) {}
  bool ok() const { return content.index() == 0; }
  T &value() { return std::get<0>(content); }
  const T &value() const { return std::get<0>(content); }
  const Error &error() const { return std::get<1>(content); }
  Status status() const { return ok() ? Status() : Status(error()); }

private:
  std::variant<T, Error> content;
};

} // namespace snn::rt
