#include "mirror/mirror_page.h"

#include <gtest/gtest.h>

#include "mirror/mirror_page_texts.h"
#include "testing/expect_code.h"

namespace muniment {
namespace {

MirrorFacts some_facts(const std::string& language) {
  MirrorFacts facts;
  facts.settings = {.archive = sha256(as_view("an archive")),
                    .joined = "2026-11-26",
                    .bytes_max = std::uint64_t{500} << 30,
                    .bytes_per_month = std::uint64_t{1} << 40,
                    .access = Access::onion,
                    .address = "http://oak.onion",
                    .language = language,
                    .from = {"http://a.onion"}};
  facts.folder = "/srv/<mirror>";
  facts.now = "2026-11-26T12:00:00Z";
  facts.is_complete = true;
  facts.deposits_held = 3;
  facts.deposits_all = 12;
  facts.held_bytes = 250;
  facts.all_bytes = 1000;
  facts.disk_free = std::uint64_t{90} << 30;
  facts.last_run = "All is well. </pre><script>alert(1)</script>";
  return facts;
}

TEST(MirrorPage, SaysWhatIsHeldInEachLanguage) {
  for (const MirrorPageTexts& texts : mirror_page_texts()) {
    const std::string html = render_mirror_page(some_facts(texts.language));
    for (const char* part : {texts.title, texts.complete, texts.access_onion, texts.next_leave, "http://oak.onion",
                             "width:25%", "500.0 GiB", "1.0 TiB", "90.0 GiB"})
      EXPECT_NE(html.find(part), std::string::npos) << texts.language << ": " << part;
    EXPECT_NE(html.find("<html lang=\"" + std::string(texts.language) + "\">"), std::string::npos);
  }
}

TEST(MirrorPage, HasNothingActiveWhateverItIsTold) {
  const std::string html = render_mirror_page(some_facts("en"));
  EXPECT_EQ(html.find("<script"), std::string::npos);
  EXPECT_EQ(html.find("<mirror>"), std::string::npos);
  EXPECT_EQ(html.find(" src="), std::string::npos);
  EXPECT_EQ(html.find(" href="), std::string::npos);
  EXPECT_NE(html.find("default-src 'none'"), std::string::npos);
}

TEST(MirrorPage, SaysWhatIsMissing) {
  MirrorFacts facts = some_facts("en");
  facts.is_complete = false;
  facts.disk_free = 1000;
  facts.last_run.clear();
  const std::string html = render_mirror_page(facts);
  const MirrorPageTexts& texts = mirror_page_texts().front();
  for (const char* part : {texts.filling, texts.next_fill, texts.next_disk, texts.never_looked})
    EXPECT_NE(html.find(part), std::string::npos) << part;
  EXPECT_EQ(html.find(texts.next_nothing), std::string::npos);
}

TEST(MirrorPage, KnowsItsLanguages) {
  EXPECT_TRUE(check_page_language("uk"));
  EXPECT_CODE(check_page_language("fr"), Code::invalid);
}

}  // namespace
}  // namespace muniment
