// SPDX-License-Identifier: Apache-2.0
#include "api/create_video.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "api/input_image.h"
#include "api/prompt_policy.h"
#include "render/spec.h"

namespace aozora::api {

using nlohmann::json;

namespace {

// What the Videos API takes where nothing is said.
constexpr std::string_view kSizeDefault = "720x1280";
// A plan needs words; how many makes no difference worth telling.
constexpr std::string_view kAnyPrompt = "a film";

struct Size {
  uint32_t width_px = 0, height_px = 0;
};

// The contract has checked the form.
Size ParseSize(std::string_view text) {
  Size size;
  const size_t cross = text.find('x');
  std::from_chars(text.data(), text.data() + cross, size.width_px);
  std::from_chars(text.data() + cross + 1, text.data() + text.size(), size.height_px);
  return size;
}

Outcome<const ServedModel*> FindModel(const Service& service, const json& body) {
  if (!body.contains("model")) return &service.models.fallback();
  const std::string name = body["model"].get<std::string>();
  const ServedModel* model = service.models.Find(name);
  if (model != nullptr) return model;
  Problem problem = BadParameter("model", fmt::format("there is no model {}: GET /v1/models lists "
                                                      "those that are served here",
                                                      name));
  problem.code = "model_not_found";
  return problem;
}

Outcome<Size> CheckSize(const ServedModel& model, std::string_view text) {
  const Size size = ParseSize(text);
  const auto wrong = [&](std::string_view why) {
    std::string best;
    for (const std::string& known : model.sizes) best += (best.empty() ? "" : ", ") + known;
    return BadParameter("size",
                        fmt::format("size {}: {}; {} is best at {}", text, why, model.name, best));
  };
  const auto fits = [&](uint32_t side_px) {
    return side_px >= model.side_px_min && side_px <= model.side_px_max;
  };
  if (!fits(size.width_px) || !fits(size.height_px)) {
    return wrong(fmt::format("sides are {} to {} pixels", model.side_px_min, model.side_px_max));
  }
  if (size.width_px % 2 != 0 || size.height_px % 2 != 0) return wrong("sides must be even");
  if (uint64_t{size.width_px} * size.height_px > model.pixels_max) {
    return wrong(fmt::format("at most {} pixels in all", model.pixels_max));
  }
  return size;
}

Status CheckSeconds(const ServedModel& model, uint32_t seconds) {
  if (seconds <= model.seconds_max) return Ok();
  return Error::Invalid("seconds {}: {} makes videos of at most {}", seconds, model.name,
                        model.seconds_max);
}

uint64_t NewSeed(const Service& service) {
  return service.random.Below(uint64_t{1} << 32);  // 32 bits, which every other program takes too
}

RenderSpec SpecOf(const json& body) {
  RenderSpec spec;
  if (body.contains("steps")) spec.step_count = body["steps"].get<int>();
  if (body.contains("guidance")) spec.guidance = body["guidance"].get<double>();
  if (body.contains("fps")) spec.frame_rate = body["fps"].get<uint32_t>();
  if (body.contains("negative_prompt")) {
    spec.negative_prompt = body["negative_prompt"].get<std::string>();
  }
  spec.creator = body.value("creator", "");
  spec.visible_mark = body.value("visible_mark", true);
  spec.prompt_in_manifest = body.value("prompt_in_manifest", false);
  return spec;
}

// What is asked before anything is read or worked out.
Outcome<PromptVerdict> CheckPolicy(const Service& service, const Origin& origin,
                                   std::string_view prompt, const RenderSpec& spec) {
  TRY(CheckVisibleMark(service, origin, spec.visible_mark));
  if (!spec.creator.empty()) TRY(CheckPrompt(service, origin, spec.creator));
  return CheckPrompt(service, origin, prompt);
}

Outcome<std::vector<JobRecord>> Enqueue(const Service& service, const Origin& origin, NewJob job) {
  job.person_id = origin.person_id;
  job.key_id = origin.key_id;
  job.request_id = origin.request_id;
  job.address = origin.address;
  job.batch_id = origin.batch_id;
  job.idempotency_key = origin.idempotency_key;
  job.body_sha256 = origin.body_sha256;
  CreateOutcome outcome = TRY(service.queue.Create(job));
  if (const Refusal* refusal = std::get_if<Refusal>(&outcome)) return ProblemOf(*refusal);
  return std::get<Created>(std::move(outcome)).jobs;
}

// What is asked for, but for the prompt and the picture.
struct Asked {
  const ServedModel* model = nullptr;
  VideoWish wish;
};

// All that is asked to be shown, one scene behind the other: for the policy, and for people.
std::string PromptOf(const json& body) {
  std::string prompt = body["prompt"].get<std::string>();
  for (const json& scene : body.value("scenes", json::array())) {
    prompt += "\n\n" + scene["prompt"].get<std::string>();
  }
  return prompt;
}

// The scenes behind the first; the wish is as long as all of them.
Outcome<bool> ReadScenes(const ServedModel& model, const json& body, VideoWish* wish) {
  if (body["scenes"].empty()) return true;
  if (!model.extends) {
    return BadParameter("scenes", fmt::format("{} cannot go on where a scene ends: it starts from "
                                              "text alone",
                                              model.name));
  }
  std::vector<SceneSpec>& scenes = wish->spec.scenes;
  scenes.push_back({body.value("prompt", std::string(kAnyPrompt)), wish->seconds});
  for (const json& scene : body["scenes"]) {
    if (scenes.back().seconds % model.cut_seconds != 0) {
      return BadParameter("scenes", fmt::format("scene {} has {} s: {} goes on after multiples of "
                                                "{}",
                                                scenes.size(), scenes.back().seconds, model.name,
                                                model.cut_seconds));
    }
    scenes.push_back({scene["prompt"].get<std::string>(), ReadSeconds(scene["seconds"])});
    wish->seconds += scenes.back().seconds;
  }
  if (wish->seconds <= kJoinedSecondsMax) return true;
  return BadParameter("scenes", fmt::format("scenes of {} s together: {} is the most",
                                            wish->seconds, kJoinedSecondsMax));
}

Outcome<Asked> ReadWish(const Service& service, const json& body) {
  Asked asked;
  asked.model = TRY(FindModel(service, body));
  const ServedModel& model = *asked.model;
  if (body.contains("characters") && !body["characters"].empty()) {
    return BadParameter("characters",
                        fmt::format("{} cannot show a given character: no installed model takes "
                                    "a reference clip; leave characters out",
                                    model.name));
  }
  const Size size = TRY(CheckSize(model, body.value("size", std::string(kSizeDefault))));
  asked.wish.width_px = size.width_px;
  asked.wish.height_px = size.height_px;
  asked.wish.seconds = body.contains("seconds") ? ReadSeconds(body["seconds"]) : kSecondsDefault;
  if (const Status status = CheckSeconds(model, asked.wish.seconds); !status.ok()) {
    return BadParameter("seconds", status.error().message());
  }
  asked.wish.spec = SpecOf(body);
  if (body.contains("scenes")) TRY(ReadScenes(model, body, &asked.wish));
  return asked;
}

// Of a video that starts from `source` and is `seconds` long.
int64_t DerivedWorkMs(const JobRecord& source, int64_t seconds) {
  if (source.seconds <= 0) return source.estimated_work_ms;
  return source.estimated_work_ms * seconds / source.seconds;
}

}  // namespace

uint32_t ReadSeconds(const json& value) {
  if (value.is_number()) return value.get<uint32_t>();
  const std::string text = value.get<std::string>();
  uint32_t seconds = 0;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  return seconds;
}

Problem ProblemOf(const Refusal& refusal) {
  Problem problem;
  problem.status = 429;
  problem.type = "rate_limit_error";
  problem.message = refusal.message;
  if (refusal.retry_after_s > 0) {
    problem.retry_after_s = static_cast<uint32_t>(refusal.retry_after_s);
  }
  switch (refusal.kind) {
    case RefusalKind::kRate:
    case RefusalKind::kPersonQueue:
      problem.code = "rate_limit_exceeded";
      break;
    case RefusalKind::kQueue:
      problem.code = "queue_full";
      break;
    case RefusalKind::kDailySeconds:
      problem.type = "insufficient_quota";
      problem.code = "insufficient_quota";
      break;
    case RefusalKind::kDisk:
      problem.status = 503;
      problem.type = "server_error";
      problem.code = "disk_full";
      break;
    case RefusalKind::kStopped:
      problem.status = 503;
      problem.type = "server_error";
      problem.code = "stopped";
      break;
    case RefusalKind::kIdempotencyMismatch:
      problem.status = 422;
      problem.type = "invalid_request_error";
      problem.code = "idempotency_key_reused";
      break;
    case RefusalKind::kPersonDisabled:
      problem.status = 403;
      problem.type = "invalid_request_error";
      problem.code = "account_disabled";
      break;
  }
  return problem;
}

Outcome<std::vector<JobRecord>> CreateVideo(const Service& service, const Origin& origin,
                                            const json& body, http::FormFile* upload) {
  auto [model_found, wish] = TRY(ReadWish(service, body));
  const ServedModel& model = *model_found;
  wish.prompt = PromptOf(body);
  wish.spec.role = origin.role;
  const PromptVerdict verdict = TRY(CheckPolicy(service, origin, wish.prompt, wish.spec));
  if (body.contains("input_reference")) {
    InputImage image = TRY(TakeInputImage(service, origin, model, body["input_reference"], upload));
    wish.spec.image_file_id = image.file_id;
    wish.image = std::move(image.image);
  }
  NewJob job;
  job.policy_version = verdict.policy_version;
  job.flags = verdict.flags;
  job.model_asked = model.name;
  job.model = model.engine;
  job.prompt = wish.prompt;
  job.width = wish.width_px;
  job.height = wish.height_px;
  job.seconds = wish.seconds;
  job.estimated_work_ms = TRY(service.estimator.WorkMs(model.engine, wish));
  const uint64_t seed = body.contains("seed") ? body["seed"].get<uint64_t>() : NewSeed(service);
  job.settings_json.clear();
  for (uint64_t i = 0; i < body.value("n", uint64_t{1}); ++i) {
    wish.spec.seed = (seed + i) & 0xffffffff;
    job.settings_json.push_back(ToJson(wish.spec));
  }
  return Enqueue(service, origin, std::move(job));
}

Outcome<const ServedModel*> ModelOf(const Service& service, const JobRecord& source) {
  const ServedModel* model = service.models.Find(source.model_asked);
  if (model != nullptr) return model;
  return BadParameter(
      "video", fmt::format("video {} was made with {}, which is not served any more", source.id,
                           source.model_asked));
}

Outcome<JobRecord> FindVideo(const Service& service, const std::string& person_id,
                             std::string_view id) {
  Result<JobRecord> job = service.queue.GetOf(person_id, id);
  if (job.ok()) return std::move(job).value();
  if (job.error().code() == ErrorCode::kNotFound) return NoSuch("video", id);
  return job.error();
}

Outcome<VideoForecast> ForecastVideo(const Service& service, const Origin& origin,
                                     const json& body) {
  VideoForecast made;
  QueuedJob job;
  if (body.contains("video")) {
    const JobRecord source =
        TRY(FindVideo(service, origin.person_id, body["video"].get<std::string>()));
    const ServedModel& model = *TRY(ModelOf(service, source));
    made.model = source.model_asked;
    made.size = fmt::format("{}x{}", source.width, source.height);
    made.seconds = source.seconds;
    if (body.value("kind", "") == NameOf(JobKind::kExtension)) {
      std::optional<JobRecord> target;
      if (body.contains("into")) {
        target = TRY(FindVideo(service, origin.person_id, body["into"].get<std::string>()));
      }
      const JobRecord* into = target ? &*target : nullptr;
      made.seconds = TRY(ReadContinuation(model, source, into, body)).seconds();
    }
    job.model = source.model;
    job.estimated_work_ms = DerivedWorkMs(source, made.seconds);
  } else {
    Asked asked = TRY(ReadWish(service, body));
    asked.wish.prompt = kAnyPrompt;
    made.model = asked.model->name;
    made.size = fmt::format("{}x{}", asked.wish.width_px, asked.wish.height_px);
    made.seconds = asked.wish.seconds;
    made.count = body.value("n", int64_t{1});
    job.model = asked.model->engine;
    job.estimated_work_ms = TRY(service.estimator.WorkMs(job.model, asked.wish));
  }
  made.quota_seconds = made.seconds * made.count;
  made.quota_seconds_left = TRY(service.queue.VideoSecondsLeft(origin.person_id));
  made.forecast = TRY(service.queue.Foresee(job));
  return made;
}

Outcome<JobRecord> CreateDerivedVideo(const Service& service, const Origin& origin,
                                      const DerivedVideo& video) {
  const JobRecord& source = video.source;
  RenderSpec spec = TRY(ParseRenderSpec(source.settings_json));
  if (video.seed) spec.seed = *video.seed;
  spec.image_file_id.clear();  // the source's first picture is in its latents
  spec.strength = video.strength;
  spec.scenes.clear();
  const Continuation way = video.continuation.value_or(Continuation());
  spec.added_seconds = way.added_seconds;
  spec.kept_seconds = way.kept_seconds < source.seconds ? way.kept_seconds : 0;
  spec.loops = way.loops;
  spec.target_job_id = way.target_id;
  spec.role = origin.role;
  const PromptVerdict verdict = TRY(CheckPolicy(service, origin, video.prompt, spec));
  NewJob job;
  job.policy_version = verdict.policy_version;
  job.flags = verdict.flags;
  job.kind = video.kind;
  job.model_asked = source.model_asked;
  job.model = source.model;
  job.prompt = video.prompt;
  job.width = source.width;
  job.height = source.height;
  job.seconds = video.continuation ? way.seconds() : source.seconds;
  job.source_job_id = source.id;
  job.settings_json = {ToJson(spec)};
  job.estimated_work_ms = DerivedWorkMs(source, job.seconds);
  const std::vector<JobRecord> jobs = TRY(Enqueue(service, origin, std::move(job)));
  return jobs.front();
}

}  // namespace aozora::api
