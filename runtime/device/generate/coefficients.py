#!/usr/bin/env python3
"""Writes ../Coefficients.h: constants and polynomials of the device library's mathematics.

A polynomial is the Chebyshev approximation of its function on its interval, or one whose error times x is small, computed
by mpmath with 60 digits and rounded to the precision that uses it. Run by hand after a change; the result is checked in. Needs mpmath 1.2 or newer.
"""
import os
from mpmath import (mp, mpf, chebyfit, exp, log, sqrt, pi, atan, sin, cos, loggamma, gamma, expm1, taylor, nstr, polyval,
                    nint, ldexp, frexp, psi, euler, lu_solve, matrix)

mp.dps = 80


def rounded(x, bits):
    """x rounded to `bits` significant bits."""
    if x == 0:
        return mpf(0)
    m, e = frexp(x)
    return ldexp(nint(ldexp(m, bits)), e - bits)


def literal(x, single):
    """A hexadecimal floating point literal of a value that is exact in the type."""
    value = float(rounded(x, 24 if single else 53))
    return value.hex() + ("f" if single else "")


def fit(f, low, high, count, single):
    """Coefficients in ascending order, and the largest absolute error seen on a grid."""
    coefficients, error = chebyfit(f, [low, high], count, error=True)
    return list(reversed(coefficients)), error


