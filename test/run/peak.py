#!/usr/bin/env python3
"""peak.py PROGRAM EXPERIMENT KIB: compares the memory that the program says it needs, if it may not have more than KIB of address
space, with what it takes at most beyond that of a tiny network (--set n=64). Prints both; exits 1 where they differ by over 10 %."""
import os
import re
import resource
import subprocess
import sys


def run(command, limit=None):
    """Exit code, messages and the largest resident size in MB."""
    def restrict():
        if limit:
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, preexec_fn=restrict)
    messages = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    return os.waitstatus_to_exitcode(status), messages, usage.ru_maxrss * 1.024e-3


def main():
    program, experiment, limit = sys.argv[1], sys.argv[2], int(sys.argv[3]) * 1024
    command = [program, experiment, "--threads", "2"]
    code, messages, _ = run(command, limit)
    needs = re.search(r"needs ([0-9.]+) (MB|GB) of memory", messages)
    if code != 5 or not needs:
        sys.exit(f"with {limit} bytes of address space: exit {code}\n{messages}")
    planned = float(needs[1]) * (1000 if needs[2] == "GB" else 1)
    _, _, base = run(command + ["--set", "n=64"])
    code, messages, peak = run(command)
    print(f"{experiment}: exit {code}, planned {planned:.0f} MB, taken {peak - base:.0f} MB; {messages}")
    return 0 if code == 0 and abs((peak - base) / planned - 1) < 0.1 else 1


if __name__ == "__main__":
    sys.exit(main())
