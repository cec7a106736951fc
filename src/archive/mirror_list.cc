#include "archive/mirror_list.h"

#include <algorithm>
#include <map>
#include <set>

#include "archive/keyed_line.h"
#include "base/clock.h"
#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::string_view kMirrorListFirstLine = "muniment/mirror-list/v1";
constexpr std::string_view kMirrorListText = "the list of mirrors";
constexpr std::string_view kAll = "all";
constexpr std::size_t kMirrorListFrontLines = 5;
constexpr std::size_t kAddressesMax = 2000;
constexpr std::size_t kListedAddressBytesMax = 2048;
constexpr std::size_t kMirrorListLinesMax = 20'000;

std::string render_body(const MirrorList& list) {
  std::string text(kMirrorListFirstLine);
  text += "\narchive " + list.archive.hex() + "\nbucket " + list.bucket + "\nexpires " + list.expires + "\nsalt " +
          to_hex(list.salt) + "\n";
  for (const std::string& address : list.addresses) text += "mirror " + address + "\n";
  return text;
}

std::string render_list_text(const MirrorList& list, std::span<const Sha256> digests) {
  std::string text = render_body(list);
  for (const Sha256& digest : digests) text += "list " + digest.hex() + "\n";
  return text;
}

Result<void> check_list(const MirrorList& list) {
  if (!check_pseudonym(list.bucket))
    return Error(Code::invalid,
                 "a bucket's name is made of small letters, digits and hyphens: " + printable(list.bucket, 80));
  TRY(parse_date(list.expires));
  if (list.addresses.empty()) return Error(Code::invalid, "the list \"" + list.bucket + "\" has no address");
  for (const std::string& address : list.addresses) TRY(check_mirror_address(address));
  if (!is_ascending(list.addresses)) return Error(Code::invalid, "the addresses are not sorted, each once");
  return {};
}

/// Form alone: what the lines say. `digests` receives those of all lists.
Result<MirrorList> parse_lines(const std::vector<std::string_view>& lines, std::vector<Sha256>& digests) {
  if (lines.size() < kMirrorListFrontLines || lines[0] != kMirrorListFirstLine)
    return Error(Code::corrupt, "not a list of mirrors of this version");
  MirrorList list;
  TRY_ASSIGN(const auto archive, value_of(lines[1], "archive ", kMirrorListText));
  TRY_ASSIGN(list.archive, parse_sha256(archive));
  TRY_ASSIGN(list.bucket, value_of(lines[2], "bucket ", kMirrorListText));
  TRY_ASSIGN(list.expires, value_of(lines[3], "expires ", kMirrorListText));
  TRY_ASSIGN(const auto salt_text, value_of(lines[4], "salt ", kMirrorListText));
  TRY_ASSIGN(const Bytes salt, from_hex(salt_text));
  if (salt.size() != list.salt.size()) return Error(Code::corrupt, "the list's salt has not 32 bytes");
  std::ranges::copy(salt, list.salt.begin());
  for (std::size_t i = kMirrorListFrontLines; i < lines.size(); ++i) {
    if (lines[i].starts_with("list ")) {
      TRY_ASSIGN(const Sha256 digest, parse_sha256(lines[i].substr(5)));
      digests.push_back(digest);
      continue;
    }
    TRY_ASSIGN(const auto address, value_of(lines[i], "mirror ", kMirrorListText));
    list.addresses.emplace_back(address);
  }
  return list;
}

}  // namespace

Sha256 digest_of(const MirrorList& list) { return sha256(as_view(render_body(list))); }

Sha256 commitment_to(std::span<const Sha256> digests) {
  Sha256Hasher hasher;
  hasher.update(as_view("muniment/mirror-lists/v1\n"));
  for (const Sha256& digest : digests) hasher.update(digest.bytes);
  return hasher.finish();
}

Result<void> check_mirror_address(std::string_view address) {
  const bool is_known =
      address.starts_with("http://") || address.starts_with("https://") || address.starts_with("s3://");
  const bool is_plain = std::ranges::all_of(address, [](char c) { return c > ' ' && c < 0x7f; });
  if (is_known && is_plain && address.size() <= kListedAddressBytesMax) return {};
  return Error(Code::invalid, "not an address of a mirror (http://, https:// or s3://): " + printable(address, 200));
}

