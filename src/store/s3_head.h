// The private head of a log in a bucket, compared and swapped by conditional writes. Spec: docs/formats.md "A copy in a
// bucket".
#pragma once

#include <optional>
#include <string>

#include "base/random.h"
#include "store/s3_bucket.h"

namespace muniment {

/// Services differ in what they keep of the conditions, so the first swap asks probe(); a service that fails it cannot
/// be a home.
class S3Head final : public HeadStore {
 public:
  /// All that is referred to outlives this.
  S3Head(S3Bucket& bucket, ObjectName name, Random& random)
      : bucket_(bucket), name_(std::move(name)), random_(random) {}

  Result<std::optional<Bytes>> read() override;
  /// Errors also: `unsupported`, those of probe(); `unavailable` when it is not known whether it was swapped.
  Result<void> compare_and_swap(const std::optional<Bytes>& expected, ByteView desired) override;

  /// Tries conditional writes on an object of its own beside the head, and takes it away again: creating what is there
  /// must be refused, replacing must be done by the tag that the object has and refused by one that it had.
  /// Errors: `unsupported` with what the service does instead.
  Result<void> probe();

 private:
  struct Tagged {
    Bytes bytes;
    std::string tag;  // as the service gave it; may be empty
  };
  enum class TagForm { quoted, bare };  // RFC 9110's, and the one that some services want instead

  Result<std::optional<Tagged>> read_tagged(const ObjectName& name);
  /// One conditional write. False when the condition was refused.
  Result<bool> write_if(const ObjectName& name, const std::string& condition, ByteView bytes);
  Result<TagForm> probe_at(const ObjectName& name);
  Result<TagForm> probe_replacing(const ObjectName& name);
  bool shows(ByteView desired);
  Result<std::string> condition_for(const std::optional<Bytes>& expected);
  Error fails_probe(const std::string& what) const;

  S3Bucket& bucket_;
  ObjectName name_;
  Random& random_;
  std::optional<TagForm> tag_form_;  // once the probe has found it
};

}  // namespace muniment
