#include <nlohmann/json.hpp>

#include "archive/describe.h"
#include "cli/authority_commands.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

Result<ArchiveView> look_at_view(const CharterShowArguments& arguments, Context& context) {
  TRY_ASSIGN(const auto pin, parse_pin(arguments.id));
  TRY_ASSIGN(const auto store, open_store(context, arguments.archive));
  return view_archive(*store, pin);
}

std::string joined(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names) {
    all += (all.empty() ? "" : ", ") + (name == kTrustees ? std::string("the trustees") : name);
  }
  return all;
}

void print_people(Output& out, const Charter& charter) {
  for (const Holder& holder : charter.custodians) {
    out.line("Custodian " + holder.pseudonym());
    out.line("    opens with " + holder.recipient);
    out.line("    signs with " + holder.key.text());
  }
  for (const Partner& partner : charter.partners) {
    out.line("Partner " + partner.pseudonym + ", who reads what is granted and signs nothing");
    out.line("    opens with " + partner.recipient);
  }
  if (const auto& trustees = charter.trustees) {
    out.line("Trustees: any " + std::to_string(trustees->threshold) + " of " + std::to_string(trustees->count) +
             ", with the shares of set " + std::to_string(trustees->set));
  } else {
    out.line("There are no trustees: one lost key file can be the end. muniment trustees deal");
  }
}

void print_compartments(Output& out, const Charter& charter) {
  for (const Compartment& compartment : charter.compartments) {
    out.line("Compartment " + compartment.name + (compartment.is_closed ? " (closed: nothing new)" : "") +
             ": opened by " + joined(compartment.openers));
    const std::string weakness = describe_weakness(charter, compartment);
    if (!weakness.empty()) out.line("    " + weakness + ".");
  }
}

void print_rules(Output& out, const Charter& charter) {
  const Rules& rules = charter.rules;
  out.line("To change this charter " + counted(rules.charter, "person signs", "people sign") +
           "; to drop older seals " + std::to_string(rules.reseal) + "; to remove deposits " +
           std::to_string(rules.remove) +
           (charter.trustees ? ". The trustees together count as " + std::to_string(charter.trustees->threshold) : "") +
           ".");
  out.line("What is removed is destroyed after " + counted(rules.hold_days, "day", "days") + "; a copy destroys " +
           std::to_string(rules.removals_per_week) + " deposits a week at the most.");
}

Json compartments_json(const Charter& charter) {
  Json compartments = Json::array();
  for (const Compartment& compartment : charter.compartments) {
    compartments.push_back({{"name", compartment.name},
                            {"closed", compartment.is_closed},
                            {"recipient", compartment.recipient},
                            {"hybrid", compartment.hybrid.empty() ? Json(nullptr) : Json(compartment.hybrid)},
                            {"openers", compartment.openers},
                            {"classicOpeners", charter.weak_openers_of(compartment)}});
  }
  return compartments;
}

Json people_json(const Charter& charter) {
  Json json{{"custodians", Json::array()}, {"partners", Json::array()}, {"trustees", nullptr}};
  for (const Holder& holder : charter.custodians) {
    json["custodians"].push_back(
        {{"name", holder.pseudonym()}, {"recipient", holder.recipient}, {"key", holder.key.text()}});
  }
  for (const Partner& partner : charter.partners) {
    json["partners"].push_back({{"name", partner.pseudonym}, {"recipient", partner.recipient}});
  }
  if (const auto& trustees = charter.trustees) {
    json["trustees"] = {{"needed", trustees->threshold},
                        {"shares", trustees->count},
                        {"set", trustees->set},
                        {"recipient", trustees->recipient},
                        {"key", trustees->key.text()}};
  }
  return json;
}

}  // namespace

Status run_charter_show(const CharterShowArguments& arguments, Context& context) {
  const auto view = look_at_view(arguments, context);
  if (!view) return fail(context, view.error());
  const Charter& charter = view->charter;
  Output& out = context.output;
  out.line("Charter " + std::to_string(charter.version) + " of the archive    " + id_words(view->id));
  out.line("");
  print_people(out, charter);
  out.line("");
  print_compartments(out, charter);
  out.line("");
  print_rules(out, charter);
  Json log_keys = Json::array();
  for (const LogKey& key : charter.log_keys) {
    out.line("Log key from entry " + std::to_string(key.from) + " on: " + key.key.text());
    log_keys.push_back({{"from", key.from}, {"key", key.key.text()}});
  }
  Json versions = Json::array();
  for (const LoggedCharter& version : view->charters) {
    out.line("Charter " + std::to_string(version.version) + " is entry " + std::to_string(version.index) + ".");
    versions.push_back({{"version", version.version}, {"entry", version.index}});
  }
  const Rules& rules = charter.rules;
  Json json{{"archive", view->id.hex()}, {"words", id_words(view->id)}, {"version", charter.version}};
  json.update(people_json(charter));
  json["compartments"] = compartments_json(charter);
  json["rules"] = {{"charter", rules.charter},
                   {"reseal", rules.reseal},
                   {"remove", rules.remove},
                   {"holdDays", rules.hold_days},
                   {"removalsPerWeek", rules.removals_per_week}};
  json["logKeys"] = log_keys;
  json["versions"] = versions;
  out.document(json);
  return Status::done;
}

Status run_compartment_list(const CharterShowArguments& arguments, Context& context) {
  const auto view = look_at_view(arguments, context);
  if (!view) return fail(context, view.error());
  print_compartments(context.output, view->charter);
  context.output.document({{"archive", view->id.hex()}, {"compartments", compartments_json(view->charter)}});
  return Status::done;
}

}  // namespace muniment::cli
