#include "shares/share_page.h"

#include <algorithm>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/words.h"
#include "shares/cyrillic.h"
#include "shares/qr.h"
#include "shares/share_lines.h"
#include "shares/svg_canvas.h"

namespace muniment {
namespace {

constexpr std::size_t kIdWordsOnPage = 12;
constexpr unsigned kSharesOnPageMax = 99;

constexpr int kLeft = 420;
constexpr int kRight = kPageWidth - kLeft;
constexpr int kWidth = kRight - kLeft;
constexpr int kLine = 128;  // hundredths of the font size
constexpr int kBesideCommand = 1250;
constexpr int kQrSize = 1500;
constexpr int kQrGap = 200;  // the quiet zone of four modules, and more
constexpr int kBesideQr = kWidth - kQrSize - kQrGap;

constexpr TextStyle kHeading = {.size = 118, .bold = true};
constexpr TextStyle kBody = {.size = 90};
constexpr TextStyle kTyped = {.size = 90, .bold = true, .monospace = true};
constexpr TextStyle kAddress = {.size = 90, .monospace = true};
constexpr TextStyle kSmall = {.size = 82, .pale = true};

/// Numbered words with their Cyrillic, in columns that are read downwards.
struct WordGrid {
  int width;
  int columns;
  int row_height;
  int word_size;
  int cyrillic_size;
};

class PageWriter {
 public:
  PageWriter(const SharePage& page, const SecretBytes& words, std::size_t count)
      : page_(page),
        texts_(page_texts(page.language)),
        words_(words),
        count_(count),
        canvas_(texts_.tag, with_numbers(texts_.title)) {}

  Result<SecretBytes> write() && {
    write_head();
    write_share();
    const int top = y_;
    TRY_ASSIGN(const int below_qr, write_qr(top));
    write_archive();
    write_copies();
    y_ = std::max(y_, below_qr);
    write_steps();
    write_warnings();
    return std::move(canvas_).take();
  }

 private:
  std::string with_numbers(std::string_view text) const {
    return filled(text, {{"share", std::to_string(page_.share)},
                         {"total", std::to_string(page_.total)},
                         {"threshold", std::to_string(page_.threshold)},
                         {"set", std::to_string(page_.set)},
                         {"holder", std::to_string(page_.holder)},
                         {"count", std::to_string(count_)}});
  }

  /// "3 May 2029", of a date that was checked.
  std::string date_in_words() const {
    const std::string_view date = page_.dealt;
    const std::uint64_t month = parse_decimal(date.substr(date[5] == '0' ? 6 : 5, date[5] == '0' ? 1 : 2)).value();
    const std::string_view day = date.substr(date[8] == '0' ? 9 : 8);
    return filled(texts_.date, {{"day", day}, {"month", texts_.months.at(month - 1)}, {"year", date.substr(0, 4)}});
  }

  void heading(std::string_view text) {
    y_ += 185;
    canvas_.text(kLeft, y_, kHeading, text);
    y_ += 15;
  }

  void paragraph(std::string_view text, int width, const TextStyle& style, int indent = 0) {
    for (const std::string& line : wrapped(text, width - indent, style)) {
      y_ += style.size * kLine / 100;
      canvas_.text(kLeft + indent, y_, style, line);
    }
  }

  void line_to_fill_in(int width, int indent = 0) {
    y_ += 200;
    canvas_.line(kLeft + indent, y_, width - indent);
  }

  void write_head() {
    y_ = 580;
    canvas_.text(kLeft, y_, {.size = 300, .bold = true}, with_numbers(texts_.title));
    constexpr TextStyle kAtRight = {.size = 105, .at_right = true};
    canvas_.text(kRight, y_ - 150, kAtRight, filled(with_numbers(texts_.set), {{"date", date_in_words()}}));
    canvas_.text(kRight, y_, kAtRight, with_numbers(texts_.holder));
    y_ += 225;
    canvas_.text(kLeft, y_, {.size = 180, .bold = true}, with_numbers(texts_.needed));
    y_ += 40;
    paragraph(with_numbers(texts_.about), kWidth, kBody);
    y_ += 90;
    canvas_.line(kLeft, y_, kWidth);
  }

  /// The words lie in secret memory, and their Cyrillic among that of all other words.
  void write_words(std::string_view words, const WordGrid& grid) {
    const auto pieces = split(words, ' ');
    const std::size_t columns = static_cast<std::size_t>(grid.columns);
    const std::size_t rows = (pieces.size() + columns - 1) / columns;
    const int column_width = grid.width / grid.columns;
    const TextStyle number = {.size = grid.cyrillic_size, .pale = true, .at_right = true};
    const TextStyle word = {.size = grid.word_size, .bold = true, .monospace = true};
    const TextStyle cyrillic = {.size = grid.cyrillic_size, .pale = true};
    const int number_width = width_of("00", number);
    const int word_width = width_of("academic", word);
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      const int x = kLeft + static_cast<int>(i / rows) * column_width;
      const int y = y_ + static_cast<int>(i % rows + 1) * grid.row_height;
      canvas_.text(x + number_width, y, number, std::to_string(i + 1));
      canvas_.text(x + number_width + 30, y, word, pieces[i]);
      canvas_.text(x + number_width + 30 + word_width + grid.cyrillic_size * 6 / 10, y, cyrillic,
                   cyrillic_at(find_word(pieces[i]).value()));
    }
    y_ += static_cast<int>(rows) * grid.row_height;
  }

