// Where an archive's objects live: one layout of paths in a folder, on a web server or in a bucket.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fs.h"
#include "store/unfinished.h"

namespace muniment {

/// The name of an object: a relative path of parts made of A-Z a-z 0-9 . _ - that never climbs.
/// Whatever comes from a log, a list or a server becomes an ObjectName before it becomes a path.
class ObjectName {
 public:
  /// Errors: `corrupt`.
  static Result<ObjectName> parse(std::string_view text);
  /// For names that this program spells; aborts where parse() would refuse.
  explicit ObjectName(std::string_view known);

  const std::string& text() const { return text_; }
  auto operator<=>(const ObjectName&) const = default;

 private:
  ObjectName() = default;
  std::string text_;
};

/// Errors of every call: `io`, `denied`, `unavailable`. Objects never change once they are put, the checkpoint apart.
class Store {
 public:
  virtual ~Store() = default;

  /// Where this is, for sentences: a path or an address.
  virtual std::string where() const = 0;

  /// The whole object. Errors: `not_found`, `limit` above `bytes_max`.
  virtual Result<Bytes> get(const ObjectName& name, std::uint64_t bytes_max) = 0;

  /// The object, to be read from its beginning, where it lies on this machine. Errors: `not_found`, `unsupported` where
  /// objects come whole.
  virtual Result<std::unique_ptr<InputFile>> open(const ObjectName& /*name*/) {
    return Error(Code::unsupported, where() + " gives whole objects only");
  }

  /// As get(), and goes on where an earlier transfer was cut off; what comes is kept in `unfinished` as it comes. The
  /// bytes may be of several sources then, and only the caller can tell whether they are right.
  virtual Result<Bytes> get_on(const ObjectName& name, std::uint64_t bytes_max, Unfinished& /*unfinished*/) {
    return get(name, bytes_max);
  }

  /// Where the beginning of an object of `bytes_max` bytes is kept while it is on its way here; null where nothing is.
  virtual std::unique_ptr<Unfinished> unfinished(const ObjectName& /*name*/, std::uint64_t /*bytes_max*/) {
    return nullptr;
  }
  /// Takes away all that was kept so.
  virtual Result<void> drop_unfinished() { return {}; }

  /// Errors: `not_found`.
  virtual Result<std::uint64_t> size(const ObjectName& name) = 0;

  /// Creates an object. Done already when it is there with the same bytes. Durable after the next flush().
  /// Errors: `conflict` when it is there with other bytes.
  virtual Result<void> put(const ObjectName& name, ByteView bytes) = 0;

  /// Puts an object in the place of whatever is there, in one step: the checkpoint, or a damaged object whose
  /// right bytes the caller has checked. Everything put before is made durable first; durable on return.
  virtual Result<void> replace(const ObjectName& name, ByteView bytes) = 0;

  /// Makes durable what was put. Errors: `conflict` where another writer put other bytes under a name meanwhile.
  virtual Result<void> flush() = 0;

  /// From now on put() may keep objects back until flush(), so that many are made durable at once: by `steady_ns`, if
  /// it is not empty, for about a second only, so that a run that is cut off has done little in vain. This store's own
  /// calls see them all the while, others do not.
  virtual void put_in_groups(const std::function<std::int64_t()>& /*steady_ns*/) {}
  /// Ends that. What is kept back still waits for flush().
  virtual void put_one_by_one() {}

  /// Takes away an object under a private name, and folders left empty by it. Durable after the next flush().
  virtual Result<void> remove(const ObjectName& name) = 0;

  /// Gives an object another name, durable there before it is gone from the old one. Where the same bytes are there
  /// already, the old name goes. Errors: `not_found`, `conflict` when other bytes are there, `limit` above `bytes_max`
  /// where the bytes have to be read.
  virtual Result<void> move(const ObjectName& from, const ObjectName& to, std::uint64_t bytes_max) = 0;

  /// Keeps other runs away while it lives; null where a store has no locks, and two runs at once can only be told apart
  /// by what they write. Errors: `conflict` when it is held.
  virtual Result<std::unique_ptr<FileLock>> lock(const ObjectName& /*name*/) { return std::unique_ptr<FileLock>(); }

  /// Names of objects and folders directly below a folder, sorted; empty when there is none.
  virtual Result<std::vector<std::string>> list(const ObjectName& folder) = 0;
};

/// The private head of a log: a value that is compared and swapped, so that two writers cannot both win.
class HeadStore {
 public:
  virtual ~HeadStore() = default;
  /// Empty when nothing was ever written. What was read once is durable.
  virtual Result<std::optional<Bytes>> read() = 0;
  /// Durable on return. Errors: `conflict` when the value is not `expected` (or another writer is at it).
  virtual Result<void> compare_and_swap(const std::optional<Bytes>& expected, ByteView desired) = 0;
};

}  // namespace muniment
