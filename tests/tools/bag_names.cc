// Names in bags as the program makes them, for comparison with the page of a card (tests/page/names.mjs has the same
// commands):
//
//   bag_names paths   reads true paths from standard input, each ended by NUL; prints the path in one bag of each
//   bag_names folds   prints the folded form of every code point that Unicode 15.0 assigns, a line each
//   bag_names padme   prints the padded size of sizes around every power of two
#include <utf8proc.h>

#include <cstdio>
#include <iostream>
#include <iterator>
#include <string>

#include "bag/names.h"
#include "bag/padme.h"
#include "base/encoding.h"

namespace {

using namespace muniment;

void print_paths() {
  const std::string all{std::istreambuf_iterator<char>(std::cin), {}};
  bag::NameTable names;
  for (std::size_t start = 0; start < all.size();) {
    const std::size_t end = all.find('\0', start);
    std::printf("%s\n", names.add(std::string_view(all).substr(start, end - start)).c_str());
    start = end + 1;
  }
}

void print_folds() {
  for (utf8proc_int32_t point = 0x20; point < 0x110000; ++point) {
    const auto category = utf8proc_category(point);
    if (category == UTF8PROC_CATEGORY_CN || category == UTF8PROC_CATEGORY_CS || category == UTF8PROC_CATEGORY_CC)
      continue;
    utf8proc_uint8_t bytes[4];
    const auto size = static_cast<std::size_t>(utf8proc_encode_char(point, bytes));
    std::printf("%x %s\n", static_cast<unsigned>(point), bag::fold_case(as_text({bytes, size})).c_str());
  }
}

void print_padme() {
  for (int exponent = 1; exponent < 50; ++exponent) {
    for (const std::int64_t beside : {-1, 0, 1, 12345}) {
      const auto size = static_cast<std::uint64_t>((std::int64_t{1} << exponent) + beside);
      std::printf("%llu\n", static_cast<unsigned long long>(bag::padme(size, 2)));
    }
  }
}

}  // namespace

int main(int, char** arguments) {
  const std::string command = arguments[1];
  if (command == "paths") print_paths();
  if (command == "folds") print_folds();
  if (command == "padme") print_padme();
}
