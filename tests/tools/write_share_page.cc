// Writes the page of an invented share, for tests that look at it: write_share_page en|ru WORDS ARCHIVE [ADDRESS…], or
// its terminal form: write_share_page lines WORDS. The share stands on the command line because it is nobody's.
#include <cstdio>
#include <string>

#include "shares/share_lines.h"
#include "shares/share_page.h"

int main(int argc, char** argv) {
  using namespace muniment;
  if (argc < 3) return 2;
  const std::string form = argv[1];
  const SecretBytes words = SecretBytes::copy_of(as_view(argv[2]));
  SharePage page = {.share = 2, .total = 5, .threshold = 3, .set = 1, .dealt = "2029-05-03", .holder = 4};
  if (form != "lines") {
    if (argc < 4) return 2;
    page.language = form == "ru" ? PageLanguage::russian : PageLanguage::english;
    page.archive = argv[3];
    for (int i = 4; i < argc; ++i) page.copies.emplace_back(argv[i]);
    if (!page.copies.empty()) page.program = page.copies.front();
  }
  const auto text = form == "lines" ? share_lines(words) : render_share_page(page, words);
  if (!text) std::fprintf(stderr, "%s\n", text.error().sentence().c_str());
  if (text) std::fwrite(text->expose().data(), 1, text->size(), stdout);
  return text ? 0 : 1;
}
