#include "archive/card_page.h"

#include <gtest/gtest.h>

#include "archive/archive_testing.h"
#include "archive/exposure.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

std::size_t count_of(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

class CardPage : public ::testing::Test {
 protected:
  void SetUp() override {
    if (card_page_text().empty()) GTEST_SKIP() << "this program was built without the page: npm was not to be had";
  }
  std::string card(const std::vector<std::string>& addresses = {}) {
    FolderStore store(fs, archive.root, random);
    std::vector<Token> send;
    for (const std::string& address : addresses)
      send.push_back({Token::Right::deposit, SecretBytes::copy_of(as_view(std::string(32, 's'))), address});
    return *make_card(*read_charter(store, IdPin::of(archive.id)), "evidence", "2026-06-01", archive.custodian.signer(),
                      send);
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  TestArchive archive = *found_test_archive(doors, "archive");
};

TEST_F(CardPage, HoldsTheCardWholeAndTheDay) {
  const auto page = make_card_page(card(), 1'767'225'600);
  ASSERT_TRUE(page) << page.error().sentence();
  EXPECT_EQ(count_of(*page, "<pre id=\"card\" hidden>" + card() + "</pre>"), 1u) << "a card needs no escapes";
  EXPECT_EQ(count_of(*page, "<span id=\"made\" hidden>2026-01-01</span>"), 1u);
  EXPECT_EQ(classify_file(*page), Exposed::card) << "muniment exposure knows it";
  EXPECT_EQ(page->size(), card_page_text().size() - 27 + 6 + card().size() + 10);
  EXPECT_EQ(count_of(*page, "; connect-src 'none';"), 1u) << "a card without addresses reaches nothing";
}

TEST_F(CardPage, MayReachTheMirrorsOfItsCardAndNothingElse) {
  const auto policy_for = [&](const std::vector<std::string>& addresses) {
    const std::string page = *make_card_page(card(addresses), 0);
    const std::size_t from = page.find("connect-src ") + 12;
    return page.substr(from, page.find(';', from) - from);
  };
  EXPECT_EQ(policy_for({"https://one.example/archive", "https://two.example:8443"}),
            "https://one.example https://two.example:8443");
  const std::string sends = *make_card_page(card({"https://one.example"}), 0);
  EXPECT_EQ(classify_file(sends.substr(0, kExposureStartBytes)), Exposed::sending_card);
  EXPECT_EQ(policy_for({"http://abcdefgh.onion", "http://127.0.0.1:80", "http://localhost:81/x"}),
            "http://abcdefgh.onion http://127.0.0.1:80 http://localhost:81");
  // Without TLS anybody on the way could take what is sent. The others no policy can name, or they would be more of it.
  for (const char* address :
       {"http://one.example", "http://127.0.0.1.example", "http://x.onion.example", "https://[::1]:443", "https://*",
        "https://a;script-src", "https://'self'", "https://a\"b", "https://user@one.example"})
    EXPECT_EQ(policy_for({address}), "'none'") << address;
}

TEST_F(CardPage, IsNotMadeOfAnAlteredCard) {
  std::string altered = card();
  altered[altered.find("evidence")] = 'E';
  EXPECT_FALSE(make_card_page(altered, 0));
  EXPECT_CODE(make_card_page("<script>", 0), Code::corrupt);
}

/// Whatever the bundler does: the page that leaves here reaches nothing, and runs what the policy names and no more.
TEST_F(CardPage, ForbidsItselfEveryConnection) {
  const std::string_view page = card_page_text();
  EXPECT_EQ(count_of(page, "default-src 'none'; script-src 'sha256-"), 1u);
  for (const std::string_view allowed :
       {"unsafe-", "connect-src h", "connect-src *", "http-equiv=\"refresh\"", "<link", "<img", "@import"}) {
    EXPECT_EQ(count_of(page, allowed), 0u) << allowed;
  }
  const std::size_t begin = page.find("Content-Security-Policy\" content=\"") + 34;
  const std::string_view policy = page.substr(begin, page.find("\">", begin) - begin);
  EXPECT_EQ(count_of(policy, "connect-src"), 1u);
  EXPECT_EQ(count_of(policy, "; connect-src {{mirrors}};"), 1u) << "filled in by what stands on the card";
  EXPECT_EQ(count_of(page, "<script"), 1u) << "one script, which the policy names by its digest";
  EXPECT_EQ(count_of(page, " src="), 0u);
}

}  // namespace
}  // namespace muniment
