// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstring>

#include "ops/cpu/kernels.h"

namespace aozora::ops::cpu {
namespace {

// An axis of the result: its size, and how far apart neighbours along it lie in x (0: repeated) and
// in y.
struct Axis {
  int64_t count;
  int64_t from;
  int64_t to;
};

// The axes of y, slowest first, without those of size 1, neighbours joined where x has them in the
// same order. The last two are what a task's inner loops run over, so there are always two.
struct Axes {
  std::array<Axis, Shape::kRankMax + 2> axes;
  int rank = 0;

  void Add(Axis axis) {
    if (axis.count == 1) return;
    if (rank > 0) {
      Axis& last = axes[rank - 1];
      if (last.from == axis.from * axis.count) {
        last = {last.count * axis.count, axis.from, axis.to};
        return;
      }
    }
    axes[rank++] = axis;
  }
};

Axes AxesOf(const op::Permute& op) {
  const int rank = op.x.shape().rank();
  Axes result;
  int64_t to = op.y.count();
  for (int axis = 0; axis < rank; ++axis) {
    const int source = op.order[axis];
    int64_t from = 1;
    for (int behind = source + 1; behind < rank; ++behind) from *= op.x.dim(behind);
    if (op.x.dim(source) == 1) from = 0;
    to /= op.y.dim(axis);
    result.Add({op.y.dim(axis), from, to});
  }
  return result;
}

// Moves the axis that is contiguous in x next to the last, so that the two make a transposition.
// Which axis is where does not matter: each knows where its values go.
void MoveContiguousAxis(Axes& axes) {
  for (int i = 0; i + 2 < axes.rank; ++i) {
    if (axes.axes[i].from != 1) continue;
    std::rotate(&axes.axes[i], &axes.axes[i] + 1, &axes.axes[axes.rank - 1]);
    return;
  }
}

// One line: neighbours in y.
void CopyLine(const float* from, const Axis& axis, float* to) {
  if (axis.from == 1) {
    std::memcpy(to, from, static_cast<size_t>(axis.count) * sizeof(float));
  } else if (axis.from == 0) {
    std::fill(to, to + axis.count, *from);
  } else {
    for (int64_t i = 0; i < axis.count; ++i) to[i] = from[i * axis.from];
  }
}

constexpr int64_t kSquare = 16;  // floats: a cache line

// A plane of two axes, the second contiguous in y. In a transposition the first is contiguous in x;
// then squares that fit the nearest cache are done one by one.
void CopyPlane(const float* from, const Axis& slow, const Axis& fast, float* to) {
  if (slow.from != 1 || slow.count < kSquare || fast.count < kSquare) {
    for (int64_t i = 0; i < slow.count; ++i) {
      CopyLine(from + i * slow.from, fast, to + i * slow.to);
    }
    return;
  }
  for (int64_t i = 0; i < slow.count; i += kSquare) {
    const int64_t end = std::min(i + kSquare, slow.count);
    for (int64_t j = 0; j < fast.count; j += kSquare) {
      const Axis part{std::min(kSquare, fast.count - j), fast.from, 1};
      for (int64_t line = i; line < end; ++line) {
        CopyLine(from + line + j * fast.from, part, to + line * slow.to + j);
      }
    }
  }
}

// Where the planes of the last two axes begin, one after the other.
class Planes {
 public:
  Planes(const Axes& axes, int64_t plane) : axes_(axes) {
    for (int i = axes.rank - 3; i >= 0; --i) {
      index_[i] = plane % axes.axes[i].count;
      plane /= axes.axes[i].count;
      from_ += index_[i] * axes.axes[i].from;
      to_ += index_[i] * axes.axes[i].to;
    }
  }

  int64_t from() const { return from_; }
  int64_t to() const { return to_; }

  void Next() {
    for (int i = axes_.rank - 3; i >= 0; --i) {
      const Axis& axis = axes_.axes[i];
      from_ += axis.from;
      to_ += axis.to;
      if (++index_[i] < axis.count) return;
      index_[i] = 0;
      from_ -= axis.count * axis.from;
      to_ -= axis.count * axis.to;
    }
  }

 private:
  const Axes& axes_;
  std::array<int64_t, Shape::kRankMax + 2> index_ = {};
  int64_t from_ = 0, to_ = 0;
};

}  // namespace

op::Support Supports(const op::Permute&) { return op::Support::Yes(); }

// A task is some whole planes or, where planes are large, some lines of one.
void Run(op::RunContext& context, const op::Permute& op) {
  if (op.y.count() == 0) return;
  Axes axes = AxesOf(op);
  while (axes.rank < 2) {
    std::rotate(axes.axes.begin(), axes.axes.end() - 1, axes.axes.end());
    axes.axes[0] = {1, 0, 0};
    ++axes.rank;
  }
  MoveContiguousAxis(axes);
  const Axis slow = axes.axes[axes.rank - 2], fast = axes.axes[axes.rank - 1];
  const int64_t plane_floats = slow.count * fast.count;
  const int64_t plane_count = op.y.count() / plane_floats;
  const int64_t task_planes = std::max<int64_t>(kTaskFloats / plane_floats, 1);
  // Whole squares of lines, so that a cut does not spoil a transposition.
  const int64_t part_max = std::max<int64_t>(kTaskFloats / fast.count / kSquare, 1) * kSquare;
  const int64_t part = task_planes > 1 ? slow.count : std::min(part_max, slow.count);
  const int64_t part_count = (slow.count + part - 1) / part;
  const auto task_count =
      static_cast<uint64_t>((plane_count + task_planes - 1) / task_planes * part_count);
  context.pool.ParallelFor(task_count, [&](uint64_t task, uint32_t) {
    if (context.cancel.cancelled()) return;
    const int64_t begin = static_cast<int64_t>(task) / part_count * task_planes;
    const int64_t line = static_cast<int64_t>(task) % part_count * part;
    const Axis lines{std::min(part, slow.count - line), slow.from, slow.to};
    Planes planes(axes, begin);
    for (int64_t i = begin; i < std::min(begin + task_planes, plane_count); ++i, planes.Next()) {
      CopyPlane(op.x.f32() + planes.from() + line * slow.from, lines, fast,
                op.y.f32() + planes.to() + line * slow.to);
    }
  });
}

}  // namespace aozora::ops::cpu
