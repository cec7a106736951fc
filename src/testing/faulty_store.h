// A store over another one that misbehaves on demand: its n-th operation is refused, lost, cut, flipped or comes late.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "store/store.h"

namespace muniment {

/// What happens to an operation. Cutting and flipping do nothing to one that carries no bytes.
enum class Fault {
  refuse,    // it fails and changes nothing
  lose,      // a change is reported done and is not; a read finds nothing
  truncate,  // of the bytes written or read the first half is left
  flip,      // one bit in the middle of the bytes written or read is another one
  delay,     // a change comes after the operation that follows it, or never when none follows
};

/// Counts every call but where() and lock(). For one thread, unless the hook sees to it that only one is inside.
class FaultyStore final : public Store {
 public:
  enum class Operation { get, size, put, replace, flush, remove, move, list };
  struct Call {
    std::uint64_t number = 0;  // the first of all is 1
    Operation operation = Operation::get;
    std::string name;  // empty for flush
  };
  /// Called before each operation, with its number; its error is the operation's error.
  using Hook = std::function<Result<void>(const Call& call)>;

  /// `inner` outlives this.
  explicit FaultyStore(Store& inner) : inner_(inner) {}

  std::uint64_t operations() const { return operations_; }
  /// The operation number `n` goes wrong. `code` is that of `refuse`.
  void inject(std::uint64_t n, Fault fault, Code code = Code::unavailable) { faults_[n] = {fault, code}; }
  /// The operation number `n` and every one after it are refused: the connection is gone.
  void refuse_from(std::uint64_t n, Code code = Code::unavailable);
  void on_call(Hook hook) { hook_ = std::move(hook); }

  std::string where() const override { return inner_.where(); }
  Result<Bytes> get(const ObjectName& name, std::uint64_t bytes_max) override;
  Result<std::uint64_t> size(const ObjectName& name) override;
  Result<void> put(const ObjectName& name, ByteView bytes) override;
  Result<void> replace(const ObjectName& name, ByteView bytes) override;
  Result<void> flush() override;
  Result<void> remove(const ObjectName& name) override;
  Result<void> move(const ObjectName& from, const ObjectName& to, std::uint64_t bytes_max) override;
  Result<std::unique_ptr<FileLock>> lock(const ObjectName& name) override { return inner_.lock(name); }
  Result<std::vector<std::string>> list(const ObjectName& folder) override;

 private:
  struct Planned {
    Fault fault;
    Code code;
  };
  using Change = std::function<Result<void>(ByteView bytes)>;

  Result<std::optional<Fault>> begin(Operation operation, const std::string& name);
  Result<void> change(std::optional<Fault> fault, ByteView bytes, Change change);

  Store& inner_;
  std::uint64_t operations_ = 0;
  std::map<std::uint64_t, Planned> faults_;
  std::uint64_t refused_from_ = UINT64_MAX;
  Code refused_code_ = Code::unavailable;
  Hook hook_;
  std::function<void()> late_;  // a delayed change
  std::uint64_t late_after_ = 0;
};

}  // namespace muniment
