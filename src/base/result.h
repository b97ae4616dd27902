// SPDX-License-Identifier: Apache-2.0
// Errors are values. A function that can fail because of something outside of the program returns
// Result<T> (or Status, for nothing); TRY unwraps one or hands the error to the caller.
//
//   Result<Header> ReadHeader(Bytes file) {
//     if (file.size() < kHeaderBytes) return Error::Corrupt("header: {} bytes", file.size());
//     const Header header = TRY(ParseHeader(file.first(kHeaderBytes)));
//     ...
#pragma once

#include <fmt/core.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/check.h"

namespace aozora {

// What a caller can do about it; the HTTP layer and the exit codes are derived from this.
enum class ErrorCode {
  kInvalid,      // the request makes no sense as it stands: change the request
  kNotFound,     // a named file, tensor, model ... does not exist
  kCorrupt,      // a file is not what it claims to be
  kUnsupported,  // well-formed, recognised, and not something we can do (yet)
  kExhausted,    // memory, disk or a limit
  kCancelled,    // somebody asked for it to stop
  kIo,           // the operating system said no
};

std::string_view ErrorCodeName(ErrorCode code);  // "invalid", "not found", ...

// An error that a person can act on: the message names the thing and the way out, starts in lower
// case, and has no final full stop.
class [[nodiscard]] Error {
 public:
  Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}

  template <class... Args>
  static Error Invalid(fmt::format_string<Args...> format, Args&&... args) {
    return Error(ErrorCode::kInvalid, fmt::format(format, std::forward<Args>(args)...));
  }
  template <class... Args>
  static Error NotFound(fmt::format_string<Args...> format, Args&&... args) {
    return Error(ErrorCode::kNotFound, fmt::format(format, std::forward<Args>(args)...));
  }
  template <class... Args>
  static Error Corrupt(fmt::format_string<Args...> format, Args&&... args) {
    return Error(ErrorCode::kCorrupt, fmt::format(format, std::forward<Args>(args)...));
  }
  template <class... Args>
  static Error Unsupported(fmt::format_string<Args...> format, Args&&... args) {
    return Error(ErrorCode::kUnsupported, fmt::format(format, std::forward<Args>(args)...));
  }
  template <class... Args>
  static Error Exhausted(fmt::format_string<Args...> format, Args&&... args) {
    return Error(ErrorCode::kExhausted, fmt::format(format, std::forward<Args>(args)...));
  }
  template <class... Args>
  static Error Io(fmt::format_string<Args...> format, Args&&... args) {
    return Error(ErrorCode::kIo, fmt::format(format, std::forward<Args>(args)...));
  }
  static Error Cancelled() { return Error(ErrorCode::kCancelled, "cancelled"); }

  // "what: " in front of the message: where it happened, added on the way up.
  Error Within(std::string_view what) && {
    return Error(code_, fmt::format("{}: {}", what, message_));
  }

  ErrorCode code() const { return code_; }
  const std::string& message() const { return message_; }

 private:
  ErrorCode code_;
  std::string message_;
};

// Either a T or an Error. Asking for the wrong one is a bug and crashes.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(runtime/explicit)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & {
    CheckOk();
    return std::get<0>(state_);
  }
  const T& value() const& {
    CheckOk();
    return std::get<0>(state_);
  }
  T&& value() && {
    CheckOk();
    return std::get<0>(std::move(state_));
  }
  const Error& error() const& {
    CHECK(!ok());
    return std::get<1>(state_);
  }
  Error&& error() && {
    CHECK(!ok());
    return std::get<1>(std::move(state_));
  }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  void CheckOk() const {
    if (!ok()) internal::CheckFailed(__FILE__, __LINE__, "Result has a value", error().message());
  }

  std::variant<T, Error> state_;
};

// Success, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT(runtime/explicit)

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  void value() const {
    if (!ok()) internal::CheckFailed(__FILE__, __LINE__, "Status is ok", error_->message());
  }
  const Error& error() const& {
    CHECK(!ok());
    return *error_;
  }
  Error&& error() && {
    CHECK(!ok());
    return std::move(*error_);
  }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;
inline Status Ok() { return Status(); }

}  // namespace aozora

// The value of a Result, or return its error from the enclosing function. A number makes the name,
// so that the expression may be a lambda with a TRY of its own. Not in braces behind another member
// (`Pair{a, then TRY`): GCC 12 leaves without destroying the members that are made already, and
// `./dev check` refuses it.
#define AOZORA_JOIN_NAME_2(a, b) a##b
#define AOZORA_JOIN_NAME(a, b) AOZORA_JOIN_NAME_2(a, b)
#define AOZORA_TRY(name, expression)                \
  __extension__({                                   \
    auto name = (expression);                       \
    if (!name.ok()) return std::move(name).error(); \
    std::move(name).value();                        \
  })
#define TRY(expression) AOZORA_TRY(AOZORA_JOIN_NAME(try_result_, __COUNTER__), expression)

// The same, with what is being done put in front of the message.
#define AOZORA_TRY_WITHIN(name, what, expression)                \
  __extension__({                                                \
    auto name = (expression);                                    \
    if (!name.ok()) return std::move(name).error().Within(what); \
    std::move(name).value();                                     \
  })
#define TRY_WITHIN(what, expression) \
  AOZORA_TRY_WITHIN(AOZORA_JOIN_NAME(try_result_, __COUNTER__), what, expression)
