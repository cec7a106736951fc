#include "shares/split.h"

#include <algorithm>
#include <bit>
#include <map>
#include <utility>

#include "crypto/kdf.h"
#include "shares/field.h"

namespace muniment {
namespace {

constexpr std::uint8_t kSecretX = 255;
constexpr std::uint8_t kDigestX = 254;
constexpr std::size_t kDigestBytes = 4;
constexpr std::uint8_t kRounds = 4;
constexpr std::uint32_t kIterationsOfRound = 2500;
constexpr std::string_view kSalt = "shamir";

std::string plural(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

/// One after the other, in secret memory.
SecretBytes joined(std::initializer_list<ByteView> pieces) {
  std::size_t size = 0;
  for (const ByteView piece : pieces) size += piece.size();
  SecretBytes whole(size);
  auto end = whole.expose_mut().begin();
  for (const ByteView piece : pieces) end = std::ranges::copy(piece, end).out;
  return whole;
}

// Encryption: a Feistel network of four rounds over the halves of the secret. It is what the passphrase goes into.

/// `half` becomes half XOR F(round, other).
void mix(MutableBytes half, ByteView other, std::uint8_t round, ByteView passphrase, const ShareSet& set) {
  const SecretBytes password = joined({{&round, 1}, passphrase});
  const std::uint8_t identifier[] = {static_cast<std::uint8_t>(set.identifier >> 8),
                                     static_cast<std::uint8_t>(set.identifier & 0xff)};
  const SecretBytes salt = set.extendable ? SecretBytes::copy_of(other) : joined({as_view(kSalt), identifier, other});
  const std::uint32_t iterations = kIterationsOfRound << set.iteration_exponent;
  const SecretBytes key = pbkdf2_sha256(password.expose(), salt.expose(), iterations, half.size());
  for (std::size_t i = 0; i < half.size(); ++i) half[i] = static_cast<std::uint8_t>(half[i] ^ key.expose()[i]);
}

/// Rounds 0 to 3 encrypt, 3 to 0 decrypt; the rest is the same.
SecretBytes crypt(ByteView input, ByteView passphrase, const ShareSet& set, bool encrypts) {
  SecretBytes left = SecretBytes::copy_of(input.first(input.size() / 2));
  SecretBytes right = SecretBytes::copy_of(input.last(input.size() / 2));
  for (std::uint8_t i = 0; i < kRounds; ++i) {
    const auto round = static_cast<std::uint8_t>(encrypts ? i : kRounds - 1 - i);
    mix(left.expose_mut(), right.expose(), round, passphrase, set);
    std::swap(left, right);
  }
  return joined({right.expose(), left.expose()});
}

Result<void> check_passphrase(ByteView passphrase) {
  const bool printable = std::ranges::all_of(passphrase, [](std::uint8_t c) { return c >= 32 && c <= 126; });
  if (printable) return {};
  return Error(Code::invalid, "the passphrase of shares may have English letters, digits, signs and spaces only");
}

// One level of sharing.

/// The value at kDigestX: four bytes by which the secret is recognised, and the random bytes that are their key.
Mac digest_of(ByteView secret, ByteView random_part) { return hmac_sha256(random_part, secret); }

SecretBytes make_digest_value(ByteView secret, Random& random) {
  SecretBytes value(secret.size());
  const MutableBytes bytes = value.expose_mut();
  random.fill(bytes.subspan(kDigestBytes));
  Mac digest = digest_of(secret, bytes.subspan(kDigestBytes));
  std::copy_n(digest.begin(), kDigestBytes, bytes.begin());
  wipe(digest);
  return value;
}

std::vector<SecretBytes> split_value(ByteView secret, const ShareGroup& group, Random& random) {
  std::vector<SecretBytes> values;
  if (group.threshold == 1) {
    for (unsigned i = 0; i < group.count; ++i) values.push_back(SecretBytes::copy_of(secret));
    return values;
  }
  const SecretBytes digest = make_digest_value(secret, random);
  values.reserve(group.count);
  std::vector<Point> points = {{kDigestX, digest.expose()}, {kSecretX, secret}};
  for (unsigned i = 0; i < group.count; ++i) {
    if (i + 2 < group.threshold) {
      SecretBytes value(secret.size());
      random.fill(value.expose_mut());
      values.push_back(std::move(value));
      points.push_back({static_cast<std::uint8_t>(i), values.back().expose()});
    } else {
      values.push_back(interpolate(points, static_cast<std::uint8_t>(i)));
    }
  }
  return values;
}

/// The secret under `points`: the first `threshold` of them give it, the others are held to them.
Result<SecretBytes> join_values(std::span<const Point> points, unsigned threshold) {
  const Error misfit(Code::forged, "the shares do not fit together: one of them is wrong or of another set");
  const auto enough = points.first(threshold);
  for (const Point& point : points.subspan(threshold)) {
    if (!equal_in_constant_time(interpolate(enough, point.x).expose(), point.y)) return misfit;
  }
  if (threshold == 1) return SecretBytes::copy_of(points[0].y);
  SecretBytes secret = interpolate(enough, kSecretX);
  const SecretBytes value = interpolate(enough, kDigestX);
  Mac digest = digest_of(secret.expose(), value.expose().subspan(kDigestBytes));
  const bool fits = equal_in_constant_time(ByteView(digest).first(kDigestBytes), value.expose().first(kDigestBytes));
  wipe(digest);
  if (!fits) return misfit;
  return secret;
}

// Which shares were given.

using Given = std::vector<const Share*>;

bool of_one_set(const Share& a, const Share& b) {
  const bool same_group_rule = a.group_index != b.group_index || a.member_threshold == b.member_threshold;
  return a.set == b.set && a.value.size() == b.value.size() && same_group_rule;
}

Error of_another_set(const Given& given, std::size_t stranger, std::size_t companions) {
  const auto first_words = [](const Share& share) {
    return std::tuple(share.set.identifier, share.set.extendable, share.set.iteration_exponent);
  };
  const std::size_t other = stranger == 0 ? 1 : 0;
  std::string sentence = companions == 0
                             ? "shares 1 and " + std::to_string(stranger + 1) + " are of different sets"
                             : "share " + std::to_string(stranger + 1) + " is of another set than the others";
  if (first_words(*given[stranger]) != first_words(*given[other])) {
    sentence += ": the first two words are the same on all shares of a set";
  }
  return Error(Code::invalid, std::move(sentence));
}

/// The set of most shares is the one that is meant; the first share outside it is named.
Result<void> check_one_set(const Given& given) {
  std::size_t best = 0;
  std::ptrdiff_t most = 0;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const auto alike = std::ranges::count_if(given, [&](const Share* other) { return of_one_set(*given[i], *other); });
    if (alike > most) best = i;
    most = std::max(most, alike);
  }
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (of_one_set(*given[best], *given[i])) continue;
    return of_another_set(given, i, static_cast<std::size_t>(most) - 1);
  }
  // Two shares of a group that the first one is not in may still disagree about their threshold.
  for (std::size_t i = 0; i < given.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (!of_one_set(*given[j], *given[i])) return of_another_set(given, i, given.size());
    }
  }
  return {};
}

