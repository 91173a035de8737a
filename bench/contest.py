"""Runs the contestants of a program: snnc, the kernel by hand, the peers. A contestant is called with a seed. One that is timed
answers the CPU seconds of a biological second and the firing rate; one that is observed records and answers its figures."""
import json
import os
import re
import resource
import shutil
import signal
import subprocess

from environment import last_line

HERE = os.path.dirname(os.path.abspath(__file__))
COMPILERS = ["clang++-19", "clang++", "g++"]  # g++ 12 does not vectorise the loop of hand/cuba.cpp for floats

LIMIT = 1800  # seconds of one run of a contestant, its compilation included


def compiler():
    """Of the kernel by hand."""
    return next((name for name in COMPILERS if shutil.which(name)), None)


class Failed(Exception):
    """A contestant that cannot run, and why."""


class Contest:
    """What all contestants of one program share: its folder, the core that they are pinned to, and the lengths of a run."""

    def __init__(self, program, folder, core, seconds, environment):
        self.program, self.folder, self.environment = program, folder, environment
        self.seconds = seconds or program.seconds
        self.observed = seconds or program.observed or program.seconds
        self.warm = program.warm
        self.pin = ["taskset", "-c", str(core)] if shutil.which("taskset") else []
        os.makedirs(folder, exist_ok=True)

    def run(self, command, **settings):
        """Standard output of a command."""
        process = subprocess.Popen(self.pin + command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   start_new_session=True, **settings)
        try:
            out, error = process.communicate(timeout=LIMIT)
        except BaseException as why:  # with the compilers that a peer has started
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if isinstance(why, subprocess.TimeoutExpired):
                raise Failed(f"took longer than {LIMIT} s") from None
            raise
        if process.returncode < 0:
            raise Failed(f"ended by signal {-process.returncode}")
        if process.returncode:
            raise Failed(last_line(error or out))
        return out

    def program_of(self, snnc, precision):
        """The finished program; called with an experiment, a seed, a measured time and further flags it answers seconds of the
        processor, and what it printed."""
        path = os.path.join(self.folder, "program")
        if precision == "float":  # the program has both
            self.compile([snnc, os.path.join(HERE, "programs", self.program.source + ".snn"), "-o", path])
        numbers = [word for name, value in self.program.numbers.items() for word in ("--set", f"{name}={value}")]

        def once(experiment, seed, measured, *flags):
            begin = resource.getrusage(resource.RUSAGE_CHILDREN)
            out = self.run([path, experiment, "--quiet", "--precision", precision, "--seed", str(seed), "--warm", f"{self.warm}s",
                            "--T", measured, *flags, *numbers], cwd=self.folder)
            end = resource.getrusage(resource.RUSAGE_CHILDREN)
            spent = end.ru_utime - begin.ru_utime + end.ru_stime - begin.ru_stime
            return spent, out
        return once

    def snnc(self, snnc, precision):
        """Construction is in both of two runs, one with the measured time and one without; their difference is that time's."""
        once = self.program_of(snnc, precision)

        def contestant(seed):
            without, _ = once("simulate", seed, "0.1ms")
            spent, out = once("simulate", seed, f"{self.seconds}s")
            return max(spent - without, 1e-9) / self.seconds, float(re.search(r"^rate ([\d.]+)", out, re.M)[1])
        return contestant

    def observed_snnc(self, snnc, precision):
        """By an experiment of its own: a `record` that is there costs time even where it is not reached."""
        once = self.program_of(snnc, precision)
        recording = os.path.join(self.folder, "observed.h5")

        def contestant(seed):
            once("observe", seed, f"{self.observed}s", "--output", recording)
            return self.figures(recording)
        return contestant

    def hand(self, precision):
        path = os.path.join(self.folder, "hand")
        if not compiler():
            raise Failed("no C++ compiler")
        self.compile([compiler(), "-O3", "-march=native", os.path.join(HERE, "hand", self.program.source + ".cpp"), "-o", path])
        command = [path, precision, str(self.program.cells), str(self.seconds), str(self.warm)]
        return lambda seed: self.answer(self.run(command + [str(seed)]))

    def script(self, name, seconds, code):
        """A peer's script, called with a seed and further flags; answers what it printed. Its folder is kept, so that what has
        been compiled is not compiled again."""
        folder = os.path.join(self.folder, name)
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(HERE, "peers", f"{name}_{self.program.source}.py")
        numbers = [word for key, value in self.program.numbers.items() for word in (f"--{key}", str(value))]
        command = [self.environment.python, path, "--T", str(seconds), "--warm", str(self.warm),
                   "--dir", os.path.join(folder, code), *numbers]
        return lambda seed, *flags: self.run([*command, "--seed", str(seed), *flags], cwd=folder,
                                             env=self.environment.variables())

    def peer(self, name):
        script = self.script(name, self.seconds, "code")
        return lambda seed: self.answer(script(seed))

    def observed_peer(self, name):
        script = self.script(name, self.observed, "observed-code")
        recording = os.path.join(self.folder, name, "observed.npz")

        def contestant(seed):
            script(seed, "--record", recording)
            return self.figures(recording)
        return contestant

    def figures(self, recording):
        """Of a recording, which is removed, so that none is taken for another seed's."""
        out = self.run([self.environment.reader, os.path.join(HERE, "figures.py"), recording, str(self.program.cells),
                        str(self.observed)])
        os.remove(recording)
        return json.loads(out)

    def compile(self, command):
        if not shutil.which(command[0]):
            raise Failed(f"{command[0]} is missing")
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise Failed(last_line(done.stderr))

    def answer(self, out):
        """From the line of JSON that peers and the kernel by hand print last."""
        said = json.loads(last_line(out))
        return said["seconds"] / self.seconds, said["rate"]
