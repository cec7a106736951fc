#include "serve/traffic.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;

std::int64_t at(const char* date, std::int64_t seconds = 0) { return *parse_date(date) + seconds; }

TEST(TrafficText, IsTwoDatesAndTwoNumbers) {
  const Traffic traffic{{at("2026-11-22"), 123}, {at("2026-11-01"), 4567}};
  const std::string text = "muniment/traffic/v1\nday 2026-11-22 123\nmonth 2026-11 4567\n";
  EXPECT_EQ(format_traffic(traffic), text);
  EXPECT_EQ(*parse_traffic(text), traffic);
}

TEST(TrafficText, OfAnotherFormIsRefused) {
  const std::string title = "muniment/traffic/v1\n";
  const std::vector<std::string> others{"",
                                        title,
                                        title + "day 2026-11-22 1\n",
                                        title + "day 2026-11-22 1\nmonth 2026-11 1",
                                        title + "month 2026-11 1\nday 2026-11-22 1\n",
                                        title + "day 2026-11-32 1\nmonth 2026-11 1\n",
                                        title + "day 2026-11-22 -1\nmonth 2026-11 1\n",
                                        title + "day 2026-11-22 1\nmonth 2026-11-01 1\n",
                                        title + "day 2026-11-22  1\nmonth 2026-11 1\n",
                                        "muniment/traffic/v2\nday 2026-11-22 1\nmonth 2026-11 1\n"};
  for (const std::string& text : others) EXPECT_CODE(parse_traffic(text), Code::corrupt) << text;
  EXPECT_CODE(parse_traffic(title + "day 2026-11-22 1\nmonth 2026-11 1\n\n"), Code::limit);
  EXPECT_CODE(parse_traffic(title + "day 2026-11-22 9999999999999999999\nmonth 2026-11 1\n"), Code::limit);
}

class PeriodMeterTest : public ::testing::Test {
 protected:
  /// Whether so many more may leave; counted if so.
  bool takes(PeriodMeter& meter, std::uint64_t bytes) {
    meter.look_at(clock);
    if (meter.refuses(bytes)) return false;
    meter.add(bytes);
    return true;
  }
  std::uint64_t wait(PeriodMeter& meter) {
    meter.look_at(clock);
    return meter.refuses(1).value_or(0);
  }

  FixedClock clock{at("2026-11-22", 3600)};
};

TEST_F(PeriodMeterTest, CountsADayUntilItsEnd) {
  PeriodMeter meter(Period::day, 100);
  EXPECT_TRUE(takes(meter, 60));
  EXPECT_FALSE(takes(meter, 41));
  EXPECT_FALSE(takes(meter, UINT64_MAX));
  EXPECT_TRUE(takes(meter, 40));
  EXPECT_EQ(wait(meter), 23u * 3600);
  clock.advance_s(23 * 3600 - 1);
  EXPECT_FALSE(takes(meter, 1));
  clock.advance_s(1);
  EXPECT_TRUE(takes(meter, 100));
  EXPECT_EQ(meter.count(), (PeriodBytes{at("2026-11-23"), 100}));
}

TEST_F(PeriodMeterTest, CountsACalendarMonth) {
  clock.set(at("2028-02-28", kDayS / 2));
  PeriodMeter meter(Period::month, 100);
  EXPECT_TRUE(takes(meter, 100));
  EXPECT_EQ(wait(meter), 3u * kDayS / 2) << "half a day, and the 29th of a leap year";
  clock.advance_s(kDayS);
  EXPECT_FALSE(takes(meter, 1)) << "a new day is no new month";
  clock.advance_s(kDayS / 2);
  EXPECT_TRUE(takes(meter, 100));
  EXPECT_EQ(wait(meter), 31u * kDayS) << "March";
}

TEST_F(PeriodMeterTest, WithoutACapTakesAnything) {
  PeriodMeter meter(Period::day, 0);
  EXPECT_TRUE(takes(meter, 1ull << 50));
  EXPECT_EQ(meter.count().bytes, 1ull << 50);
}

