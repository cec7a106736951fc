// A store in a bucket of an S3-compatible service. Spec: docs/formats.md "A copy in a bucket".
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "store/s3_bucket.h"

namespace muniment {

/// What the service has answered 200 to is durable. Objects are created by conditional writes; where a service does not
/// keep the condition, the store looks first, which is enough for one writer at a time.
class S3Store final : public Store {
 public:
  explicit S3Store(std::unique_ptr<S3Bucket> bucket) : bucket_(std::move(bucket)) {}

  std::string where() const override { return bucket_->where(); }
  Result<Bytes> get(const ObjectName& name, std::uint64_t bytes_max) override { return bucket_->get(name, bytes_max); }
  Result<Bytes> get_on(const ObjectName& name, std::uint64_t bytes_max, Unfinished& unfinished) override {
    return bucket_->get(name, bytes_max, &unfinished);
  }
  Result<std::uint64_t> size(const ObjectName& name) override;
  Result<void> put(const ObjectName& name, ByteView bytes) override;
  Result<void> replace(const ObjectName& name, ByteView bytes) override;
  Result<void> flush() override { return {}; }
  /// Done as well when it is not there.
  Result<void> remove(const ObjectName& name) override;
  /// The bytes go through this machine, and are there twice for a moment.
  Result<void> move(const ObjectName& from, const ObjectName& to, std::uint64_t bytes_max) override;
  /// Errors also: `corrupt` for a listing of something else than was asked for, `limit`.
  Result<std::vector<std::string>> list(const ObjectName& folder) override;

 private:
  enum class Creation { unknown, kept, not_kept };  // what the service makes of If-None-Match: *
  enum class Present { no, same, unseen };          // unseen: these credentials may not look

  Result<Present> compare(const ObjectName& name, ByteView bytes);
  Result<HttpResponse> create(const ObjectName& name, ByteView bytes);

  std::unique_ptr<S3Bucket> bucket_;
  Creation creation_ = Creation::unknown;
};

}  // namespace muniment
