// The first byte says who signs, the rest is what comes behind the line "previous" of charter/2, in the archive of the
// corpus; and the bytes as a charter that starts a chain. What follows keeps what must be kept, and enough have signed.
#include "archive/authority.h"
#include "archive/people_testing.h"

namespace muniment {
namespace {

void check_expected(const Error& error) {
  const Code code = error.code();
  MUNIMENT_CHECK(code == Code::corrupt || code == Code::forged || code == Code::limit || code == Code::unsupported ||
                 code == Code::denied);
}

void check_step(const Charter& now, const Charter& next, bool trustees, unsigned people) {
  MUNIMENT_CHECK(next.version == now.version + 1 && next.origin == now.origin);
  MUNIMENT_CHECK(next.log_keys.size() >= now.log_keys.size() && next.log_keys[0] == now.log_keys[0]);
  MUNIMENT_CHECK(trustees || people >= now.rules.charter);
  MUNIMENT_CHECK(trustees || (now.rules == next.rules && now.trustees == next.trustees));
  for (const Compartment& before : now.compartments) {
    const Compartment* after = next.find_compartment(before.name);
    MUNIMENT_CHECK(trustees || (after != nullptr && after->recipient == before.recipient));
    const LoggedObject* file = find_keyring_file(now, before.name, kTrustees);
    const LoggedObject* file_after = find_keyring_file(next, before.name, kTrustees);
    MUNIMENT_CHECK(trustees || (file_after != nullptr && file->name == file_after->name));
  }
  for (const LoggedObject& object : next.objects) {
    for (const LoggedObject& before : now.objects)
      MUNIMENT_CHECK(before.name != object.name || before.digest == object.digest);
  }
}

void check(std::uint8_t who, const std::string& rest) {
  static const TestPeople kPeople;
  static const FoundCharter kChain = *FoundCharter::start(signed_by(kPeople.charter(), {kPeople.first()}));
  const SignerKey* const everybody[] = {kPeople.first(),        kPeople.second(),   kPeople.third(),
                                        kPeople.all_trustees(), kPeople.outsider(), &kPeople.next_trustees.signer()};
  Hands hands;
  unsigned people = 0;
  for (unsigned bit = 0; bit < 6; ++bit) {
    if ((who >> bit & 1) == 0) continue;
    hands.push_back(everybody[bit]);
    people += bit < 3 ? 1 : 0;
  }
  const std::string text = "muniment/charter/v1\narchive " + kChain.id.hex() + "\nversion 2\nprevious " +
                           kChain.versions[0].digest.hex() + "\n" + rest;
  if (hands.empty() || !check_note_text(text)) return;
  FoundCharter chain = kChain;
  const auto followed = chain.follow(signed_by(text, hands));
  if (!followed) {
    MUNIMENT_CHECK(chain.versions.size() == 1 && chain.charter.version == 1);
    return check_expected(followed.error());
  }
  MUNIMENT_CHECK(chain.versions.size() == 2 && chain.id == kChain.id);
  check_step(kChain.charter, chain.charter, (who >> 3 & 1) != 0, people);
}

void check_start(std::string_view bytes) {
  const auto started = FoundCharter::start(bytes);
  if (!started) return check_expected(started.error());
  MUNIMENT_CHECK(started->id == sha256(as_view(bytes)) && started->charter.version == 1);
}

}  // namespace
}  // namespace muniment

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  muniment::check_start(muniment::as_text({data, size}));
  if (size > 0) muniment::check(data[0], std::string(muniment::as_text({data + 1, size - 1})));
  return 0;
}