TEST_F(PeriodMeterTest, AClockThatIsSetBackOpensNothing) {
  PeriodMeter meter(Period::day, 100);
  EXPECT_TRUE(takes(meter, 100));
  for (const char* date : {"2026-11-21", "2026-10-01", "1970-01-01"}) {
    clock.set(at(date));
    EXPECT_FALSE(takes(meter, 1)) << date;
    EXPECT_LE(wait(meter), static_cast<std::uint64_t>(kDayS)) << date;
  }
  clock.set(at("2026-11-22", 3600));
  EXPECT_FALSE(takes(meter, 1));
}

TEST_F(PeriodMeterTest, AClockThatIsSetForwardOpensNothingBeforeTheDayIsOver) {
  PeriodMeter meter(Period::day, 100);
  EXPECT_TRUE(takes(meter, 100));
  clock.set(at("2026-11-22", kDayS - 1));  // in two steps, too
  EXPECT_FALSE(takes(meter, 1));
  clock.set(at("2027-03-03"));
  EXPECT_FALSE(takes(meter, 1));
  EXPECT_EQ(wait(meter), 23u * 3600);
  clock.advance_s(23 * 3600);
  EXPECT_TRUE(takes(meter, 100)) << "by then a day has passed";
  clock.set(at("2026-11-23", 3600));
  EXPECT_FALSE(takes(meter, 1)) << "put right again: the later day's bytes are spent";
}

TEST_F(PeriodMeterTest, ForwardAndBackInTurnOpenNothing) {
  PeriodMeter meter(Period::month, 100);
  EXPECT_TRUE(takes(meter, 100));
  for (int i = 0; i < 10; ++i) {
    clock.set(at("2026-12-01", i));
    EXPECT_FALSE(takes(meter, 1));
    clock.set(at("2026-11-01", i));
    EXPECT_FALSE(takes(meter, 1));
  }
}

TEST_F(PeriodMeterTest, GoesOnFromWhatAnotherRunHasCounted) {
  PeriodMeter same(Period::day, 100, {at("2026-11-22"), 70});
  EXPECT_FALSE(takes(same, 31));
  EXPECT_TRUE(takes(same, 30));
  PeriodMeter past(Period::day, 100, {at("2026-11-21"), 100});
  EXPECT_TRUE(takes(past, 100));
  PeriodMeter yet_to_come(Period::day, 100, {at("2026-11-23"), 90});
  EXPECT_FALSE(takes(yet_to_come, 11)) << "the clock stood on the 23rd already";
  clock.set(at("2026-11-24"));
  EXPECT_TRUE(takes(yet_to_come, 100)) << "a machine that learns the time after its start";
}

RC_GTEST_PROP(PeriodMeterProperty, GivesNoMoreThanWhatTheTimeThatPassedAllows, ()) {
  FixedClock clock(at("2026-11-22"));
  PeriodMeter meter(Period::day, 100);
  std::uint64_t given = 0;
  std::int64_t passed_s = 0;
  for (int i = 0; i < 100; ++i) {
    if (*rc::gen::arbitrary<bool>()) {
      const auto step_s = *rc::gen::inRange<std::int64_t>(0, kDayS / 4);
      clock.advance_s(step_s);
      passed_s += step_s;
    } else {
      clock.set((clock.now_s() / kDayS + *rc::gen::inRange<std::int64_t>(-5, 10)) * kDayS +
                *rc::gen::element<std::int64_t>(0, kDayS / 2, kDayS - 1));
    }
    meter.look_at(clock);
    if (meter.refuses(100)) continue;
    meter.add(100);
    given += 100;
  }
  RC_ASSERT(given <= 100 * static_cast<std::uint64_t>(2 + passed_s / kDayS));  // the first day was under way
}

class TrafficMeterTest : public ::testing::Test {
 protected:
  std::unique_ptr<TrafficFile> open() {
    auto file = TrafficFile::open(fs, "copy");
    EXPECT_TRUE(file) << file.error().sentence();
    return file ? std::move(*file) : nullptr;
  }
  std::unique_ptr<TrafficMeter> meter() { return std::make_unique<TrafficMeter>(64 * kMiB, 640 * kMiB, open()); }
  bool takes(TrafficMeter& meter, std::uint64_t bytes) {
    return !meter.refuses(bytes, clock) && meter.add(bytes).has_value();
  }
  std::string text() const {
    const auto files = fs.files();
    const auto found = files.find("copy/home/traffic");
    return found == files.end() ? "" : std::string(as_text(found->second));
  }

  MemoryFs fs;
  FixedClock clock{at("2026-11-22", 3600)};
};

