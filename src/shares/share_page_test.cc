#include "shares/share_page.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>

#include "base/encoding.h"
#include "base/words.h"
#include "shares/cyrillic.h"
#include "shares/qr.h"
#include "shares/share_lines.h"
#include "shares/svg_canvas.h"
#include "testing/expect_code.h"

namespace muniment {
namespace {

constexpr const char* kArchive =
    "obesity husband genuine dominant flexible champion emphasis geology judicial material "
    "laundry moisture";
constexpr int kSmallest = 80;  // tenths of a point
constexpr int kEdge = 250;     // what printers leave white, and more

class SharePageTest : public ::testing::TestWithParam<PageLanguage> {
 protected:
  static std::string words_from(std::size_t first, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0) text += ' ';
      text += word_at(static_cast<std::uint16_t>((first + i * 31) % kWordCount));
    }
    return text;
  }
  Result<SecretBytes> render(const std::string& words) {
    return render_share_page(page, SecretBytes::copy_of(as_view(words)));
  }
  std::string svg(const std::string& words = words_from(0, 33)) {
    const auto rendered = render(words);
    if (!rendered) ADD_FAILURE() << rendered.error().sentence();
    return rendered ? std::string(rendered->expose_text()) : std::string();
  }
  const PageTexts& texts() { return page_texts(page.language); }

  SharePage page = {.language = GetParam(),
                    .share = 2,
                    .total = 5,
                    .threshold = 3,
                    .set = 7,
                    .dealt = "2029-05-03",
                    .holder = 4,
                    .archive = kArchive};
};

struct Placed {
  int x = 0, y = 0, size = 0;
  bool at_right = false, bold = false, monospace = false;
  std::string text;
};

std::vector<Placed> texts_of(const std::string& svg) {
  std::vector<Placed> all;
  for (std::size_t at = svg.find("<text "); at != std::string::npos; at = svg.find("<text ", at + 1)) {
    Placed one;
    std::sscanf(svg.c_str() + at, "<text x=\"%d\" y=\"%d\" font-size=\"%d\"", &one.x, &one.y, &one.size);
    const std::size_t open = svg.find('>', at);
    const std::string style = svg.substr(at, open - at);
    one.at_right = style.find("text-anchor=\"end\"") != std::string::npos;
    one.bold = style.find("bold") != std::string::npos;
    one.monospace = style.find("monospace") != std::string::npos;
    one.text = svg.substr(open + 1, svg.find("</text>", at) - open - 1);
    all.push_back(one);
  }
  return all;
}

bool shows(const std::string& svg, const std::string& text) {
  return std::ranges::any_of(texts_of(svg), [&](const Placed& placed) { return placed.text == text; });
}

/// Expects that numbers, words and Cyrillic stand beside each other, from `first` on.
void expect_words(const std::vector<Placed>& all, std::size_t first, const std::string& words) {
  const auto pieces = split(words, ' ');
  ASSERT_LE(first + 3 * pieces.size(), all.size());
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const Placed* three = all.data() + first + 3 * i;
    EXPECT_EQ(three[0].text, std::to_string(i + 1));
    EXPECT_EQ(three[1].text, pieces[i]);
    EXPECT_EQ(three[2].text, cyrillic_at(find_word(pieces[i]).value()));
    EXPECT_TRUE(three[0].y == three[1].y && three[1].y == three[2].y) << pieces[i];
    EXPECT_TRUE(three[0].x < three[1].x && three[1].x < three[2].x) << pieces[i];
  }
}

std::size_t place_of(const std::vector<Placed>& all, const std::string& text) {
  return static_cast<std::size_t>(std::ranges::find(all, text, &Placed::text) - all.begin());
}

TEST_P(SharePageTest, ShowsEveryWordWithItsNumberAndCyrillic) {
  for (const std::size_t count : {20u, 33u, 36u, 37u, 59u}) {
    const std::string words = words_from(count, count);
    const auto all = texts_of(svg(words));
    const std::string first(split(words, ' ')[0]);
    expect_words(all, place_of(all, first) - 1, words);
  }
}

TEST_P(SharePageTest, ShowsTheTwelveWordsOfTheArchive) {
  const auto all = texts_of(svg());
  expect_words(all, place_of(all, "obesity") - 1, kArchive);
}

