// SPDX-License-Identifier: Apache-2.0
#include "provenance/mark_sprite.h"

#include <pango/pangocairo.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>

#include "base/check.h"

namespace aozora {
namespace {

constexpr double kHaloShare = 0.14;        // of the height
constexpr double kNameHeightShare = 0.62;  // letters, ascent to descent, of the sign's height
constexpr double kNameGapShare = 0.28;
constexpr const char* kFontFamily = "DejaVu Sans";

struct Free {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(cairo_t* context) const { cairo_destroy(context); }
  void operator()(PangoFontDescription* font) const { pango_font_description_free(font); }
  void operator()(PangoLayout* layout) const { g_object_unref(layout); }
  void operator()(char* text) const { g_free(text); }
};
using Surface = std::unique_ptr<cairo_surface_t, Free>;
using Context = std::unique_ptr<cairo_t, Free>;
using Layout = std::unique_ptr<PangoLayout, Free>;

// A sheet of coverage to draw on.
struct Sheet {
  Sheet(uint32_t width_px, uint32_t height_px)
      : surface(cairo_image_surface_create(CAIRO_FORMAT_A8, static_cast<int>(width_px),
                                           static_cast<int>(height_px))),
        context(cairo_create(surface.get())) {
    CHECK_EQ(static_cast<int>(cairo_status(context.get())), static_cast<int>(CAIRO_STATUS_SUCCESS));
  }

