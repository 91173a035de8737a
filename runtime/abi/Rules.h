// What functions need of their arguments: asked by the compiler of numbers, by the network of values that are known before the run,
// and by the experiment where it draws.
#pragma once

#include <cstdint>
#include <string_view>

namespace snn::abi {

enum class Rule : uint8_t {
#define RULE(NAME, HOLDS, SAYS) NAME,
#include "runtime/abi/Rules.def"
#undef RULE
};

/// False for NaN. `b`: of functions with two such arguments.
inline bool holds(Rule rule, double a, [[maybe_unused]] double b) {
  switch (rule) {
#define RULE(NAME, HOLDS, SAYS)                                                                    \
  case Rule::NAME:                                                                                 \
    return HOLDS;
#include "runtime/abi/Rules.def"
#undef RULE
  }
  return false;
}

inline std::string_view says(Rule rule) {
  constexpr std::string_view sentences[] = {
#define RULE(NAME, HOLDS, SAYS) SAYS,
#include "runtime/abi/Rules.def"
#undef RULE
  };
  return sentences[static_cast<uint8_t>(rule)];
}

} // namespace snn::abi
