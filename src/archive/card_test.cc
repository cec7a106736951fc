#include "archive/card.h"

#include <gtest/gtest.h>

#include <functional>

#include "archive/archive_testing.h"
#include "base/encoding.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

class CardOfAnArchive : public ::testing::Test {
 protected:
  FoundCharter charter_of(const TestArchive& from) {
    FolderStore store(fs, from.root, random);
    return *read_charter(store, IdPin::of(from.id));
  }
  std::string card(const std::string& expires = "2026-06-01") {
    return *make_card(charter_of(archive), "evidence", expires, archive.custodian.signer());
  }
  /// The text of a card with something else in it, signed as the card was.
  Result<Card> parse_changed(const std::string& what, const std::string& with) {
    return parse_changed_text([&](std::string text) {
      const std::size_t at = text.find(what);
      EXPECT_NE(at, std::string::npos) << what;
      return text.replace(at, what.size(), with);
    });
  }
  Result<Card> parse_changed_text(const std::function<std::string(std::string)>& change) {
    const SignerKey* const signers[] = {&archive.custodian.signer()};
    return parse_card(sign_note(change(parse_note(card())->text), signers));
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  TestArchive archive = *found_test_archive(doors, "archive");
};

TEST_F(CardOfAnArchive, SaysAllThatADepositorNeeds) {
  const auto parsed = parse_card(card());
  ASSERT_TRUE(parsed) << parsed.error().sentence();
  EXPECT_EQ(parsed->archive, archive.id);
  EXPECT_EQ(parsed->compartment, "evidence");
  EXPECT_EQ(parsed->expires, "2026-06-01");
  EXPECT_EQ(parsed->recipient, view_of(doors, archive)->charter.find_compartment("evidence")->recipient);
  EXPECT_NE(card().find("\nwords " + id_words(archive.id) + "\n"), std::string::npos) << "people read the words";
}

TEST_F(CardOfAnArchive, AlteredInAnyByteIsRefused) {
  const std::string text = card();
  for (std::size_t i = 0; i < text.size(); ++i) {
    // Every bit of every byte: 8 to 14 thousand cards, most of them refused before any signature is looked at.
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = text;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      const auto parsed = parse_card(changed);
      ASSERT_FALSE(parsed) << "byte " << i << ", bit " << bit;
      EXPECT_TRUE(parsed.error().code() == Code::corrupt || parsed.error().code() == Code::forged ||
                  parsed.error().code() == Code::unsupported)
          << name_of(parsed.error().code()) << ": " << parsed.error().sentence();
    }
  }
}

TEST_F(CardOfAnArchive, CutOrWithSomethingBehindItIsRefused) {
  const std::string text = card();
  for (std::size_t size = 0; size < text.size(); size += 7) EXPECT_FALSE(parse_card(text.substr(0, size))) << size;
  EXPECT_FALSE(parse_card(text + "\n"));
  EXPECT_FALSE(parse_card(text + "x"));
  EXPECT_CODE(parse_card(text + std::string(kCardBytesMax, 'x')), Code::limit);
}

TEST_F(CardOfAnArchive, IsForgedWhenItsLinesDoNotFit) {
  FixedRandom other_random(2);
  const std::string another = age::X25519Identity::make(other_random).recipient().text();
  const std::string recipient = parse_card(card())->recipient;
  EXPECT_CODE(parse_changed(recipient, another), Code::forged) << "a recipient that the charter does not name";
  EXPECT_CODE(parse_changed(archive.id.hex(), std::string(64, '0')), Code::forged);
  EXPECT_CODE(parse_changed("words ", "words academic "), Code::forged) << "words that are not those of the id";
  EXPECT_CODE(parse_changed("compartment evidence", "compartment identities"), Code::forged);
  EXPECT_CODE(parse_changed("expires 2026-06-01", "expires 2026-06-31"), Code::corrupt) << "no such day";
  EXPECT_CODE(parse_changed("card/v1", "card/v3"), Code::corrupt);
}

TEST_F(CardOfAnArchive, CannotBePutTogetherFromTwoArchives) {
  const TestArchive other = *found_test_archive(doors, "other");
  // The other archive's charter under this one's id, and the other custodian's signature under this one's card.
  const std::string own = to_base64(as_view(charter_of(archive).note));
  const std::string foreign = to_base64(as_view(charter_of(other).note));
  EXPECT_CODE(parse_changed(own, foreign), Code::forged);
  const SignerKey* const signers[] = {&other.custodian.signer()};
  EXPECT_CODE(parse_card(sign_note(parse_note(card())->text, signers)), Code::forged);
  const auto made = make_card(charter_of(archive), "evidence", "2026-06-01", other.custodian.signer());
  EXPECT_CODE(made, Code::forged) << "a custodian whom the charter does not name makes no cards";
}

TEST_F(CardOfAnArchive, OfAnotherArchiveFailsItsPin) {
  const TestArchive other = *found_test_archive(doors, "other");
  const auto parsed = parse_card(*make_card(charter_of(other), "evidence", "2026-06-01", other.custodian.signer()));
  ASSERT_TRUE(parsed) << "a good card of its own archive";
  EXPECT_CODE(IdPin::of(archive.id).check(parsed->archive), Code::forged);
}

