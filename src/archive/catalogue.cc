#include "archive/catalogue.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "archive/keyed_line.h"
#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::string_view kCatalogueTitle = "muniment/catalogue/v1";
constexpr std::string_view kCatalogueStart = "muniment/catalogue/";
constexpr std::string_view kCatalogueText = "the catalogue";
constexpr std::size_t kCatalogueNoteBytesMax = 4096;
constexpr std::size_t kCatalogueLines = 6;
constexpr std::size_t kTagBytes = std::tuple_size_v<ItemTag>;
constexpr std::size_t kItemBytes = kTagBytes + 4;
constexpr std::size_t kTagBeginnings = 65'536;

/// What the note before the body says.
struct CatalogueHead {
  Sha256 archive;
  std::array<std::uint8_t, 32> salt{};
  std::uint64_t deposits = 0;
  std::uint64_t items = 0;
  Sha256 body;
};

struct FoundHead {
  Note note;
  std::size_t size_bytes = 0;  // of the note
  CatalogueHead head;
};

std::string render_head(const CatalogueHead& head) {
  return std::string(kCatalogueTitle) + "\narchive " + head.archive.hex() + "\nsalt " + to_hex(head.salt) +
         "\ndeposits " + std::to_string(head.deposits) + "\nitems " + std::to_string(head.items) + "\nbody " +
         head.body.hex() + "\n";
}

Error no_catalogue() { return {Code::corrupt, "it is damaged, or no catalogue"}; }

/// The text of the note. Errors: `corrupt`, `unsupported`, `limit`.
Result<void> parse_head_text(std::string_view text, std::uint64_t items_max, CatalogueHead& head) {
  TRY_ASSIGN(const auto lines, split_lines(text, kCatalogueLines));
  if (lines.empty()) return no_catalogue();
  if (lines[0] != kCatalogueTitle && lines[0].starts_with(kCatalogueStart))
    return Error(Code::unsupported, "it is of another version of muniment");
  if (lines.size() != kCatalogueLines || lines[0] != kCatalogueTitle) return no_catalogue();
  TRY_ASSIGN(const auto archive, value_of(lines[1], "archive ", kCatalogueText));
  TRY_ASSIGN(const auto salt, value_of(lines[2], "salt ", kCatalogueText));
  TRY_ASSIGN(const auto deposits, value_of(lines[3], "deposits ", kCatalogueText));
  TRY_ASSIGN(const auto items, value_of(lines[4], "items ", kCatalogueText));
  TRY_ASSIGN(const auto body, value_of(lines[5], "body ", kCatalogueText));
  TRY_ASSIGN(head.archive, parse_sha256(archive));
  TRY(from_hex_into(salt, head.salt));
  TRY_ASSIGN(head.items, parse_decimal(items, items_max));
  TRY_ASSIGN(head.deposits, parse_decimal(deposits, head.items));
  TRY_ASSIGN(head.body, parse_sha256(body));
  return {};
}

/// The note that the bytes start with: up to the end of its one signature line.
Result<FoundHead> parse_head(ByteView plain, std::uint64_t items_max) {
  const std::string_view text = as_text(plain.first(std::min(plain.size(), kCatalogueNoteBytesMax)));
  const std::size_t blank = text.find("\n\n");
  const std::size_t end = blank == std::string_view::npos ? blank : text.find('\n', blank + 2);
  if (end == std::string_view::npos) return no_catalogue();
  FoundHead found;
  found.size_bytes = end + 1;
  TRY_ASSIGN(found.note, parse_note(text.substr(0, found.size_bytes)));
  TRY(parse_head_text(found.note.text, items_max, found.head));
  return found;
}

std::size_t beginning_of(ByteView tag) { return std::size_t{tag[0]} << 8 | tag[1]; }

std::uint32_t deposit_of(ByteView item) {
  std::uint32_t number = 0;
  for (const std::uint8_t byte : item.subspan(kTagBytes)) number = (number << 8) | byte;
  return number;
}

std::uint8_t kind_byte(SourceItem::Kind kind) {
  switch (kind) {
    case SourceItem::Kind::file: return 1;
    case SourceItem::Kind::link: return 2;
    case SourceItem::Kind::empty_folder: return 3;
    case SourceItem::Kind::left_out: break;
  }
  panic(__FILE__, __LINE__, "what was left out has no tag");
}

