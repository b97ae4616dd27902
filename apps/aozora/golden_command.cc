// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "command.h"
#include "diffusion/golden.h"
#include "engine.h"
#include "golden_pipeline.h"
#include "models/wan/golden.h"

namespace aozora::app {
namespace {

constexpr uint64_t kScheduleFileBytesMax = 64_MiB;
constexpr std::string_view kScheduleFile = "schedulers.json";

struct Options {
  std::string folder;
  std::string backend = "cpu";
  uint32_t threads = 0;
  bool json = false;
};

// Prints rows and counts them.
class Table {
 public:
  explicit Table(bool json) : json_(json) {
    if (!json_) {
      fmt::print("{:24} {:34} {:>10} {:>10} {:>10}\n", "file", "stage", "max abs", "rel L2",
                 "tolerance");
    }
  }

  void Add(const GoldenRow& row) {
    ++(row.ok ? passed_count_ : failed_count_);
    if (json_) {
      const nlohmann::json line = {{"file", row.file},
                                   {"stage", row.stage},
                                   {"max_abs", row.max_abs},
                                   {"rel_l2", row.rel_l2},
                                   {"tolerance", row.rel_tolerance},
                                   {"ok", row.ok},
                                   {"problem", row.problem}};
      fmt::print("{}\n", line.dump());
      return;
    }
    const std::string verdict = row.ok ? "" : row.problem.empty() ? "  FAILED" : "  FAILED: ";
    fmt::print("{:24} {:34} {:10.2e} {:10.2e} {:10.0e}{}{}\n", row.file, row.stage, row.max_abs,
               row.rel_l2, row.rel_tolerance, verdict, row.problem);
  }
  void Add(const SamplerGoldenRow& row) {
    GoldenRow generic;
    generic.file = "schedulers";
    generic.stage = fmt::format("{}: {}", row.case_name, row.quantity);
    generic.max_abs = row.max_abs;
    generic.rel_tolerance = row.tolerance;  // of the absolute error, here
    generic.ok = row.ok;
    Add(generic);
  }
  void Skip(std::string_view file, std::string_view why) {
    ++skipped_count_;
    if (!json_) fmt::print("{:24} skipped: {}\n", file, why);
  }
  Status Finish() const {
    if (!json_) {
      fmt::print("{} compared, {} failed, {} files skipped\n", passed_count_ + failed_count_,
                 failed_count_, skipped_count_);
    }
    if (failed_count_ > 0) return Error::Invalid("{} comparisons failed", failed_count_);
    if (passed_count_ == 0) return Error::NotFound("nothing to compare: no golden files there");
    return Ok();
  }

 private:
  const bool json_;
  uint64_t passed_count_ = 0, failed_count_ = 0, skipped_count_ = 0;
};

Status Execute(const Options& options, const Environment& environment) {
  if (options.backend != "cpu" && options.backend != "reference") {
    return Error::Invalid("backend {}: there are cpu and reference", options.backend);
  }
  Engine engine(options.threads,
                options.backend == "cpu" ? BackendChoice::kFast : BackendChoice::kReference,
                environment.cancel);
  const std::filesystem::path folder = options.folder;
  const std::vector<std::filesystem::path> paths = TRY(FindGoldenFiles(folder));
  Table table(options.json);
  const std::filesystem::path schedules = folder / kScheduleFile;
  if (std::filesystem::exists(schedules)) {
    const std::string text = TRY(ReadFile(schedules, kScheduleFileBytesMax));
    for (const SamplerGoldenRow& row : TRY(CompareSamplersWithGolden(text))) table.Add(row);
  }
  for (const std::filesystem::path& path : paths) {
    const GoldenFile file = TRY(OpenGolden(path));
    Result<std::vector<GoldenRow>> rows = IsPipelineGolden(file)
                                              ? RunPipelineGolden(engine.device(), file)
                                              : wan::RunGolden(engine.device(), file);
    if (!rows.ok() && rows.error().code() == ErrorCode::kUnsupported && file.cases.empty()) {
      table.Skip(file.name, "it records nothing to compare with");
      continue;
    }
    for (const GoldenRow& row : TRY(std::move(rows))) table.Add(row);
  }
  return table.Finish();
}

}  // namespace

Command AddGolden(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("folder", options->folder, "Folder of golden files")->required();
  app.add_option("--backend", options->backend, "cpu or reference");
  app.add_option("--threads", options->threads, "0: as many as there are");
  app.add_flag("--json", options->json, "Print one JSON object a line");
  return [options](const Environment& environment) { return Execute(*options, environment); };
}

}  // namespace aozora::app
