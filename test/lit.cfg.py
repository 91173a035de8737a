# Configuration of lit: where the tools are, and which features this machine has.
import ctypes
import os
import shutil

import lit.formats

config.name = "snnc"
config.test_format = lit.formats.ShTest(execute_external=True)
config.suffixes = [".snn", ".skir", ".test"]
config.excludes = ["Inputs", "unit", "lit.cfg.py"]
config.test_source_root = os.path.dirname(__file__)
root = os.path.dirname(config.test_source_root)
build = os.path.abspath(lit_config.params.get("build", os.path.join(root, "build")))
config.test_exec_root = os.path.join(build, "lit")

llvm_tools = "/usr/lib/llvm-19/bin"
config.environment["PATH"] = os.pathsep.join([os.path.join(build, "bin"), llvm_tools, os.environ["PATH"]])
config.environment["SNN_DATA"] = os.environ.get("SNN_DATA", "")
config.environment["HOME"] = os.environ.get("HOME", "/")

python = "/usr/bin/python3"
config.substitutions += [
    ("%root", root),
    ("%build", build),
    ("%python", python),
    ("%h5", f"{python} {config.test_source_root}/h5show.py"),
    ("%example", f"{python} {config.test_source_root}/examples/example.py --snnc {build}/bin/snnc"),
    ("%every-way", f"{python} {config.test_source_root}/every_way.py --snnc {build}/bin/snnc"),
]

# The stand-in for the CUDA driver and NVRTC, see test/cuda/shim.
shim = os.path.join(build, "lib", "libsnn_cuda_shim.so")
config.substitutions += [("%cuda-shim", f"env SNN_CUDA_LIBRARY={shim} SNN_NVRTC_LIBRARY={shim} SNN_CACHE={build}/cuda-cache")]


def loads(*names):
    for name in names:
        try:
            return ctypes.CDLL(name)
        except OSError:
            pass
    return None


if loads("libnvrtc.so.13", "/usr/local/cuda/lib64/libnvrtc.so.13"):
    config.available_features.add("nvrtc")
driver = loads("libcuda.so.1")
devices = ctypes.c_int(0)
if driver and driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(devices)) == 0 and devices.value:
    config.available_features.add("cuda-device")

if os.path.exists("/usr/share/datasets/fashion-mnist"):
    config.available_features.add("fashion-mnist")
if os.path.exists("/proc/cpuinfo") and "avx512f" in open("/proc/cpuinfo").read():
    config.available_features.add("avx512")
if os.geteuid() == 0:
    config.available_features.add("root")
for tool in ("chromium", "strace", "compute-sanitizer"):
    if shutil.which(tool):
        config.available_features.add(tool)
if lit_config.params.get("nightly"):
    config.available_features.add("nightly")