struct TaggedItem {
  ItemTag tag{};
  std::uint32_t deposit = 0;
  auto operator<=>(const TaggedItem&) const = default;
};

/// Leaves of each tag the item of the latest deposit, ascending by tag.
void keep_latest(std::vector<TaggedItem>& items) {
  std::ranges::sort(items);
  const auto same_tag = [](const TaggedItem& one, const TaggedItem& other) { return one.tag == other.tag; };
  const auto first = std::unique(items.rbegin(), items.rend(), same_tag);
  items.erase(items.begin(), first.base());
}

/// Takes away the items of the oldest deposits until no more than `items_max` are left.
void drop_oldest(std::vector<TaggedItem>& items, std::size_t deposits, std::uint64_t items_max) {
  std::vector<std::uint64_t> counts(deposits);
  for (const TaggedItem& item : items) ++counts[item.deposit];
  std::uint64_t left = items.size();
  std::uint32_t oldest = 0;
  while (left > items_max) left -= counts[oldest++];
  std::erase_if(items, [&](const TaggedItem& item) { return item.deposit < oldest; });
}

/// Numbers the deposits that still have items from 0 on; the others go.
void renumber(std::vector<TaggedItem>& items, std::vector<Sha256>& deposits) {
  std::vector<std::uint32_t> numbers(deposits.size());
  for (const TaggedItem& item : items) numbers[item.deposit] = 1;
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < deposits.size(); ++i) {
    if (numbers[i] == 0) continue;
    deposits[count] = deposits[i];
    numbers[i] = count++;
  }
  deposits.resize(count);
  for (TaggedItem& item : items) item.deposit = numbers[item.deposit];
}

void put_bytes(MutableBytes& at, ByteView bytes) {
  std::ranges::copy(bytes, at.begin());
  at = at.subspan(bytes.size());
}

SecretBytes render_body(const std::vector<Sha256>& deposits, const std::vector<TaggedItem>& items) {
  SecretBytes body(deposits.size() * sizeof(Sha256::bytes) + items.size() * kItemBytes);
  MutableBytes at = body.expose_mut();
  for (const Sha256& deposit : deposits) put_bytes(at, deposit.view());
  for (const TaggedItem& item : items) {
    put_bytes(at, item.tag);
    for (const int shift : {24, 16, 8, 0}) put_bytes(at, std::array{static_cast<std::uint8_t>(item.deposit >> shift)});
  }
  return body;
}

}  // namespace

Catalogue Catalogue::make(const Sha256& archive, Random& random) {
  Catalogue catalogue;
  catalogue.archive_ = archive;
  random.fill(catalogue.salt_);
  return catalogue;
}

Result<Catalogue> Catalogue::parse(SecretBytes plain, const CatalogueTerms& terms) {
  TRY_ASSIGN(const FoundHead found, parse_head(plain.expose(), terms.items_max));
  const CatalogueHead& head = found.head;
  TRY(verify_note(found.note, {&terms.custodian, 1}));
  if (head.archive != terms.archive) return Error(Code::invalid, "it is of another archive");
  const ByteView body = plain.expose().subspan(found.size_bytes);
  const std::uint64_t deposits_bytes = head.deposits * terms.archive.bytes.size();
  if (body.size() != deposits_bytes + head.items * kItemBytes || sha256(body) != head.body) return no_catalogue();
  Catalogue catalogue;
  catalogue.archive_ = head.archive;
  catalogue.salt_ = head.salt;
  catalogue.items_ = head.items;
  catalogue.items_start_ = found.size_bytes + deposits_bytes;
  catalogue.deposits_.resize(head.deposits);
  ByteReader reader(body);
  for (Sha256& deposit : catalogue.deposits_) {
    TRY_ASSIGN(const ByteView id, reader.take(deposit.bytes.size()));
    std::ranges::copy(id, deposit.bytes.begin());
  }
  catalogue.plain_ = std::move(plain);
  TRY(catalogue.read_items());
  return catalogue;
}

