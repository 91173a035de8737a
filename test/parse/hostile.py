#!/usr/bin/env python3
"""Gives snnc files that nobody should write. Each must end with exit 0 or 1 in a few seconds, with at most 512 MB, and each
message must be printable and no wall of text. Prints name, exit code and the first message."""
import os
import resource
import subprocess
import sys
import tempfile

CASES = {
    "empty": b"",
    "blank": b"\n" * 1000,
    "a comment": b"# nothing",
    "BOM": b"\xef\xbb\xbfconst a = 1\n",
    "BOM in the middle": b"const a = \xef\xbb\xbf1\n",
    "UTF-16": "const a = 1\n".encode("utf-16"),
    "CRLF": b"const a = 1\r\nconst b = a + nothing\r\n",
    "CR": b"const a = 1\rconst b = a + nothing\r",
    "NUL": b"const a = 1\0\n",
    "Latin-1": "# \xfc\n".encode("latin-1"),
    "overlong": b"const a = \xc0\xaf\n",
    "surrogate": b"const a = \xed\xa0\x80\n",
    "ELF": open("/bin/true", "rb").read(),
    "parentheses 255": b"const a = " + b"(" * 255 + b"1" + b")" * 255 + b"\n",
    "parentheses 257": b"const a = " + b"(" * 257 + b"1" + b")" * 257 + b"\n",
    "parentheses 100000": b"const a = " + b"(" * 100000 + b"1" + b")" * 100000 + b"\n",
    "brackets 100000": b"const a = " + b"[" * 100000,
    "minus 100000": b"const a = " + b"-" * 100000 + b"1\n",
    "not 100000": b"const a = " + b"not " * 100000 + b"true\n",
    "powers 100000": b"const a = " + b"2^" * 100000 + b"1\n",
    "calls 100000": b"const a = " + b"f(" * 100000,
    "sum 100000": b"const a = 1" + b"+1" * 100000 + b"\n",
    "comparisons 100000": b"const a = 1" + b"<1" * 100000 + b"\n",
    "members 100000": b"const a = x" + b".y" * 100000 + b"\n",
    "indices 100000": b"const a = x" + b"[0]" * 100000 + b"\n",
    "conditions 100000": b"const a = " + b"1 if true else " * 100000 + b"2\n",
    "else if 100000": b"experiment e { if true {}" + b" else if true {}" * 100000 + b"}\n",
    "blocks 100000": b"experiment e {" + b"if true {" * 100000,
    "loops 300": b"experiment e {" + b"for k in range(2) {" * 300 + b"}" * 301,
    "comments 1000000": b"##\n" * 1000000,
    "semicolons 1000000": b";" * 1000000,
    "statements 100000": b"const a = 1\n" * 100000,
    "errors 100000": b"const = 1\n" * 100000,
    "quotes 100000": b'"' * 100000,
    "holes 100000": b'experiment e { print "' + b"{1}" * 100000 + b'" }\n',
    "nested holes": b'experiment e { print "' + b"{" * 1000 + b'" }\n',
    "a name of 1 MB": b"const " + b"a" * 1000000 + b" = 1\nconst b = " + b"a" * 999999 + b"\n",
    "a name of 1 MB unknown": b"neuron C { state V = " + b"a" * 1000000 + b" }\n",
    "a number of 1 MB": b"const a = " + b"9" * 1000000 + b"\n",
    "a fraction of 1 MB": b"const a = 0." + b"3" * 1000000 + b"\n",
    "an exponent": b"const a = 1e-999999999999999999999\nconst b = 1e999999999999999999999\n",
    "a unit power": b"const a = 1 mV^99999999999999999999\n",
    "hex": b"const a = 0x1F\n",
    "a line of 8 MB": b"const a = 1 " + b" " * (8 << 20) + b"\n",
    "just below 8 MB": b"#" + b"x" * ((8 << 20) - 2) + b"\n",
    "right to left": "const a\u202e = 1\nconst b = \u202e2\n".encode(),
    "terminal codes": b"const a = \x1b]0;owned\x07 1\x1b[2J\n",
    "combining": ("const a" + "\u0301" * 1000 + " = nothing\n").encode(),
    "emoji": "const 🧠 = 1\n".encode(),
    "look-alike": "const а = 1\nconst b = a\n".encode(),
    "fullwidth": "const a ＝ １\n".encode(),
    "functions that double": b"fn f0(x) = x + x\n" + b"".join(b"fn f%d(x) = f%d(x) + f%d(x)\n" % (k, k - 1, k - 1) for k in range(1, 60))
                             + b"neuron C { state V = f59(1) }\n",
    "lets that double": b"neuron C { state V = 1\nlet x0 = V\n" + b"".join(b"let x%d = x%d * x%d + x%d\n" % (k, k - 1, k - 1, k - 1) for k in range(1, 60))
                        + b"V' = x59 / (1 ms) }\n",
    "extends itself": b"neuron A extends A { }\n",
    "extends in a circle": b"neuron A extends B { }\nneuron B extends A { }\n",
    "chain of extends": b"neuron A0 { state V = 0 }\n" + b"".join(b"neuron A%d extends A%d { }\n" % (k, k - 1) for k in range(1, 3000)),
    "parts in a circle": b"network A { part b = B() }\nnetwork B { part a = A() }\nexperiment e on A { run 1 ms }\n",
    "parts that double": b"network A0 { }\n" + b"".join(b"network A%d { part x = A%d()\n part y = A%d() }\n" % (k, k - 1, k - 1) for k in range(1, 50))
                         + b"experiment e on A49 { run 1 ms }\n",
    "a long loop of connects": b"import std.synapses\nneuron C { state V : mV = 0 }\nnetwork N { population a = C[2]\n"
                               b"for k in range(1000000000) { connect a -> a.V all_to_all by Pulse(w = 1 mV) } }\nexperiment e on N { run 1 ms }\n",
    "constants in a row": b"const a0 = 1\n" + b"".join(b"const a%d = a%d + 1\n" % (k, k - 1) for k in range(1, 5000)),
    "constants backwards": b"".join(b"const a%d = a%d + 1\n" % (k, k + 1) for k in range(5000)) + b"const a5000 = 1\n",
    "functions in a row": b"fn f0(x) = x\n" + b"".join(b"fn f%d(x) = f%d(x) + 1\n" % (k, k - 1) for k in range(1, 3000)) + b"neuron C { state V = f2999(1) }\n",
    "units in a circle": b"unit a = b\nunit b = a\nconst x = 1 a\n",
    "powers of units": b"unit u0 = mV^9\n" + b"".join(b"unit u%d = u%d^9\n" % (k, k - 1) for k in range(1, 60)) + b"const x = 1 u59\n",
    "big populations": b"neuron C { state V = 0 }\nnetwork N { population a = C[99999999999999999999] }\nexperiment e on N { run 1 ms }\n",
}


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (900 << 20, 900 << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (20, 20))


def attempt(snnc, name, path):
    done = subprocess.run([snnc, "check", path], capture_output=True, timeout=60, preexec_fn=limit)
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    text = done.stderr.decode()  # a message is UTF-8, whatever the file holds
    first = text.split("\n")[0].replace(path, "FILE")
    print(f"{name}: exit {done.returncode} {first[:300]}")
    if done.returncode not in (0, 1) or (done.returncode == 1) != ("error[" in text):
        sys.exit(f"{name}: exit {done.returncode}\n{text[:2000]}")
    if any(ord(c) < 32 and c != "\n" or 0x202A <= ord(c) <= 0x202E for c in text):
        sys.exit(f"{name}: control characters in the message")
    if len(text) > 200000 or max(map(len, text.split("\n"))) > 1000:
        sys.exit(f"{name}: {len(text)} characters of messages, the longest line {max(map(len, text.split(chr(10))))}")
    return usage.ru_maxrss


def main():
    snnc = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "m.snn")
        for name, content in CASES.items():
            with open(path, "wb") as f:
                f.write(content)
            most = attempt(snnc, name, path)
            if most > 512 << 10:
                sys.exit(f"{name}: {most} KiB")
    print("all were answered")


if __name__ == "__main__":
    main()