  Surface surface;
  Context context;
};

// In units of the sign's height, y down, the origin in the middle. A ring that the horizon leaves
// open at both sides; above it the half sun with seven rays, below it three lines of water, each
// shorter than the one before.
void TraceSign(cairo_t* cairo) {
  constexpr double kPi = std::numbers::pi;
  constexpr double kHorizon = 0.13, kSun = 0.185;
  cairo_new_path(cairo);  // text leaves a point behind
  cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_width(cairo, 0.055);
  cairo_arc(cairo, 0, 0, 0.465, 0, 2 * kPi);
  cairo_stroke(cairo);
  cairo_arc(cairo, 0, kHorizon - 0.045, kSun, kPi, 2 * kPi);
  cairo_close_path(cairo);
  cairo_fill(cairo);
  cairo_set_line_width(cairo, 0.042);
  for (int i = 0; i < 7; ++i) {
    const double angle = kPi * (1 + (i + 0.5) / 7);
    cairo_move_to(cairo, 0.245 * std::cos(angle), kHorizon - 0.045 + 0.245 * std::sin(angle));
    cairo_line_to(cairo, 0.325 * std::cos(angle), kHorizon - 0.045 + 0.325 * std::sin(angle));
    cairo_stroke(cairo);
  }
  const double lines[3][2] = {{0.33, 0.02}, {0.22, 0.1}, {0.11, 0.18}};
  for (const auto& [half, below] : lines) {
    cairo_move_to(cairo, -half, kHorizon + below);
    cairo_line_to(cairo, half, kHorizon + below);
    cairo_stroke(cairo);
  }
}

Layout MakeLayout(cairo_t* cairo, const std::string& text, double height_px, double width_px_max) {
  Layout layout(pango_cairo_create_layout(cairo));
  const std::unique_ptr<PangoFontDescription, Free> font(pango_font_description_new());
  pango_font_description_set_family(font.get(), kFontFamily);
  pango_font_description_set_weight(font.get(), PANGO_WEIGHT_SEMIBOLD);
  pango_font_description_set_absolute_size(font.get(), height_px / 1.17 * PANGO_SCALE);
  pango_layout_set_font_description(layout.get(), font.get());
  pango_layout_set_single_paragraph_mode(layout.get(), 1);
  pango_layout_set_ellipsize(layout.get(), PANGO_ELLIPSIZE_END);
  const std::unique_ptr<char, Free> valid(
      g_utf8_make_valid(text.data(), static_cast<gssize>(text.size())));
  pango_layout_set_text(layout.get(), valid.get(), -1);
  int width = 0, height = 0;
  pango_layout_get_pixel_size(layout.get(), &width, &height);
  if (width > width_px_max) {
    pango_layout_set_width(layout.get(), static_cast<int>(width_px_max * PANGO_SCALE));
  }
  return layout;
}

struct TextSize {
  int width_px = 0, height_px = 0;
};
TextSize SizeOf(const Layout& layout) {
  TextSize size;
  pango_layout_get_pixel_size(layout.get(), &size.width_px, &size.height_px);
  return size;
}

// Three passes of a box: close to a Gaussian, and the same everywhere.
void Soften(uint32_t width, uint32_t height, uint32_t reach, std::vector<uint8_t>& values) {
  std::vector<uint8_t> before;
  const auto pass = [&](size_t lines, size_t line_step, size_t count, size_t step) {
    before = values;
    for (size_t line = 0; line < lines; ++line) {
      for (size_t i = 0; i < count; ++i) {
        const size_t first = i > reach ? i - reach : 0, last = std::min(count - 1, i + reach);
        uint32_t sum = 0;
        for (size_t j = first; j <= last; ++j) sum += before[line * line_step + j * step];
        values[line * line_step + i * step] = static_cast<uint8_t>(sum / (2 * reach + 1));
      }
    }
  };
  for (int i = 0; i < 3; ++i) {
    pass(height, width, width, 1);
    pass(width, 1, height, width);
  }
}

// The ink as drawn, and around it the halo: the ink spread out, stronger and softened.
MarkSprite Finish(const Sheet& sheet, uint32_t margin_px) {
  MarkSprite sprite;
  cairo_surface_t* const surface = sheet.surface.get();
  cairo_surface_flush(surface);
  sprite.width_px = static_cast<uint32_t>(cairo_image_surface_get_width(surface));
  sprite.height_px = static_cast<uint32_t>(cairo_image_surface_get_height(surface));
  sprite.margin_px = margin_px;
  const uint8_t* const from = cairo_image_surface_get_data(surface);
  const size_t stride = static_cast<size_t>(cairo_image_surface_get_stride(surface));
  for (size_t y = 0; y < sprite.height_px; ++y) {
    sprite.ink.insert(sprite.ink.end(), from + y * stride, from + y * stride + sprite.width_px);
  }
  sprite.halo = sprite.ink;
  Soften(sprite.width_px, sprite.height_px, std::max(1u, margin_px / 3), sprite.halo);
  constexpr uint32_t kStronger = 3;
  for (uint8_t& value : sprite.halo) {
    value = static_cast<uint8_t>(std::min<uint32_t>(255, kStronger * value));
  }
  return sprite;
}

uint32_t MarginOf(uint32_t height_px) {
  return std::max(2u, static_cast<uint32_t>(std::lround(kHaloShare * height_px)));
}

}  // namespace

MarkSprite DrawSign(uint32_t height_px, const std::string& name, uint32_t width_px_max) {
  const uint32_t margin = MarginOf(height_px);
  const double height = height_px;
  const double gap = kNameGapShare * height;
  const double room = width_px_max - 2.0 * margin - height - gap;
  const bool named = !name.empty() && room > height;
  uint32_t width = height_px;
  Layout layout;
  const Sheet scale(1, 1);  // to measure on
  if (named) {
    layout = MakeLayout(scale.context.get(), name, kNameHeightShare * height, room);
    width += static_cast<uint32_t>(std::ceil(gap)) + static_cast<uint32_t>(SizeOf(layout).width_px);
  }
  const Sheet sheet(width + 2 * margin, height_px + 2 * margin);
  cairo_t* const cairo = sheet.context.get();
  if (named) {
    pango_cairo_update_layout(cairo, layout.get());
    cairo_move_to(cairo, margin + height + gap, margin + (height - SizeOf(layout).height_px) / 2);
    pango_cairo_show_layout(cairo, layout.get());
  }
  cairo_translate(cairo, margin + height / 2, margin + height / 2);
  cairo_scale(cairo, height, height);
  TraceSign(cairo);
  return Finish(sheet, margin);
}

MarkSprite DrawText(uint32_t height_px, const std::string& text, uint32_t width_px_max) {
  const uint32_t margin = MarginOf(height_px);
  if (text.empty() || width_px_max <= 2 * margin + height_px) return {};
  const Sheet scale(1, 1);
  const Layout layout =
      MakeLayout(scale.context.get(), text, height_px, width_px_max - 2.0 * margin);
  const TextSize size = SizeOf(layout);
  const Sheet sheet(static_cast<uint32_t>(size.width_px) + 2 * margin,
                    static_cast<uint32_t>(size.height_px) + 2 * margin);
  pango_cairo_update_layout(sheet.context.get(), layout.get());
  cairo_move_to(sheet.context.get(), margin, margin);
  pango_cairo_show_layout(sheet.context.get(), layout.get());
  return Finish(sheet, margin);
}

}  // namespace aozora
