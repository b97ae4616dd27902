// SPDX-License-Identifier: Apache-2.0
#include "access/stop_board.h"

#include <utility>

namespace aozora {

Result<StopBoard::Stops> StopBoard::Now() {
  const double now_s = clock_.Seconds();
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (stops_ && (now_s - read_s_) * 1000 < static_cast<double>(kRecheckMs)) return stops_;
  }
  std::vector<Stop> read = TRY(store_.Read([](Transaction& t) { return ReadStops(t); }));
  auto stops = std::make_shared<const std::vector<Stop>>(std::move(read));
  std::lock_guard<std::mutex> lock(mutex_);
  // An older look must not replace a newer one.
  if (!stops_ || now_s >= read_s_) {
    stops_ = stops;
    read_s_ = now_s;
  }
  return stops;
}

void StopBoard::Forget() {
  std::lock_guard<std::mutex> lock(mutex_);
  stops_ = nullptr;
}

}  // namespace aozora
