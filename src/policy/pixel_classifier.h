// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "policy/frame_classifier.h"

namespace aozora::policy {

inline constexpr std::string_view kSkinLabel = "skin";

// The classifier that needs no model: "skin" is the share of the pixels that have a colour of human
// skin, light or dark: 77 <= Cb <= 127 and 133 <= Cr <= 173 (Chai and Ngan, "Face Segmentation
// Using Skin-Color Map in Videophone Applications", IEEE TCSVT 9(4), 1999), full-range BT.601, and
// an HSV saturation of at least 0.23 (Kolkur et al., "Human Skin Detection Using RGB, HSV and YCbCr
// Color Models", 2016; their upper bound would miss dark skin): without it the warm greys of a dusk
// count. Wood, sand and faces have it too: it is a reason for people to look, never for a refusal.
class PixelClassifier final : public FrameClassifier {
 public:
  std::string_view name() const override { return "pixels"; }
  std::vector<std::string> labels() const override { return {std::string(kSkinLabel)}; }
  Result<std::vector<LabelScore>> Classify(const Image& frame) override;
};

}  // namespace aozora::policy