/// Tags ascend, and every deposit has an item. Notes where the items of each beginning start.
Result<void> Catalogue::read_items() {
  std::vector<bool> has_item(deposits_.size());
  starts_.reserve(kTagBeginnings + 1);
  for (std::uint64_t i = 0; i < items_; ++i) {
    const std::uint32_t deposit = deposit_of(item(i));
    if (deposit >= deposits_.size()) return no_catalogue();
    has_item[deposit] = true;
    if (i > 0 && as_text(item(i - 1).first(kTagBytes)) >= as_text(item(i).first(kTagBytes))) return no_catalogue();
    while (starts_.size() <= beginning_of(item(i))) starts_.push_back(static_cast<std::uint32_t>(i));
  }
  starts_.resize(kTagBeginnings + 1, static_cast<std::uint32_t>(items_));
  if (std::ranges::find(has_item, false) != has_item.end()) return no_catalogue();
  return {};
}

ByteView Catalogue::item(std::uint64_t number) const {
  return plain_.expose().subspan(items_start_ + number * kItemBytes, kItemBytes);
}

ItemTag Catalogue::tag_of(std::string_view compartment, SourceItem::Kind kind, std::string_view path,
                          const FileInfo& info) {
  message_.clear();
  append(message_, salt_);
  message_.push_back(kind_byte(kind));
  // Neither holds a NUL, so that nothing runs into what follows it.
  for (const std::string_view text : {compartment, path}) {
    append(message_, as_view(text));
    message_.push_back(0);
  }
  append_u64(message_, info.size_bytes);
  append_u64(message_, static_cast<std::uint64_t>(info.modified_ns));
  append_u64(message_, static_cast<std::uint64_t>(info.changed_ns));
  append_u64(message_, info.inode);
  hasher_.update(message_);
  const Sha256 digest = hasher_.finish();
  ItemTag tag{};
  std::copy_n(digest.bytes.begin(), tag.size(), tag.begin());
  return tag;
}

std::optional<std::uint32_t> Catalogue::find(const ItemTag& tag) const {
  if (items_ == 0) return std::nullopt;
  const std::size_t beginning = beginning_of(tag);
  std::uint64_t first = starts_[beginning];
  std::uint64_t count = starts_[beginning + 1] - first;
  while (count > 0) {
    const std::uint64_t half = count / 2;
    const int order = as_text(item(first + half).first(kTagBytes)).compare(as_text(tag));
    if (order == 0) return deposit_of(item(first + half));
    if (order < 0) {
      first += half + 1;
      count -= half + 1;
    } else {
      count = half;
    }
  }
  return std::nullopt;
}

SecretBytes Catalogue::render_with(const std::vector<DepositedItems>& more,
                                   const std::function<bool(const Sha256&)>& keeps, const SignerKey& custodian,
                                   std::uint64_t items_max) const {
  std::vector<Sha256> deposits = deposits_;
  std::vector<TaggedItem> items;
  items.reserve(std::accumulate(more.begin(), more.end(), items_,
                                [](std::uint64_t sum, const DepositedItems& each) { return sum + each.tags.size(); }));
  std::vector<bool> is_kept;
  is_kept.reserve(deposits.size());
  for (const Sha256& deposit : deposits) is_kept.push_back(keeps(deposit));
  for (std::uint64_t i = 0; i < items_; ++i) {
    TaggedItem kept{.deposit = deposit_of(item(i))};
    std::ranges::copy(item(i).first(kTagBytes), kept.tag.begin());
    if (is_kept[kept.deposit]) items.push_back(kept);
  }
  for (const DepositedItems& each : more) {
    for (const ItemTag& tag : each.tags) items.push_back({tag, static_cast<std::uint32_t>(deposits.size())});
    deposits.push_back(each.deposit);
  }
  keep_latest(items);
  drop_oldest(items, deposits.size(), items_max);
  renumber(items, deposits);

  const auto count = items.size();
  const SecretBytes body = render_body(deposits, items);
  items = std::vector<TaggedItem>();  // they may be many
  const std::string text = render_head(
      {.archive = archive_, .salt = salt_, .deposits = deposits.size(), .items = count, .body = sha256(body.expose())});
  const SignerKey* const signers[] = {&custodian};
  const std::string note = sign_note(text, signers);
  SecretBytes plain(note.size() + body.size());
  MutableBytes whole = plain.expose_mut();
  put_bytes(whole, as_view(note));
  put_bytes(whole, body.expose());
  return plain;
}

}  // namespace muniment
