// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/folder_testonly.h"
#include "base/thread_pool.h"
#include "pipeline/frame_sink.h"
#include "tensor/image.h"

namespace aozora {

// No file of this process may grow beyond so many bytes while the object lives: a full disk in
// small.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(uint64_t bytes);
  ~FileSizeLimit();
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  uint64_t soft_before_;
  void (*handler_before_)(int);
};

ThreadPool& Pool();  // two threads, for all tests

// Keeps every frame, or only counts.
class CollectingSink : public FrameSink {
 public:
  Status Write(const Image& frame) override {
    frames.push_back(frame);
    return Ok();
  }
  Status Finish() override {
    finished = true;
    return Ok();
  }

  std::vector<Image> frames;
  bool finished = false;
};

// The smooth colourful pattern of all tests, moved by (dx, dy) pixels. No edge, no period shorter
// than 24 pixels, different in every channel.
Image Pattern(uint32_t width_px, uint32_t height_px, double dx, double dy);
Image Solid(uint32_t width_px, uint32_t height_px, uint8_t r, uint8_t g, uint8_t b);

// Peak signal to noise ratio over all channels; 99 for equal images.
double Psnr(const Image& a, const Image& b);
double MeanOf(const Image& image, int channel);

std::string FileContent(const std::filesystem::path& path);

}  // namespace aozora
