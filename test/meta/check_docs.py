#!/usr/bin/env python3
"""Compiles the programs of README.md and docs/**/*.md, runs their shell blocks, follows their links.

Blocks, by the word behind the fence:
  snn             a whole file: `snnc check` accepts it. A first line `# name.snn` names it for later blocks of the page;
                  further such lines begin further files beside it.
  snn-part:KIND   members of a neuron, encoder, synapse, rule, network, or statements of an experiment. What a fragment
                  uses and does not declare comes from CONTEXT below.
  snn-error:CODE  must give this code and no other; snn-error:CODE:KIND is a fragment.
  sh              lines `$ command` are run in a folder of the page's own if the command is one of COMMANDS; `# exit N`
                  behind one is the exit code that it must have. Other lines must occur in the output; `...` stands for any.
  python          is run in that folder.
  cpp             is compiled against the library beside snnc and run; a block `text` behind it is what it prints.
In docs/errors the first snn block of a page must provoke the page's code, unless commands stand before it; the others
must compile.
Prints each breach and closes with 'N passed, N failed'."""
import argparse
import concurrent.futures
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

COMMANDS = ("snnc", "snn-opt", "./", "printf", "cat", "head", "ls", "cp", "gzip", "mkdir", "python3")
KINDS = ("neuron", "encoder", "synapse", "rule", "network", "experiment")

# What a fragment may use without declaring it, by the kind of fragment.
CELL = {
    "tau_m": "param tau_m = 20 ms", "tau_s": "param tau_s = 5 ms", "E_L": "param E_L = -65 mV", "V_th": "param V_th = -50 mV",
    "V_reset": "param V_reset = -65 mV", "t_ref": "param t_ref = 2 ms", "R": "param R = 100 Mohm", "I": "input I : pA",
    "V": "state V : mV = E_L", "g": "state g : mV = 0",
}
CONTEXT = {
    "neuron": CELL,
    "encoder": {"x": "data x", "rate_max": "param rate_max = 100 Hz"},
    "synapse": {"w": "weight w", "tau": "param tau = 5 ms"},
    "rule": {"w_max": "param w_max : unit(w) = unit(w)", "tau": "param tau = 20 ms"},
    "network": {
        "n": "param n = 100", "cells": "population cells = Cell[100]", "image": "population image = Poisson[28, 28](rate_max = 60 Hz)",
        "inputs": "population inputs = Poisson[100](rate_max = 20 Hz)", "exc": "population exc = Cell[80]",
        "inh": "population inh = Cell[20]", "graded": "population graded = Rate[10]",
    },
}
CONTEXT["experiment"] = {name: text for name, text in CONTEXT["network"].items()} | {
    "proj": "connect inputs -> cells.g all_to_all by Pulse(w = 0.1 mV) as proj",
    "sparse": "connect inputs -> cells.g random(p = 0.1) by Pulse(w = 0.1 mV) as sparse",
    "plastic": "connect image -> cells.g all_to_all by Pulse(w = uniform(0 mV, 1 mV)) learning PairSTDP(w_max = 1 mV) as plastic",
}
NEEDS = {"proj": ("inputs", "cells"), "sparse": ("inputs", "cells"), "plastic": ("image", "cells")}
PREFIX = "import std.neurons\nimport std.synapses\nimport std.rules\nimport std.encoders\n"
CELL_MODEL = """neuron Cell {
  param tau_m = 20 ms,  tau_s = 5 ms,  E_L = -65 mV,  V_th = -50 mV,  V_reset = -65 mV,  t_ref = 2 ms,  R = 100 Mohm
  input I : pA
  state V : mV = E_L,  g : mV = 0
  tau_m * V' = E_L - V + g + R * I
  tau_s * g' = -g
  spike when V > V_th { V = V_reset;  hold V for t_ref }
}
"""
DECLARING = r"(?:override\s+)?(?:param|state|input|let|var|data|weight|const|population|part|signal|option|for)\b"


def declared(name, text):
    """Whether a statement of the fragment declares the name."""
    for statement in re.split(r"[\n;{]", re.sub(r"#.*", "", text)):
        statement = statement.strip()
        if statement.startswith("for "):
            statement = "for " + re.sub(r"[(),]", " = ", statement[4:].split(" in ")[0]) + " ="
        if re.match(DECLARING, statement) and re.search(rf"(?<![\w.]){name}\s*(=(?!=)|:|,|$)", statement):
            return True
    return bool(re.search(rf"\bas\s+{name}\b", text))


