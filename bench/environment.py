"""The virtual environment of the peers, under the build folder. What cannot be installed is left out, with the reason."""
import functools
import os
import subprocess
import sys

# Brian2 2.9 reads what numpy 2.4 no longer has. GeNN is not on PyPI: README.md says how it gets into the environment.
PACKAGES = {"brian2": ["brian2", "numpy<2.4", "cython", "setuptools"], "nest": ["nest-simulator", "numpy<2.4"],
            "annarchy": ["ANNarchy", "numpy<2.4"], "matplotlib": ["matplotlib", "numpy<2.4"]}
DISTRIBUTION = {"brian2": "brian2", "nest": "nest-simulator", "annarchy": "ANNarchy", "genn": "pygenn", "matplotlib": "matplotlib"}


def last_line(text):
    lines = [line for line in text.strip().split("\n") if line.strip()]
    return lines[-1].strip() if lines else "no reason given"


class Environment:
    def __init__(self, build):
        self.folder = os.path.join(os.path.abspath(build), "bench-venv")
        self.python = os.path.join(self.folder, "bin", "python")

    def exists(self):
        return os.path.exists(self.python)

    def make(self):
        """An empty text, or why there is no environment."""
        if self.exists():
            return ""
        print(f"bench: making {self.folder}", file=sys.stderr)
        done = subprocess.run([sys.executable, "-m", "venv", self.folder], capture_output=True, text=True)
        return last_line(done.stdout + done.stderr) + " (Debian: python3-venv)" if done.returncode else ""

    def version(self, name):
        """Of what is installed, else nothing."""
        code = f"import importlib.metadata as m; print(m.version('{DISTRIBUTION[name]}'))"
        done = subprocess.run([self.python, "-c", code], capture_output=True, text=True)
        return done.stdout.strip() if done.returncode == 0 else None

    def provide(self, name):
        """The version of a peer, which is installed if need be; else nothing and the reason."""
        found = self.version(name)
        if found or name not in PACKAGES:
            return found, "not installed, see bench/README.md"
        print(f"bench: installing {' '.join(PACKAGES[name])}", file=sys.stderr)
        done = subprocess.run([self.python, "-m", "pip", "install", "-q", "--retries", "1", *PACKAGES[name]],
                              capture_output=True, text=True)
        return self.version(name), last_line(done.stderr)

    @functools.cached_property
    def reader(self):
        """A Python that reads recordings. The one of Debian's python3-h5py is not always the first on the path."""
        for python in (sys.executable, "/usr/bin/python3", self.python):
            if subprocess.run([python, "-c", "import numpy, h5py"], capture_output=True).returncode == 0:
                return python
        return None

    def variables(self):
        """As in an activated environment; ANNarchy finds its Python by it. One thread, whatever a peer asks OpenMP for."""
        path = os.path.join(self.folder, "bin") + os.pathsep + os.environ.get("PATH", "")
        return {**os.environ, "VIRTUAL_ENV": self.folder, "PATH": path, "OMP_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1",
                "PYTHONDONTWRITEBYTECODE": "1"}
