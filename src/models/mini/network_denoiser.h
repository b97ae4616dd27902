// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>

#include "model/components.h"

namespace aozora::mini {

// What stands around a network and changes its predictions, not what it makes of a prompt.
class NetworkDenoiser : public Denoiser {
 public:
  explicit NetworkDenoiser(std::unique_ptr<Denoiser> network) : network_(std::move(network)) {}

  Result<std::unique_ptr<Prompt>> PreparePrompt(op::Device& device, const TextEmbedding& text,
                                                const Probe& probe) override {
    return network_->PreparePrompt(device, text, probe);
  }

 protected:
  const std::unique_ptr<Denoiser> network_;
};

}  // namespace aozora::mini
