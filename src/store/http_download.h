// One object over HTTP in as many exchanges as it takes: both stores over HTTP fetch through this.
#pragma once

#include <functional>
#include <optional>

#include "store/http_retry.h"
#include "store/unfinished.h"

namespace muniment {

/// What the store makes of an answer that does not give the object.
using HttpRefusal = std::function<Error(const HttpResponse& answer)>;

/// `request` is the GET of the whole. A transfer that breaks off goes on with a range where it broke, and what the
/// server says of ranges and tags is held against what was asked. A try that brings almost nothing counts as failed.
/// Where connections fall silent after so many bytes, pieces of three quarters of that are asked for.
/// With `unfinished` the object is known to have `bytes_max` bytes: it goes on from what was kept there, and keeps what
/// comes. Errors: `limit` above `bytes_max`, `unavailable`, those of `refusal`.
Result<Bytes> download(HttpRetry& retry, const HttpRequest& request, std::uint64_t bytes_max,
                       const HttpRefusal& refusal, Unfinished* unfinished = nullptr);

/// The length that an answer states.
std::optional<std::uint64_t> length_of(const HttpResponse& answer);

/// A header for a sentence: its value, or "nowhere".
std::string shown_header(const HttpResponse& answer, std::string_view name);

}  // namespace muniment
