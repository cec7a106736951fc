// Result<T>: a value or an Error. Failures are values; nothing in muniment throws.
// The names follow std::expected, which neither compiler of Debian 12 has whole.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/check.h"

namespace muniment {

/// What the caller can do about a failure. The sentence says what happened.
/// `corrupt` is a bad disk or a cut transfer, `forged` is an adversary: a person must be told which.
enum class Code {
  invalid,      // used wrongly: correct the call
  not_found,    // nothing of that name
  corrupt,      // bytes do not parse or do not match their digest
  forged,       // a signature, MAC, proof or pinned id fails
  unsupported,  // a format or algorithm this build does not know
  limit,        // larger or deeper than the caller allowed
  conflict,     // lost a race, or something else is already there
  unavailable,  // try again later
  denied,       // the key, the passphrase or the permission is not the right one
  io,           // the local system refused: disk full, read error
};

/// The name of a code in JSON output: "not_found" and so on.
std::string_view name_of(Code code);

/// A failure: a code for programs, a sentence for people. Context is put in front on the way up.
class Error {
 public:
  Error(Code code, std::string sentence) : code_(code), sentence_(std::move(sentence)) {}

  Code code() const { return code_; }
  const std::string& sentence() const { return sentence_; }

  /// The same failure, said of something: `error.in("part-0000003")`.
  Error in(std::string_view what) const { return {code_, std::string(what) + ": " + sentence_}; }

 private:
  Code code_;
  std::string sentence_;
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  /// The value or the error; asking for the one that is not there is our own bug and aborts.
  T& value() & { return get<0>(state_); }
  const T& value() const& { return get<0>(state_); }
  T&& value() && { return std::move(get<0>(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& { return get<1>(state_); }
  Error&& error() && { return std::move(get<1>(state_)); }

 private:
  template <std::size_t kIndex, typename State>
  static auto& get(State& state) {
    auto* found = std::get_if<kIndex>(&state);
    MUNIMENT_CHECK(found != nullptr);
    return *found;
  }

  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool has_value() const { return !error_.has_value(); }
  explicit operator bool() const { return has_value(); }

  const Error& error() const& {
    MUNIMENT_CHECK(error_.has_value());
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace muniment

#define MUNIMENT_CONCAT_(a, b) a##b
#define MUNIMENT_CONCAT(a, b) MUNIMENT_CONCAT_(a, b)

/// Returns the error of `call` from the enclosing function, if it has one.
#define TRY(call)                                                                        \
  do {                                                                                   \
    if (auto muniment_result = (call); !muniment_result) return muniment_result.error(); \
  } while (false)

/// `TRY_ASSIGN(auto x, call())`: declares or assigns the value, or returns the error.
#define TRY_ASSIGN(target, ...) TRY_ASSIGN_(MUNIMENT_CONCAT(muniment_result_, __LINE__), target, __VA_ARGS__)
#define TRY_ASSIGN_(result, target, ...)         \
  auto result = (__VA_ARGS__);                   \
  if (!result) return std::move(result).error(); \
  target = std::move(result).value()
