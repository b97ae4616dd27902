// SPDX-License-Identifier: Apache-2.0
#include "world/palette.h"

#include <algorithm>

namespace aozora::world {

Colour3 operator*(Colour3 a, float k) { return {a.r * k, a.g * k, a.b * k}; }
Colour3 operator*(Colour3 a, Colour3 b) { return {a.r * b.r, a.g * b.g, a.b * b.b}; }
Colour3 operator+(Colour3 a, Colour3 b) { return {a.r + b.r, a.g + b.g, a.b + b.b}; }
Colour3 Mix(Colour3 a, Colour3 b, float t) { return a * (1 - t) + b * t; }
float Luma(Colour3 c) { return 0.3f * c.r + 0.59f * c.g + 0.11f * c.b; }

const Hour& HourOf(TimeOfDay time) {
  static constexpr Hour kHours[] = {
      {{.42f, .55f, .80f},
       {.93f, .74f, .82f},
       {1.0f, .86f, .76f},
       {1.0f, .90f, .72f},
       {.94f, .84f, .88f},
       .06f,
       .75f,
       0},  // dawn: rose and pale gold
      {{.30f, .60f, .92f},
       {.58f, .80f, .96f},
       {.88f, .94f, .93f},
       {1.0f, .96f, .78f},
       {1.0f, .98f, .92f},
       .25f,
       .7f,
       0},  // morning: fresh and light
      {{.08f, .40f, .86f},
       {.26f, .60f, .95f},
       {.66f, .86f, .98f},
       {1.0f, 1.0f, .94f},
       {1.0f, 1.0f, 1.0f},
       .47f,
       .6f,
       0},  // noon: deep blue
      {{.24f, .22f, .50f},
       {.88f, .38f, .38f},
       {1.0f, .66f, .22f},
       {1.0f, .82f, .38f},
       {1.0f, .74f, .58f},
       .075f,
       .95f,
       0},  // sunset: fire
      {{.06f, .07f, .24f},
       {.26f, .17f, .44f},
       {.74f, .36f, .46f},
       {.98f, .60f, .50f},
       {.56f, .48f, .68f},
       -.06f,
       .35f,
       .35f},  // dusk: violet over a last red
      {{.012f, .022f, .10f},
       {.03f, .06f, .20f},
       {.09f, .15f, .34f},
       {.93f, .95f, 1.0f},
       {.30f, .37f, .58f},
       .34f,
       .5f,
       1},  // night
  };
  return kHours[static_cast<int>(time)];
}

Paint PaintOf(Colour colour) {
  static constexpr Colour3 kMain[] = {{.88f, .16f, .15f}, {.97f, .50f, .10f}, {.99f, .86f, .12f},
                                      {.20f, .66f, .26f}, {.12f, .78f, .74f}, {.14f, .38f, .90f},
                                      {.52f, .22f, .78f}, {.97f, .48f, .70f}, {.96f, .96f, .95f},
                                      {.11f, .11f, .14f}, {.48f, .29f, .16f}, {.84f, .64f, .14f}};
  static constexpr Colour3 kAccent[] = {{.98f, .95f, .90f}, {.98f, .95f, .88f}, {.98f, .98f, .94f},
                                        {.95f, .96f, .86f}, {.96f, .98f, .96f}, {.95f, .96f, .98f},
                                        {.95f, .90f, .98f}, {.99f, .95f, .97f}, {.70f, .74f, .80f},
                                        {.42f, .43f, .48f}, {.86f, .74f, .56f}, {.99f, .95f, .76f}};
  const int i = static_cast<int>(colour);
  Paint paint;
  paint.main = kMain[i];
  paint.accent = kAccent[i];
  paint.dark = colour == Colour::kBlack   ? Colour3{.04f, .04f, .06f}
               : colour == Colour::kWhite ? Colour3{.70f, .73f, .78f}
                                          : paint.main * 0.66f;
  paint.light = colour == Colour::kBlack  ? Colour3{.30f, .31f, .36f}
                : colour == Colour::kGold ? Colour3{1.0f, .90f, .50f}
                                          : Mix(paint.main, {1, 1, 1}, 0.36f);
  return paint;
}

Veil VeilOf(Weather weather) {
  static constexpr Veil kVeils[] = {
      {0, .25f, 1},        // clear: some wisps
      {.18f, .82f, .97f},  // cloudy
      {.78f, .9f, .72f},   // rain
      {.72f, .7f, .94f},   // snow
      {.62f, 0, .97f},     // fog
      {.90f, 1, .46f},     // storm
      {0, 0, 1},           // aurora
  };
  return kVeils[static_cast<int>(weather)];
}

}  // namespace aozora::world
