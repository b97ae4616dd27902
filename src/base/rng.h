// SPDX-License-Identifier: Apache-2.0
// Random numbers that other programs would have drawn too: the same seed gives the noise that
// torch.randn gives, on a CPU or on a CUDA device, so that a clip can be compared with theirs.
// Nothing here is global and nothing looks at a clock: who needs noise is handed a source.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string_view>

namespace aozora {

// Philox4x32 with ten rounds: a keyed bijection of 128-bit counters, good enough as random words.
// Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011; words as in Random123.
std::array<uint32_t, 4> Philox4x32(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

// A seed of its own for part `stream` of the work that `seed` stands for (the fresh noise of a
// step, the next scene of a film). Different (seed, stream) give unrelated seeds; the mapping never
// changes.
uint64_t SplitSeed(uint64_t seed, uint64_t stream);

// Draws from the standard normal distribution. One source for each seed and stream; a source is a
// sequence of draws, and where one Fill ends and the next begins matters (it does for torch.randn:
// one Fill is one call of it, with the same number of values). One thread at a time.
class NormalSource {
 public:
  virtual ~NormalSource() = default;
  virtual void Fill(std::span<float> out) = 0;
};

// torch.randn of a contiguous float32 tensor on a CUDA device after torch.manual_seed(seed).
//
// A device thread draws four values a turn from one Philox block (words 0 and 1 make two of them by
// Box-Muller, words 2 and 3 the others) and writes them one whole grid of threads apart, so the
// result depends on how many threads the grid has: blocks of 256, as many as the values need, at
// most as many as the device holds at once. (torch
// aten/src/ATen/native/cuda/DistributionTemplates.h, calc_execution_policy and
// distribution_elementwise_grid_stride_kernel; curand_normal.h.)
//
// With `thread_count_max` = kThreadsUnbounded each value has a thread and a block of its own, as in
// stable-diffusion.cpp (src/core/rng_philox.hpp) and its model, the philox of AUTOMATIC1111's web
// UI. That equals every device as long as the tensor has no more values than the device holds
// threads; the latents of a five-second clip are ten times more, and then the device must be named
// to get its noise. Tensors of more than 2^29 values, which torch cuts into pieces, are not
// reproduced.
//
// The words are exact. The device computes sine and cosine with its fast approximations, so values
// agree to some 1e-6, not to the bit.
class PhiloxNormal final : public NormalSource {
 public:
  static constexpr uint64_t kThreadsUnbounded = UINT64_MAX;
  // Multiprocessors x resident threads of each, from NVIDIA's architecture white papers.
  static constexpr uint64_t kThreadsA100 = uint64_t{108} * 2048;
  static constexpr uint64_t kThreadsH100 = uint64_t{132} * 2048;  // SXM; H200 is the same
  static constexpr uint64_t kThreadsRtx3090 = uint64_t{82} * 1536;
  static constexpr uint64_t kThreadsRtx4090 = uint64_t{128} * 1536;

  explicit PhiloxNormal(uint64_t seed, uint64_t thread_count_max = kThreadsUnbounded);
  void Fill(std::span<float> out) override;

 private:
  uint64_t seed_;
  uint64_t block_count_max_;
  uint64_t turn_ = 0;  // turns taken so far by each thread: torch's philox offset / 4
};

// torch.randn of a contiguous float32 tensor on the CPU after torch.manual_seed(seed); ComfyUI
// draws its noise so. MT19937 seeded with the low 32 bits. From 16 values on, torch turns uniforms
// into normals in blocks of 16, the last block overlapping the one before and drawn anew; below, it
// takes them one by one in double and keeps the second of each pair for later. (torch
// aten/src/ATen/native/cpu/DistributionTemplates.h, normal_fill; core/DistributionsHelper.h.)
// The angle is worked out in float as on processors with AVX2, where ours agree with torch's to
// 5e-7; torch without AVX2 differs from both by up to 2.5e-6.
class TwisterNormal final : public NormalSource {
 public:
  explicit TwisterNormal(uint64_t seed);
  void Fill(std::span<float> out) override;

 private:
  float Uniform();
  double UniformDouble();
  double ScalarNormal();
  void FillBlock(std::span<float, 16> block);

  std::mt19937 twister_;
  std::optional<double> kept_;
};

enum class NormalKind { kPhilox, kTwister };
std::string_view Name(NormalKind kind);  // "philox", "mt19937"
std::optional<NormalKind> ParseNormalKind(std::string_view name);
std::unique_ptr<NormalSource> MakeNormalSource(NormalKind kind, uint64_t seed);

}  // namespace aozora
