#include "ledger/cosigner.h"

#include <gtest/gtest.h>

#include "ledger/log_testing.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

CosignerSigner cosigner_of(std::uint8_t byte) {
  Secret<32> seed;
  std::ranges::fill(seed.expose_mut(), byte);
  return {"witness-" + std::to_string(byte), std::move(seed)};
}

class Cosigning : public ::testing::Test {
 protected:
  SignedHead grow(std::uint64_t count) { return *home.appender.append(numbered_entries(size_, count)), head(count); }
  SignedHead head(std::uint64_t more) {
    size_ += more;
    return *read_head(home.store, home.log);
  }
  AddCheckpoint request(std::uint64_t old_size, const SignedHead& next) {
    TileReader tiles(home.store, next.head.size);
    return {old_size, *tlog::consistency_proof(old_size, next.head.size, tiles.source()), next.note};
  }
  WitnessAnswer ask(const AddCheckpoint& wanted) { return cosigner.add_checkpoint(wanted); }
  /// Another log under the same key: what a thief of the log key can make.
  SignedHead fork(std::uint64_t count) {
    MemoryFs other;
    LogHome thief(other, random);
    std::vector<Bytes> entries = numbered_entries(0, count);
    entries.back() = entry_of("the thief's");
    return *thief.appender.append(entries);
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock{1'700'000'000};
  LogHome home{fs, random};
  FolderHead state{fs, "witness/checkpoint"};
  CosignerSigner signer = cosigner_of(1);
  Result<void> stands;
  std::uint64_t looked_from = 0;
  Cosigner cosigner{state, home.log, signer, clock, [this](const tlog::TreeHead&, std::uint64_t from) {
                      looked_from = from;
                      return stands;
                    }};
  std::uint64_t size_ = 0;
};

TEST_F(Cosigning, SignsAHeadAndThoseThatContinueIt) {
  for (const std::uint64_t count : {1u, 2u, 300u, 1u}) {
    const std::uint64_t old_size = size_;
    const SignedHead next = grow(count);
    const WitnessAnswer answer = ask(request(old_size, next));
    ASSERT_EQ(answer.status, 200u) << answer.body;
    const Note cosigned = *parse_note(next.note + answer.body);
    const auto found = find_cosignatures(cosigned, std::vector{signer.verifier()});
    ASSERT_TRUE(found && found->size() == 1);
    EXPECT_EQ(found->at(0).time_s, 1'700'000'000u);
    EXPECT_EQ((*cosigner.last())->head, next.head);
    EXPECT_EQ(looked_from, old_size) << "what was cosigned before is not looked at again";
  }
}

TEST_F(Cosigning, OfTheSameHeadAgainRefreshesTheTime) {
  const SignedHead first = grow(3);
  ASSERT_EQ(ask(request(0, first)).status, 200u);
  clock.advance_s(60);
  const WitnessAnswer again = ask(request(3, first));
  ASSERT_EQ(again.status, 200u) << again.body;
  EXPECT_EQ(find_cosignatures(*parse_note(first.note + again.body), std::vector{signer.verifier()})->at(0).time_s,
            1'700'000'060u);
}

TEST_F(Cosigning, AnswersWithItsSizeToWhoAsksFromAnother) {
  const SignedHead three = grow(3);
  ASSERT_EQ(ask(request(0, three)).status, 200u);
  const SignedHead five = grow(2);
  const WitnessAnswer answer = ask(request(0, five));
  EXPECT_EQ(answer.status, 409u);
  EXPECT_EQ(answer.body, "3\n");
  EXPECT_EQ(ask(request(1, five)).status, 409u);
  EXPECT_EQ(ask(request(3, five)).status, 200u);
  EXPECT_EQ(ask({3, {}, three.note}).status, 409u) << "back in time";
  EXPECT_EQ(ask({6, {}, five.note}).status, 400u) << "from beyond the checkpoint";
}

TEST_F(Cosigning, NeverSignsAForkARewriteOrAShrunkLog) {
  const SignedHead three = grow(3);
  ASSERT_EQ(ask(request(0, three)).status, 200u);
  EXPECT_EQ(ask({3, {}, fork(3).note}).status, 422u) << "another tree of the same size";
  const SignedHead longer = fork(9);
  EXPECT_EQ(ask({3, {}, longer.note}).status, 422u) << "no proof";
  const SignedHead nine = grow(6);
  EXPECT_EQ(ask({3, request(3, nine).proof, longer.note}).status, 422u) << "the proof of another";
  EXPECT_EQ(ask({3, {}, fork(2).note}).status, 400u);
  EXPECT_EQ(ask({2, {}, fork(2).note}).status, 409u);
  AddCheckpoint altered = request(3, nine);
  altered.proof[0].bytes[0] ^= 1;
  EXPECT_EQ(ask(altered).status, 422u);
  altered = request(3, nine);
  altered.proof.pop_back();
  EXPECT_EQ(ask(altered).status, 422u);
  EXPECT_EQ((*cosigner.last())->head, three.head) << "nothing of it was kept";
  EXPECT_EQ(ask(request(3, nine)).status, 200u);
}

TEST_F(Cosigning, KnowsOneLogAndItsKeysInTheirTime) {
  const SignedHead three = grow(3);
  const SignerKey stranger = log_key(8);
  const SignerKey* const signers[] = {&stranger};
  const std::string strangers = sign_note(tlog::render_checkpoint({kTestOrigin, three.head}), signers);
  EXPECT_EQ(ask({0, {}, strangers}).status, 403u) << "another key under the log's name";
  std::string elsewhere = three.note;
  elsewhere[0] = 'f';
  EXPECT_EQ(ask({0, {}, elsewhere}).status, 404u);
  EXPECT_EQ(ask({0, {}, "no note"}).status, 400u);
  EXPECT_EQ(ask({0, {}, three.note.substr(0, three.note.find("\n\n") + 1)}).status, 400u) << "unsigned";
  // From entry 2 on another key counts: what the first one signs beyond is refused.
  LogIdentity rotated = home.log;
  rotated.keys.push_back({log_key(8).verifier(), 2});
  Cosigner later(state, rotated, signer, clock, [](const tlog::TreeHead&, std::uint64_t) { return Result<void>(); });
  EXPECT_EQ(later.add_checkpoint(request(0, three)).status, 403u);
}

TEST_F(Cosigning, StandsOnlyForEntriesThatPassItsCheck) {
  const SignedHead three = grow(3);
  stands = Error(Code::denied, "entry 2 is vouched for by nobody");
  const WitnessAnswer answer = ask(request(0, three));
  EXPECT_EQ(answer.status, 403u);
  EXPECT_NE(answer.body.find("entry 2"), std::string::npos);
  EXPECT_FALSE(*cosigner.last());
}

TEST_F(Cosigning, OnAFullDiskRefusesRatherThanForgets) {
  const SignedHead three = grow(3);
  ASSERT_EQ(ask(request(0, three)).status, 200u);
  const SignedHead five = grow(2);
  fs.limit_bytes(0);
  EXPECT_EQ(ask(request(3, five)).status, 500u);
  fs.limit_bytes(UINT64_MAX);
  EXPECT_EQ((*cosigner.last())->head, three.head);
  EXPECT_EQ(ask(request(3, five)).status, 200u);
}

TEST_F(Cosigning, WithDamagedStateSignsNothing) {
  const SignedHead three = grow(3);
  ASSERT_EQ(ask(request(0, three)).status, 200u);
  fs.corrupt("witness/checkpoint", 60);
  EXPECT_EQ(ask(request(3, three)).status, 500u);
  EXPECT_EQ(ask(request(0, three)).status, 500u);
  EXPECT_CODE(cosigner.last(), Code::corrupt);
}

TEST_F(Cosigning, IsDurableBeforeItIsSaid) {
  const SignedHead three = grow(3);
  ASSERT_EQ(ask(request(0, three)).status, 200u);
  fs.reboot(Unsynced::lost);
  EXPECT_EQ((*cosigner.last())->head, three.head);
}

TEST(AddCheckpointRequests, AreReadAsTheyAreWritten) {
  AddCheckpoint request{7, {sha256(as_view("a")), sha256(as_view("b"))}, "text\n\n— a YQ==\n"};
  const auto parsed = parse_add_checkpoint(render_add_checkpoint(request));
  ASSERT_TRUE(parsed) << parsed.error().sentence();
  EXPECT_EQ(parsed->old_size, 7u);
  EXPECT_EQ(parsed->proof, request.proof);
  EXPECT_EQ(parsed->checkpoint, request.checkpoint);
  request.proof.clear();
  EXPECT_TRUE(parse_add_checkpoint(render_add_checkpoint(request))->proof.empty());
}

TEST(AddCheckpointRequests, ThatAreNotInFormAreRefused) {
  const std::string hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
  for (const std::string& body : {std::string(""), std::string("\n\n"), std::string("old 1\n"),
                                  std::string("old -1\n\nx"), std::string("old 01\n\nx"), std::string("size 1\n\nx"),
                                  "old 1\n" + hash.substr(1) + "\nx", std::string("old 1\nAAAA\n\nx")}) {
    EXPECT_CODE(parse_add_checkpoint(body), Code::corrupt) << body;
  }
  std::string many = "old 1\n";
  for (int i = 0; i < 64; ++i) many += hash;
  EXPECT_CODE(parse_add_checkpoint(many + "\nx"), Code::limit);
  EXPECT_CODE(parse_add_checkpoint(std::string(kAddCheckpointBytesMax + 1, 'x')), Code::limit);
}

}  // namespace
}  // namespace muniment
