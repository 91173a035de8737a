#!/usr/bin/env python3
"""Runs a program on a terminal of 100 columns and prints what it showed, one state of a line each, the bar as [bar]."""
import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios


def main():
    here, there = pty.openpty()
    fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 25, 100, 0, 0))
    process = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=there, stderr=there,
                               env={**os.environ, "TERM": "xterm"})
    os.close(there)
    content = b""
    while True:
        try:
            piece = os.read(here, 65536)
        except OSError:
            break
        if not piece:
            break
        content += piece
    code = process.wait()
    text = content.decode()
    for state in re.split(r"[\r\n]+", text):
        state = state.replace("\033[K", "")
        if len(state) >= 100:
            sys.exit(f"a line of {len(state)} columns: {state}")
        if state:
            print(re.sub(r"[█▏▎▍▌▋▊▉·]{20}", "[bar]", state))
    print(f"exit {code}")


if __name__ == "__main__":
    main()
