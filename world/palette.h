// SPDX-License-Identifier: Apache-2.0
// The colours of the hours, the weathers and the things. Values are picked by eye.
#pragma once

#include "world/frame.h"
#include "world/scene.h"

namespace aozora::world {

struct Hour {
  Colour3 zenith, middle, horizon, sun;
  Colour3 tint;      // of what the light falls on
  float sun_height;  // on the sky's layer
  float glow;        // strength of the light around sun or moon
  float stars;
};
const Hour& HourOf(TimeOfDay time);

struct Paint {
  Colour3 main, dark, light, accent;
};
Paint PaintOf(Colour colour);

// 0..1: how far the weather greys the sky, how much of it is cloud, how bright it leaves the day.
struct Veil {
  float grey, cloud, bright;
};
Veil VeilOf(Weather weather);

}  // namespace aozora::world
