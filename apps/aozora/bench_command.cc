// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "benchmarks.h"
#include "command.h"
#include "engine.h"
#include "ops/cpu/instruction_set.h"
#include "ops/cpu/peak.h"
#include "pipeline/machine.h"

namespace aozora::app {
namespace {

struct BenchCommand {
  std::string only, instruction_set;
  uint32_t threads = 0;
  bool json = false, explain = false;
};

void PrintPeak(const ops::Peak& peak, bool json) {
  if (json) {
    const nlohmann::json line = {{"name", "peak"},
                                 {"instruction_set", peak.instruction_set},
                                 {"threads", peak.thread_count},
                                 {"flops_per_second", peak.flops_per_second},
                                 {"read_bytes_per_second", peak.read_bytes_per_second}};
    fmt::print("{}\n", line.dump());
    return;
  }
  fmt::print(
      "peak: {:.0f} GFLOP/s of f32 multiply-adds ({}, {} threads), {:.1f} GB/s read; below, "
      "shares of what the machine keeps up right before and after\n\n",
      peak.flops_per_second * 1e-9, peak.instruction_set, peak.thread_count,
      peak.read_bytes_per_second * 1e-9);
  fmt::print("{:13} {:>9} {:>9} {:>8} {:>9} {:>9}  {}\n", "", "seconds", "GFLOP/s", "of peak",
             "scratch", "peak RSS", "");
}

void PrintRow(const Benchmark& benchmark, const Measurement& m, bool json) {
  const double rate = m.flops / m.seconds;
  if (json) {
    const nlohmann::json line = {{"name", benchmark.name},
                                 {"seconds", m.seconds},
                                 {"flops", m.flops},
                                 {"fraction_of_peak", rate / m.peak_flops},
                                 {"peak_flops_per_second", m.peak_flops},
                                 {"scratch_bytes", m.scratch_bytes},
                                 {"peak_rss_bytes", PeakResidentBytes()}};
    fmt::print("{}\n", line.dump());
  } else {
    fmt::print("{:13} {:9.3f} {:9.1f} {:7.1f}% {:>9} {:>9}  {}\n", benchmark.name, m.seconds,
               rate * 1e-9, 100 * rate / m.peak_flops, HumanBytes(m.scratch_bytes),
               HumanBytes(PeakResidentBytes()), benchmark.what);
  }
  std::fflush(stdout);
}

void PrintRecords(const op::Device& device) {
  for (const auto& [name, record] : device.records()) {
    fmt::print("    {:24} {:6} runs {:9.3f} s", name, record.run_count, record.seconds);
    if (record.flops > 0) fmt::print(" {:9.1f} GFLOP/s", record.flops / record.seconds * 1e-9);
    fmt::print("{}{}\n", record.declined.empty() ? "" : "  declined by ", record.declined);
  }
}

Status Execute(const BenchCommand& options, const Environment& environment) {
  bool found = options.only.empty();
  std::string names;
  for (const Benchmark& benchmark : Benchmarks()) {
    found = found || benchmark.name == options.only;
    names += fmt::format("{}{}", names.empty() ? "" : ", ", benchmark.name);
  }
  if (!found) return Error::Invalid("no benchmark {}: there are {}", options.only, names);
  if (!options.instruction_set.empty()) TRY(ops::LimitInstructionSet(options.instruction_set));
  const Clock& clock = SystemClock();
  ops::Peak first;
  {
    Engine engine(options.threads, BackendChoice::kFast, environment.cancel);
    first = ops::MeasurePeak(engine.pool(), clock);
  }
  PrintPeak(first, options.json);
  for (const Benchmark& benchmark : Benchmarks()) {
    if (!options.only.empty() && benchmark.name != options.only) continue;
    Engine engine(options.threads, BackendChoice::kFast, environment.cancel);
    const Measurement m = TRY_WITHIN(benchmark.name, benchmark.run(engine.device(), clock));
    PrintRow(benchmark, m, options.json);
    if (options.explain && !options.json) PrintRecords(engine.device());
  }
  return Ok();
}

}  // namespace

Command AddBench(CLI::App& app) {
  const auto options = std::make_shared<BenchCommand>();
  app.add_option("--only", options->only, "One benchmark, by name");
  app.add_option("--threads", options->threads, "0: as many as there are");
  app.add_option("--instruction-set", options->instruction_set,
                 "Use this one (avx2 ...) though the processor has a wider one");
  app.add_flag("--json", options->json, "Print one JSON object a line");
  app.add_flag("--explain", options->explain,
               "Say which backend ran each op, and who declined why");
  return [options](const Environment& environment) { return Execute(*options, environment); };
}

}  // namespace aozora::app
