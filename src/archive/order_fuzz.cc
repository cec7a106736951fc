// The first byte says who signs, the rest is an order, for the archive of the corpus: what parses is exactly what this
// program writes, and counts only if enough people have signed it.
#include "archive/order.h"
#include "archive/people_testing.h"

namespace muniment {
namespace {

constexpr unsigned kTrusteesBit = 3;

void check_expected(const Error& error) {
  const Code code = error.code();
  MUNIMENT_CHECK(code == Code::corrupt || code == Code::forged || code == Code::limit || code == Code::unsupported ||
                 code == Code::denied);
}

bool is_whole(const Order& order, const std::string& text, const Sha256& archive) {
  if (render_order(order, archive) != text || order.number.size() != 32) return false;
  if (order.deposits.size() > kOrderDepositsMax) return false;
  for (std::size_t i = 1; i < order.deposits.size(); ++i) {
    if (!(order.deposits[i - 1] < order.deposits[i])) return false;
  }
  if (order.kind != OrderKind::reseal) return order.objects.empty();
  const auto seals = seals_of(order);
  return seals && 2 * seals->size() == order.objects.size();
}

void check(std::uint8_t who, const std::string& text) {
  static const TestPeople kPeople;
  static const Charter kCharter = kPeople.charter();
  Sha256 archive;
  archive.bytes.fill(0x5a);
  const auto order = parse_order(text, archive);
  if (!order) check_expected(order.error());
  MUNIMENT_CHECK(!order || is_whole(*order, text, archive));

  const SignerKey* const everybody[] = {kPeople.first(), kPeople.second(), kPeople.third(), kPeople.all_trustees(),
                                        kPeople.outsider()};
  Hands hands;
  unsigned people = 0;
  for (unsigned bit = 0; bit < 5; ++bit) {
    if ((who >> bit & 1) == 0) continue;
    hands.push_back(everybody[bit]);
    people += bit < kTrusteesBit ? 1 : bit == kTrusteesBit ? kCharter.trustees->threshold : 0;
  }
  if (hands.empty() || !check_note_text(text)) return;
  const auto signed_order = parse_signed_order(signed_by(text, hands), archive, kCharter);
  if (!signed_order) return check_expected(signed_order.error());
  const Needed needed = needed_for(signed_order->order, kCharter);
  MUNIMENT_CHECK(order.has_value() && signed_order->signers.people == people && people >= needed.people);
  MUNIMENT_CHECK(!needed.trustees || (who >> kTrusteesBit & 1) != 0);
}

}  // namespace
}  // namespace muniment

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 0) muniment::check(data[0], std::string(muniment::as_text({data + 1, size - 1})));
  return 0;
}
