#!/usr/bin/env python3
"""Makes models with names and texts that try to leave their place, and looks for them in everything that comes out."""
import html.parser
import os
import re
import subprocess
import sys

TEXTS = ["</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "%s%n%x", "{0}", "$(touch pwned)", "`touch pwned`",
         "'; DROP TABLE spikes; --", "]]>", "<!--", "-->", "&lt;", "\\u003cscript>", "\u202egnp.exe", "asm(\\\"nop\\\")",
         "#include \\\"/etc/passwd\\\"", "??/", "\\x00", "javascript:alert(1)", "\u2028alert(1)//"]
NAMES = ["system", "printf", "_start", "main", "memcpy", "exp", "__libc_start_main", "snn_model", "asm", "goto", "template",
         "llvm_x86", "constructor", "__proto__", "prototype", "innerHTML", "名前", "a" * 300]


class Tags(html.parser.HTMLParser):
    """Which tags a page has, and with which attributes."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, tuple(sorted(name for name, _ in attrs))))


def model(name, text):
    return f'''## {text.replace(chr(92), "")}
neuron {name} {{ state V_{name} : mV = 1 mV;  V_{name}' = -V_{name} / (10 ms);  spike when V_{name} > 2 mV }}
network Net_{name} {{ population {name}_p = {name}[3] }}
## {text.replace(chr(92), "")}
experiment e_{name} on Net_{name} {{
  option o_{name} = "{text.replace("{", "").replace("}", "")}" "{text.replace("{", "").replace("}", "")}"
  record {name}_p.spikes
  record r_{name} = {name}_p.V_{name}.mean() every 1 ms
  run 10 ms
  plot raster({name}_p)
  plot trace({name}_p[0].V_{name})
  plot curve(r_{name})
}}
'''


def run(command, folder, expected=0):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="surrogateescape", timeout=60)
    if done.returncode != expected:
        sys.exit(f"{command}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def symbols(folder, snnc):
    run([snnc, "m.snn", "--emit=obj", "-o", "m.o"], folder)
    return re.findall(r"^\S* *\w (\S+)$", run(["nm", "m.o"], folder), re.M)


def main():
    folder, snnc = sys.argv[1], sys.argv[2]
    plain = None
    cases = [("Plain", "plain")] + [("Cell", t) for t in TEXTS] + [(n, "plain") for n in NAMES]
    for name, text in cases:
        source = model(name, text)
        with open(os.path.join(folder, "m.snn"), "w") as f:
            f.write(source)
        check = subprocess.run([snnc, "check", "m.snn"], cwd=folder, capture_output=True, text=True, errors="replace")
        if check.returncode == 1:  # not a text or name of the language: the message must be printable
            if any(ord(c) < 32 and c != "\n" or 0x202A <= ord(c) <= 0x202E for c in check.stderr):
                sys.exit(f"a control character in the message about {text!r}:\n{check.stderr!r}")
            continue
        run([snnc, "m.snn", "-o", "m"], folder)
        run(["./m", "--output", "m.h5"], folder)
        run(["./m", "--help"], folder)
        names = symbols(folder, snnc)
        bad = [s for s in names if not re.fullmatch(r"[\w.$#>-]+", s)]
        if bad or "pwned" in os.listdir(folder):
            sys.exit(f"{name}, {text}: symbols {bad}")
        with open(os.path.join(folder, "m.html"), encoding="utf-8") as f:
            page = Tags()
            page.feed(f.read())
        if plain is None:
            plain = page.seen
        elif page.seen != plain:
            sys.exit(f"{name}, {text}: the page has other tags: {set(page.seen) ^ set(plain)}")
    print("nothing came out unescaped")


if __name__ == "__main__":
    main()
