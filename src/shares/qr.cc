#include "shares/qr.h"

#include <algorithm>
#include <memory>
#include <string_view>

#include "base/secret_text.h"
#ifdef MUNIMENT_HAS_QRENCODE
#include <qrencode.h>
#endif

namespace muniment {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

Result<void> check_text(std::string_view text) {
  if (text.empty()) return Error(Code::invalid, "there is nothing to draw as a QR code");
  if (text.size() > kQrTextMax) return Error(Code::limit, "the text is too long for a QR code");
  if (text.find_first_not_of(kAlphabet) != std::string_view::npos) {
    return Error(Code::invalid, "the text has characters that this kind of QR code has not");
  }
  return {};
}

}  // namespace

#ifdef MUNIMENT_HAS_QRENCODE

namespace {

constexpr std::size_t kPathBytesMax = 1024 * 1024;  // 177 by 177 modules, every second one dark, fit three times

struct FreeInput {
  void operator()(QRinput* input) const { QRinput_free(input); }
};
struct WipeAndFreeSymbol {
  void operator()(QRcode* symbol) const {
    const auto side = static_cast<std::size_t>(symbol->width);
    wipe({symbol->data, side * side});
    QRcode_free(symbol);
  }
};

/// One bit of a module says whether it is dark; the others are libqrencode's notes.
bool is_dark(unsigned char module) { return (module & 1) != 0; }

void add_run(SecretText& path, std::size_t x, std::size_t y, std::size_t length) {
  const auto number = [&](std::size_t value) { path.add(static_cast<std::int64_t>(value)); };
  path.add("M");
  number(x);
  path.add(",");
  number(y);
  path.add("h");
  number(length);
  path.add("v1h-");
  number(length);
  path.add("z");
}

SecretBytes path_of(const QRcode& symbol) {
  const auto side = static_cast<std::size_t>(symbol.width);
  SecretText path(kPathBytesMax);
  for (std::size_t y = 0; y < side; ++y) {
    const std::span<const unsigned char> row(symbol.data + y * side, side);
    for (std::size_t x = 0; x < side; ++x) {
      if (!is_dark(row[x])) continue;
      const std::size_t start = x;
      while (x < side && is_dark(row[x])) ++x;
      add_run(path, start, y, x - start);
    }
  }
  return std::move(path).take();
}

}  // namespace

bool can_draw_qr() { return true; }

Result<QrCode> draw_qr(const SecretBytes& text) {
  TRY(check_text(text.expose_text()));
  const std::unique_ptr<QRinput, FreeInput> input(QRinput_new2(0, QR_ECLEVEL_Q));
  if (!input || QRinput_append(input.get(), QR_MODE_AN, static_cast<int>(text.size()), text.expose().data()) != 0) {
    return Error(Code::io, "libqrencode did not take the text");
  }
  const std::unique_ptr<QRcode, WipeAndFreeSymbol> symbol(QRcode_encodeInput(input.get()));
  if (!symbol) return Error(Code::io, "libqrencode drew no symbol");
  return QrCode{static_cast<unsigned>(symbol->width), path_of(*symbol)};
}

#else

bool can_draw_qr() { return false; }

Result<QrCode> draw_qr(const SecretBytes& text) {
  TRY(check_text(text.expose_text()));
  return Error(Code::unsupported, "this program was built without libqrencode and draws no QR codes");
}

#endif

}  // namespace muniment