Result<void> check_mirror_role(std::string_view role) {
  if (role == "vault" || role == "public") return {};
  return Error(Code::invalid, "a mirror is a vault or public, not " + printable(role, 40));
}

Result<std::vector<MirrorAddress>> parse_mirror_addresses(std::string_view text) {
  std::vector<MirrorAddress> addresses;
  std::size_t number = 0;
  for (std::string_view line : split(text, '\n')) {
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    const auto refuse = [&](const std::string& why) {
      return Error(Code::invalid, "line " + std::to_string(number) + " of the addresses: " + why);
    };
    const auto words = split(line, ' ');
    if (const auto checked = check_mirror_address(words[0]); !checked) return refuse(checked.error().sentence());
    const bool has_bucket = words.size() == 3 && words[1] == "bucket" && words[2] != kAll && check_pseudonym(words[2]);
    if (words.size() != 1 && !has_bucket)
      return refuse("after the address there may be \"bucket NAME\", and nothing else");
    addresses.push_back({std::string(words[0]), has_bucket ? std::string(words[2]) : ""});
    if (addresses.size() > kAddressesMax) return refuse("there are more than " + std::to_string(kAddressesMax));
  }
  return addresses;
}

std::vector<MirrorList> lists_of(const std::vector<MirrorAddress>& addresses, const Sha256& archive,
                                 const std::string& expires, Random& random) {
  std::map<std::string, std::set<std::string>> buckets;
  std::set<std::string> all;
  for (const MirrorAddress& each : addresses) {
    all.insert(each.address);
    if (!each.bucket.empty()) buckets[each.bucket].insert(each.address);
  }
  const auto make = [&](std::string bucket, const std::set<std::string>& of) {
    MirrorList list{.archive = archive, .bucket = std::move(bucket), .expires = expires, .salt = {}, .addresses = {}};
    random.fill(list.salt);
    list.addresses.assign(of.begin(), of.end());
    return list;
  };
  std::vector<MirrorList> lists{make(std::string(kAll), all)};
  for (const auto& [name, of] : buckets) lists.push_back(make(name, of));
  return lists;
}

Result<std::vector<std::string>> sign_mirror_lists(const std::vector<MirrorList>& lists, const SignerKey& custodian) {
  if (lists.empty() || lists.size() > kMirrorListsMax)
    return Error(Code::invalid, "there are no lists, or more than " + std::to_string(kMirrorListsMax));
  std::vector<Sha256> digests;
  for (const MirrorList& list : lists) {
    TRY(check_list(list));
    digests.push_back(digest_of(list));
  }
  std::ranges::sort(digests);
  const SignerKey* const signers[] = {&custodian};
  std::vector<std::string> notes;
  for (const MirrorList& list : lists) notes.push_back(sign_note(render_list_text(list, digests), signers));
  return notes;
}

Result<SignedMirrorList> parse_mirror_list(std::string_view text, const Sha256& archive, const Charter& charter) {
  TRY_ASSIGN(const Note note, parse_note(text, {.bytes_max = kMirrorListBytesMax, .signatures_max = 16}));
  TRY_ASSIGN(const auto lines, split_lines(note.text, kMirrorListLinesMax));
  std::vector<Sha256> digests;
  TRY_ASSIGN(MirrorList list, parse_lines(lines, digests));
  if (const auto checked = check_list(list); !checked) return Error(Code::corrupt, checked.error().sentence());
  const bool is_own = std::ranges::binary_search(digests, digest_of(list));
  if (!is_ascending(digests) || digests.size() > kMirrorListsMax || !is_own ||
      render_list_text(list, digests) != note.text)
    return Error(Code::corrupt, "the list of mirrors is not written as such lists are");
  if (list.archive != archive) return Error(Code::forged, "the list of mirrors is of another archive");
  if (!verify_note(note, charter.custodian_keys()))
    return Error(Code::forged, "the list of mirrors is signed by nobody who is a custodian now: do not use it");
  return SignedMirrorList{std::move(list), commitment_to(digests)};
}

ListInLog find_in_log(const SignedMirrorList& list, const ArchiveView& view) {
  ListInLog found = ListInLog::none;
  for (const LoggedOrder& logged : view.orders) {
    if (logged.order.kind != OrderKind::mirrors) continue;
    if (logged.order.lists == list.commitment) {
      found = ListInLog::newest;
    } else if (found == ListInLog::newest) {
      found = ListInLog::older;
    }
  }
  return found;
}

}  // namespace muniment
