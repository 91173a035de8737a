// CUDA C++ for the compiler of the host: what NVRTC knows by itself. Put in front of every text that the shim compiles. A block's
// threads are fibers of one thread (Fibers.cpp), so that atomic operations are plain ones and shared memory is static.
#pragma once

#define __CUDACC_RTC__ 1
#define __device__
#define __global__
#define __shared__ static
#define __constant__ static
#define __launch_bounds__(THREADS, BLOCKS)
#define __forceinline__ inline __attribute__((always_inline))

struct ShimDim {
  unsigned x, y, z;
};

extern "C" {
extern ShimDim shimThread, shimBlock, shimBlockDim, shimGridDim;
void shimBarrier();
/// For all lanes of a warp: `mine` in, the value of lane `from` out.
int shimExchange(int mine, int from);
double floor(double);
float floorf(float);
double trunc(double);
float truncf(float);
double fabs(double);
float fabsf(float);
float fminf(float, float);
float fmaxf(float, float);
}

#define threadIdx shimThread
#define blockIdx shimBlock
#define blockDim shimBlockDim
#define gridDim shimGridDim

inline void __syncthreads() { shimBarrier(); }
/// In pieces of 32 bits.
template <class T> inline T shimShuffle(T value, int lane) {
  int words[sizeof(T) / 4];
  __builtin_memcpy(words, &value, sizeof value);
  for (int &word : words)
    word = shimExchange(word, lane & 31);
  __builtin_memcpy(&value, words, sizeof value);
  return value;
}
template <class T> inline T __shfl_sync(unsigned, T value, int lane) { return shimShuffle(value, lane); }
template <class T> inline T __shfl_up_sync(unsigned, T value, unsigned distance) {
  const int lane = int(threadIdx.x & 31), from = lane - int(distance);
  return shimShuffle(value, from < 0 ? lane : from);
}
inline unsigned __ballot_sync(unsigned, bool set) {
  unsigned out = 0;
  for (int lane = 0; lane < 32; ++lane)
    out |= unsigned(shimExchange(set, lane)) << lane;
  return out;
}
inline void __syncwarp() { shimExchange(0, 0); }
inline int __ffs(int x) { return __builtin_ffs(x); }
inline int __popc(unsigned x) { return __builtin_popcount(x); }
struct alignas(16) uint4 {
  unsigned x, y, z, w;
};

template <class T> inline T atomicAdd(T *at, T value) {
  const T old = *at;
  *at = T(old + value);
  return old;
}
inline unsigned atomicOr(unsigned *at, unsigned value) {
  const unsigned old = *at;
  *at = old | value;
  return old;
}
inline unsigned atomicMin(unsigned *at, unsigned value) {
  const unsigned old = *at;
  *at = value < old ? value : old;
  return old;
}

inline double __fma_rn(double a, double b, double c) { return __builtin_fma(a, b, c); }
inline float __fmaf_rn(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
inline double __dsqrt_rn(double x) { return __builtin_sqrt(x); }
inline float __fsqrt_rn(float x) { return __builtin_sqrtf(x); }