TEST_F(TrafficMeterTest, GoesOnAfterARestart) {
  auto first = meter();
  EXPECT_TRUE(takes(*first, 40 * kMiB));
  first.reset();
  EXPECT_EQ(text(), "muniment/traffic/v1\nday 2026-11-22 41943040\nmonth 2026-11 41943040\n");
  auto second = meter();
  EXPECT_FALSE(takes(*second, 24 * kMiB + 1));
  EXPECT_TRUE(takes(*second, 24 * kMiB));
  second.reset();
  clock.advance_s(kDayS);
  auto third = meter();
  EXPECT_TRUE(takes(*third, 64 * kMiB)) << "a new day";
  third.reset();
  EXPECT_EQ(text(), "muniment/traffic/v1\nday 2026-11-23 67108864\nmonth 2026-11 134217728\n");
}

TEST_F(TrafficMeterTest, SaysInTheFileNoLessThanWhatHasLeftWheneverThePowerGoes) {
  for (const Unsynced unsynced : kEveryUnsynced) {
    for (std::uint64_t cut = 1; cut < 40; ++cut) {
      MemoryFs disk;
      disk.seed_folder("copy");
      auto meter = std::make_unique<TrafficMeter>(64 * kMiB, 0, std::move(*TrafficFile::open(disk, "copy")));
      disk.cut_power_at(disk.operations() + cut);
      std::uint64_t given = 0;
      for (int i = 0; i < 20; ++i) {
        if (!meter->refuses(kMiB / 2, clock) && meter->add(kMiB / 2)) given += kMiB / 2;
      }
      meter.reset();
      disk.reboot(unsynced);
      const auto again = TrafficFile::open(disk, "copy");
      ASSERT_TRUE(again) << again.error().sentence();
      EXPECT_FALSE((*again)->damage());
      EXPECT_GE((*again)->earlier().day.bytes, given) << cut;
      EXPECT_LE((*again)->earlier().day.bytes, given + 2 * kMiB) << cut << ": a 64th at the most is lost";
    }
  }
}

TEST_F(TrafficMeterTest, WritesSeldomAndNamesNoSingleObject) {
  fs.seed_folder("copy");
  auto counting = meter();
  const std::uint64_t before = fs.operations();
  for (int i = 0; i < 10'000; ++i) EXPECT_TRUE(takes(*counting, 123));
  EXPECT_TRUE(takes(*counting, 0));
  counting.reset();
  EXPECT_LT(fs.operations() - before, 30u) << "a megabyte and a bit, in steps of one";
  EXPECT_EQ(text(), "muniment/traffic/v1\nday 2026-11-22 2097152\nmonth 2026-11 2097152\n") << "rounded up";
  EXPECT_EQ(fs.info("copy/home/traffic")->modified_ns, at("2026-11-22") * 1'000'000'000) << "and no hour";
}

TEST_F(TrafficMeterTest, WritesNothingWhereNothingLeft) {
  meter().reset();
  EXPECT_EQ(text(), "");
}

TEST_F(TrafficMeterTest, BeginsAnewAndSaysSoWhereTheFileIsDamaged) {
  for (const std::string damaged : {"", "muniment/traffic/v1\nday 2026-11-22 1", "\xff"}) {
    fs.seed("copy/home/traffic", as_view(damaged));
    auto file = open();
    ASSERT_TRUE(file->damage());
    EXPECT_EQ(file->earlier(), Traffic{});
    TrafficMeter anew(64 * kMiB, 0, std::move(file));
    EXPECT_TRUE(takes(anew, kMiB));
  }
  fs.seed("copy/home/traffic", Bytes(1 << 20, 'x'));
  EXPECT_TRUE(open()->damage());
  fs.seed("copy/home/traffic", as_view("muniment/traffic/v1\nday 9999-12-31 1\nmonth 9999-12 1\n"));
  auto late = open();
  EXPECT_FALSE(late->damage());
  TrafficMeter goes_on(64 * kMiB, 0, std::move(late));
  EXPECT_TRUE(takes(goes_on, kMiB)) << "and no time overflows";
}

TEST_F(TrafficMeterTest, OneRunCountsAtATime) {
  const auto first = open();
  EXPECT_CODE(TrafficFile::open(fs, "copy"), Code::conflict);
}

}  // namespace
}  // namespace muniment
