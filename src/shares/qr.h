// A QR code (ISO/IEC 18004) as path data for SVG. The one place that uses libqrencode, which is optional.
#pragma once

#include "base/result.h"
#include "base/secret.h"

namespace muniment {

/// Whether this program was built with libqrencode.
bool can_draw_qr();

struct QrCode {
  unsigned modules = 0;  // along a side, without the quiet zone of 4 that belongs around it
  SecretBytes path;      // of an SVG path, one unit for a module: a rectangle for each row's dark run
};

inline constexpr std::size_t kQrTextMax = 1024;

/// `text` is digits, capitals, spaces and $ % * + - . / : only, so that a character costs five and a half bits. A
/// quarter of the symbol can be torn or stained (level Q).
///
/// The result and what libqrencode hands out are wiped. libqrencode's own working memory is not: it lies on the heap,
/// freed, until the process ends.
///
/// Errors: `unsupported` when the program was built without libqrencode, `invalid`, `limit` above kQrTextMax.
Result<QrCode> draw_qr(const SecretBytes& text);

}  // namespace muniment
