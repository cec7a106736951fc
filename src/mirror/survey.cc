#include "mirror/survey.h"

#include <algorithm>
#include <map>

namespace muniment {
namespace {

SurveyedCopy look_at(Store& store, const FoundCharter& charter) {
  SurveyedCopy copy{.store = &store, .head = {}, .error = {}};
  // The head counts by the charter that is pinned, not by the one that lies beside it.
  auto head = read_head(store, charter.charter.log());
  if (head) {
    copy.head = std::move(*head);
  } else if (head.error().code() == Code::not_found) {
    copy.error = Error(Code::not_found, "there is no archive at " + store.where());
  } else {
    copy.error = head.error();
  }
  return copy;
}

/// The newest charter that any copy has says which log keys count, for all of them. Where chains part, the one at hand
/// stays: the logs will tell.
void follow_later_charters(const std::vector<Store*>& stores, FoundCharter& charter) {
  for (Store* store : stores) {
    const auto other = read_charter(*store, IdPin::of(charter.id));
    if (other) static_cast<void>(charter.follow(*other).has_value());
  }
}

Result<FoundCharter> find_charter(const std::vector<Store*>& stores, const std::optional<IdPin>& pin) {
  std::string seen;
  Code code = Code::not_found;
  for (Store* store : stores) {
    auto charter = read_charter(*store, pin);
    if (charter) {
      follow_later_charters(stores, *charter);
      return charter;
    }
    // Another archive, or a slip in the id, is a check that failed; an empty place is not.
    if (charter.error().code() == Code::forged) code = Code::forged;
    seen += "\n  " + store->where() + ": " + charter.error().sentence();
  }
  return Error(code, "none of these copies shows the archive:" + seen);
}

}  // namespace

Result<Survey> survey_copies(const std::vector<Store*>& stores, const std::optional<IdPin>& pin) {
  MUNIMENT_CHECK(!stores.empty());
  TRY_ASSIGN(FoundCharter charter, find_charter(stores, pin));
  Survey survey{.charter = std::move(charter), .copies = {}, .best = 0};
  std::optional<std::uint64_t> largest;
  for (Store* store : stores) {
    survey.copies.push_back(look_at(*store, survey.charter));
    const auto& head = survey.copies.back().head;
    if (!head || (largest && head->head.size <= *largest)) continue;
    largest = head->head.size;
    survey.best = survey.copies.size() - 1;
  }
  if (largest) return survey;
  std::string seen;
  for (const SurveyedCopy& copy : survey.copies) seen += "\n  " + copy.store->where() + ": " + copy.error->sentence();
  return Error(Code::not_found, "none of these copies shows a signed checkpoint of the archive:" + seen);
}

std::vector<std::size_t> heads_by_size(const Survey& survey) {
  std::vector<std::size_t> by_size;
  for (std::size_t i = 0; i < survey.copies.size(); ++i) {
    if (survey.copies[i].head) by_size.push_back(i);
  }
  std::ranges::sort(by_size, {}, [&](std::size_t i) { return std::pair(~survey.copies[i].head->head.size, i); });
  return by_size;
}

void follow_newest(Survey& survey) {
  const auto by_size = heads_by_size(survey);
  for (const std::size_t candidate : by_size) {
    for (const std::size_t log : by_size) {
      const auto visit = [](std::uint64_t, ByteView) { return Result<void>(); };
      if (!replay(*survey.copies[log].store, survey.copies[candidate].head->head, visit)) continue;
      survey.best = candidate;
      return;
    }
  }
}

Result<std::vector<Fork>> find_forks(Store& log, const Survey& survey) {
  const tlog::TreeHead best = survey.copies[survey.best].head->head;
  std::map<std::uint64_t, Sha256> roots{{0, tlog::empty_root()}};
  for (const SurveyedCopy& copy : survey.copies) {
    if (copy.head) roots.emplace(copy.head->head.size, tlog::empty_root());
  }
  tlog::Frontier frontier;
  TRY(replay(log, best, [&](std::uint64_t, ByteView entry) -> Result<void> {
    frontier.append(tlog::leaf_hash(entry));
    const auto wanted = roots.find(frontier.size());
    if (wanted != roots.end()) wanted->second = frontier.root();
    return {};
  }));
  std::vector<Fork> forks;
  for (std::size_t i = 0; i < survey.copies.size(); ++i) {
    const auto& head = survey.copies[i].head;
    // A head above the best one has no entries behind it here, so it contradicts nothing.
    if (!head || head->head.size > best.size) continue;
    if (roots.at(head->head.size) != head->head.root) forks.push_back({i});
  }
  return forks;
}

}  // namespace muniment
