// What a seizure of one custodian's keys would give: by the charters alone, so that anybody can ask, without a key.
#include <nlohmann/json.hpp>

#include "archive/home.h"
#include "archive/reach.h"
#include "base/encoding.h"
#include "cli/commands.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Found {
  ArchiveView view;
  std::string home;  // as it is named in commands that only work there
  PersonsReach reach;
};

Result<Found> look_for_person(const ExposureArguments& arguments, Context& context) {
  if (arguments.paths.size() != 1) {
    return Error(Code::invalid, "give the archive whose custodian is meant:    muniment exposure ARCHIVE --custodian " +
                                    printable(*arguments.custodian, 80));
  }
  TRY_ASSIGN(const auto pin, parse_pin(arguments.id));
  TRY_ASSIGN(const auto place, open_place(context, arguments.paths[0]));
  TRY_ASSIGN(ArchiveView view, view_archive(place->store(), pin));
  TRY_ASSIGN(PersonsReach reach, find_reach(view, *arguments.custodian));
  TRY_ASSIGN(const bool at_home, is_home(*place, view.charter));
  return Found{std::move(view), at_home ? arguments.paths[0] : "ARCHIVE", std::move(reach)};
}

const char* text_of(Deed deed) {
  switch (deed) {
    case Deed::take_in: return "take in deposits, false ones too, and vouch for them (this takes the home as well)";
    case Deed::veto: return "stop a removal";
    case Deed::hold: return "put a legal hold on deposits";
    case Deed::reseal: return "seal deposits anew, with the older seals kept";
    case Deed::remove: return "remove deposits, or end a legal hold";
    case Deed::remove_sooner: return "remove deposits with a shorter hold";
    case Deed::drop_seals: return "drop older seals";
    case Deed::people: return "make or retire custodians and partners, change the log key";
    case Deed::foundations: return "change the rules, the trustees, the keys of compartments";
  }
  panic(__FILE__, __LINE__, "unknown kind of deed");
}

std::string others_text(const Power& power, const Charter& charter) {
  if (!power.needs_trustees) return "with " + counted(power.others, "more person", "more people");
  const Trustees& trustees = *charter.trustees;
  std::string text =
      "with the trustees (" + std::to_string(trustees.threshold) + " of " + std::to_string(trustees.count) + ")";
  if (power.others > trustees.threshold)
    text += " and " + counted(power.others - trustees.threshold, "more person", "more people");
  return text;
}

std::string reads_text(const CompartmentReach& compartment) {
  const std::string name = "\"" + compartment.name + "\": ";
  if (!compartment.last_charter) return name + "nothing.";
  if (compartment.is_opener) return name + "everything, from any copy.";
  const std::string until = name + "by charter " + std::to_string(*compartment.last_charter) +
                            " and the keyring of that time, which an old copy still has: ";
  if (compartment.has_newest_keys) return until + "everything, since its keys were not renewed.";
  return until + "what was sealed before its keys were renewed.";
}

/// Nothing but a copy and the key is needed to read, and no later charter takes that back.
void print_reading(const Found& found, Output& out) {
  const PersonsReach& reach = found.reach;
  out.line("To read:");
  for (const CompartmentReach& compartment : reach.compartments) out.line("    " + reads_text(compartment));
  if (reach.deposits.empty()) {
    out.line("    So far that is no deposit.");
  } else if (reach.reads_all_deposits) {
    out.line("    That is " + counted(reach.deposits.size(), "deposit", "deposits") + ", all that the archive has.");
  } else {
    out.line("    Of the " + counted(reach.deposits.size(), "deposit", "deposits") +
             " in the archive some may be closed to it. Nobody can tell which without a key: count with all.");
  }
}

