#include "archive/name_traces.h"

#include <gtest/gtest.h>

namespace muniment {
namespace {

using Words = std::vector<std::string>;

TEST(NameTraces, AreFoundInTheNamesOfFiles) {
  EXPECT_EQ(find_name_traces("Interview Ivanov.docx", "Maria Ivanova"), Words{"Ivanova"});
  EXPECT_EQ(find_name_traces("photos/IMG_20240131_ivanova-2.jpg", "Maria Ivanova"), Words{"Ivanova"});
  EXPECT_EQ(find_name_traces("InterviewIvanova.docx", "Maria Ivanova"), Words{"Ivanova"});
  EXPECT_EQ(find_name_traces("maria/ivanova.txt", "Maria Ivanova"), (Words{"Maria", "Ivanova"}));
  EXPECT_EQ(find_name_traces("O'Brien.txt", "Sean OBrien"), Words{"OBrien"});
}

TEST(NameTraces, AreFoundInAnotherAlphabet) {
  EXPECT_EQ(find_name_traces("Interview Ivanov.docx", "Мария Иванова"), Words{"Иванова"});
  EXPECT_EQ(find_name_traces("Интервью с Ивановой.docx", "Maria Ivanova"), Words{"Ivanova"});
  EXPECT_EQ(find_name_traces("khodorenko.mp4", "Ходоренко"), Words{"Ходоренко"});
  EXPECT_EQ(find_name_traces("Hodorenko.mp4", "Ходоренко"), Words{"Ходоренко"});
  EXPECT_EQ(find_name_traces("Zhukowska_1.mp4", "Жуковская"), Words{"Жуковская"});
  EXPECT_EQ(find_name_traces("Shcherbyna.mp4", "Щербина"), Words{"Щербина"});
}

TEST(NameTraces, AreFoundWithAndWithoutAccentsAndHoweverTheyAreComposed) {
  EXPECT_EQ(find_name_traces("mueller müller.txt", "Jürgen Müller"), Words{"Müller"});
  EXPECT_EQ(find_name_traces("fedorov.txt", "Фёдоров"), Words{"Фёдоров"});
  EXPECT_EQ(find_name_traces("фе\xcc\x88доров.txt", "Федоров"), Words{"Федоров"}) << "as a Mac writes it";
}

TEST(NameTraces, AreNotFoundWhereThereAreNone) {
  EXPECT_EQ(find_name_traces("IMG_20240131_121212.jpg", "Maria Ivanova"), Words{});
  EXPECT_EQ(find_name_traces("recording.m4a", "Maria Ivanova"), Words{});
  EXPECT_EQ(find_name_traces("", "Maria Ivanova"), Words{});
  EXPECT_EQ(find_name_traces("Interview Ivanov.docx", ""), Words{});
  EXPECT_EQ(find_name_traces("a to z.txt", "A. Z. To"), Words{}) << "initials are everywhere";
  EXPECT_EQ(find_name_traces("annual report.txt", "Ann"), Words{}) << "three letters count as a whole word only";
  EXPECT_EQ(find_name_traces("ann.txt", "Ann"), Words{"Ann"});
}

TEST(NameTraces, AreSearchedInAnyBytes) {
  EXPECT_EQ(find_name_traces("\xff\xfe ivanova \x80", "Ivanova \xff"), Words{"Ivanova"});
}

}  // namespace
}  // namespace muniment
