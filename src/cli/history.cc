// muniment history: what people signed, and what the trustees opened.
#include <nlohmann/json.hpp>

#include "archive/describe.h"
#include "archive/unseal.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "cli/authority_commands.h"
#include "cli/share_desk.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

/// Something that people signed, as it stands in the log.
struct Event {
  std::uint64_t index = 0;
  std::string kind;
  std::string date;  // of orders
  std::vector<std::string> does;
  std::string signed_by;
  const Order* order = nullptr;
};

std::vector<Event> events_of(const ArchiveView& view, const HistoryArguments& arguments) {
  std::vector<Event> events;
  for (const LoggedCharter& logged : view.charters) {
    if (arguments.unsealed) break;
    const Charter& charter = view.chain.versions[logged.version - 1].charter;
    Event event{.index = logged.index, .kind = "charter", .date = {}, .does = {}, .signed_by = {}};
    event.does = logged.version == 1 ? std::vector<std::string>{"the archive is founded"}
                                     : describe_step(view.chain.versions[logged.version - 2].charter, charter);
    events.push_back(std::move(event));
  }
  for (const LoggedOrder& logged : view.orders) {
    const Order& order = logged.order;
    if (arguments.unsealed && order.kind != OrderKind::unseal) continue;
    if (arguments.since && order.date < *arguments.since) continue;
    events.push_back({.index = logged.index,
                      .kind = std::string(name_of(order.kind)),
                      .date = order.date,
                      .does = describe_order(order, view),
                      .signed_by = logged.signers.text(),
                      .order = &order});
  }
  std::ranges::sort(events, {}, &Event::index);
  return events;
}

/// The entry of the charter that put the shares in force.
std::uint64_t dealt_by(const ArchiveView& view) {
  for (const LoggedCharter& logged : view.charters) {
    const auto& trustees = view.chain.versions[logged.version - 1].charter.trustees;
    if (trustees && trustees->set == view.charter.trustees->set) return logged.index;
  }
  return 0;
}

/// What no log can say.
void print_limits(const ArchiveView& view, Output& out) {
  if (!view.charter.trustees) return;
  out.line("The shares in force are of set " + std::to_string(view.charter.trustees->set) + ", dealt by entry " +
           std::to_string(dealt_by(view)) + ". The trustees' key existed on the machine where that was done, and");
  out.line("wherever enough shares came together since: for a rehearsal, an unsealing, a signature.");
  out.line(
      "What cannot be excluded: that such a machine kept the key, that enough trustees met without an entry, that");
  out.line("an earlier set opened an old copy. Opening with a custodian's or a partner's key leaves no trace. Few");
  out.line("meetings, and new shares after each (muniment trustees deal), keep this list short.");
}

Result<Json> history(const HistoryArguments& arguments, Context& context) {
  if (arguments.since) TRY(parse_date(*arguments.since));
  TRY_ASSIGN(const auto pin, parse_pin(arguments.id));
  TRY_ASSIGN(const auto store, open_store(context, arguments.archive));
  TRY_ASSIGN(const ArchiveView view, view_archive(*store, pin));
  std::optional<TrusteesKeys> trustees;
  if (arguments.reasons) {
    TRY_ASSIGN(trustees, ask_trustees(context, view.charter));
  }
  Output& out = context.output;
  Json list = Json::array();
  for (const Event& event : events_of(view, arguments)) {
    out.line("entry " + std::to_string(event.index) + ": " + event.kind +
             (event.signed_by.empty() ? "" : ", signed by " + event.signed_by));
    for (const std::string& sentence : event.does) out.line("    " + sentence);
    Json item{{"entry", event.index}, {"kind", event.kind}, {"does", event.does}};
    if (!event.date.empty()) item["date"] = event.date;
    if (!event.signed_by.empty()) item["signedBy"] = event.signed_by;
    if (trustees && event.order != nullptr && event.order->kind == OrderKind::unseal) {
      const auto reasons = open_reasons(*event.order, *trustees);
      const std::string text = reasons ? std::string(reasons->expose_text())
                                       : "sealed to the trustees of another set: " + reasons.error().sentence();
      for (const std::string_view line : split(text, '\n')) {
        if (!line.empty()) out.line("        " + printable(line, 4096));
      }
      item["reasons"] = reasons ? Json(printable(text, 2 * kReasonsBytesMax)) : Json(nullptr);
    }
    list.push_back(std::move(item));
  }
  if (list.empty()) out.line(arguments.unsealed ? "The log tells of nothing that the trustees opened." : "Nothing.");
  if (arguments.unsealed) print_limits(view, out);
  return Json{{"archive", view.id.hex()}, {"entries", view.head.head.size}, {"events", list}};
}

}  // namespace

Status run_history(const HistoryArguments& arguments, Context& context) {
  const auto document = history(arguments, context);
  if (!document) return fail(context, document.error());
  context.output.document(*document);
  return Status::done;
}

}  // namespace muniment::cli