Result<void> check_no_share_twice(const Given& given) {
  for (std::size_t i = 0; i < given.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const Share& a = *given[j];
      const Share& b = *given[i];
      if (a.group_index != b.group_index || a.member_index != b.member_index) continue;
      const std::string which = "shares " + std::to_string(j + 1) + " and " + std::to_string(i + 1);
      if (equal_in_constant_time(a.value.expose(), b.value.expose())) {
        return Error(Code::invalid, which + " are the same share: it counts once");
      }
      return Error(Code::forged, which + " bear the same number and differ: one of them is wrong or of another set");
    }
  }
  return {};
}

struct GivenGroup {
  unsigned threshold = 1;
  std::vector<Point> points;
};

/// Errors: `denied`, with what is missing.
Error too_few(const std::map<unsigned, GivenGroup>& groups, std::size_t complete, const ShareSet& set) {
  if (set.group_count == 1) {
    const GivenGroup& group = groups.begin()->second;
    const std::size_t here = group.points.size();
    return Error(Code::denied, plural(group.threshold, "share") + " are needed and " + plural(here, "share") +
                                   (here == 1 ? " is" : " are") + " here: " + plural(group.threshold - here, "share") +
                                   (group.threshold - here == 1 ? " is" : " are") + " missing");
  }
  std::string sentence = plural(set.group_threshold, "group") + (set.group_threshold == 1 ? " is" : " are") +
                         " needed and " + std::to_string(complete) + (complete == 1 ? " is" : " are") + " complete";
  for (const auto& [index, group] : groups) {
    if (group.points.size() >= group.threshold) continue;
    sentence +=
        "; group " + std::to_string(index + 1) + " lacks " + plural(group.threshold - group.points.size(), "share");
  }
  return Error(Code::denied, std::move(sentence));
}

/// The encrypted secret. `given` is not empty.
Result<SecretBytes> join_shares(const Given& given) {
  TRY(check_one_set(given));
  TRY(check_no_share_twice(given));
  const ShareSet& set = given[0]->set;
  std::map<unsigned, GivenGroup> groups;
  for (const Share* share : given) {
    GivenGroup& group = groups[share->group_index];
    group.threshold = share->member_threshold;
    group.points.push_back({static_cast<std::uint8_t>(share->member_index), share->value.expose()});
  }
  std::vector<SecretBytes> values;
  std::vector<std::uint8_t> places;
  for (const auto& [index, group] : groups) {
    if (group.points.size() < group.threshold) continue;
    TRY_ASSIGN(SecretBytes value, join_values(group.points, group.threshold));
    values.push_back(std::move(value));
    places.push_back(static_cast<std::uint8_t>(index));
  }
  if (values.size() < set.group_threshold) return too_few(groups, values.size(), set);
  std::vector<Point> points;
  for (std::size_t i = 0; i < values.size(); ++i) points.push_back({places[i], values[i].expose()});
  return join_values(points, set.group_threshold);
}

