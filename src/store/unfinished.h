// The beginning of an object that a cut-off transfer has brought: kept by the copy it is for, so that a later run goes
// on where this one ended, from whichever source. Spec: docs/formats.md "Copying".
#pragma once

#include <cstdint>
#include <string>

#include "base/fs.h"

namespace muniment {

/// Of one object, for one thread. What is kept is nobody's word for anything: the whole is checked once it is there.
class Unfinished {
 public:
  virtual ~Unfinished() = default;
  /// From the object's first byte on; empty when nothing was kept.
  virtual ByteView begun() const = 0;
  /// `bytes` are those of the object from its byte `first` on. What is there already, and what would leave a gap, is
  /// passed over. Best effort: a full disk is no reason to end a transfer.
  virtual void keep(std::uint64_t first, ByteView bytes) = 0;
  /// Takes away what was kept.
  virtual void forget() = 0;
};

/// In files `<folder>/<SHA-256 of the object's name>-<first byte, 16 hex digits>`, each durable once it is written.
class UnfinishedFiles final : public Unfinished {
 public:
  /// Reads what is there, up to `bytes_max`. `fs` outlives this.
  UnfinishedFiles(Fs& fs, std::string folder, std::string_view object_name, std::uint64_t bytes_max);

  ByteView begun() const override { return bytes_; }
  void keep(std::uint64_t first, ByteView bytes) override;
  void forget() override;

 private:
  Fs& fs_;
  std::string folder_;
  std::string prefix_;  // of the names of its files
  std::uint64_t bytes_max_;
  Bytes bytes_;
};

}  // namespace muniment
