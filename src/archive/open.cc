#include "archive/open.h"

#include "age/file.h"
#include "base/encoding.h"
#include "base/relay.h"

namespace muniment {
namespace {

/// Holds every file of the bag against the contents before it is handed on.
class CheckingHandler final : public bag::PayloadHandler {
 public:
  CheckingHandler(const Contents& contents, FileHandler& handler) : handler_(handler) {
    for (const ContentsFile& file : contents.files) left_.emplace(file.name, &file);
  }

  Result<void> begin_file(const bag::PayloadFile& file) override {
    const auto found = left_.find(file.path);
    if (found == left_.end())
      return Error(Code::forged, "the bag holds " + printable(file.path) + ", which its contents do not name");
    current_ = found->second;
    left_.erase(found);
    if (file.size_bytes != current_->size_bytes || file.offset_bytes != current_->offset_bytes) {
      return Error(Code::forged, printable(file.path) + " is not of the size or at the place that the contents state");
    }
    return handler_.begin_file(*current_);
  }

  Result<void> data(ByteView bytes) override { return handler_.data(bytes); }

  Result<void> end_file(const bag::PayloadFile& file) override {
    if (file.digest != current_->digest)
      return Error(Code::forged, printable(file.path) + " is not what the contents state");
    return handler_.end_file(*current_);
  }

  Result<void> finish() const {
    if (left_.empty()) return {};
    return Error(Code::forged,
                 "the contents name " + printable(left_.begin()->first) + ", which the bag does not hold");
  }

 private:
  FileHandler& handler_;
  std::map<std::string, const ContentsFile*> left_;
  const ContentsFile* current_ = nullptr;
};

Result<age::OpenedHeader> open_payload_header(const DepositSource& source, const Seal& seal, const age::Identity& key) {
  const std::string name = header_name(seal.number);
  TRY_ASSIGN(const Bytes header, get_checked(source, name, seal.header, kHeaderBytesMax));
  const age::Identity* const identities[] = {&key};
  auto opened = age::open_header(header, identities);
  if (!opened) return opened.error().in(name);
  if (opened->size_bytes != header.size()) return Error(Code::corrupt, name + " is not a header and a nonce alone");
  return opened;
}

Result<Contents> parse_against(const Receipt& receipt, ByteView plain) {
  TRY_ASSIGN(Contents contents, parse_contents(plain));
  if (contents.tree != receipt.tree) return Error(Code::forged, "the contents are not the tree of the receipt");
  if (contents.facts.archive != receipt.archive) return Error(Code::forged, "the contents are of another archive");
  return contents;
}

}  // namespace

Result<SecretBytes> open_contents_bytes(const DepositSource& source, const Receipt& receipt, const Seal& seal,
                                        const age::Identity& key) {
  const std::string name = contents_name(seal.number);
  TRY_ASSIGN(const Bytes sealed, get_checked(source, name, seal.contents, kContentsBytesMax));
  const age::Identity* const identities[] = {&key};
  auto plain = age::open_bytes(sealed, identities);
  if (!plain) return plain.error().in(name);
  // The payload's header is apart from its parts, so its MAC binds neither: the receipt does.
  if (sha256(plain->expose()) != receipt.contents)
    return Error(Code::forged, "the contents are not those of the receipt");
  return plain;
}

namespace {

/// The parts are under the key that the header gives, as far as the first of them tells. Nothing can be told where that
/// one is not here as it was: then what comes of it is for who opens all.
Result<void> check_payload_key(const DepositSource& source, const Receipt& receipt, const age::OpenedHeader& header) {
  const auto sums = get_checked(source, "SHA256SUMS", receipt.sums, receipt.parts * kSumsLineBytes);
  const auto parts = sums ? parse_sums(as_text(*sums), receipt.parts) : Result<std::vector<Sha256>>(sums.error());
  if (!parts || parts->empty()) return {};
  const auto part = get_checked(source, part_name(0), parts->front(), part_size(receipt, 0));
  if (!part) return {};
  age::StreamOpener opener(header.payload_key, [](ByteView) { return Result<void>(); });
  TRY(opener.write(*part));
  return receipt.parts == 1 ? opener.finish() : Result<void>();
}

/// `has_others`: there are seals to choose from, so that it is worth reading a part.
Result<void> check_seal(const DepositSource& source, const Receipt& receipt, const Seal& seal, const age::Identity& key,
                        bool has_others) {
  TRY_ASSIGN(const age::OpenedHeader header, open_payload_header(source, seal, key));
  TRY(open_contents_bytes(source, receipt, seal, key));
  return has_others ? check_payload_key(source, receipt, header) : Result<void>();
}

}  // namespace

Result<Seal> find_seal(const DepositSource& source, const Receipt& receipt, const LoggedDeposit& deposit,
                       const age::Identity& key) {
  const auto in_force = deposit.seals_in_force(receipt);
  std::optional<Error> first;
  for (const Seal& seal : in_force) {
    const auto fits = check_seal(source, receipt, seal, key, in_force.size() > 1);
    if (fits) return seal;
    if (!first) first = fits.error();
  }
  return *first;
}

Result<Contents> open_contents(const DepositSource& source, const Receipt& receipt, const Seal& seal,
                               const age::Identity& key) {
  TRY(open_payload_header(source, seal, key));
  TRY_ASSIGN(const SecretBytes plain, open_contents_bytes(source, receipt, seal, key));
  return parse_against(receipt, plain.expose());
}

Result<Contents> open_deposit(const DepositSource& source, const Receipt& receipt, const Seal& seal,
                              const age::Identity& key, FileHandler& handler, Worker::Mode work) {
  TRY_ASSIGN(const age::OpenedHeader header, open_payload_header(source, seal, key));
  TRY_ASSIGN(const SecretBytes plain, open_contents_bytes(source, receipt, seal, key));
  TRY_ASSIGN(Contents contents, parse_against(receipt, plain.expose()));

  CheckingHandler checking(contents, handler);
  bag::BagReader bag(checking);
  age::StreamOpener opener(header.payload_key, [&](ByteView tar) { return bag.write(tar); });
  // What was read of a part is opened while the next one is read and hashed. Half a part waits, not all of it: the heap
  // keeps a second one at times, and that is 16 MiB.
  Relay to_opener(
      receipt.parts > 1 ? work : Worker::Mode::at_once, [&](ByteView part) { return opener.write(part); },
      kPartBytes / Piece::kBytes / 2);
  TRY_ASSIGN(const Bytes sums, get_checked(source, "SHA256SUMS", receipt.sums, receipt.parts * kSumsLineBytes));
  TRY_ASSIGN(const auto parts, parse_sums(as_text(sums), receipt.parts));
  for (std::uint64_t i = 0; i < receipt.parts; ++i) {
    TRY_ASSIGN(const Bytes part, get_checked(source, part_name(i), parts[i], part_size(receipt, i)));
    TRY(to_opener.write(part));
  }
  TRY(to_opener.finish());
  TRY(opener.finish());
  TRY(bag.finish());
  TRY(checking.finish());
  if (bag.base() != contents.facts.bag) return Error(Code::forged, "the bag is not the one that the contents name");
  if (!equal(bag.contents(), plain.expose()))
    return Error(Code::forged, "the contents in the bag are not those beside it");
  return contents;
}

}  // namespace muniment
