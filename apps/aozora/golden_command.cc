// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "command.h"
#include "diffusion/golden.h"
#include "engine.h"
#include "golden_pipeline.h"
#include "models/mini/golden.h"
#include "models/wan/golden.h"
#include "models/wan/golden_rewrite.h"

namespace aozora::app {
namespace {

constexpr uint64_t kScheduleFileBytesMax = 64_MiB;
constexpr std::string_view kScheduleFile = "schedulers.json";

struct GoldenCommand {
  std::string folder;
  std::string backend = "cpu";
  uint32_t threads = 0;
  std::string layout;  // empty: as the files are
  std::string dtype;
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
    fmt::print("{:24} {:34} {:10.2e} {:10.2e} {:10.1e}{}{}\n", row.file, row.stage, row.max_abs,
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

// A folder that is there for as long as the object.
class TemporaryFolder {
 public:
  static Result<std::unique_ptr<TemporaryFolder>> Create() {
    std::error_code error;
    const std::filesystem::path parent = std::filesystem::temp_directory_path(error);
    if (error) return Error::Io("no folder for temporary files: {}", error.message());
    std::string name = (parent / "aozora-golden-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) return IoError("cannot create", name);
    return std::make_unique<TemporaryFolder>(name);
  }
  explicit TemporaryFolder(std::filesystem::path path) : path_(std::move(path)) {}
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  const std::filesystem::path path_;
};

// The golden files in the layout and type that were asked for; null if none was.
Result<std::unique_ptr<TemporaryFolder>> Rewrite(const GoldenCommand& options) {
  std::unique_ptr<TemporaryFolder> folder;
  if (options.layout.empty() && options.dtype.empty()) return folder;
  const wan::GoldenStyle style =
      TRY(wan::ParseGoldenStyle(options.layout.empty() ? "original" : options.layout,
                                options.dtype.empty() ? "f32" : options.dtype));
  folder = TRY(TemporaryFolder::Create());
  TRY(wan::RewriteGoldens(options.folder, style, folder->path()));
  return folder;
}

Status CompareSamplers(const std::filesystem::path& path, Table* table) {
  if (!std::filesystem::exists(path)) return Ok();
  const std::string text = TRY(ReadFile(path, kScheduleFileBytesMax));
  for (const SamplerGoldenRow& row : TRY(CompareSamplersWithGolden(text))) table->Add(row);
  return Ok();
}

Status CompareFile(op::Device& device, const std::filesystem::path& path, Table* table) {
  const GoldenFile file = TRY(OpenGolden(path));
  Result<std::vector<GoldenRow>> rows = IsPipelineGolden(file)     ? RunPipelineGolden(device, file)
                                        : mini::IsMiniGolden(file) ? mini::RunGolden(device, file)
                                                                   : wan::RunGolden(device, file);
  if (!rows.ok() && rows.error().code() == ErrorCode::kUnsupported && file.cases.empty()) {
    table->Skip(file.name, "it records nothing to compare with");
    return Ok();
  }
  for (const GoldenRow& row : TRY(std::move(rows))) table->Add(row);
  return Ok();
}

Status Execute(const GoldenCommand& options, const Environment& environment) {
  if (options.backend != "cpu" && options.backend != "reference") {
    return Error::Invalid("backend {}: there are cpu and reference", options.backend);
  }
  Engine engine(options.threads,
                options.backend == "cpu" ? BackendChoice::kFast : BackendChoice::kReference,
                environment.cancel);
  const std::unique_ptr<TemporaryFolder> rewritten = TRY(Rewrite(options));
  const std::filesystem::path folder =
      rewritten ? rewritten->path() : std::filesystem::path(options.folder);
  const std::vector<std::filesystem::path> paths = TRY(FindGoldenFiles(folder));
  Table table(options.json);
  TRY(CompareSamplers(std::filesystem::path(options.folder) / kScheduleFile, &table));
  for (const std::filesystem::path& path : paths) {
    TRY(CompareFile(engine.device(), path, &table));
  }
  return table.Finish();
}

}  // namespace

Command AddGolden(CLI::App& app) {
  const auto options = std::make_shared<GoldenCommand>();
  app.add_option("folder", options->folder, "Folder of golden files")->required();
  app.add_option("--backend", options->backend, "cpu or reference");
  app.add_option("--threads", options->threads, "0: as many as there are");
  app.add_option("--rewrite", options->layout,
                 "First give the weights other names: original, diffusers or comfyui");
  app.add_option("--dtype", options->dtype,
                 "First store the weights as f32, f16, bf16 or (in GGUF files) q8_0");
  app.add_flag("--json", options->json, "Print one JSON object a line");
  return [options](const Environment& environment) { return Execute(*options, environment); };
}

}  // namespace aozora::app