  void write_share() {
    heading(with_numbers(texts_.words_heading));
    paragraph(texts_.words_hint, kWidth, kBody);
    y_ += 60;
    // What is dealt has 33 words, and they are large; the longest share there is fits as well.
    const WordGrid large = {.width = kWidth, .columns = 3, .row_height = 185, .word_size = 140, .cyrillic_size = 100};
    const WordGrid dense = {.width = kWidth, .columns = 4, .row_height = 138, .word_size = 102, .cyrillic_size = 80};
    write_words(words_.expose_text(), count_ > 36 ? dense : large);
    y_ += 60;
  }

  /// Returns where the page goes on below it.
  Result<int> write_qr(int top) {
    const int x = kRight - kQrSize;
    int y = top + 110;
    SecretBytes upper = SecretBytes::copy_of(words_.expose());
    for (std::uint8_t& letter : upper.expose_mut()) {
      if (letter != ' ') letter = static_cast<std::uint8_t>(letter - 'a' + 'A');
    }
    const auto code = draw_qr(upper);
    if (!code && code.error().code() != Code::unsupported) return code.error();
    if (code) {
      canvas_.symbol(x, y, kQrSize, static_cast<int>(code->modules), code->path.expose_text());
      y += kQrSize + kSmall.size;
    }
    for (const std::string& line : wrapped(code ? texts_.qr_caption : texts_.qr_missing, kQrSize, kSmall)) {
      y += kSmall.size * 5 / 4;
      canvas_.text(x, y, kSmall, line);
    }
    return y;
  }

  void write_archive() {
    heading(texts_.id_heading);
    paragraph(texts_.id_hint, kBesideQr, kBody);
    y_ += 30;
    write_words(page_.archive,
                {.width = kBesideQr, .columns = 3, .row_height = 140, .word_size = 87, .cyrillic_size = 80});
  }

  void write_copies() {
    y_ += 30;
    heading(texts_.copies_heading);
    if (page_.copies.empty()) {
      paragraph(texts_.copies_by_hand, kBesideQr, kBody);
      for (int i = 0; i < 3; ++i) line_to_fill_in(kBesideQr);
      return;
    }
    const std::size_t shown = std::min(page_.copies.size(), kPageCopiesMax);
    for (std::size_t i = 0; i < shown; ++i) {
      paragraph(one_line(page_.copies[i], kAddressCharactersMax), kBesideQr, kAddress);
    }
    if (shown == page_.copies.size()) return;
    const std::string more = std::to_string(page_.copies.size() - shown);
    paragraph(filled(texts_.copies_more, {{"count", more}}), kBesideQr, kBody);
  }

  /// A command, and beside it what it is for.
  void write_command(std::string_view command, std::string_view purpose) {
    const int before = y_;
    paragraph(purpose, kWidth, kBody, kBesideCommand);
    canvas_.text(kLeft, before + kBody.size * kLine / 100, kTyped, command);
  }

  void write_steps() {
    heading(texts_.steps_heading);
    write_command("muniment share check", texts_.check_step);
    write_command("muniment share repair", texts_.repair_step);
    y_ += 35;
    paragraph(texts_.recover_step, kWidth, kBody);
    paragraph(texts_.recover_command, kWidth, kTyped);
    paragraph(texts_.recover_places, kWidth, kBody);
    const int before = y_;
    const int beside = width_of(texts_.program_at, kBody) + 50;
    if (page_.program.empty()) {
      y_ += 150;
      canvas_.line(kLeft + beside, y_ + 20, kWidth - beside);
    } else {
      paragraph(one_line(page_.program, kProgramCharactersMax), kWidth, kAddress, beside);
    }
    canvas_.text(kLeft, page_.program.empty() ? y_ : before + kBody.size * kLine / 100, kBody, texts_.program_at);
  }

  void write_warnings() {
    heading(texts_.warnings_heading);
    for (const std::string_view warning : texts_.warnings) {
      const int before = y_;
      paragraph(warning, kWidth, kBody, 130);
      canvas_.text(kLeft + 30, before + kBody.size * kLine / 100, kBody, "•");
    }
  }

  const SharePage& page_;
  const PageTexts& texts_;
  const SecretBytes& words_;
  std::size_t count_;
  SvgCanvas canvas_;
  int y_ = 0;  // the baseline of what was written last
};

Result<void> check_page(const SharePage& page) {
  if (page.share == 0 || page.share > page.total || page.threshold == 0 || page.threshold > page.total ||
      page.total > kSharesOnPageMax) {
    return Error(Code::invalid, "the numbers of the share do not fit together: share " + std::to_string(page.share) +
                                    " of " + std::to_string(page.total) + ", of which " +
                                    std::to_string(page.threshold) + " are needed");
  }
  if (!parse_date(page.dealt)) return Error(Code::invalid, "the day on which the share was dealt is not a date");
  const auto words = split(page.archive, ' ');
  if (words.size() != kIdWordsOnPage) return Error(Code::invalid, "the archive's id is not 12 words");
  for (const std::string_view word : words) {
    const auto index = find_word(word);
    if (!index || word_at(*index) != word) return Error(Code::invalid, "the archive's id has a word of no list");
  }
  return {};
}

}  // namespace

Result<SecretBytes> render_share_page(const SharePage& page, const SecretBytes& words) {
  TRY(check_page(page));
  TRY_ASSIGN(const std::size_t count, count_share_words(words));
  return PageWriter(page, words, count).write();
}

}  // namespace muniment