Result<void> check_plan(ByteView secret, const SplitPlan& plan) {
  const std::string most = std::to_string(kSharesMax);
  if (secret.size() < kSharedBytesMin || secret.size() > kSharedBytesMax || secret.size() % 2 != 0) {
    return Error(Code::invalid, "a secret that is split has 16 to 64 bytes, and an even number of them");
  }
  if (plan.groups.empty() || plan.groups.size() > kSharesMax) {
    return Error(Code::invalid, "a secret is split into 1 to " + most + " groups");
  }
  if (plan.group_threshold < 1 || plan.group_threshold > plan.groups.size()) {
    return Error(Code::invalid, "no more groups can be needed than there are, and no fewer than one");
  }
  if (plan.iteration_exponent > kIterationExponentMax) {
    return Error(Code::invalid, "the iteration exponent is at most " + std::to_string(kIterationExponentMax));
  }
  for (const ShareGroup& group : plan.groups) {
    if (group.count < 1 || group.count > kSharesMax) {
      return Error(Code::invalid, "a group has 1 to " + most + " shares");
    }
    if (group.threshold < 1 || group.threshold > group.count) {
      return Error(Code::invalid, "no more shares can be needed than there are, and no fewer than one");
    }
    if (group.threshold == 1 && group.count > 1) {
      return Error(Code::invalid, "several shares of which each is enough alone are copies: make one and copy it");
    }
  }
  return {};
}

}  // namespace

Result<std::vector<Share>> split_secret(ByteView secret, ByteView passphrase, const SplitPlan& plan, Random& random) {
  TRY(check_plan(secret, plan));
  TRY(check_passphrase(passphrase));
  std::array<std::uint8_t, 2> identifier{};
  random.fill(identifier);
  const auto group_count = static_cast<unsigned>(plan.groups.size());
  const ShareSet set{.identifier = static_cast<std::uint16_t>(((identifier[0] << 8) | identifier[1]) & 0x7fff),
                     .extendable = plan.extendable,
                     .iteration_exponent = plan.iteration_exponent,
                     .group_threshold = plan.group_threshold,
                     .group_count = group_count};
  const SecretBytes encrypted = crypt(secret, passphrase, set, true);
  const std::vector<SecretBytes> group_values =
      split_value(encrypted.expose(), {plan.group_threshold, group_count}, random);
  std::vector<Share> shares;
  for (unsigned i = 0; i < group_count; ++i) {
    std::vector<SecretBytes> values = split_value(group_values[i].expose(), plan.groups[i], random);
    for (unsigned member = 0; member < values.size(); ++member) {
      shares.push_back({set, i, member, plan.groups[i].threshold, std::move(values[member])});
    }
  }
  return shares;
}

Result<SecretBytes> combine_shares(std::span<const Share> shares, ByteView passphrase,
                                   unsigned iteration_exponent_max) {
  if (shares.empty()) return Error(Code::denied, "no share is here");
  TRY(check_passphrase(passphrase));
  Given given;
  for (const Share& share : shares) given.push_back(&share);
  TRY_ASSIGN(const SecretBytes encrypted, join_shares(given));
  const ShareSet& set = shares[0].set;
  if (set.iteration_exponent > iteration_exponent_max) {
    return Error(Code::limit, "the shares ask for more hashing than is allowed here: iteration exponent " +
                                  std::to_string(set.iteration_exponent) + ", at most " +
                                  std::to_string(iteration_exponent_max));
  }
  return crypt(encrypted.expose(), passphrase, set, false);
}

Result<std::vector<Share>> deal(const Secret<32>& secret, unsigned threshold, unsigned count, Random& random) {
  if (threshold < 2) {
    return Error(Code::invalid, "at least two shares must be needed: one alone would be a key in one pair of hands");
  }
  const SplitPlan plan{.group_threshold = 1, .groups = {{.threshold = threshold, .count = count}}};
  TRY_ASSIGN(std::vector<Share> shares, split_secret(secret.expose(), {}, plan, random));
  TRY(check_deal(secret, shares));
  return shares;
}

Result<void> check_deal(const Secret<32>& secret, std::span<const Share> shares) {
  MUNIMENT_CHECK(!shares.empty() && shares.size() <= kSharesMax);
  const Error broken(Code::corrupt, "the shares that were made do not give the secret back: do not use them");
  std::vector<Share> read;
  for (const Share& share : shares) {
    auto again = parse_share(words_of(share).text());
    if (!again) return broken;
    read.push_back(std::move(*again));
  }
  // Encryption depends on the set alone, and the shares are of one set where this passes: it is done once.
  const SecretBytes encrypted = crypt(secret.expose(), {}, read[0].set, true);
  const unsigned threshold = read[0].member_threshold;
  if (read.size() < threshold) return broken;
  for (std::uint32_t subset = 0; subset < (1u << read.size()); ++subset) {
    if (std::popcount(subset) != static_cast<int>(threshold)) continue;
    Given given;
    for (std::size_t i = 0; i < read.size(); ++i) {
      if ((subset >> i) & 1) given.push_back(&read[i]);
    }
    const auto value = join_shares(given);
    if (!value) return broken;
    if (!equal_in_constant_time(value->expose(), encrypted.expose())) return broken;
  }
  return {};
}

}  // namespace muniment
