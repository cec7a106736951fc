#include "mirror/mirror_page.h"

#include <algorithm>

#include "archive/agreed_part.h"
#include "archive/view.h"
#include "base/encoding.h"
#include "mirror/mirror_page_texts.h"

namespace muniment {
namespace {

constexpr std::uint64_t kAlmostFullBytes = std::uint64_t{2} << 30;
constexpr std::size_t kLastRunBytesMax = 20'000;

constexpr const char* kStyle =
    "body{font:16px/1.45 system-ui,sans-serif;color:#1a1a1a;background:#fff;max-width:42rem;margin:0 auto;"
    "padding:1rem;overflow-wrap:anywhere}h1{font-size:1.5rem;margin:.2rem 0}h2{font-size:1.1rem;margin:1.6rem 0 .4rem;"
    "border-bottom:1px solid #bbb}dl{display:grid;grid-template-columns:minmax(0,1.5fr) minmax(0,1fr);gap:.3rem "
    "1rem;margin:.5rem 0}"
    "dt{color:#555;hyphens:auto}dd{margin:0;text-align:right;font-variant-numeric:tabular-nums}.bar{height:.8rem;"
    "background:#ddd;"
    "border-radius:.4rem;overflow:hidden}.bar div{height:100%;background:#1d6b52}code,pre{font:14px/1.4 monospace;"
    "background:#f2f2f2;padding:.1rem .3rem;border-radius:.2rem}pre{padding:.6rem;white-space:pre-wrap}"
    ".note{color:#555;font-size:.9rem}li{margin:.4rem 0}"
    "@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}dt,.note{color:#aaa}"
    "code,pre{background:#2a2a2a}.bar{background:#444}.bar div{background:#4fb38f}}";

std::string escape(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

std::string row(const char* name, const std::string& value) {
  return "<dt>" + std::string(name) + "</dt><dd>" + escape(value) + "</dd>\n";
}

std::string paragraph(const std::string& text) { return "<p>" + text + "</p>\n"; }
std::string heading(const char* text) { return "<h2>" + std::string(text) + "</h2>\n"; }
std::string command(const std::string& words) { return "<br><code>" + escape(words) + "</code>"; }

const MirrorPageTexts& texts_of(std::string_view language) {
  const auto& all = mirror_page_texts();
  const auto found = std::ranges::find_if(all, [&](const auto& each) { return language == each.language; });
  return found == all.end() ? all.front() : *found;
}

std::string holds(const MirrorFacts& facts, const MirrorPageTexts& say) {
  std::string html = heading(say.holds) + paragraph(facts.is_complete ? say.complete : say.filling);
  if (facts.is_complete && facts.all_bytes > 0) {
    const std::uint64_t percent = facts.held_bytes * 100 / facts.all_bytes;
    html += "<div class=\"bar\" role=\"img\" aria-label=\"" + std::to_string(percent) +
            " %\"><div style=\"width:" + std::to_string(percent) + "%\"></div></div>\n";
  }
  html += "<dl>\n";
  if (facts.is_complete) {
    const std::string of = std::string(" ") + say.of + " ";
    html += row(say.deposits, std::to_string(facts.deposits_held) + of + std::to_string(facts.deposits_all));
    html += row(say.sealed_bytes, human_size(facts.held_bytes) + of + human_size(facts.all_bytes));
    html += row(say.entries, std::to_string(facts.entries));
  }
  html += row(say.agreed, facts.settings.bytes_max ? human_size(*facts.settings.bytes_max) : say.all);
  if (facts.disk_free) html += row(say.disk_free, human_size(*facts.disk_free));
  return html + "</dl>\n";
}

std::string traffic(const MirrorFacts& facts, const MirrorPageTexts& say) {
  if (facts.settings.access == Access::none) return {};
  const std::uint64_t cap = facts.settings.bytes_per_month;
  std::string html = heading(say.traffic) + "<dl>\n";
  if (cap > 0) html += row(say.left_this_month, human_size(facts.month_bytes));  // without a cap nobody counts
  return html + row(say.cap, cap == 0 ? say.no_cap : human_size(cap)) + "</dl>\n";
}

std::string reach(const MirrorFacts& facts, const MirrorPageTexts& say) {
  const MirrorSettings& settings = facts.settings;
  std::string html = heading(say.reach);
  switch (settings.access) {
    case Access::none: return html + paragraph(say.access_none);
    case Access::port: html += paragraph(say.access_port + command(settings.listen)); break;
    case Access::onion: html += paragraph(say.access_onion + command(settings.address)); break;
  }
  if (settings.access == Access::port && !settings.address.empty())
    html += paragraph("<code>" + escape(settings.address) + "</code>");
  return html;
}

std::string next(const MirrorFacts& facts, const MirrorPageTexts& say) {
  std::string html = heading(say.next) + "<ul>\n";
  const auto add = [&](const std::string& text) { html += "<li>" + text + "</li>\n"; };
  const bool is_full = facts.disk_free && *facts.disk_free < kAlmostFullBytes;
  if (!facts.is_complete) add(say.next_fill);
  if (is_full) add(say.next_disk);
  add(say.next_notice);
  if (facts.is_complete && !is_full) add(say.next_nothing);
  const std::string as_root = facts.settings.units == kSystemUnits ? "sudo " : "";
  add(std::string(say.next_leave) + command(as_root + "muniment mirror leave " + facts.folder));
  add(std::string(say.risk) + command("muniment mirror letter risk"));
  return html + "</ul>\n";
}

}  // namespace

Result<void> check_page_language(std::string_view language) {
  for (const MirrorPageTexts& texts : mirror_page_texts()) {
    if (language == texts.language) return {};
  }
  return Error(Code::invalid, "the page speaks en, ru, uk and be, not " + printable(language, 40));
}

std::string render_mirror_page(const MirrorFacts& facts) {
  const MirrorPageTexts& say = texts_of(facts.settings.language);
  std::string html = "<!doctype html>\n<html lang=\"" + std::string(say.language) +
                     "\">\n<meta charset=\"utf-8\">\n"
                     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
                     "'unsafe-inline'\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                     "<meta name=\"robots\" content=\"noindex\">\n<title>" +
                     say.title + "</title>\n<style>" + kStyle + "</style>\n<h1>" + say.title + "</h1>\n";
  html += "<p class=\"note\">" + std::string(say.written) + " " + escape(facts.now) + "</p>\n";
  html += holds(facts, say) + traffic(facts, say) + reach(facts, say);
  html += heading(say.last_look);
  html += facts.last_run.empty()
              ? paragraph(say.never_looked)
              : "<pre lang=\"en\">" + escape(std::string_view(facts.last_run).substr(0, kLastRunBytesMax)) + "</pre>\n";
  html += next(facts, say);
  return html + "<p class=\"note\">" + say.archive + ": " + id_words(facts.settings.archive) + "</p>\n</html>\n";
}

Result<MirrorFacts> gather_mirror_facts(Store& copy, const MirrorSettings& settings) {
  MirrorFacts facts;
  facts.settings = settings;
  const auto view = view_archive(copy, IdPin::of(settings.archive));
  if (!view && view.error().code() == Code::not_found) return facts;
  if (!view) return view.error();
  TRY_ASSIGN(const auto part, find_agreed_part(copy, view->id, view->charter));
  AgreedDeposits selected(part ? &*part : nullptr);
  facts.is_complete = true;
  facts.entries = view->head.head.size;
  for (const LoggedDeposit& deposit : view->deposits) {
    const bool is_held = selected.holds(deposit.index, deposit.id, deposit.bytes);
    if (deposit.removal) continue;
    ++facts.deposits_all;
    facts.all_bytes += deposit.bytes;
    if (!is_held) continue;
    ++facts.deposits_held;
    facts.held_bytes += deposit.bytes;
  }
  return facts;
}

}  // namespace muniment
