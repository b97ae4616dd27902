// SPDX-License-Identifier: Apache-2.0
#include "rules.h"

#include <fmt/core.h>

#include <algorithm>
#include <regex>
#include <set>
#include <sstream>

namespace aozora::tidy {
namespace {

// Model families that people run. The engine asks a family for its properties, never for its name.
const std::set<std::string>& FamilyNames() {
  static const std::set<std::string> names = {
      "wan",      "umt5",    "taehv", "fastwan", "ltx",  "ltxv", "hunyuan",  "hunyuanvideo",
      "skyreels", "causvid", "mochi", "cosmos",  "flux", "qwen", "cogvideo", "cogvideox",
      "opensora", "pyramid", "krea",  "allegro", "sdxl", "taew", "lightx2v"};
  return names;
}

// Where the exceptions of a third-party library are stopped, whatever they are.
const std::set<std::string>& CatchAllAdapters() {
  static const std::set<std::string> adapters = {};
  return adapters;
}

std::string At(const Source& source, size_t line, std::string_view what) {
  return fmt::format("{}:{}: {}", source.path, line + 1, what);
}

// The folder of src/ that a path in it ("ops/cpu/linear.h") belongs to, or -1.
int LayerOf(std::string_view path, const Layers& layers) {
  int best = -1;
  size_t length = 0;
  for (size_t i = 0; i < layers.size(); ++i) {
    const std::string& folder = layers[i].folder;
    if (!path.starts_with(folder + "/") || folder.size() < length) continue;
    best = static_cast<int>(i);
    length = folder.size();
  }
  return best;
}

bool IsImplementation(std::string_view folder) { return folder.find('/') != std::string::npos; }

bool IsGranted(const Layer& from, std::string_view to) {
  return std::find(from.granted.begin(), from.granted.end(), to) != from.granted.end();
}

std::string CheckInclude(const Source& source, std::string_view included, const Layers& layers) {
  const int to = LayerOf(included, layers);
  // The programs put everything together: they may include all there is, and what lies beside them.
  const bool program = !source.IsUnder("src/");
  const bool beside = included.find('/') == std::string_view::npos;
  if (program && (to >= 0 || beside)) return {};
  if (to < 0) return fmt::format("\"{}\" is in no folder of layers.txt", included);
  const int from = LayerOf(std::string_view(source.path).substr(4), layers);
  if (from < 0) return {};  // CheckFolder says so
  const std::string& upper = layers[static_cast<size_t>(to)].folder;
  const Layer& lower = layers[static_cast<size_t>(from)];
  if (to > from) return fmt::format("{} stands above {} in layers.txt", lower.folder, upper);
  if (to != from && IsImplementation(upper) && !source.IsTest() && !IsGranted(lower, upper)) {
    return fmt::format("{} is an implementation: only apps/ and tests/ include it", upper);
  }
  return {};
}

struct Ban {
  std::vector<std::string> hints;  // a line without any of these is not looked at: regexes are slow
  std::regex pattern;
  std::string what;
  std::vector<std::string> allowed;  // prefixes of paths
};

const std::vector<Ban>& CodeBans() {
  static const std::vector<Ban> bans = {
      {{"std::c"},
       std::regex(R"(std::(cout|cerr|clog)\b)"),
       "a stream: use Log, or fmt::print in apps/",
       {}},
      {{"printf"}, std::regex(R"(\b(f|v|s|sn|vf|vs|vsn)?printf\s*\()"), "printf: use fmt", {}},
      // In the very argument of a unique_ptr is the only way to a private constructor.
      {{"new"},
       std::regex(
           R"(^(?!.*(\boperator new\b|#include|unique_ptr<[^;]*>(\s\w+)?\(new\b)).*\bnew\b)"),
       "new: use std::make_unique or a container",
       {}},
      {{"delete"},
       std::regex(R"(^(?!.*\boperator delete\b).*\bdelete\b(?!\s*;))"),
       "delete: let an owner do it",
       {}},
      {{"sleep"},
       std::regex(R"(\b(sleep_for|sleep_until|usleep|nanosleep)\b)"),
       "sleeping: wait for what you are waiting for",
       {}},
      {{"random_device"}, std::regex("random_device"), "randomness is passed in", {}},
      {{"rand"}, std::regex(R"(\bs?rand\s*\()"), "rand: randomness is passed in", {}},
      {{"_clock::now"},
       std::regex(R"(\b(system|steady|high_resolution)_clock::now\b)"),
       "the clock: time is passed in (base/clock.h)",
       {"src/base/clock.cc"}},
      {{"#"},
       std::regex(R"(#\s*(if|ifdef|ifndef|elif)\b.*\b(__AVX|__SSE|__FMA|__F16C|__ARM|)"
                  R"(__aarch64__|__x86_64__|__i386__|HWY_TARGET\b))"),
       "an #ifdef on the processor: kernels in ops/ choose at run time",
       {"src/ops/"}},
  };
  return bans;
}

bool Finds(const Ban& ban, const std::string& line) {
  const bool worth_a_look =
      std::any_of(ban.hints.begin(), ban.hints.end(),
                  [&](const std::string& hint) { return line.find(hint) != std::string::npos; });
  return worth_a_look && std::regex_search(line, ban.pattern);
}

bool Allows(const std::vector<std::string>& prefixes, const Source& source) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](const std::string& prefix) { return source.IsUnder(prefix); });
}

