#include "archive/catalogue.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "archive/archive_testing.h"
#include "testing/expect_code.h"
#include "testing/fixed_random.h"

namespace muniment {
namespace {

using Kind = SourceItem::Kind;

constexpr std::size_t kHeadLines = 6;

bool keeps_all(const Sha256&) { return true; }

class CatalogueTest : public ::testing::Test {
 protected:
  static FileInfo info_of(std::uint64_t size_bytes) {
    return {.size_bytes = size_bytes, .modified_ns = 11, .changed_ns = 12, .inode = 13};
  }
  static Sha256 deposit(const std::string& name) { return sha256(as_view(name)); }
  ItemTag tag(Catalogue& catalogue, const std::string& path) {
    return catalogue.tag_of("evidence", Kind::file, path, info_of(1));
  }
  Result<Catalogue> parse(const SecretBytes& plain) const {
    return Catalogue::parse(SecretBytes::copy_of(plain.expose()), terms);
  }
  /// One with a in deposit "one", b and c in deposit "two".
  SecretBytes three() {
    Catalogue fresh = Catalogue::make(terms.archive, random);
    return fresh.render_with(
        {{deposit("one"), {tag(fresh, "/a")}}, {deposit("two"), {tag(fresh, "/b"), tag(fresh, "/c")}}}, keeps_all,
        custodian);
  }
  /// The deposit in which the catalogue has an item, as hexadecimal; "" for none.
  std::string place_of(Catalogue& catalogue, const std::string& path) {
    const auto found = catalogue.find(tag(catalogue, path));
    return found ? catalogue.deposits().at(*found).hex() : "";
  }

