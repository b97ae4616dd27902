// SPDX-License-Identifier: Apache-2.0
// Diagnostics for the people who run this, on stderr through spdlog. Results never go here.
#pragma once

#include <fmt/core.h>

#include <string_view>
#include <utility>

namespace aozora {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

void SetLogLevel(LogLevel level);  // the default is kWarning
void LogMessage(LogLevel level, std::string_view message);

template <class... Args>
void Log(LogLevel level, fmt::format_string<Args...> format, Args&&... args) {
  LogMessage(level, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace aozora
