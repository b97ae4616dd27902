// SPDX-License-Identifier: Apache-2.0
#pragma GCC diagnostic ignored "-Wconversion"
#include <cstdio>
#include <cstdlib>
#include <chrono>
#include <cmath>
#include <map>
#include "attacks.h"
#include "clips.h"
#include "base/thread_pool.h"
#include "media/media_testonly.h"
#include "provenance/invisible_mark.h"
#include "provenance/mark_detector.h"
using namespace aozora;
using namespace aozora::marks;
static double PsnrY(const std::vector<Image>& a, const std::vector<Image>& b, double* worst) {
  double total = 0; *worst = 0;
  for (size_t f = 0; f < a.size(); ++f) {
    double s = 0;
    for (size_t i = 0; i < a[f].rgb.size(); i += 3) {
      auto y = [&](const Image& m) { return .2126 * m.rgb[i] + .7152 * m.rgb[i + 1] + .0722 * m.rgb[i + 2]; };
      const double d = y(a[f]) - y(b[f]); s += d * d;
    }
    s /= a[f].rgb.size() / 3; total += s; *worst = std::max(*worst, s);
  }
  *worst = 10 * std::log10(65025 / *worst);
  return 10 * std::log10(65025 / (total / a.size()));
}
class Keep : public FrameSink { public: Status Write(const Image& f) override { frames.push_back(f); return Ok(); } Status Finish() override { return Ok(); } std::vector<Image> frames; };
static double Now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }
int main(int argc, char** argv) {
  ThreadPool pool(2);
  ClipShape shape;
  if (getenv("W")) { shape.width_px = atoi(getenv("W")); shape.height_px = atoi(getenv("H")); }
  if (getenv("N")) shape.frame_count = atoi(getenv("N"));
  const char* only = getenv("ONLY");
  for (int a = 1; a < argc; ++a) {
    const uint32_t index = atoi(argv[a]);
    const Clip clip = MakeClip(index, shape);
    InvisibleMarkSettings settings;
    settings.key[3] = std::byte{42};
    settings.id = 0x12345678 + index * 77777;
    if (getenv("FLAT")) settings.limits.flat_levels = atof(getenv("FLAT"));
    if (getenv("PSNR")) settings.limits.psnr_db_min = atof(getenv("PSNR"));
    Keep keep;
    InvisibleMarkSink sink(settings, pool, keep);
    double t = Now();
    for (const Image& f : clip.frames) sink.Write(f).value();
    const double embed = (Now() - t) / clip.frames.size() * 1e3;
    double worst; const double psnr = PsnrY(clip.frames, keep.frames, &worst);
    printf("== %u %s: psnr-y %.2f (worst frame %.2f), embed %.2f ms/frame\n", index, clip.name.c_str(), psnr, worst, embed);
    fflush(stdout);
    const auto delivered = ThroughCodec(keep.frames, {"libx264", 18}).value();
    for (const Attack& attack : AllAttacks()) {
      if (only && attack.name.find(only) == std::string::npos) continue;
      if (getenv("CORE") && attack.promise != Promise::kCore) continue;
      double t0 = Now();
      Attack attack2 = attack; if (getenv("NOCODEC")) attack2.codec.reset();
      const auto attacked = Apply(attack2, delivered);
      if (!attacked.ok()) { printf("  %s: %s\n", attack.name.c_str(), attacked.error().message().c_str()); continue; }
      double t1 = Now();
      MarkDetector detector(settings.key, pool);
      for (const Image& f : attacked.value()) detector.Add(f).value();
      double t2 = Now();
      const auto mark = detector.Detect();
      double t3 = Now();
      if (mark) printf("  %-34s %s z %.2f fit %.3f scale %.3f turn %.2f %s", attack.name.c_str(), mark->id == settings.id ? "OK " : "WRONG", mark->z, mark->fit, mark->scale, mark->rotation_degrees, mark->flipped ? "flipped" : "");
      else printf("  %-34s -- LOST", attack.name.c_str());
      printf("   [attack %.1f add %.1f detect %.1f s]\n", t1 - t0, t2 - t1, t3 - t2);
      fflush(stdout);
    }
  }
}
