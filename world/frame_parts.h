// SPDX-License-Identifier: Apache-2.0
// What the two halves of SetUpFrame share.
#pragma once

#include "world/frame.h"

namespace aozora::world {

struct CameraState {
  float pan = 0;   // sideways place, world units
  float tilt = 0;  // how far it looks up, picture units
  float zoom = 1;

  // Near things grow more than far ones, as when the camera moves towards them.
  float ZoomAt(float depth) const {
    return 1 + (zoom - 1) * (0.35f + 0.65f * depth / kSubjectDepth);
  }
  LayerView View(float depth) const { return {1 / ZoomAt(depth), pan * depth}; }
};
float HorizonOf(Setting setting);  // when the camera is at rest
CameraState CameraAt(const Scene& scene, double time_s);

void SetActors(const Scene& scene, double time_s, const CameraState& camera, FrameSetup& frame);

}  // namespace aozora::world