def context(kind, text):
    wanted = [n for n in CONTEXT[kind] if re.search(rf"(?<![\w.]){n}\b", re.sub(r'#.*|"[^"{{}}]*"', "", text)) and not declared(n, text)]
    needed = set(wanted) | {m for n in wanted for m in NEEDS.get(n, ())}
    more = {m for n in needed for m in CONTEXT[kind] if re.search(rf"= *{m}\b", CONTEXT[kind][n])}
    return [CONTEXT[kind][n] for n in CONTEXT[kind] if n in needed | {m for m in more if not declared(m, text)}]


def indent(text):
    return "".join(f"  {line}\n" if line else "\n" for line in text.rstrip("\n").split("\n"))


def whole(kind, text):
    """The smallest program around a fragment."""
    outside = context(kind, text)
    inside = indent("\n".join(outside)) if outside else ""
    if kind in ("neuron", "encoder"):
        return (f"{PREFIX}{kind} Part {{\n{inside}{indent(text)}}}\nnetwork Net {{ population parts = Part[10] }}\n"
                "experiment e on Net { run 1 ms }\n")
    if kind in ("synapse", "rule"):
        return f"{PREFIX}{kind} Part {{\n{inside}{indent(text)}}}\n"
    if kind == "network":
        return f"{PREFIX}{CELL_MODEL}network Net {{\n{inside}{indent(text)}}}\nexperiment e on Net {{ run 1 ms }}\n"
    return f"{PREFIX}{CELL_MODEL}network Net {{\n{inside or '  param unused = 1'}\n}}\nexperiment e on Net {{\n{indent(text)}}}\n"


class Block:
    def __init__(self, page, line, tag, text):
        self.page, self.line, self.tag, self.text = page, line, tag, text

    def breach(self, what):
        return f"{self.page}:{self.line}: {what}"


def blocks(page, text):
    found, tag, begin, lines = [], None, 0, []
    for number, line in enumerate(text.split("\n"), 1):
        fence = re.match(r"\s*```+(.*)$", line)
        if fence and tag is None:
            tag, begin, lines = fence.group(1).strip(), number, []
        elif fence:
            found.append(Block(page, begin, tag, "\n".join(lines) + "\n"))
            tag = None
        elif tag is not None:
            lines.append(line)
    return found


def files(text):
    """[(name, text)]: `# name.snn` alone on a line begins a file."""
    out = [["model.snn", ""]]
    for line in text.split("\n"):
        name = re.match(r"# ([\w-]+\.snn)$", line)
        if name and not out[-1][1].strip():
            out[-1] = [name.group(1), ""]
        elif name:
            out.append([name.group(1), ""])
        else:
            out[-1][1] += line + "\n"
    return out


