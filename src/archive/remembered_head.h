// The private head of a log at a service that is not ours, and what it was when this machine last saw it: a service
// that puts an older one back is told from one that does not. Spec: docs/formats.md "A home in a bucket".
#pragma once

#include <string>

#include "base/fs.h"
#include "store/store.h"

namespace muniment {

class RememberedHead final : public HeadStore {
 public:
  /// `inner` and `fs` outlive this. `path` is a file on this machine.
  RememberedHead(HeadStore& inner, Fs& fs, std::string path) : inner_(inner), fs_(fs), path_(std::move(path)) {}

  /// Errors also: `forged` when the head is gone, shows fewer entries than it has shown here before, or as many with
  /// another root.
  Result<std::optional<Bytes>> read() override;
  Result<void> compare_and_swap(const std::optional<Bytes>& expected, ByteView desired) override;

 private:
  Result<void> remember(ByteView head);

  HeadStore& inner_;
  Fs& fs_;
  std::string path_;
};

}  // namespace muniment
