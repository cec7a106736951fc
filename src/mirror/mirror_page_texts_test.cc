#include "mirror/mirror_page_texts.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "base/encoding.h"

namespace muniment {
namespace {

TEST(MirrorPageTexts, AreWholeInEachLanguage) {
  std::set<std::string> titles;
  for (const MirrorPageTexts& texts : mirror_page_texts()) {
    titles.insert(texts.title);
    for (const char* text : {texts.written,         texts.holds,        texts.complete,     texts.filling,
                             texts.deposits,        texts.of,           texts.sealed_bytes, texts.entries,
                             texts.agreed,          texts.all,          texts.disk_free,    texts.traffic,
                             texts.left_this_month, texts.cap,          texts.no_cap,       texts.reach,
                             texts.access_none,     texts.access_port,  texts.access_onion, texts.last_look,
                             texts.never_looked,    texts.next,         texts.next_fill,    texts.next_disk,
                             texts.next_notice,     texts.next_nothing, texts.next_leave,   texts.risk,
                             texts.archive}) {
      ASSERT_NE(text, nullptr) << texts.language;
      EXPECT_TRUE(is_utf8(text) && std::string_view(text).find_first_of("<>&") == std::string_view::npos) << text;
    }
  }
  EXPECT_EQ(titles.size(), kMirrorPageLanguages);
}

}  // namespace
}  // namespace muniment
