#include "testing/faulty_store.h"

namespace muniment {
namespace {

Bytes altered(std::optional<Fault> fault, ByteView bytes) {
  Bytes copy(bytes.begin(), bytes.end());
  if (fault == Fault::truncate) copy.resize(copy.size() / 2);
  if (fault == Fault::flip && !copy.empty()) copy[copy.size() / 2] ^= 1;
  return copy;
}

Error lost(const ObjectName& name) { return {Code::not_found, name.text() + " is lost, as the test wants it"}; }

}  // namespace

void FaultyStore::refuse_from(std::uint64_t n, Code code) {
  refused_from_ = n;
  refused_code_ = code;
}

/// Counts the operation and gives what is to go wrong with it.
Result<std::optional<Fault>> FaultyStore::begin(Operation operation, const std::string& name) {
  ++operations_;
  // Nothing can tell a change made here from one made right after the operation before.
  if (late_ && operations_ > late_after_) std::exchange(late_, nullptr)();
  const Error refused(Code::unavailable, "operation " + std::to_string(operations_) + " is refused");
  if (operations_ >= refused_from_) return Error(refused_code_, refused.sentence());
  if (hook_) TRY(hook_({operations_, operation, name}));
  const auto planned = faults_.find(operations_);
  if (planned == faults_.end()) return std::optional<Fault>{};
  if (planned->second.fault == Fault::refuse) return Error(planned->second.code, refused.sentence());
  return std::optional(planned->second.fault);
}

Result<void> FaultyStore::change(std::optional<Fault> fault, ByteView bytes, Change change) {
  if (fault == Fault::lose) return {};
  if (fault != Fault::delay) return change(altered(fault, bytes));
  late_after_ = operations_ + 1;
  late_ = [change = std::move(change), copy = altered(fault, bytes)] {
    static_cast<void>(change(copy).has_value());  // its caller has been told that all is well
  };
  return {};
}

Result<Bytes> FaultyStore::get(const ObjectName& name, std::uint64_t bytes_max) {
  TRY_ASSIGN(const auto fault, begin(Operation::get, name.text()));
  if (fault == Fault::lose) return lost(name);
  TRY_ASSIGN(const Bytes bytes, inner_.get(name, bytes_max));
  return altered(fault, bytes);
}

Result<std::uint64_t> FaultyStore::size(const ObjectName& name) {
  TRY_ASSIGN(const auto fault, begin(Operation::size, name.text()));
  if (fault == Fault::lose) return lost(name);
  return inner_.size(name);
}

Result<void> FaultyStore::put(const ObjectName& name, ByteView bytes) {
  TRY_ASSIGN(const auto fault, begin(Operation::put, name.text()));
  return change(fault, bytes, [this, name](ByteView written) { return inner_.put(name, written); });
}

Result<void> FaultyStore::replace(const ObjectName& name, ByteView bytes) {
  TRY_ASSIGN(const auto fault, begin(Operation::replace, name.text()));
  return change(fault, bytes, [this, name](ByteView written) { return inner_.replace(name, written); });
}

Result<void> FaultyStore::flush() {
  TRY_ASSIGN(const auto fault, begin(Operation::flush, ""));
  return change(fault, {}, [this](ByteView) { return inner_.flush(); });
}

Result<void> FaultyStore::remove(const ObjectName& name) {
  TRY_ASSIGN(const auto fault, begin(Operation::remove, name.text()));
  return change(fault, {}, [this, name](ByteView) { return inner_.remove(name); });
}

Result<void> FaultyStore::move(const ObjectName& from, const ObjectName& to, std::uint64_t bytes_max) {
  TRY_ASSIGN(const auto fault, begin(Operation::move, from.text()));
  return change(fault, {}, [this, from, to, bytes_max](ByteView) { return inner_.move(from, to, bytes_max); });
}

Result<std::vector<std::string>> FaultyStore::list(const ObjectName& folder) {
  TRY_ASSIGN(const auto fault, begin(Operation::list, folder.text()));
  if (fault == Fault::lose) return std::vector<std::string>{};
  return inner_.list(folder);
}

}  // namespace muniment