def fitTimesX(f, low, high, count, single):
    """The same for the error times x on an interval around 0: f is met where x times what is left out swings evenly.

    These are, beside 0, the roots of an odd Chebyshev polynomial, or, for an odd count, roots of one of x^2 that begins at 0.
    """
    m = count + 1 if count % 2 == 0 else (count + 1) // 2
    roots = [cos(pi * (2 * k + 1) / (2 * m)) for k in range(m)]
    positive = roots[:count // 2] if count % 2 == 0 else [sqrt((r + roots[0]) / (1 + roots[0])) for r in roots[:-1]]
    nodes = [sign * high * r for r in positive for sign in (1, -1)] + [mpf(0)] * (count % 2)
    coefficients = lu_solve(matrix([[x**k for k in range(count)] for x in nodes]), matrix([f(x) for x in nodes]))
    grid = [low + (high - low) * k / 1000 for k in range(1001)]
    return list(coefficients), max(abs(x * (f(x) - polyval(list(coefficients)[::-1], x))) for x in grid)


def even(series, z, terms=40):
    return sum(series(n) * z**n for n in range(terms))


from mpmath import factorial


def expQ(r):
    return even(lambda n: 1 / factorial(n + 2), r)


def logP(z):
    return even(lambda n: mpf(2) / (2 * n + 3), z, 60)


def logQ(z):
    return even(lambda n: mpf(2) / (2 * n + 5), z, 60)


def sinS(z):
    return even(lambda n: (-1)**(n + 1) / factorial(2 * n + 3), z)


def cosC(z):
    return even(lambda n: (-1)**n / factorial(2 * n + 4), z)


def atanA(z):
    if z == 0:
        return -mpf(1) / 3
    t = sqrt(z)
    return (atan(t) - t) / (t * z)


def lgammaQ(u):
    """lgamma(x) / ((x - 1)(x - 2)) at x = 2 + u."""
    x = 2 + u
    if abs(u) < mpf(10)**-30:
        return psi(0, 2)
    if abs(u + 1) < mpf(10)**-30:
        return euler
    return loggamma(x) / ((x - 1) * (x - 2))


def stirling(z):
    """x * (lgamma(x) - ((x - 1/2) log x - x + log(2 pi)/2)) with z = 1/x^2."""
    if z < mpf(10)**-12:
        return mpf(1) / 12 - z / 360 + z * z / 1260
    x = 1 / sqrt(z)
    return x * (loggamma(x) - ((x - mpf(1) / 2) * log(x) - x + log(2 * pi) / 2))


LN2 = log(2)
Z_LOG = ((sqrt(2) - 1) / (sqrt(2) + 1))**2 * mpf("1.0001")
R_EXP = LN2 / 2 * mpf("1.0001")
Z_SIN = (pi / 4)**2 * mpf("1.001")
Z_ATAN = (sqrt(2) - 1)**2 * mpf("1.0001")

# name, function, interval, number of coefficients for double and for float (0: not needed), how it is fitted
POLYNOMIALS = [
    ("expQ", "(e^r - 1 - r) / r^2", expQ, -R_EXP, R_EXP, 11, 6),
    ("expShortQ", "(e^r - 1 - r) / r^2, for results that are rounded once; of the error times r", expQ, -R_EXP, R_EXP, 10, 5, fitTimesX),
    ("logP", "(log((1+s)/(1-s)) - 2s) / s^3 in z = s^2", logP, mpf(0), Z_LOG, 8, 4),
    ("logQ", "(logP - 2/3) / z", logQ, mpf(0), Z_LOG, 9, 0),
    ("sinS", "(sin r - r) / r^3 in z = r^2", sinS, mpf(0), Z_SIN, 7, 4),
    ("cosC", "(cos r - 1 + z/2) / z^2 in z = r^2", cosC, mpf(0), Z_SIN, 7, 4),
    ("atanA", "(atan t - t) / t^3 in z = t^2", atanA, mpf(0), Z_ATAN, 13, 0),
    ("lgammaQ", "lgamma(2+u) / (u (u+1))", lgammaQ, mpf(-1), mpf(1), 31, 0),
    ("stirling", "x (lgamma(x) - (x-1/2) log x + x - log(2 pi)/2) in z = 1/x^2, x >= 8", stirling, mpf(0),
     mpf(1) / 64, 9, 0),
]


def constants(out):
    def both(name, value, note):
        out.append(f"  static constexpr double {name} = {literal(value, False)}; // {note}")

    def split(name, value, bits, single, parts):
        rest = value
        for k in range(parts):
            width = bits if k < parts - 1 else (24 if single else 53)
            part = rounded(rest, width)
            out.append(f"  static constexpr {'float' if single else 'double'} {name}{k + 1} = {literal(part, single)};")
            rest -= part

    for single in (False, True):
        real = "float" if single else "double"
        out.append(f"template <> struct Constants<{real}> {{")
        out.append(f"  static constexpr {real} log2e = {literal(1 / LN2, single)};")
        out.append(f"  static constexpr {real} twoOverPi = {literal(2 / pi, single)};")
        out.append(f"  static constexpr {real} pi = {literal(pi, single)};")
        split("ln2Part", LN2, 15 if single else 41, single, 2)
        if not single:
            split("ln2Full", LN2, 53, False, 2)
            split("halfPiPart", pi / 2, 53, False, 3)
            split("quarterPiPart", pi / 4, 53, False, 2)
            split("logPiPart", log(pi), 53, False, 2)
            split("twoThirdsPart", mpf(2) / 3, 53, False, 2)
            split("halfLog2PiPart", log(2 * pi) / 2, 53, False, 2)
        else:
            out.append(f"  static constexpr float halfPi = {literal(pi / 2, True)};")
        out.append("};")


def main():
    out = [
        "// Constants and polynomials of the device library. Written by generate/coefficients.py: change that instead.",
        "#pragma once", "", '#include "runtime/device/Device.h"', "", "namespace snn::device {", "",
        "template <class Real> struct Constants;"]
    constants(out)
    for name, text, f, low, high, wide, narrow, *other in POLYNOMIALS:
        out.append("")
        for single, count in ((False, wide), (True, narrow)):
            if not count:
                continue
            real = "float" if single else "double"
            coefficients, error = (other[0] if other else fit)(f, low, high, count, single)
            out.append(f"/// {text}; largest error {nstr(error, 3)}.")
            out.append(f"SNN_DEV {real} {name}({real} x) {{")
            body = [literal(c, single) for c in coefficients]
            rule = "horner" if count > 16 else "poly"  # with many coefficients of both signs pairs lose digits
            out.append(f"  return {rule}(x, " + ", ".join(body) + ");")
            out.append("}")
    out += ["", "} // namespace snn::device", ""]
    text = wrap("\n".join(out))
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Coefficients.h")
    with open(path, "w") as file:
        file.write(text)


def wrap(text):
    """Breaks argument lists at 100 columns."""
    lines = []
    for line in text.split("\n"):
        while len(line) > 100 and line.lstrip().startswith(("return ", "-0x", "0x")):
            cut = line.rfind(", ", 0, 99)
            lines.append(line[:cut + 1])
            line = "              " + line[cut + 2:]
        lines.append(line)
    return "\n".join(lines)


if __name__ == "__main__":
    main()