TEST_P(SharePageTest, SaysWhichShareItIs) {
  const std::string page_text = svg();
  const bool russian = GetParam() == PageLanguage::russian;
  EXPECT_TRUE(shows(page_text, russian ? "Доля 2 из 5" : "Share 2 of 5"));
  EXPECT_TRUE(shows(page_text, russian ? "Нужно не меньше 3" : "3 are needed"));
  EXPECT_TRUE(shows(page_text, russian ? "Набор 7, роздан 3 мая 2029 года" : "Set 7, dealt on 3 May 2029"));
  EXPECT_TRUE(shows(page_text, russian ? "Держатель № 4" : "Holder no. 4"));
  EXPECT_TRUE(shows(page_text, russian ? "Слова этой доли, всего 33" : "The 33 words of this share"));
  EXPECT_TRUE(shows(page_text, "muniment share check"));
  EXPECT_TRUE(shows(page_text, "muniment share repair"));
  EXPECT_EQ(page_text.find('{'), page_text.find("{size:A4")) << "nothing is left to be filled in";
}

TEST_P(SharePageTest, WritesDaysAndMonthsOfTwoDigits) {
  page.dealt = "2031-12-31";
  EXPECT_NE(svg().find(GetParam() == PageLanguage::russian ? "31 декабря 2031 года" : "31 December 2031"),
            std::string::npos);
  page.dealt = "2031-10-09";
  EXPECT_NE(svg().find(GetParam() == PageLanguage::russian ? "9 октября 2031 года" : "9 October 2031"),
            std::string::npos);
}

TEST_P(SharePageTest, LeavesLinesToBeFilledInWhereItKnowsNothing) {
  const auto lines_in = [](const std::string& text) {
    std::size_t count = 0;
    for (std::size_t at = text.find("stroke="); at != std::string::npos; at = text.find("stroke=", at + 1)) ++count;
    return count;
  };
  const std::string bare = svg();
  EXPECT_TRUE(shows(bare, std::string(texts().copies_by_hand)));
  EXPECT_EQ(lines_in(bare), 1u + 3 + 1);
  page.copies = {"https://copies.example.org/a"};
  page.program = "https://program.example.org";
  const std::string full = svg();
  EXPECT_FALSE(shows(full, std::string(texts().copies_by_hand)));
  EXPECT_TRUE(shows(full, "https://copies.example.org/a"));
  EXPECT_TRUE(shows(full, "https://program.example.org"));
  EXPECT_EQ(lines_in(full), 1u);
}

TEST_P(SharePageTest, SaysHowManyCopiesFoundNoRoom) {
  page.copies = {"a:1", "b:2", "c:3"};
  const std::string more = filled(texts().copies_more, {{"count", "2"}});
  EXPECT_FALSE(shows(svg(), more));
  page.copies = {"a:1", "b:2", "c:3", "d:4", "e:5"};
  const std::string page_text = svg();
  EXPECT_TRUE(shows(page_text, "c:3"));
  EXPECT_FALSE(shows(page_text, "d:4"));
  EXPECT_TRUE(shows(page_text, more));
}

