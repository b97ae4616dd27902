// SPDX-License-Identifier: Apache-2.0
#include "pipeline/segments.h"

#include <algorithm>

namespace aozora {
namespace {

constexpr uint32_t kBridgeEnds =
    2;  // pictures: the one that it comes from, the one that it goes to

LatentSize SizeFor(const Capabilities& can, const Settings& settings, uint32_t latent_count) {
  ClipSize clip = settings.clip;
  clip.frame_count = can.latent.PictureFrames(latent_count);
  return can.latent.Latent(clip);
}

// Of each scene the pictures that it ends before.
std::vector<uint32_t> SceneEnds(const Settings& settings) {
  std::vector<uint32_t> ends;
  for (const SceneStart& scene : settings.further_scenes) ends.push_back(scene.first_frame);
  ends.push_back(settings.clip.frame_count);
  return ends;
}

// Latent by latent: each segment is given the end of all that was made before it.
Cut CutJoined(const Capabilities& can, const Settings& settings, const ClipLatent* extended) {
  const uint32_t most =
      std::max(can.latent.LatentFrames(can.trained_frame_count), can.continued_latent_count + 1);
  Cut cut;
  cut.joined = true;
  uint32_t done = extended != nullptr ? extended->pieces[0].size.frame_count : 0;
  const std::vector<uint32_t> ends = SceneEnds(settings);
  for (uint32_t scene = 0; scene < ends.size(); ++scene) {
    const uint32_t end = can.latent.LatentFrames(ends[scene]);
    while (done < end) {
      Segment segment;
      segment.scene = scene;
      segment.latents_given = std::min(done, can.continued_latent_count);
      segment.noise_index = done;
      const uint32_t made = std::min(end - done, most - segment.latents_given);
      segment.latent = SizeFor(can, settings, segment.latents_given + made);
      cut.segments.push_back(segment);
      done += made;
    }
  }
  return cut;
}

// Picture by picture: each segment but the first begins with the last picture before it.
Cut CutByPictures(const Capabilities& can, const Settings& settings, const ClipLatent* extended) {
  const uint32_t most = can.trained_frame_count;
  Cut cut;
  uint32_t done = settings.source_frame_count;
  uint32_t index = extended != nullptr ? static_cast<uint32_t>(extended->pieces.size()) : 0;
  const std::vector<uint32_t> ends = SceneEnds(settings);
  for (uint32_t scene = 0; scene < ends.size(); ++scene) {
    while (done < ends[scene]) {
      Segment segment;
      segment.scene = scene;
      segment.noise_index = index;
      segment.frames_skipped = index++ == 0 ? 0 : 1;
      segment.frames_delivered =
          std::min(ends[scene] - done, std::max(most, 2u) - segment.frames_skipped);
      const uint32_t count = segment.frames_skipped + segment.frames_delivered;
      segment.latent = SizeFor(can, settings, can.latent.LatentFrames(count));
      cut.segments.push_back(segment);
      done += segment.frames_delivered;
    }
  }
  return cut;
}

// New pictures between the source's last one and the target's first, which are both given.
Result<Cut> CutBridge(const Capabilities& can, const Settings& settings, const ClipLatent& source) {
  Cut cut;
  cut.joined = can.continued_latent_count > 0;
  if (cut.joined) return cut;
  const uint32_t made =
      settings.clip.frame_count - settings.source_frame_count - settings.target_frame_count;
  if (const uint32_t most = BridgeFramesMax(can); made > most) {
    return Error::Invalid("a bridge of {} frames: {} {} makes at most {} ({:.1f} s) at once", made,
                          can.family, can.variant, most, most / settings.frame_rate);
  }
  Segment segment;
  segment.latent = SizeFor(can, settings, can.latent.LatentFrames(made + kBridgeEnds));
  segment.noise_index = static_cast<uint32_t>(source.pieces.size());
  segment.frames_skipped = 1;
  segment.frames_delivered = made;
  cut.segments.push_back(segment);
  return cut;
}

}  // namespace

Result<Cut> CutIntoSegments(const Capabilities& can, const Settings& settings,
                            const ClipLatent* extended) {
  if (settings.source_use == SourceUse::kBridge) return CutBridge(can, settings, *extended);
  if (can.continued_latent_count > 0) return CutJoined(can, settings, extended);
  const uint32_t most = can.trained_frame_count;
  const bool one = extended == nullptr && settings.further_scenes.empty() &&
                   (settings.clip.frame_count <= most || most <= 1);
  if (one) {
    Segment segment;
    segment.latent = SizeFor(can, settings, can.latent.LatentFrames(settings.clip.frame_count));
    segment.frames_delivered = settings.clip.frame_count;
    return Cut{{segment}};
  }
  if (can.image_conditioning == ImageConditioning::kNone || !can.has_encoder) {
    return Error::Unsupported(
        "{} frames: {} {} makes at most {} ({:.1f} s) and cannot continue a clip from a picture: "
        "ask for less, a lower frame rate, or use an image-to-video model",
        settings.clip.frame_count, can.family, can.variant, most, most / settings.frame_rate);
  }
  return CutByPictures(can, settings, extended);
}

uint32_t FramesPerCut(const Capabilities& can) {
  return can.continued_latent_count > 0 ? can.latent.time_stride : 1;
}

uint32_t BridgeFramesMax(const Capabilities& can) {
  if (can.continued_latent_count > 0) return kFrameCountMax;
  return std::max(can.trained_frame_count, kBridgeEnds) - kBridgeEnds;
}

Status CheckSource(const Capabilities& can, const Settings& settings, const Cut& cut,
                   const ClipLatent& source) {
  std::vector<LatentSize> wanted;
  if (settings.source_use == SourceUse::kRemix) {
    for (const auto& piece : PiecesOf(can, settings, cut, nullptr)) wanted.push_back(piece.size);
  } else if (cut.joined) {
    const uint32_t count = source.settings.clip.frame_count;
    wanted.push_back(SizeFor(can, settings, can.latent.LatentFrames(count)));
  } else {
    for (const ClipLatent::Piece& piece : source.pieces) {
      const uint32_t count = std::max(piece.frames_skipped + piece.frames_delivered, 1u);
      wanted.push_back(SizeFor(can, settings, can.latent.LatentFrames(count)));
    }
  }
  const auto text = [](const LatentSize& size) {
    return fmt::format("{}x{}x{}x{}", size.channel_count, size.frame_count, size.height,
                       size.width);
  };
  for (size_t i = 0; i < std::max(wanted.size(), source.pieces.size()); ++i) {
    if (i < std::min(wanted.size(), source.pieces.size()) && wanted[i] == source.pieces[i].size) {
      continue;
    }
    return Error::Invalid(
        "the source's latent has {} pieces, piece {} of {}; {} {} would make {} of this size and "
        "length, with {}: take the model, the size and the length that it was made with",
        source.pieces.size(), i, i < source.pieces.size() ? text(source.pieces[i].size) : "none",
        can.family, can.variant, wanted.size(), i < wanted.size() ? text(wanted[i]) : "none");
  }
  return Ok();
}

std::vector<ClipLatent::Piece> PiecesOf(const Capabilities& can, const Settings& settings,
                                        const Cut& cut, const ClipLatent* extended) {
  std::vector<ClipLatent::Piece> pieces;
  if (cut.joined) {
    pieces.push_back({SizeFor(can, settings, can.latent.LatentFrames(settings.clip.frame_count)),
                      {},
                      0,
                      settings.clip.frame_count});
    return pieces;
  }
  if (extended != nullptr) {
    for (const ClipLatent::Piece& piece : extended->pieces) {
      pieces.push_back({piece.size, {}, piece.frames_skipped, piece.frames_delivered});
    }
  }
  for (const Segment& segment : cut.segments) {
    pieces.push_back({segment.latent, {}, segment.frames_skipped, segment.frames_delivered});
  }
  return pieces;
}

}  // namespace aozora
