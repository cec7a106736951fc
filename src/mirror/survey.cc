#include "mirror/survey.h"

#include <algorithm>
#include <map>

namespace muniment {
namespace {

SurveyedCopy look_at(Store& store, const LogIdentity& log, std::uint64_t charters) {
  SurveyedCopy copy;
  copy.store = &store;
  copy.charters = charters;
  // The head counts by the newest charter that any copy has, not by the one that lies beside it.
  auto head = read_head(store, log);
  if (head) {
    copy.head = std::move(*head);
    return copy;
  }
  copy.error = head.error();
  if (head.error().code() == Code::not_found) {
    copy.error = Error(Code::not_found, "there is no archive at " + store.where());
  } else if (const auto note = store.get(ObjectName("checkpoint"), kCheckpointBytesMax)) {
    copy.ended = head_by_ended_key(as_text(*note), log);
  }
  return copy;
}

struct FoundChains {
  FoundCharter newest;
  std::vector<std::uint64_t> charters;  // how many each store has, 0 for none of this archive
};

/// The newest chain: each store's must be the start of it.
Result<FoundChains> find_chains(const std::vector<Store*>& stores, const std::optional<IdPin>& pin,
                                const std::optional<FoundCharter>& known) {
  std::optional<FoundCharter> newest = known;
  std::vector<std::uint64_t> charters;
  std::string seen;
  Code code = Code::not_found;
  for (Store* store : stores) {
    const auto chain = read_charter(*store, newest ? std::optional(IdPin::of(newest->id)) : pin);
    charters.push_back(chain ? chain->versions.size() : 0);
    if (!chain) {
      // Another archive, or a slip in the id, is a check that failed; an empty place is not.
      if (chain.error().code() == Code::forged) code = Code::forged;
      seen += "\n  " + store->where() + ": " + chain.error().sentence();
    } else if (!newest) {
      newest = *chain;
    } else {
      TRY(follow_charters(*newest, *chain, store->where()));
    }
  }
  if (newest) return FoundChains{std::move(*newest), std::move(charters)};
  return Error(code, "none of these copies shows the archive:" + seen);
}

}  // namespace

Result<void> follow_charters(FoundCharter& chain, const FoundCharter& other, const std::string& where) {
  for (std::size_t i = 0; i < std::min(chain.versions.size(), other.versions.size()); ++i) {
    const CharterVersion& ours = chain.versions[i];
    const CharterVersion& theirs = other.versions[i];
    if (ours.digest == theirs.digest) continue;
    return Error(Code::forged, "people of the archive have signed two different charters of version " +
                                   std::to_string(i + 1) + ", and only one can follow: " + where +
                                   " has the one with " + "the SHA-256 " + theirs.digest.hex() + ", elsewhere is " +
                                   ours.digest.hex() + ". Nothing goes on before the people have settled which counts");
  }
  return chain.follow(other);
}

Result<Survey> survey_copies(const std::vector<Store*>& stores, const std::optional<IdPin>& pin,
                             const std::optional<FoundCharter>& known) {
  MUNIMENT_CHECK(!stores.empty());
  TRY_ASSIGN(FoundChains chains, find_chains(stores, pin, known));
  Survey survey{.charter = std::move(chains.newest), .copies = {}, .best = 0};
  const LogIdentity log = survey.charter.charter.log();
  std::optional<std::uint64_t> largest;
  for (std::size_t i = 0; i < stores.size(); ++i) {
    survey.copies.push_back(look_at(*stores[i], log, chains.charters[i]));
    const auto& head = survey.copies.back().head;
    if (!head || (largest && head->head.size <= *largest)) continue;
    largest = head->head.size;
    survey.best = survey.copies.size() - 1;
  }
  if (largest) return survey;
  std::string seen;
  Code code = Code::not_found;
  for (const SurveyedCopy& copy : survey.copies) {
    // A checkpoint that is not ours is a check that failed; an empty place is not.
    if (copy.error->code() == Code::forged) code = Code::forged;
    const std::string sentence = copy.error->sentence();
    const bool names_place = sentence.find(copy.store->where()) != std::string::npos;
    seen += "\n  " + (names_place ? sentence : copy.store->where() + ": " + sentence);
  }
  return Error(code, "none of these copies shows a signed checkpoint of the archive that counts:" + seen);
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
