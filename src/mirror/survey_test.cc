#include "mirror/survey.h"

#include <gtest/gtest.h>

#include "mirror/copies_testing.h"
#include "testing/expect_code.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

class SurveyTest : public ::testing::Test {
 protected:
  SurveyTest() {
    office.deposit(1);
    copy_files(fs, "office", fs, "old");
    office.deposit(1);
    copy_files(fs, "office", fs, "new");
  }

  FixedRandom random;
  MemoryFs fs;
  Office office{fs, random};
  FolderStore old_copy{fs, "old", random};
  FolderStore new_copy{fs, "new", random};
  FolderStore nothing{fs, "nothing", random};
};

TEST_F(SurveyTest, FindsTheCopyWithTheLargestHead) {
  const auto survey = survey_copies({&old_copy, &nothing, &new_copy, &office.store()}, office.pin());
  ASSERT_TRUE(survey) << survey.error().sentence();
  EXPECT_EQ(survey->best, 2u) << "the first of those that show the most";
  EXPECT_EQ(survey->charter.id, office.charter().id);
  ASSERT_EQ(survey->copies.size(), 4u);
  EXPECT_EQ(survey->copies[0].store, &old_copy);
  EXPECT_EQ(survey->copies[0].head->head.size, 3u);
  EXPECT_EQ(survey->copies[2].head->head, office.head().head);
  ASSERT_TRUE(survey->copies[1].error);
  EXPECT_EQ(survey->copies[1].error->code(), Code::not_found);
  EXPECT_EQ(survey->copies[1].error->sentence(), "there is no archive at nothing");
}

TEST_F(SurveyTest, WithoutAPinTheFirstCopyThatHasOneSaysWhichArchiveItIs) {
  Office other(fs, random, "other", 'b');
  const auto survey = survey_copies({&nothing, &old_copy, &other.store()}, std::nullopt);
  ASSERT_TRUE(survey) << survey.error().sentence();
  EXPECT_EQ(survey->charter.id, office.charter().id);
}

TEST_F(SurveyTest, WithAPinALyingCharterCountsForNothing) {
  Office other(fs, random, "other", 'b');
  const auto survey = survey_copies({&other.store(), &old_copy}, office.pin());
  ASSERT_TRUE(survey) << survey.error().sentence();
  EXPECT_EQ(survey->charter.id, office.charter().id);
}

TEST_F(SurveyTest, NobodyShowsTheArchive) {
  Office other(fs, random, "other", 'b');
  const auto survey = survey_copies({&other.store(), &nothing}, office.pin());
  EXPECT_CODE(survey, Code::forged) << "there is one, and it is another";
  const std::string& sentence = survey.error().sentence();
  EXPECT_TRUE(sentence.starts_with("none of these copies shows the archive:\n  other: ")) << sentence;
  EXPECT_NE(sentence.find("\n  nothing: there is no archive at nothing"), std::string::npos) << sentence;
}

TEST_F(SurveyTest, AnEmptyPlaceIsNoForgery) { EXPECT_CODE(survey_copies({&nothing}, office.pin()), Code::not_found); }

TEST_F(SurveyTest, NobodyShowsACheckpoint) {
  ASSERT_TRUE(fs.remove("old/checkpoint"));
  fs.seed("new/checkpoint", as_view("nonsense"));
  const auto survey = survey_copies({&old_copy, &new_copy}, office.pin());
  EXPECT_CODE(survey, Code::not_found);
  EXPECT_NE(survey.error().sentence().find("\n  checkpoint of new: "), std::string::npos) << survey.error().sentence();
}

TEST_F(SurveyTest, ACheckpointByAnotherKeyIsNone) {
  const SignerKey thief = log_key(9);
  const SignerKey* const signers[] = {&thief};
  fs.seed("new/checkpoint", as_view(sign_note(tlog::render_checkpoint({kTestOrigin, {99, {}}}), signers)));
  const auto survey = survey_copies({&old_copy, &new_copy}, office.pin());
  ASSERT_TRUE(survey);
  EXPECT_EQ(survey->best, 0u);
  EXPECT_EQ(survey->copies[1].error->code(), Code::forged);
}

TEST_F(SurveyTest, FindsTheCharterInTheLogWhereItsFileIsLost) {
  ASSERT_TRUE(fs.remove("old/charter/1"));
  fs.corrupt("new/charter/1", 30);
  const auto survey = survey_copies({&old_copy, &new_copy}, office.pin());
  ASSERT_TRUE(survey) << survey.error().sentence();
  EXPECT_EQ(survey->charter.note, office.charter().note);
}

TEST_F(SurveyTest, CopiesOfOneLogAreNoFork) {
  const auto survey = survey_copies({&old_copy, &nothing, &new_copy}, office.pin());
  EXPECT_TRUE(find_forks(new_copy, *survey)->empty());
  EXPECT_CODE(find_forks(old_copy, *survey), Code::corrupt) << "it has not got the entries that it takes";
}

TEST_F(SurveyTest, FindsEveryCopyWhoseHeadDoesNotLeadToTheBest) {
  // The thief of the log key has shown two people two other logs: one shorter, one as long as the true one.
  for (const char* root : {"fork-short", "fork-long"}) {
    copy_files(fs, "old", fs, root, Copying::head_too);
    LogHome thief(fs, random, root);
    ASSERT_TRUE(thief.appender.append({entry_of(root)}));
    ASSERT_TRUE(root != std::string_view("fork-long") || thief.appender.append({entry_of("more")}));
  }
  FolderStore fork_short(fs, "fork-short", random);
  FolderStore fork_long(fs, "fork-long", random);
  const auto survey = survey_copies({&fork_short, &new_copy, &old_copy, &fork_long}, office.pin());
  ASSERT_TRUE(survey);
  ASSERT_EQ(survey->best, 1u);
  const auto forks = find_forks(new_copy, *survey);
  ASSERT_TRUE(forks) << forks.error().sentence();
  ASSERT_EQ(forks->size(), 2u);
  EXPECT_EQ(forks->at(0).copy, 0u);
  EXPECT_EQ(forks->at(1).copy, 3u);
}

}  // namespace
}  // namespace muniment
