#include "tlog/policy.h"

/// Whatever a text says: it is read or refused, and what was read can be asked.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto policy = muniment::tlog::parse_policy(muniment::as_text({data, size}));
  if (policy) {
    const std::vector<bool> all(policy->witnesses.size(), true);
    MUNIMENT_CHECK(policy->is_met(all));  // all together are always a quorum
  }
  return 0;
}
