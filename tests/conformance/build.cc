// SPDX-License-Identifier: Apache-2.0
#include "build.h"

#include <cmath>
#include <limits>

#include "tensor/decode.h"

namespace aozora::conformance {
namespace {

constexpr uint32_t kModulationRows = 3;

op::Activation ActivationOf(const Case& source) {
  const std::string name = source.Text("act", "none");
  if (name == "silu") return op::Activation::kSilu;
  if (name == "gelu_tanh") return op::Activation::kGeluTanh;
  if (name == "relu") return op::Activation::kRelu;
  if (name == "tanh") return op::Activation::kTanh;
  CHECK(name == "none");
  return op::Activation::kNone;
}

// A modulation table as a case names it ("none", "one", "first", "rows").
ConstView Modulation(Operands& operands, const std::string& name, const std::string& kind,
                     int64_t n) {
  if (kind == "none") return {};
  CHECK(kind == "one" || kind == "first" || kind == "rows");
  // The table of a block is a column of the table of all modulations, hence the gap.
  return operands.Input(name, Shape{kind == "one" ? 1 : kModulationRows, n}, 5);
}

op::RowIndex ModulationRows(Operands& operands, const std::string& kind, int64_t m) {
  if (kind != "rows") return {};
  return operands.Rows("rows", m, kModulationRows);
}

// The output of an op that may be put on its operand, and that operand.
struct Place {
  ConstView x;
  View y;
};
Place MakePlace(Operands& operands, const Shape& shape) {
  const Case& c = operands.source();
  const std::string fill = c.Text("fill", "normal");
  const bool same =
      c.Text("place", "apart") == "same" && operands.layout() == Operands::Layout::kAsCase;
  if (same) {
    const View x = operands.InOut("x", shape, c.Int("x_gap", 0), 1, fill);
    return {x, x};
  }
  const ConstView x = operands.Input("x", shape, c.Int("x_gap", 0), 1, fill);
  return {x, operands.Output(shape, c.Int("y_gap", 0), c.Dtype("ytype"))};
}

Place MakeResidual(Operands& operands, const Shape& shape) {
  const Case& c = operands.source();
  const std::string kind = c.Text("residual", "none");
  if (kind == "same" && operands.layout() == Operands::Layout::kAsCase) {
    const View y = operands.InOut("residual", shape, c.Int("y_gap", 0));
    return {y, y};
  }
  ConstView residual;
  if (kind != "none") residual = operands.Input("residual", shape, c.Int("x_gap", 0));
  return {residual, operands.Output(shape, c.Int("y_gap", 0))};
}

op::Op BuildLinear(Operands& operands) {
  const Case& c = operands.source();
  const int64_t m = c.Int("m", 0), k = c.Int("k", 0), n = c.Int("n", 0);
  op::Linear op;
  op.x = operands.Input("x", Shape{m, k}, c.Int("x_gap", 0), 1, c.Text("fill", "normal"));
  op.weight = operands.MakeWeight("weight", Shape{n, k}, c.Dtype("weight"),
                                  1 / std::sqrt(static_cast<double>(k)),
                                  static_cast<float>(c.Number("wscale", 1)));
  if (c.Has("bias")) op.bias = operands.Input("bias", Shape{n});
  op.activation = ActivationOf(c);
  const std::string gate = c.Text("gate", "none");
  op.gate = Modulation(operands, "gate", gate, n);
  op.gate_row = ModulationRows(operands, gate, m);
  const Place place = MakeResidual(operands, Shape{m, n});
  op.residual = place.x;
  op.y = place.y;
  return op;
}

op::Op BuildAttention(Operands& operands) {
  const Case& c = operands.source();
  const int64_t m = c.Int("m", 0), n = c.Int("n", 0), h = c.Int("h", 0), d = c.Int("d", 0);
  const std::string fill = c.Text("fill", "normal");
  const double scale = fill == "large" ? 16 : 1;
  const std::string fill_q = fill == "large" ? "normal" : fill;
  op::Attention op;
  // Columns of one matrix are three views with gaps twice their own size.
  const bool fused = c.Text("layout", "apart") == "fused";
  const int64_t gap = fused ? 2 * h * d : c.Int("gap", 0);
  op.q = operands.Input("q", Shape{m, h, d}, gap, scale, fill_q);
  op.k = operands.Input("k", Shape{n, h, d}, gap, scale, fill == "zero" ? fill : "normal");
  op.v = operands.Input("v", Shape{n, h, d}, gap);
  op.scale = static_cast<float>(c.Number("scale", 1 / std::sqrt(static_cast<double>(d))));
  op.last_key_count = static_cast<uint32_t>(c.Int("last", 1));
  if (c.Has("bias")) op.bias = operands.Input("bias", Shape{h, m, n}, 0, 2);
  op.out = operands.Output(Shape{m, h, d}, c.Int("y_gap", 0));
  return op;
}

op::Op BuildLayerNorm(Operands& operands) {
  const Case& c = operands.source();
  const int64_t m = c.Int("m", 0), n = c.Int("c", 0);
  const Place place = MakePlace(operands, Shape{m, n});
  op::LayerNorm op;
  op.x = place.x;
  op.y = place.y;
  op.eps = static_cast<float>(c.Number("eps", 0));
  const std::string affine = c.Text("affine", "none");
  if (affine == "weight" || affine == "both") op.weight = operands.Input("weight", Shape{n});
  if (affine == "bias" || affine == "both") op.bias = operands.Input("bias", Shape{n});
  const std::string mod = c.Text("mod", "none");
  const std::string kind = mod == "scale" || mod == "shift" ? "rows" : mod;
  if (mod != "shift") op.scale = Modulation(operands, "scale", kind, n);
  if (mod != "scale") op.shift = Modulation(operands, "shift", kind, n);
  op.row = ModulationRows(operands, kind, m);
  return op;
}

op::Op BuildRmsNorm(Operands& operands) {
  const Case& c = operands.source();
  const int64_t m = c.Int("m", 0), n = c.Int("c", 0), rotate = c.Int("rotate", 0);
  const Place place = MakePlace(operands, Shape{m, n});
  op::RmsNorm op;
  op.x = place.x;
  op.y = place.y;
  op.eps = static_cast<float>(c.Number("eps", 0));
  op.weight = operands.Input("weight", Shape{n});
  if (rotate > 0) op.rotation = operands.Rotation("rotation", m, rotate / 2);
  return op;
}

op::Op BuildChannelNorm(Operands& operands) {
  const Case& c = operands.source();
  const Shape shape = c.ShapeOf("x");
  const Place place = MakePlace(operands, shape);
  op::ChannelNorm op;
  op.x = place.x;
  op.y = place.y;
  op.eps = static_cast<float>(c.Number("eps", 1e-12));
  op.weight = operands.Input("weight", Shape{shape[shape.rank() - 1]});
  op.activation = ActivationOf(c);
  return op;
}

// "1+2/2": padding in front + behind / stride.
op::Conv3d::Axis AxisOf(const Case& c, std::string_view key) {
  op::Conv3d::Axis axis;
  const std::string text = c.Text(key, "0+0");
  const size_t plus = text.find('+'), slash = text.find('/');
  CHECK(plus != std::string::npos);
  axis.pad_front = static_cast<uint32_t>(std::stoul(text.substr(0, plus)));
  axis.pad_back = static_cast<uint32_t>(std::stoul(text.substr(plus + 1)));
  if (slash != std::string::npos) {
    axis.stride = static_cast<uint32_t>(std::stoul(text.substr(slash + 1)));
  }
  return axis;
}

int64_t OutputSize(const op::Conv3d::Axis& axis, int64_t in, int64_t kernel) {
  return (in + axis.pad_front + axis.pad_back - kernel) / axis.stride + 1;
}

// The weight of a convolution, [Cout, Cin, ...kernel].
const Weight* ConvWeight(Operands& operands, const std::vector<int64_t>& kernel, int64_t in_count) {
  const Case& c = operands.source();
  std::vector<int64_t> sizes = {c.Int("out", 0), in_count};
  sizes.insert(sizes.end(), kernel.begin(), kernel.end());
  const Shape shape = Shape(std::span<const int64_t>(sizes));
  return operands.MakeWeight("weight", shape, c.Dtype("weight"),
                             1 / std::sqrt(static_cast<double>(shape.item_count())),
                             static_cast<float>(c.Number("wscale", 1)));
}

op::Op BuildConv3d(Operands& operands) {
  const Case& c = operands.source();
  const Shape in = c.ShapeOf("x");
  std::vector<int64_t> kernel = c.List("kernel", 'x');
  op::Conv3d op;
  op.x = operands.Input("x", in, c.Int("x_gap", 0), 1, c.Text("fill", "normal"), c.Dtype("xtype"));
  std::vector<ConstView>& earlier = operands.Views();
  for (int64_t t = 0; t < c.Int("earlier", 0); ++t) {
    earlier.push_back(operands.Input(fmt::format("earlier {}", t), in.WithAxis(0, 1), 0, 1,
                                     "normal", c.Dtype("etype")));
  }
  op.earlier = earlier;
  op.depthwise = c.Int("depthwise", 0) != 0;
  op.weight = ConvWeight(operands, kernel, op.depthwise ? 1 : in[3]);
  if (c.Has("bias")) op.bias = operands.Input("bias", Shape{c.Int("out", 0)});
  op.activation = ActivationOf(c);
  op.upsample = static_cast<uint32_t>(c.Int("upsample", 1));
  if (kernel.size() == 2) kernel.insert(kernel.begin(), 1);
  // Padding is for those kernels of a line that reach so far.
  if (kernel[0] > 1) op.time = AxisOf(c, "t");
  const bool spread = kernel[1] > 1 || kernel[2] > 1;
  if (spread) op.height = AxisOf(c, "h");
  if (spread) op.width = AxisOf(c, "w");
  const auto frame_count = static_cast<int64_t>(earlier.size()) + in[0];
  const Place place = MakeResidual(
      operands, Shape{OutputSize(op.time, frame_count, kernel[0]),
                      OutputSize(op.height, in[1] * op.upsample, kernel[1]),
                      OutputSize(op.width, in[2] * op.upsample, kernel[2]), c.Int("out", 0)});
  op.residual = place.x;
  op.y = place.y;
  return op;
}

op::Op BuildPermute(Operands& operands) {
  const Case& c = operands.source();
  op::Permute op;
  op.x = operands.Input("x", c.ShapeOf("x"));
  const std::vector<int>& order = operands.Order(c.List("order", ','));
  op.order = order;
  std::vector<int64_t> sizes;
  // Axes of size 1 are repeated, if the case says so.
  const int64_t repeat = c.Int("repeat", 1);
  for (const int axis : order) sizes.push_back(op.x.dim(axis) == 1 ? repeat : op.x.dim(axis));
  op.y = operands.Output(Shape(std::span(sizes)));
  return op;
}

op::Op BuildElementwise(Operands& operands) {
  const Case& c = operands.source();
  const Shape shape = c.ShapeOf("x");
  const std::string fill = c.Text("fill", "normal");
  const std::string other = c.Text("x1", "none");
  const std::string place =
      operands.layout() == Operands::Layout::kAsCase ? c.Text("place", "apart") : "apart";
  op::Elementwise op;
  const View x0 = operands.InOut("x", shape, c.Int("x_gap", 0), 1, fill);
  op.x0 = x0;
  if (place == "x0") op.y = x0;
  if (other == "row") op.x1 = operands.Input("x1", Shape{shape[shape.rank() - 1]});
  if (other == "same") {
    const View x1 = operands.InOut("x1", shape, c.Int("x1_gap", 0));
    op.x1 = x1;
    if (place == "x1") op.y = x1;
  }
  if (!op.y) op.y = operands.Output(shape, c.Int("y_gap", 0));
  op.a = static_cast<float>(c.Number("a", 1));
  op.b = static_cast<float>(c.Number("b", 1));
  op.multiply = c.Int("multiply", 0) != 0;
  op.activation = ActivationOf(c);
  op.low = static_cast<float>(c.Number("low", -std::numeric_limits<double>::infinity()));
  op.high = static_cast<float>(c.Number("high", std::numeric_limits<double>::infinity()));
  return op;
}

op::Op BuildMeanLast(Operands& operands) {
  const Case& c = operands.source();
  const Shape shape = c.ShapeOf("x");
  op::MeanLast op;
  op.x = operands.Input("x", shape, 0, 1, c.Text("fill", "normal"));
  op.y = operands.Output(Shape(shape.sizes().first(static_cast<size_t>(shape.rank() - 1))));
  return op;
}

op::Op BuildGather(Operands& operands) {
  const Case& c = operands.source();
  const int64_t v = c.Int("v", 0), n = c.Int("c", 0), m = c.Int("m", 0);
  op::Gather op;
  op.table = operands.MakeWeight("table", Shape{v, n}, c.Dtype("weight"), 1,
                                 static_cast<float>(c.Number("wscale", 1)));
  op.ids = operands.Ids("ids", m, static_cast<int32_t>(v));
  op.y = operands.Output(Shape{m, n}, c.Int("y_gap", 0));
  return op;
}

}  // namespace

op::Op BuildOp(Operands& operands) {
  static const std::map<std::string, op::Op (*)(Operands&)> builders = {
      {"linear", BuildLinear},
      {"attention", BuildAttention},
      {"layer_norm", BuildLayerNorm},
      {"rms_norm", BuildRmsNorm},
      {"channel_norm", BuildChannelNorm},
      {"conv3d", BuildConv3d},
      {"permute", BuildPermute},
      {"elementwise", BuildElementwise},
      {"mean_last", BuildMeanLast},
      {"gather", BuildGather},
  };
  return builders.at(operands.source().op())(operands);
}

View OutputOf(const op::Op& op) {
  return std::visit(
      [](const auto& o) {
        if constexpr (requires { o.out; }) {
          return o.out;
        } else {
          return o.y;
        }
      },
      op);
}

const Weight* WeightOf(const op::Op& op) {
  if (const auto* linear = std::get_if<op::Linear>(&op)) return linear->weight;
  if (const auto* conv = std::get_if<op::Conv3d>(&op)) return conv->weight;
  return nullptr;
}

void SetPacked(op::Op& op, const op::Packed* packed) {
  if (auto* linear = std::get_if<op::Linear>(&op)) linear->packed = packed;
  if (auto* conv = std::get_if<op::Conv3d>(&op)) conv->packed = packed;
}

std::vector<float> ValuesOf(ConstView view) {
  std::vector<float> values(static_cast<size_t>(view.count()));
  const int64_t item_count = view.shape().rank() > 0 ? view.shape().item_count() : 1;
  const int64_t items = view.shape().rank() > 0 ? view.dim(0) : 1;
  const DTypeInfo& info = Info(view.dtype());
  const int64_t stride_bytes = view.item_stride() / info.block_values * info.block_bytes;
  for (int64_t i = 0; i < items && item_count > 0; ++i) {
    const auto* const item = static_cast<const std::byte*>(view.data()) + i * stride_bytes;
    DecodeToF32(view.dtype(), item, item_count, &values[i * item_count]);
  }
  return values;
}

}  // namespace aozora::conformance