void print_powers(const Found& found, Output& out) {
  const Charter& charter = found.view.charter;
  const auto is_alone = [](const Power& power) { return power.others == 0; };
  out.line("To do alone:");
  for (const Power& power : found.reach.powers) {
    if (is_alone(power)) out.line(std::string("    ") + text_of(power.deed) + ".");
  }
  out.line("To do only with others:");
  for (const Power& power : found.reach.powers) {
    if (!is_alone(power))
      out.line(std::string("    ") + text_of(power.deed) + ": " + others_text(power, charter) + ".");
  }
  if (charter.trustees) {
    out.line("    A person is another custodian; the trustees together count as " +
             std::to_string(charter.trustees->threshold) + ".");
  }
}

std::vector<std::string> advice_for(const Found& found, const ExposureArguments& arguments) {
  const std::string& archive = found.home;
  const Charter& charter = found.view.charter;
  std::vector<std::string> lines;
  if (found.reach.is_custodian && charter.custodians.size() == 1) {
    lines.emplace_back(charter.trustees
                           ? "There is no other custodian. The trustees make one, at any copy:"
                           : "There is no other custodian, and there are no trustees. While the key is yours, make "
                             "another custodian:");
    lines.push_back(charter.trustees
                        ? "    muniment charter succeed COPY --custodian NEW-KEYFILE"
                        : "    muniment charter add-custodian " + archive + " --holder FILE --key KEYFILE");
  } else if (found.reach.is_custodian || found.reach.is_partner) {
    lines.push_back("muniment charter retire " + archive + " " + *arguments.custodian + " --key KEYFILE");
  }
  for (const CompartmentReach& compartment : found.reach.compartments) {
    if (compartment.has_newest_keys)
      lines.push_back("muniment compartment renew " + archive + " " + compartment.name +
                      (charter.trustees ? " --key KEYFILE --trustees" : " --key KEYFILE") + "    then make new cards");
  }
  return lines;
}

Json json_of_found(const Found& found, const ExposureArguments& arguments) {
  const PersonsReach& reach = found.reach;
  Json compartments = Json::array();
  for (const CompartmentReach& compartment : reach.compartments) {
    compartments.push_back({{"name", compartment.name},
                            {"opener", compartment.is_opener},
                            {"lastCharter", compartment.last_charter ? Json(*compartment.last_charter) : Json(nullptr)},
                            {"newestKeys", compartment.has_newest_keys}});
  }
  Json powers = Json::array();
  for (const Power& power : reach.powers) {
    powers.push_back({{"deed", name_of(power.deed)}, {"others", power.others}, {"trustees", power.needs_trustees}});
  }
  Json deposits = Json::array();
  for (const LoggedDeposit& deposit : reach.deposits) deposits.push_back(deposit.id.hex());
  const char* role = reach.is_custodian ? "custodian" : reach.is_partner ? "partner" : "retired";
  return {{"archive", found.view.id.hex()},
          {"name", *arguments.custodian},
          {"role", role},
          {"compartments", compartments},
          {"deposits", deposits},
          {"allDeposits", reach.reads_all_deposits},
          {"powers", powers}};
}

}  // namespace

Status run_exposure_of(const ExposureArguments& arguments, Context& context) {
  const auto found = look_for_person(arguments, context);
  if (!found) return fail(context, found.error());
  const PersonsReach& reach = found->reach;
  Output& out = context.output;
  out.line("Whoever has the key file of " + *arguments.custodian + " and its passphrase has today, by charter " +
           std::to_string(found->view.charter.version) + ":");
  out.line("");
  print_reading(*found, out);
  out.line("");
  if (reach.is_custodian) {
    print_powers(*found, out);
  } else {
    out.line(reach.is_partner ? "To do: nothing. A partner signs nothing."
                              : "To do: nothing. " + *arguments.custodian + " is in the charter no more.");
  }
  const auto advice = advice_for(*found, arguments);
  if (!advice.empty()) {
    out.line("");
    out.line("If the key is in other hands, at once:");
    for (const std::string& line : advice) out.line("    " + line);
    out.line("What is sealed already stays readable with the key and any copy: that cannot be called back.");
  }
  out.document(json_of_found(*found, arguments));
  return Status::done;
}

}  // namespace muniment::cli