class Checker:
    def __init__(self, root, snnc):
        self.root, self.snnc = os.path.abspath(root), os.path.abspath(snnc)
        self.environment = dict(os.environ, PATH=os.path.dirname(self.snnc) + os.pathsep + os.environ["PATH"])

    def run(self, command, folder, **kwargs):
        return subprocess.run(command, cwd=folder, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, errors="replace", timeout=300, **kwargs)

    def program(self, block, folder, code, kind):
        texts = [("model.snn", whole(kind, block.text))] if kind else files(block.text)
        for name, text in texts:
            with open(os.path.join(folder, name), "w") as f:
                f.write(text)
        done = self.run([self.snnc, "check", texts[0][0]], folder)
        codes = set(re.findall(r"(?:error|warning)\[([EW]\d+)\]", done.stdout))
        if code and (codes != {code} or done.returncode != (code[0] == "E")):
            yield block.breach(f"should give {code}, gave {', '.join(sorted(codes)) or 'none'} (exit {done.returncode})\n{done.stdout}")
        if not code and done.returncode:
            yield block.breach(f"does not compile (exit {done.returncode})\n{done.stdout}")

    def shell(self, block, folder):
        commands = []
        for line in block.text.split("\n"):
            if line.startswith("$ "):
                commands.append((line[2:], []))
            elif commands and line.strip():
                commands[-1][1].append(line.strip())
        for command, expected in commands:
            if not command.startswith(COMMANDS):
                continue
            code = re.search(r"\s+# exit (\d+)$", command)
            wanted = int(code.group(1)) if code else 0
            done = self.run(["bash", "-c", command], folder, stdin=subprocess.DEVNULL)
            if done.returncode != wanted:
                yield block.breach(f"`{command}` exits {done.returncode}, not {wanted}\n{done.stdout[-2000:]}")
                continue
            output = [" ".join(line.split()) for line in done.stdout.split("\n")]
            for line in expected:
                if line != "..." and " ".join(line.split()) not in output:
                    yield block.breach(f"`{command}` does not print `{line}`, but\n{done.stdout[-2000:]}")

    def python(self, block, folder):
        done = self.run(["/usr/bin/python3", "-c", block.text], folder, stdin=subprocess.DEVNULL)
        if done.returncode:
            yield block.breach(f"this Python exits {done.returncode}\n{done.stdout[-2000:]}")

    def cpp(self, block, folder):
        """Returns what it prints."""
        library = os.path.join(os.path.dirname(os.path.dirname(self.snnc)), "lib")
        with open(os.path.join(folder, "main.cpp"), "w") as f:
            f.write(block.text)
        compiled = self.run(["g++", "-std=c++20", "-Wall", "-Wextra", "-Werror", "-I", os.path.join(self.root, "compiler/embed"), "main.cpp",
                             "-L", library, "-lsnn", f"-Wl,-rpath,{library}", "-o", "main"], folder)
        if compiled.returncode:
            return None, [block.breach(f"this C++ does not compile\n{compiled.stdout[-2000:]}")]
        done = self.run(["./main"], folder, stdin=subprocess.DEVNULL)
        return done.stdout, [block.breach(f"this C++ exits {done.returncode}\n{done.stdout[-2000:]}")] if done.returncode else []

    def links(self, page, text):
        bare = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.S)
        for target in re.findall(r"\]\(([^)\s]+)\)", bare):
            path = target.split("#")[0]
            if path and not re.match(r"\w+:", path) and not os.path.exists(os.path.join(self.root, os.path.dirname(page), path)):
                yield f"{page}: there is nothing at `{target}`"

    def page(self, page):
        """(what was checked, breaches)"""
        with open(os.path.join(self.root, page)) as f:
            text = f.read()
        breaches, checked = list(self.links(page, text)), 1
        error_page = re.fullmatch(r"docs/errors/([EW]\d+)\.md", page)
        wrong = error_page and error_page.group(1)
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(os.path.join(self.root, "examples/lif/model.snn"), folder)
            os.symlink(os.path.join(self.root, "examples"), os.path.join(folder, "examples"))
            printed = None
            for block in blocks(page, text):
                parts = block.tag.split(":")
                expected, printed = printed, None
                if parts[0] == "sh":
                    breaches += self.shell(block, folder)
                    wrong = None
                elif parts[0] == "python":
                    breaches += self.python(block, folder)
                elif parts[0] == "cpp":
                    printed, wrongs = self.cpp(block, folder)
                    breaches += wrongs
                elif parts[0] == "text" and expected is not None:
                    breaches += [block.breach(f"is not what the program prints:\n{expected}")] if block.text != expected else []
                elif parts[0] == "snn" and len(parts) == 1:
                    breaches += self.program(block, folder, wrong, None)
                    wrong = None
                elif parts[0] == "snn-part" and len(parts) == 2 and parts[1] in KINDS:
                    breaches += self.program(block, folder, None, parts[1])
                elif parts[0] == "snn-error" and len(parts) in (2, 3) and (parts + ["network"])[2] in KINDS:
                    breaches += self.program(block, folder, parts[1], parts[2] if len(parts) == 3 else None)
                elif parts[0].startswith("snn"):
                    breaches.append(block.breach(f"unknown kind of block `{block.tag}`"))
                else:
                    continue
                checked += 1
        return checked, breaches


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("root")
    options.add_argument("--snnc", required=True)
    options.add_argument("--show", metavar="PAGE:LINE", help="print the program made of the fragment that begins there")
    options.add_argument("pages", nargs="*", help="paths below the root; default: README.md and docs")
    args = options.parse_args()
    if args.show:
        page, line = args.show.rsplit(":", 1)
        with open(os.path.join(args.root, page)) as f:
            block = [b for b in blocks(page, f.read()) if b.line == int(line)][0]
        print(whole(block.tag.split(":")[-1], block.text))
        return 0
    pages = args.pages or sorted(p for p in ["README.md"] + glob.glob("docs/**/*.md", root_dir=args.root, recursive=True)
                                 if os.path.exists(os.path.join(args.root, p)))
    checker = Checker(args.root, args.snnc)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(checker.page, pages))
    for _, breaches in results:
        for breach in breaches:
            print(f"docs: {breach}")
    failed = sum(len(b) for _, b in results)
    print(f"{sum(c for c, _ in results) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