TEST_F(CardOfAnArchive, IsMadeForDaysAndCompartmentsThatExist) {
  EXPECT_CODE(make_card(charter_of(archive), "identities", "2026-06-01", archive.custodian.signer()), Code::invalid);
  EXPECT_CODE(make_card(charter_of(archive), "evidence", "2026-13-01", archive.custodian.signer()), Code::corrupt);
  FoundCharter closed = charter_of(archive);
  closed.charter.compartments[0].is_closed = true;
  EXPECT_CODE(make_card(closed, "evidence", "2026-06-01", archive.custodian.signer()), Code::invalid);
}

TEST_F(CardOfAnArchive, OfACompartmentThatItsOwnCharterClosesIsRefused) {
  FoundCharter chain = charter_of(archive);
  Charter next = chain.charter;
  next.version = 2;
  next.archive = next.previous = chain.id;
  next.compartments[0].is_closed = true;
  const SignerKey* const signers[] = {&archive.custodian.signer()};
  ASSERT_TRUE(chain.follow(sign_note(render_charter(next), signers)));
  chain.charter.compartments[0].is_closed = false;  // a custodian whose program does not look
  EXPECT_CODE(make_card(chain, "evidence", "2026-06-01", archive.custodian.signer()), Code::denied);
}

TEST_F(CardOfAnArchive, ExpiresAtTheFirstSecondOfItsDay) {
  const Card parsed = *parse_card(card("2026-01-02"));
  const std::int64_t midnight = *parse_date("2026-01-02");
  EXPECT_TRUE(check_not_expired(parsed, midnight - 1));
  EXPECT_CODE(check_not_expired(parsed, midnight), Code::denied);
  const auto later = check_not_expired(parsed, midnight + 86400);
  ASSERT_TRUE(fails_with(later, Code::denied));
  EXPECT_NE(later.error().sentence().find("2026-01-02"), std::string::npos);
  EXPECT_NE(later.error().sentence().find("2026-01-03"), std::string::npos) << "what this machine believes";
}

/// Tokens for sending to these addresses.
std::vector<Token> tokens_to(const std::vector<std::string>& addresses) {
  std::vector<Token> tokens;
  for (const std::string& address : addresses)
    tokens.push_back({Token::Right::deposit, SecretBytes::copy_of(as_view(std::string(40, 's'))), address});
  return tokens;
}

TEST_F(CardOfAnArchive, CarriesAddressesWithTheirTokens) {
  const auto made = make_card(charter_of(archive), "evidence", "2026-06-01", archive.custodian.signer(),
                              tokens_to({"https://oak.example/a", "http://ash.onion"}));
  ASSERT_TRUE(made) << made.error().sentence();
  EXPECT_TRUE(made->starts_with("muniment/card/v2\n"));
  const auto parsed = parse_card(*made);
  ASSERT_TRUE(parsed) << parsed.error().sentence();
  ASSERT_EQ(parsed->send.size(), 2u);
  EXPECT_EQ(parsed->send[0].address, "https://oak.example/a");
  EXPECT_EQ(parsed->send[1].address, "http://ash.onion");
  const Token* token = token_for(parsed->send, Token::Right::deposit, "http://ash.onion");
  ASSERT_NE(token, nullptr);
  EXPECT_EQ(token->text.expose_text(), std::string(40, 's'));
  EXPECT_TRUE(card().starts_with("muniment/card/v1\n")) << "without addresses it stays as readers of old know it";
  EXPECT_TRUE(parse_card(card())->send.empty());
}

TEST_F(CardOfAnArchive, WithAddressesThatAreNoneIsRefused) {
  const std::string token(40, 's');
  const auto with = [&](const std::string& version, const std::string& lines) {
    return parse_changed_text([&](std::string text) {
      text.replace(text.find("card/v1"), 7, version);
      return text.insert(text.find("charter "), lines);
    });
  };
  EXPECT_TRUE(with("card/v2", "send " + token + " https://oak.example\n"));
  EXPECT_CODE(with("card/v1", "send " + token + " https://oak.example\n"), Code::corrupt);
  EXPECT_CODE(with("card/v2", ""), Code::forged) << "a card without addresses is of version 1";
  const std::vector<std::string> lines{token,
                                       token + " ",
                                       token + " ftp://oak.example",
                                       token + " https://oak.example/",
                                       token + " https://oak .example",
                                       token + " https://oak.example x",
                                       token + " https://" + std::string(500, 'a'),
                                       "short https://oak.example"};
  for (const std::string& line : lines) EXPECT_FALSE(with("card/v2", "send " + line + "\n")) << line;
  const std::string good = "send " + token + " https://oak.example";
  EXPECT_CODE(with("card/v2", good + "\n" + good + "\n"), Code::corrupt) << "one address twice";
  std::string many;
  for (std::size_t i = 0; i <= kCardAddressesMax; ++i) many += good + std::to_string(i) + "\n";
  EXPECT_CODE(with("card/v2", many), Code::corrupt);
  std::vector<std::string> addresses;
  for (std::size_t i = 0; i <= kCardAddressesMax; ++i) addresses.push_back("https://oak.example/" + std::to_string(i));
  const auto& signer = archive.custodian.signer();
  EXPECT_CODE(make_card(charter_of(archive), "evidence", "2026-06-01", signer, tokens_to(addresses)), Code::invalid);
  EXPECT_CODE(make_card(charter_of(archive), "evidence", "2026-06-01", signer, tokens_to({"/a/folder"})),
              Code::invalid);
}

}  // namespace
}  // namespace muniment
