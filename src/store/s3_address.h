// Where a bucket is: s3://HOST[:PORT]/BUCKET[/PREFIX][?region=…&style=virtual&tls=off]. Spec: docs/cli.md "Addresses".
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace muniment {

struct S3Address {
  std::string host;    // with its port, where it has one
  std::string bucket;  // 3 to 63 of a-z 0-9 . -
  std::string prefix;  // under which the archive lies, without slashes at its ends; may be empty
  std::string region = "us-east-1";
  bool is_virtual_host = false;  // https://BUCKET.HOST/ and not https://HOST/BUCKET/
  bool has_tls = true;

  /// Errors: `invalid`.
  static Result<S3Address> parse(std::string_view text);

  /// The same address in one form only: what is left at its default is not said.
  std::string text() const;
  /// The bucket's own URL, without a slash at its end.
  std::string bucket_url() const;
  /// The key of what has this name in the archive.
  std::string key_of(std::string_view name) const;
};

}  // namespace muniment
