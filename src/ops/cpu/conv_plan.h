// SPDX-License-Identifier: Apache-2.0
// How a convolution is cut into pieces that fit the caches: numbers only, no arithmetic on tensors.
// Nothing here depends on the number of threads, so neither do results.
//
// The convolution is a matrix product that never writes its left matrix down. Output pixels are its
// rows, output channels its columns, and k runs over taps and input channels. Because activations
// are channels-last, k is contiguous in the input along the taps of a line.
//
//   tile    a box of output pixels, some 256, and the input box that it looks at, copied with its
//           borders of zeros into scratch memory: the kernels know no borders
//   chunk   some input channels: the input box is copied and multiplied chunk by chunk
//   block   the output channels that a register tile holds
//   group   consecutive blocks; a task is a tile and a group
//   pass    a part of k that stays in the nearest cache while all pixels of a tile go by; its sums
//   are
//           made in registers, then added to the tile's sums
//
// Enlargement by repetition costs nothing but less work. With it output o looks at floor((o s + k -
// p) / 2): taps that fall on the same input have their weights added up beforehand. Which ones do
// depends on whether o is even, so that (for odd strides) even and odd outputs are convolutions of
// their own, called phases: four of 2x2 taps stand for a 3x3 convolution of an enlarged
// picture, 2.25 times less work. Zeros around the large picture are zeros around the small one, so
// this is exact.
#pragma once

#include <cstdint>
#include <vector>

#include "op/op.h"

namespace aozora::ops::cpu {

inline constexpr int64_t kLineFloats = 16;  // of a cache line

// The outputs phase, phase + phases.size() ... of an axis. Output i of a phase looks at the inputs
// first + i * step + tap.
struct ConvPhase {
  int64_t first = 0;  // may be in the padding, as may the last
  int64_t tap_count = 0;
  int64_t out_count = 0;
  std::vector<int64_t> tap_of_kernel;  // to which tap a value of the kernel belongs
};

struct ConvAxis {
  int64_t in_count = 0;
  int64_t step = 1;
  std::vector<ConvPhase> phases;  // 1 or 2

  int64_t out_count() const;  // of the phase that has most
  int64_t first() const;      // of the phase that starts first
  // How many inputs `count` consecutive outputs of all phases look at.
  int64_t Extent(int64_t count) const;
};

ConvAxis MakeConvAxis(const op::Conv3d::Axis& axis, int64_t in_count, int64_t out_count,
                      int64_t kernel_size, int64_t upsample);

// Register tiles of an instruction set.
struct ConvLanes {
  int64_t lanes;        // f32 values of a vector
  int64_t vectors_max;  // vectors of output channels of a register tile
};

// Two kernels share all the rest. `kOutputs` has output channels in the lanes and multiplies by
// broadcast inputs. `kInputs` is for few output channels, which would leave lanes empty: it has
// input channels in the lanes and sums them up at the end of a pass.
enum class ConvLaneAxis : uint8_t { kOutputs, kInputs };

struct ConvBlock {
  int64_t channel;       // the first output channel
  int64_t vector_count;  // kOutputs: vectors of channels; kInputs: channels
  int64_t width;         // weights for each k, zeros for absent channels included
};

// How the weights of a kernel lie once they are packed: [phase][chunk][block][tap][channel][width],
// where phase, block and chunk have sizes of their own. (kInputs: [tap][channel /
// lanes][width][lanes])
struct ConvLayout {
  ConvLanes machine = {};
  ConvLaneAxis lane_axis = ConvLaneAxis::kOutputs;
  int64_t in_count = 0, out_count = 0;  // channels
  int64_t chunk_channels = 0;           // of every chunk but the last
  int64_t chunk_count = 0;
  int64_t width = 0;  // of all blocks
  std::vector<ConvBlock> blocks;
  std::vector<int64_t> phase_taps;  // phases of height, then of width within them
  int64_t value_count = 0;

  int64_t ChunkBegin(int64_t chunk) const { return chunk * chunk_channels; }
  int64_t ChunkSize(int64_t chunk) const;    // channels that exist
  int64_t ChunkStride(int64_t chunk) const;  // of a pixel of the input box: rounded up for kInputs
  int64_t Offset(int64_t phase, int64_t chunk, int64_t block) const;
};

struct ConvBox {
  int64_t t, y, x;
  int64_t count() const { return t * y * x; }
};

// A run of k that is contiguous both in the input box and in the packed weights.
struct ConvRun {
  int64_t offset;  // in the input box, from the place of the output pixel's first tap
  int64_t length;
};
struct ConvPass {
  std::vector<ConvRun> runs;
  int64_t begin = 0;   // in the k of its phase and chunk
  int64_t length = 0;  // of all runs
};

struct ConvGroup {
  int64_t block_begin, block_end;
  int64_t channel_begin, channel_end;
  int64_t width;
};

struct ConvPlan {
  ConvAxis time, height, width;
  ConvLayout layout;
  ConvBox tile;  // output pixels of each phase of a tile; at the far borders there are fewer
  ConvBox tile_count;
  ConvBox in_box;  // of a full tile
  std::vector<ConvGroup> groups;
  // [phase * 2 + whether the chunk is the last]; taps that no output sees a frame through, as at
  // the start of a clip, are left out.
  std::vector<std::vector<ConvPass>> passes;

  int64_t phase_count() const { return static_cast<int64_t>(layout.phase_taps.size()); }
  int64_t task_count() const { return tile_count.count() * static_cast<int64_t>(groups.size()); }
  // Floats of the input box and of the sums of a tile, rounded up to whole cache lines.
  int64_t in_box_floats() const;
  int64_t sums_floats() const;
};

ConvPlan MakeConvPlan(const op::Conv3d& op, const ConvLanes& machine);

}  // namespace aozora::ops::cpu