size_t Columns(std::string_view line) {  // of UTF-8: bytes that do not continue a character
  return static_cast<size_t>(
      std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

bool BeginsType(std::string_view line) {
  for (const char* word : {"class ", "struct ", "union ", "enum ", "template "}) {
    if (line.starts_with(word)) return true;
  }
  return false;
}

// Functions as clang-format lays them out: a body ends with a brace at the indent of its first
// line. Looks at the functions of a namespace (indent 0) and of a class at its top level (indent
// 2).
Findings CheckFunctions(const Source& source, size_t indent, size_t begin, size_t end) {
  Findings findings;
  const std::string margin(indent, ' ');
  size_t first = begin;
  for (size_t i = begin; i < end; ++i) {
    const std::string& line = source.code[i];
    if (line.size() <= indent || !line.starts_with(margin) || line[indent] == ' ') continue;
    const std::string_view rest = std::string_view(line).substr(indent);
    const bool closes = rest.front() == '}';
    if (closes && rest.find_first_not_of("} ") == std::string::npos) {
      const size_t length = i - first + 1;
      if (length > kFunctionLinesMax) {
        findings.push_back(
            At(source, first,
               fmt::format("a function of {} lines, at most {} fit", length, kFunctionLinesMax)));
      }
    } else if (closes && rest.starts_with("};") && indent == 0 && BeginsType(source.code[first])) {
      const Findings inner = CheckFunctions(source, 2, first + 1, i);
      findings.insert(findings.end(), inner.begin(), inner.end());
    }
    // Preprocessor lines stand at the margin inside of functions too, and a line of only a brace or
    // a parenthesis goes on with what stands above it.
    if (!closes && rest.front() != '#' && rest.front() != '{' && rest.front() != ')') first = i;
    if (closes) first = i + 1;
  }
  return findings;
}

}  // namespace

Layers ParseLayers(std::string_view text) {
  Layers layers;
  for (const std::string& line : SplitLines(text)) {
    std::istringstream words(line.substr(0, line.find('#')));
    Layer layer;
    if (!(words >> layer.folder)) continue;
    if (layer.folder.ends_with(':')) {
      layer.folder.pop_back();
      for (std::string granted; words >> granted;) layer.granted.push_back(granted);
    }
    layers.push_back(std::move(layer));
  }
  return layers;
}

Findings CheckLayers(const Layers& layers) {
  Findings findings;
  for (size_t i = 0; i < layers.size(); ++i) {
    for (const std::string& granted : layers[i].granted) {
      const bool above =
          std::any_of(layers.begin(), layers.begin() + static_cast<std::ptrdiff_t>(i),
                      [&](const Layer& layer) { return layer.folder == granted; });
      if (above && IsImplementation(granted)) continue;
      findings.push_back(fmt::format("layers.txt: {} may use {}, which is no implementation above",
                                     layers[i].folder, granted));
    }
  }
  return findings;
}

Findings CheckIncludes(const Source& source, const Layers& layers) {
  static const std::regex pattern(R"re(^\s*#\s*include\s*"([^"]+)")re");
  Findings findings;
  for (size_t i = 0; i < source.uncommented.size(); ++i) {
    std::smatch match;
    if (source.uncommented[i].find("include") == std::string::npos) continue;
    if (!std::regex_search(source.uncommented[i], match, pattern)) continue;
    const std::string wrong = CheckInclude(source, match[1].str(), layers);
    if (!wrong.empty()) findings.push_back(At(source, i, wrong));
  }
  return findings;
}

Findings CheckFolder(const Source& source, const Layers& layers) {
  if (!source.IsUnder("src/")) return {};
  const std::string_view folder = source.folder().substr(4);
  const bool known = std::any_of(layers.begin(), layers.end(),
                                 [&](const Layer& layer) { return layer.folder == folder; });
  if (known) return {};
  return {At(source, 0, fmt::format("folder {} is not in layers.txt: nothing builds it", folder))};
}

Findings CheckHead(const Source& source) {
  Findings findings;
  if (source.lines.empty() || source.lines[0] != "// SPDX-License-Identifier: Apache-2.0") {
    findings.push_back(At(source, 0, "begins with // SPDX-License-Identifier: Apache-2.0"));
  }
  const bool guarded =
      std::find(source.lines.begin(), source.lines.end(), "#pragma once") != source.lines.end();
  // What Highway includes once for each instruction set has its own guard.
  if (source.IsHeader() && !guarded && !source.path.ends_with("_inl.h")) {
    findings.push_back(At(source, 0, "a header has #pragma once"));
  }
  return findings;
}

Findings CheckSize(const Source& source) {
  Findings findings = CheckFunctions(source, 0, 0, source.code.size());
  if (source.lines.size() > kFileLinesMax) {
    findings.push_back(
        At(source, 0,
           fmt::format("{} lines, at most {}: split it", source.lines.size(), kFileLinesMax)));
  }
  for (size_t i = 0; i < source.lines.size(); ++i) {
    const size_t columns = Columns(source.lines[i]);
    if (columns > kLineColumnsMax) {
      findings.push_back(
          At(source, i, fmt::format("{} columns, at most {}", columns, kLineColumnsMax)));
    }
  }
  return findings;
}

Findings CheckFamilyNames(const Source& source) {
  // Programs wire the families up, tests run them.
  if (source.IsTest() || source.IsUnder("src/models/") || source.IsUnder("apps/")) return {};
  Findings findings;
  const auto check = [&](std::string_view text, size_t line) {
    for (const std::string& word : WordsOf(text)) {
      if (!FamilyNames().contains(word)) continue;
      findings.push_back(At(source, line,
                            fmt::format("\"{}\" is a family: ask for a property "
                                        "instead, or go to models/",
                                        word)));
    }
  };
  check(source.path, 0);
  for (size_t i = 0; i < source.uncommented.size(); ++i) check(source.uncommented[i], i);
  return findings;
}

Findings CheckBans(const Source& source) {
  static const std::regex catch_all(R"(\bcatch\s*\(\s*\.\.\.\s*\))");
  static const std::regex later(R"(\b(TODO|FIXME|XXX|HACK)\b)");
  Findings findings;
  for (size_t i = 0; i < source.lines.size(); ++i) {
    for (const Ban& ban : CodeBans()) {
      if (Allows(ban.allowed, source)) continue;
      if (Finds(ban, source.code[i])) findings.push_back(At(source, i, ban.what));
    }
    const bool catches = source.code[i].find("catch") != std::string::npos;
    if (catches && std::regex_search(source.code[i], catch_all) &&
        !CatchAllAdapters().contains(source.path)) {
      findings.push_back(At(source, i, "catch (...): name what is thrown, or be an adapter"));
    }
    const std::string& line = source.lines[i];
    const bool capitals =
        line.find("TO") != std::string::npos || line.find("FIX") != std::string::npos ||
        line.find("XXX") != std::string::npos || line.find("HACK") != std::string::npos;
    if (capitals && std::regex_search(line, later)) {
      findings.push_back(At(source, i, "work left for later: do it, or file it"));
    }
  }
  return findings;
}

Findings CheckWorkplacePaths(const Source& source) {
  // In two parts, or this file would be a finding.
  static const std::regex path(std::string("(^|[^a-zA-Z0-9_.])/(wor") + "k|roo" + "t|hom" + "e)/");
  Findings findings;
  for (size_t i = 0; i < source.lines.size(); ++i) {
    const bool has_path = source.lines[i].find('/') != std::string::npos;
    if (has_path && std::regex_search(source.lines[i], path)) {
      findings.push_back(At(source, i, "a path of somebody's machine"));
    }
  }
  return findings;
}

}  // namespace aozora::tidy
