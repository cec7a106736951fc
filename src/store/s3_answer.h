// What an S3 service says in XML: one page of a listing, and why it refuses. A server's word: bounded, no document
// type, no entities but those of XML itself. Spec: the S3 API's ListObjectsV2 and its error responses.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace muniment {

struct S3ListPage {
  std::vector<std::string> keys;
  std::vector<std::string> folders;  // common prefixes, with their slash
  std::optional<std::string> next;   // the token for the page after this one; empty when it is the last
};

/// Errors: `corrupt`, `limit` above `names_max` keys and folders.
Result<S3ListPage> parse_s3_list(ByteView xml, std::size_t names_max);

struct S3Refusal {
  std::string code;     // "NoSuchKey"
  std::string message;  // for people
};

/// Errors: `corrupt`, for instance where a proxy answers in the server's place.
Result<S3Refusal> parse_s3_refusal(ByteView xml);

}  // namespace muniment
