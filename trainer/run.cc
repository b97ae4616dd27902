// SPDX-License-Identifier: Apache-2.0
#include "trainer/run.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <ctime>
#include <fstream>
#include <thread>

namespace aozora::trainer {
namespace {

constexpr double kSaveEveryMinutes = 3;
constexpr double kWarmUpSteps = 100;
constexpr std::string_view kMinutesKey = "minutes";

volatile std::sig_atomic_t g_asked_to_end = 0;
void AskToEnd(int) { g_asked_to_end = 1; }

}  // namespace

Run::Run(const RunOptions& options, std::string preset, TrainingState& state)
    : options_(options),
      preset_(std::move(preset)),
      folder_(options.folder / preset_),
      state_(state),
      started_s_(WorkedSeconds()) {
  std::signal(SIGINT, AskToEnd);
  std::signal(SIGTERM, AskToEnd);
}

double Run::WorkedSeconds() const {
  if (!options_.device.is_cpu()) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }
  timespec now = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double Run::minutes() const { return earlier_minutes_ + (WorkedSeconds() - started_s_) / 60; }

Status Run::Resume() {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (error) return Error::Io("{}: cannot be made: {}", folder_.string(), error.message());
  const std::filesystem::path path = folder_ / "checkpoint.safetensors";
  if (!std::filesystem::exists(path)) return {};
  std::map<std::string, double> notes = TRY(state_.Load(path));
  earlier_minutes_ = notes[std::string(kMinutesKey)];
  saved_at_ = earlier_minutes_;
  fmt::print("{}: goes on at step {}, after {:.1f} minutes\n", preset_, step(), earlier_minutes_);
  return {};
}

Status Run::Save() {
  saved_at_ = minutes();
  return state_.Save(folder_ / "checkpoint.safetensors", {{std::string(kMinutesKey), minutes()}});
}

Result<bool> Run::Continue() {
  while (std::filesystem::exists(options_.folder / "pause") && g_asked_to_end == 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
  const bool over = g_asked_to_end != 0 || minutes() - earlier_minutes_ >= options_.minutes;
  if (over || minutes() - saved_at_ >= kSaveEveryMinutes) TRY(Save());
  return !over;
}

double Run::RateShare(double decay) const {
  const double planned =
      options_.planned_minutes > 0 ? options_.planned_minutes : earlier_minutes_ + options_.minutes;
  const double warm = std::min(1.0, static_cast<double>(step() + 1) / kWarmUpSteps);
  const double left = std::clamp((1 - minutes() / planned) / decay, 0.0, 1.0);
  return warm * (0.02 + 0.98 * 0.5 * (1 - std::cos(3.14159265358979 * left)));
}

bool Run::Due(double every_minutes, const std::string& what) {
  const auto [at, fresh] = last_.try_emplace(what, minutes());
  if (!fresh && minutes() - at->second < every_minutes) return false;
  if (!fresh) at->second = minutes();
  return !fresh;
}

Status Run::Log(const std::vector<std::pair<std::string, double>>& values) {
  const std::filesystem::path path = folder_ / "curves.csv";
  const bool fresh = !std::filesystem::exists(path);
  std::ofstream file(path, std::ios::app);
  if (fresh) {
    file << "step,minutes";
    for (const auto& [name, value] : values) file << ',' << name;
    file << '\n';
  }
  std::string line = fmt::format("{},{:.2f}", step(), minutes());
  for (const auto& [name, value] : values) line += fmt::format(",{:.5g}", value);
  file << line << '\n';
  fmt::print("{} {}", preset_, line);
  for (const auto& [name, value] : values) fmt::print(" {}={:.4g}", name, value);
  fmt::print("\n");
  std::fflush(stdout);
  if (!file) return Error::Io("{}: cannot be written", path.string());
  return {};
}

Image ToImage(const torch::Tensor& colour) {
  const torch::Tensor bytes = (colour.clamp(0, 1) * 255 + 0.5).to(torch::kUInt8).contiguous().cpu();
  Image image =
      Image::Black(static_cast<uint32_t>(colour.size(1)), static_cast<uint32_t>(colour.size(0)));
  std::copy_n(bytes.data_ptr<uint8_t>(), image.rgb.size(), image.rgb.begin());
  return image;
}

Image Tile(const std::vector<Image>& pictures, uint32_t columns) {
  CHECK(!pictures.empty() && columns > 0);
  const uint32_t width = pictures[0].width_px, height = pictures[0].height_px;
  const uint32_t rows = (static_cast<uint32_t>(pictures.size()) + columns - 1) / columns;
  Image sheet = Image::Black(columns * width, rows * height);
  for (size_t i = 0; i < pictures.size(); ++i) {
    const size_t left = (i % columns) * width, top = (i / columns) * height;
    for (uint32_t y = 0; y < height; ++y) {
      const auto from = pictures[i].row(y);
      std::copy(
          from.begin(), from.end(),
          sheet.rgb.begin() + static_cast<ptrdiff_t>(3 * ((top + y) * sheet.width_px + left)));
    }
  }
  return sheet;
}

}  // namespace aozora::trainer
