// SPDX-License-Identifier: Apache-2.0
#include "models/wan/vae_frames.h"

namespace aozora::wan {
namespace {

constexpr float kMean21[] = {-0.7571f, -0.7089f, -0.9113f, 0.1075f,  -0.1745f, 0.9653f,
                             -0.1517f, 1.5508f,  0.4134f,  -0.0715f, 0.5517f,  -0.3632f,
                             -0.1922f, -0.9497f, 0.2503f,  -0.2921f};
constexpr float kStd21[] = {2.8184f, 1.4541f, 2.3275f, 2.6558f, 1.2196f, 1.7708f, 2.6052f, 2.0743f,
                            3.2687f, 2.1526f, 2.8652f, 1.5579f, 1.6382f, 1.1253f, 2.8251f, 1.9160f};
constexpr float kMean22[] = {-0.2289f, -0.0052f, -0.1323f, -0.2339f, -0.2799f, 0.0174f,  0.1838f,
                             0.1557f,  -0.1382f, 0.0542f,  0.2813f,  0.0891f,  0.1570f,  -0.0098f,
                             0.0375f,  -0.1825f, -0.2246f, -0.1207f, -0.0698f, 0.5109f,  0.2665f,
                             -0.2108f, -0.2158f, 0.2502f,  -0.2055f, -0.0322f, 0.1109f,  0.1567f,
                             -0.0729f, 0.0899f,  -0.2799f, -0.1230f, -0.0313f, -0.1649f, 0.0117f,
                             0.0723f,  -0.2839f, -0.2083f, -0.0520f, 0.3748f,  0.0152f,  0.1957f,
                             0.1433f,  -0.2944f, 0.3573f,  -0.0548f, -0.1681f, -0.0667f};
constexpr float kStd22[] = {0.4765f, 1.0364f, 0.4514f, 1.1677f, 0.5313f, 0.4990f, 0.4818f, 0.5013f,
                            0.8158f, 1.0344f, 0.5894f, 1.0901f, 0.6885f, 0.6165f, 0.8454f, 0.4978f,
                            0.5759f, 0.3523f, 0.7135f, 0.6804f, 0.5833f, 1.4146f, 0.8986f, 0.5659f,
                            0.7069f, 0.5338f, 0.4889f, 0.4917f, 0.4069f, 0.4999f, 0.6866f, 0.4093f,
                            0.5709f, 0.6065f, 0.6415f, 0.4944f, 0.5726f, 1.2042f, 0.5458f, 1.6887f,
                            0.3971f, 1.0600f, 0.3943f, 0.5537f, 0.5444f, 0.4089f, 0.7468f, 0.7744f};

}  // namespace

const LatentScale kLatentScale21{kMean21, kStd21};
const LatentScale kLatentScale22{kMean22, kStd22};

op::Tensor LoadPlanes(op::Device& device, std::span<const float> planes, int64_t channels,
                      int64_t height, int64_t width) {
  const auto positions = static_cast<size_t>(height * width);
  const auto channel_count = static_cast<size_t>(channels);
  CHECK_EQ(planes.size(), channel_count * positions);
  std::vector<float> values(planes.size());
  for (size_t channel = 0; channel < channel_count; ++channel) {
    for (size_t i = 0; i < positions; ++i) {
      values[i * channel_count + channel] = planes[channel * positions + i];
    }
  }
  return device.Upload(values, Shape{1, height, width, channels});
}

std::vector<float> StorePlanes(op::Device& device, const op::Tensor& frame, int64_t channels) {
  CHECK_EQ(frame.dim(0), 1);
  CHECK_LE(channels, frame.dim(3));
  const auto stride = static_cast<size_t>(frame.dim(3));
  const auto positions = static_cast<size_t>(frame.dim(1) * frame.dim(2));
  const auto channel_count = static_cast<size_t>(channels);
  std::vector<float> values(positions * stride);
  device.Download(frame, values);
  std::vector<float> planes(channel_count * positions);
  for (size_t channel = 0; channel < channel_count; ++channel) {
    for (size_t i = 0; i < positions; ++i) {
      planes[channel * positions + i] = values[i * stride + channel];
    }
  }
  return planes;
}

op::Tensor LoadLatentFrame(op::Device& device, const LatentScale& scale,
                           std::span<const float> latent_frame, int64_t height, int64_t width) {
  const size_t positions = static_cast<size_t>(height * width);
  CHECK_EQ(latent_frame.size(), scale.mean.size() * positions);
  std::vector<float> values(latent_frame.size());
  for (size_t i = 0; i < values.size(); ++i) {
    // The original divides by 1 / std, rounded to float; so do we.
    const size_t channel = i / positions;
    values[i] = latent_frame[i] / (1.0f / scale.std[channel]) + scale.mean[channel];
  }
  return LoadPlanes(device, values, static_cast<int64_t>(scale.mean.size()), height, width);
}

std::vector<float> StoreLatentFrame(op::Device& device, const LatentScale& scale,
                                    const op::Tensor& encoded) {
  std::vector<float> latent = StorePlanes(device, encoded, static_cast<int64_t>(scale.mean.size()));
  const size_t positions = latent.size() / scale.mean.size();
  for (size_t i = 0; i < latent.size(); ++i) {
    const size_t channel = i / positions;
    latent[i] = (latent[i] - scale.mean[channel]) * (1.0f / scale.std[channel]);
  }
  return latent;
}

void PictureBatch::Add(op::Device& device, ConstView picture) {
  CHECK_LT(next_, count_);
  if (!pictures_) pictures_ = device.New(picture.shape().WithAxis(0, count_));
  device.Copy(picture, pictures_.view().Items(next_++, 1));
}

op::Tensor PictureBatch::Take() {
  CHECK_EQ(next_, count_);
  return std::move(pictures_);
}

}  // namespace aozora::wan