  FixedRandom random;
  SignerKey custodian = signer_of("custodian-1", 1);
  CatalogueTerms terms{.archive = deposit("archive"), .custodian = custodian.verifier(), .items_max = 100};
};

TEST_F(CatalogueTest, IsReadAsItWasWritten) {
  auto catalogue = parse(three());
  ASSERT_TRUE(catalogue) << catalogue.error().sentence();
  EXPECT_EQ(catalogue->items(), 3u);
  EXPECT_EQ(place_of(*catalogue, "/a"), deposit("one").hex());
  EXPECT_EQ(place_of(*catalogue, "/b"), deposit("two").hex());
  EXPECT_EQ(place_of(*catalogue, "/c"), deposit("two").hex());
  EXPECT_EQ(place_of(*catalogue, "/d"), "");
}

TEST_F(CatalogueTest, FindsEachOfMany) {
  for (std::size_t count = 0; count < 20; ++count) {
    Catalogue fresh = Catalogue::make(terms.archive, random);
    DepositedItems items{deposit("one"), {}};
    for (std::size_t i = 0; i < count; ++i) items.tags.push_back(tag(fresh, "/" + std::to_string(i)));
    auto catalogue = parse(fresh.render_with({items}, keeps_all, custodian));
    ASSERT_TRUE(catalogue) << count << ": " << catalogue.error().sentence();
    for (std::size_t i = 0; i < count; ++i)
      EXPECT_NE(place_of(*catalogue, "/" + std::to_string(i)), "") << i << " of " << count;
    EXPECT_EQ(place_of(*catalogue, "/" + std::to_string(count)), "");
  }
}

TEST_F(CatalogueTest, TellsItemsApartByEverything) {
  Catalogue catalogue = Catalogue::make(terms.archive, random);
  const FileInfo info = info_of(1);
  const ItemTag item = catalogue.tag_of("evidence", Kind::file, "/a", info);
  EXPECT_EQ(catalogue.tag_of("evidence", Kind::file, "/a", info), item);
  EXPECT_NE(catalogue.tag_of("identities", Kind::file, "/a", info), item) << "it is sealed for others";
  EXPECT_NE(catalogue.tag_of("evidence", Kind::link, "/a", info), item);
  EXPECT_NE(catalogue.tag_of("evidence", Kind::empty_folder, "/a", info), item);
  EXPECT_NE(catalogue.tag_of("evidence", Kind::file, "/b", info), item);
  for (const auto field : {&FileInfo::modified_ns, &FileInfo::changed_ns}) {
    FileInfo other = info;
    ++(other.*field);
    EXPECT_NE(catalogue.tag_of("evidence", Kind::file, "/a", other), item);
  }
  for (const auto field : {&FileInfo::size_bytes, &FileInfo::inode}) {
    FileInfo other = info;
    ++(other.*field);
    EXPECT_NE(catalogue.tag_of("evidence", Kind::file, "/a", other), item);
  }
}

/// docs/formats.md "Catalogue", byte by byte.
TEST_F(CatalogueTest, HasTheTagOfTheSpecification) {
  Catalogue catalogue = Catalogue::make(terms.archive, random);
  const SecretBytes empty = catalogue.render_with({}, keeps_all, custodian);
  const std::string text(empty.expose_text());
  const std::string salt = text.substr(text.find("salt ") + 5, 64);
  Bytes message = *from_hex(salt);
  append(message, as_view(std::string_view("\x02"
                                           "evidence\0/a\0",
                                           13)));
  for (const std::uint8_t number : Bytes{5, 11, 12, 13}) append(message, Bytes{0, 0, 0, 0, 0, 0, 0, number});
  const ItemTag tag = catalogue.tag_of("evidence", Kind::link, "/a", info_of(5));
  EXPECT_EQ(to_hex(tag), sha256(message).hex().substr(0, 32));
}

TEST_F(CatalogueTest, OfAnotherSaltSaysNothing) {
  Catalogue one = Catalogue::make(terms.archive, random);
  Catalogue other = Catalogue::make(terms.archive, random);
  EXPECT_NE(tag(one, "/a"), tag(other, "/a"));
}

TEST_F(CatalogueTest, KeepsItsSaltAndItsItemsWhenItGrows) {
  auto before = *parse(three());
  auto after = parse(before.render_with({{deposit("three"), {tag(before, "/d")}}}, keeps_all, custodian));
  ASSERT_TRUE(after);
  EXPECT_EQ(place_of(*after, "/a"), deposit("one").hex());
  EXPECT_EQ(place_of(*after, "/d"), deposit("three").hex());
  EXPECT_EQ(after->items(), 4u);
}

TEST_F(CatalogueTest, OfAnItemInTwoDepositsTheLaterCounts) {
  auto before = *parse(three());
  auto after = parse(before.render_with(
      {{deposit("three"), {tag(before, "/a"), tag(before, "/b")}}, {deposit("four"), {tag(before, "/b")}}}, keeps_all,
      custodian));
  ASSERT_TRUE(after);
  EXPECT_EQ(place_of(*after, "/a"), deposit("three").hex());
  EXPECT_EQ(place_of(*after, "/b"), deposit("four").hex());
  EXPECT_EQ(place_of(*after, "/c"), deposit("two").hex());
  EXPECT_EQ(after->items(), 3u);
  EXPECT_EQ(after->deposits().size(), 3u) << "nothing is left of the first";
}

TEST_F(CatalogueTest, LetsGoOfWhatIsNotKept) {
  auto before = *parse(three());
  auto after = parse(before.render_with({}, [](const Sha256& each) { return each != deposit("one"); }, custodian));
  ASSERT_TRUE(after);
  EXPECT_EQ(place_of(*after, "/a"), "");
  EXPECT_EQ(place_of(*after, "/b"), deposit("two").hex());
}

TEST_F(CatalogueTest, BeyondItsLimitForgetsTheOldestDeposits) {
  auto before = *parse(three());
  const std::vector<DepositedItems> more{{deposit("three"), {tag(before, "/d")}}};
  auto after = parse(before.render_with(more, keeps_all, custodian, 3));
  ASSERT_TRUE(after);
  EXPECT_EQ(place_of(*after, "/a"), "");
  EXPECT_EQ(place_of(*after, "/b"), deposit("two").hex());
  EXPECT_EQ(place_of(*after, "/d"), deposit("three").hex());
  EXPECT_EQ(parse(before.render_with(more, keeps_all, custodian, 0))->items(), 0u);
  terms.items_max = 2;
  EXPECT_CODE(parse(three()), Code::limit);
}

TEST_F(CatalogueTest, HasNoNameInTheClear) {
  Catalogue fresh = Catalogue::make(terms.archive, random);
  const SecretBytes plain = fresh.render_with(
      {{deposit("one"), {tag(fresh, "/home/user/Interview with an invented person.wav")}}}, keeps_all, custodian);
  EXPECT_EQ(plain.expose_text().find("Interview"), std::string_view::npos);
}

TEST_F(CatalogueTest, CountsOnlyWithTheCustodiansSignature) {
  const SecretBytes plain = three();
  const SignerKey namesake = signer_of("custodian-1", 2);
  const SignerKey other = signer_of("custodian-2", 1);
  for (const SignerKey* signer : {&namesake, &other}) {
    auto forged = *parse(plain);
    EXPECT_CODE(parse(forged.render_with({}, keeps_all, *signer)), Code::forged);
  }
  // Signed, but for other words: what the custodian says elsewhere is no catalogue.
  const SignerKey* const signers[] = {&custodian};
  const std::string accept = sign_note("muniment/accept/v1\narchive x\n", signers);
  EXPECT_CODE(parse(SecretBytes::copy_of(as_view(accept))), Code::corrupt);
  // Not signed at all.
  const std::string text(plain.expose_text());
  const std::string unsigned_text = text.substr(0, text.find("\n\n") + 2);
  EXPECT_CODE(parse(SecretBytes::copy_of(as_view(unsigned_text))), Code::corrupt);
}

TEST_F(CatalogueTest, OfAnotherArchiveOrVersionDoesNotCount) {
  const SecretBytes plain = three();
  terms.archive = deposit("another archive");
  EXPECT_CODE(parse(plain), Code::invalid);
  const SignerKey* const signers[] = {&custodian};
  const std::string newer = sign_note("muniment/catalogue/v2\nanything\n", signers);
  EXPECT_CODE(parse(SecretBytes::copy_of(as_view(newer))), Code::unsupported);
}

TEST_F(CatalogueTest, CutOrWithOneByteChangedDoesNotCount) {
  const SecretBytes whole = three();
  const Bytes bytes(whole.expose().begin(), whole.expose().end());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(parse(SecretBytes::copy_of(ByteView(bytes).first(size)))) << size;
  Bytes longer = bytes;
  longer.push_back(0);
  EXPECT_FALSE(parse(SecretBytes::copy_of(longer)));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (const std::uint8_t change : Bytes{0x01, 0x80}) {
      Bytes changed = bytes;
      changed[i] ^= change;
      EXPECT_FALSE(parse(SecretBytes::copy_of(changed))) << "byte " << i;
    }
  }
}

/// What is in its one order only, even with a good signature.
TEST_F(CatalogueTest, OutOfOrderDoesNotCount) {
  const auto signed_body = [&](std::uint64_t deposits, std::uint64_t items, const Bytes& body) {
    const std::string whole(three().expose_text());
    const std::string before = whole.substr(0, whole.find("deposits "));
    const SignerKey* const signers[] = {&custodian};
    std::string text = sign_note(before + "deposits " + std::to_string(deposits) + "\nitems " + std::to_string(items) +
                                     "\nbody " + sha256(body).hex() + "\n",
                                 signers);
    EXPECT_EQ(std::ranges::count(text, '\n'), static_cast<std::ptrdiff_t>(kHeadLines + 2));
    text += as_text(body);
    return parse(SecretBytes::copy_of(as_view(text)));
  };
  const Bytes id(32, 7);
  const auto item = [](std::uint8_t tag, std::uint8_t deposit) {
    Bytes bytes(16, tag);
    append(bytes, Bytes{0, 0, 0, deposit});
    return bytes;
  };
  const auto body_of = [](const std::vector<Bytes>& pieces) {
    Bytes body;
    for (const Bytes& piece : pieces) append(body, piece);
    return body;
  };
  EXPECT_TRUE(signed_body(0, 0, {}));
  EXPECT_TRUE(signed_body(1, 2, body_of({id, item(1, 0), item(2, 0)})));
  EXPECT_CODE(signed_body(1, 2, body_of({id, item(2, 0), item(1, 0)})), Code::corrupt);
  EXPECT_CODE(signed_body(1, 2, body_of({id, item(1, 0), item(1, 0)})), Code::corrupt) << "twice";
  EXPECT_CODE(signed_body(1, 1, body_of({id, item(1, 1)})), Code::corrupt) << "a deposit that is not there";
  EXPECT_CODE(signed_body(2, 2, body_of({id, id, item(1, 0), item(2, 0)})), Code::corrupt) << "one without items";
  EXPECT_FALSE(signed_body(2, 1, body_of({id, id, item(1, 0)}))) << "more deposits than items";
  EXPECT_CODE(signed_body(1, 2, body_of({id, item(1, 0)})), Code::corrupt) << "too short";
  EXPECT_CODE(signed_body(1, 1, body_of({id, item(1, 0), item(2, 0)})), Code::corrupt) << "too long";
}

}  // namespace
}  // namespace muniment