TEST_P(SharePageTest, MakesHostileAddressesHarmless) {
  page.copies = {"</text><script>alert('1')</script>", "a\"b&c\n\x01\uffff\xff", std::string(100'000, 'x')};
  page.program = "<image href=\"https://evil.example/\"/>";
  const std::string page_text = svg();
  EXPECT_EQ(page_text.find("<script"), std::string::npos);
  EXPECT_EQ(page_text.find("<image"), std::string::npos);
  EXPECT_TRUE(shows(page_text, "&lt;/text&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"));
  EXPECT_TRUE(shows(page_text, "a&quot;b&amp;c\\x0a\\x01?\\xff"));
  EXPECT_LT(std::ranges::count(page_text, 'x'), 1000) << "a long address is cut";
  EXPECT_NE(page_text.find("xxx…</text>"), std::string::npos);
}

/// Nothing meets another text of its line, nothing leaves the page, nothing comes into the QR code's quiet zone.
void expect_room(const std::string& svg) {
  constexpr int kQuietZone = 87;  // four modules of the 69 of a share with 33 words
  int qr_x = kPageWidth, qr_y = kPageHeight, qr_size = 0;
  const std::size_t symbol = svg.find("<svg x=");
  if (symbol != std::string::npos) {
    EXPECT_EQ(std::sscanf(svg.c_str() + symbol, "<svg x=\"%d\" y=\"%d\" width=\"%d\"", &qr_x, &qr_y, &qr_size), 3);
  }
  std::map<int, std::vector<std::pair<int, int>>> lines;
  for (const Placed& placed : texts_of(svg)) {
    EXPECT_GE(placed.size, kSmallest) << placed.text;
    EXPECT_TRUE(placed.y > kEdge && placed.y < kPageHeight - kEdge) << placed.y << ": " << placed.text;
    const int width = width_of(placed.text, {.size = placed.size, .bold = placed.bold, .monospace = placed.monospace});
    const int left = placed.at_right ? placed.x - width : placed.x;
    const bool beside_qr = placed.y > qr_y - kQuietZone && placed.y - placed.size < qr_y + qr_size + kQuietZone;
    const int edge = beside_qr && left < qr_x ? qr_x - kQuietZone : kPageWidth - kEdge;
    EXPECT_TRUE(left > kEdge && left + width < edge) << left + width << ": " << placed.text;
    lines[placed.y].emplace_back(left, left + width);
  }
  for (auto& [y, spans] : lines) {
    std::ranges::sort(spans);
    for (std::size_t i = 1; i < spans.size(); ++i) EXPECT_LT(spans[i - 1].second, spans[i].first) << "at " << y;
  }
}

TEST_P(SharePageTest, HasRoomForTheLongestOfEverything) {
  // Every word of the list comes up, the widest with the widest Cyrillic among them.
  for (std::size_t first = 0; first < 31; ++first) {
    page.archive = words_from(first * 12, 12);
    expect_room(svg(words_from(first, 33)));
    expect_room(svg(words_from(first, 59)));
  }
  page.share = page.total = page.threshold = 99;
  page.set = page.holder = 4'294'967'295;
  page.copies.assign(7, std::string(200, 'm'));
  page.program = std::string(200, 'm');
  page.dealt = "2029-09-30";
  expect_room(svg(words_from(1, 59)));
}

TEST_P(SharePageTest, HasTheQrCodeOrSaysThatItHasNone) {
  const std::string page_text = svg();
  const bool has_symbol = page_text.find("crispEdges") != std::string::npos;
  EXPECT_EQ(has_symbol, can_draw_qr());
  const std::string first(wrapped(can_draw_qr() ? texts().qr_caption : texts().qr_missing, 1500, {.size = 82}).front());
  EXPECT_NE(page_text.find(">" + first + "<"), std::string::npos) << first;
}

TEST_P(SharePageTest, RefusesNumbersThatDoNotFitTogether) {
  const auto refused = [&](unsigned share, unsigned total, unsigned threshold) {
    page.share = share;
    page.total = total;
    page.threshold = threshold;
    return render(words_from(0, 33));
  };
  EXPECT_CODE(refused(0, 5, 3), Code::invalid);
  EXPECT_CODE(refused(6, 5, 3), Code::invalid);
  EXPECT_CODE(refused(1, 5, 0), Code::invalid);
  EXPECT_CODE(refused(1, 5, 6), Code::invalid);
  EXPECT_CODE(refused(1, 100, 3), Code::invalid);
  EXPECT_TRUE(refused(5, 5, 5));
}

TEST_P(SharePageTest, RefusesWhatIsNoShareNoDateOrNoArchive) {
  EXPECT_CODE(render("academic nonsense"), Code::invalid);
  EXPECT_CODE(render(""), Code::invalid);
  EXPECT_CODE(render(words_from(0, 60)), Code::limit);
  const std::string words = words_from(0, 33);
  for (const char* date : {"", "2029-5-3", "2029-13-01", "2029-02-30", "3 May 2029", "2029-05-03T00:00:00Z"}) {
    page.dealt = date;
    EXPECT_CODE(render(words), Code::invalid) << date;
  }
  page.dealt = "2029-05-03";
  for (const std::string& archive :
       {std::string(), words_from(0, 11), words_from(0, 13), words_from(0, 11) + " acad"}) {
    page.archive = archive;
    EXPECT_CODE(render(words), Code::invalid) << archive;
  }
}

INSTANTIATE_TEST_SUITE_P(Languages, SharePageTest, ::testing::Values(PageLanguage::english, PageLanguage::russian),
                         [](const auto& test) { return test.param == PageLanguage::russian ? "Russian" : "English"; });

}  // namespace
}  // namespace muniment
