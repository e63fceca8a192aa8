// The file of a case: what is written both ways, notes, attachments, opinions, and what comes after
// the decision.
#include "a_case.hpp"
#include "madang/cases/attachment.hpp"

namespace madang::cases {
namespace {

// Package files as Python's zipfile writes them (3.11; stored, names as given).
std::string package(const std::vector<std::pair<std::string, std::string>>& entries,
                    int flags = 0) {
  auto le = [](std::uint32_t v, int n) {
    std::string s;
    for (int i = 0; i < n; ++i) s += static_cast<char>(v >> (8 * i));
    return s;
  };
  std::string out, directory;
  for (const auto& [name, body] : entries) {
    const auto at = static_cast<std::uint32_t>(out.size());
    const std::string common = le(20, 2) + le(flags, 2) + le(0, 2) + le(0, 4) + le(0, 4) +
                               le(body.size(), 4) + le(body.size(), 4) + le(name.size(), 2) +
                               le(0, 2);
    out += "PK\x03\x04" + common + name + body;
    directory += "PK\x01\x02" + le(20, 2) + common + le(0, 2) + le(0, 2) + le(0, 2) + le(0, 4) +
                 le(at, 4) + name;
  }
  const auto begin = static_cast<std::uint32_t>(out.size());
  return out + directory + "PK\x05\x06" + le(0, 4) + le(entries.size(), 2) +
         le(entries.size(), 2) + le(directory.size(), 4) + le(begin, 4) + le(0, 2);
}

TEST(an_attachment, is_what_its_octets_say) {
  auto type = [](std::string_view s) {
    auto j = judge_file(s);
    return j ? j->type : j.why().code;
  };
  EXPECT_EQ(type("%PDF-1.7\n..."), "application/pdf");
  EXPECT_EQ(type("\x89PNG\r\n\x1a\n...."), "image/png");
  EXPECT_EQ(type("\xff\xd8\xff\xe0...."), "image/jpeg");
  EXPECT_EQ(type("안녕하세요\n"), "text/plain");
  EXPECT_EQ(type(""), "attachment.empty");
  EXPECT_EQ(type("MZ\x90\x00\x03"), "attachment.type");
  EXPECT_EQ(type("<!DOCTYPE html><script>"), "attachment.type");
  EXPECT_EQ(type("#!/bin/sh\nrm"), "attachment.type");
  EXPECT_EQ(type(std::string_view("GIF89a\x01\0\x01\0", 10)), "attachment.type");
  EXPECT_EQ(type(package({{"mimetype", "application/hwp+zip"}, {"Contents/content.hpf", "x"}})),
            "application/hwp+zip");
  EXPECT_EQ(type(package({{"mimetype", "application/vnd.oasis.opendocument.text"},
                          {"content.xml", "x"}})),
            "application/vnd.oasis.opendocument.text");
  EXPECT_EQ(type(package({{"[Content_Types].xml", "x"}, {"word/document.xml", "x"}})),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
  EXPECT_EQ(type(package({{"[Content_Types].xml", "x"}, {"word/document.xml", "x"},
                          {"word/vbaProject.bin", "x"}})),
            "attachment.macros");
  EXPECT_EQ(type(package({{"[Content_Types].xml", "x"}, {"word/document.xml", "x"}}, 1)),
            "attachment.encrypted");
  EXPECT_EQ(type(package({{"a.exe", "x"}})), "attachment.type");
  EXPECT_EQ(type(package({{"a.exe", "x"}}).substr(0, 40)), "attachment.type");
}

TEST(an_attachment, is_called_as_its_sender_did_but_harmlessly) {
  EXPECT_EQ(tidy_name("진단서.pdf", "pdf"), "진단서.pdf");
  EXPECT_EQ(tidy_name("C:\\Users\\kim\\진단서.PDF", "pdf"), "진단서.pdf");
  EXPECT_EQ(tidy_name("../../etc/passwd", "txt"), "passwd.txt");
  EXPECT_EQ(tidy_name("photo.jpg.exe", "jpg"), "photo.jpg.jpg");
  EXPECT_EQ(tidy_name("a\"\r\nSet-Cookie: x=1.png", "png"), "aSet-Cookie x=1.png");
  EXPECT_EQ(tidy_name("gpj.\u202eexe", "png"), "gpj.png");
  EXPECT_EQ(tidy_name("", "txt"), "file.txt");
  EXPECT_EQ(tidy_name("\xff\xfe", "txt"), "file.txt");
  EXPECT_EQ(tidy_name(std::string(500, 'a'), "txt").size(), 124u);
}

struct a_file : a_case {
  std::int64_t octets_kept() {
    return *db->reading([](store::read& r) {
      return r.one<std::int64_t>("select count(*) from matter_blob");
    });
  }
};

TEST_P(a_file, is_written_in_from_both_sides_while_it_is_open) {
  matter m = open();
  ASSERT_TRUE(all().write(citizen, m.key, "서류를 더 냅니다.", {{"동의서.txt", "동의합니다"}}));
  EXPECT_EQ(now_of(m).unheard, 1);
  ASSERT_TRUE(all().write(officer, m.key, "잘 받았습니다."));
  EXPECT_EQ(now_of(m).unheard, 0);
  EXPECT_EQ(now_of(m).state, state::received) << "to write does not stop the clock";
  const auto said = all().messages(m.key);
  ASSERT_EQ(said.size(), 2u);
  EXPECT_FALSE(said[0].from_official);
  EXPECT_EQ(said[1].author, "종로구 주무관 이도현");
  const auto attached = all().attachments(m.key);
  ASSERT_EQ(attached.size(), 1u);
  EXPECT_EQ(attached[0].message, said[0].key);
  auto got = all().fetch(officer, m.key, attached[0].key);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->octets, "동의합니다");
  // echo -n 동의합니다 | sha256sum
  EXPECT_EQ(got->what.hash, "3fcac7aa34d10df529c9ea64313daa6d85f17ce341fb0003381e2666f4ecec10");
  EXPECT_EQ(all().write(stranger, m.key, "?").why().code, "case.not_yours");
  audit::access other = citizen;
  other.who.person = park;
  EXPECT_EQ(all().write(other, m.key, "?").why().code, "case.not_found");
  EXPECT_EQ(all().fetch(officer, open().key, attached[0].key).why().code, "attachment.not_found");
  ASSERT_TRUE(all().accept(officer, m.key));
  EXPECT_EQ(all().write(citizen, m.key, "고맙습니다").why().code, "case.not_open");
}

TEST_P(a_file, takes_what_is_sent_twice_once_and_keeps_equal_octets_once) {
  matter m = open();
  for (int i = 0; i < 2; ++i)
    ASSERT_TRUE(all().write(citizen, m.key, "보냅니다", {{"a.txt", "같은 글"}}, "token-1"));
  EXPECT_EQ(all().messages(m.key).size(), 1u);
  ASSERT_TRUE(all().write(citizen, m.key, "또", {{"b.txt", "같은 글"}}, "token-2"));
  EXPECT_EQ(all().attachments(m.key).size(), 2u);
  EXPECT_EQ(octets_kept(), 1);
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(all().put_note(officer, m.key, "확인함", "token-3"));
  EXPECT_EQ(all().notes(m.key).size(), 1u);
  EXPECT_EQ(all().put_note(citizen, m.key, "?").why().code, "case.not_yours");
}

TEST_P(a_file, refuses_what_it_cannot_take_and_keeps_nothing_of_it) {
  matter m = open();
  EXPECT_EQ(all().write(citizen, m.key, "x", {{"a.exe", "MZ\x90"}}).why().code, "attachment.type");
  EXPECT_EQ(all().write(citizen, m.key, "x", std::vector<upload>(11, {"a.txt", "x"})).why().code,
            "attachment.many");
  EXPECT_EQ(
      all().write(citizen, m.key, "x", {{"a.txt", std::string((10 << 20) + 1, 'a')}}).why().code,
      "attachment.large");
  EXPECT_EQ(all().write(citizen, m.key, " ").why().code, "case.text_missing");
  EXPECT_EQ(all().messages(m.key).size(), 0u);
  EXPECT_EQ(octets_kept(), 0);
}

TEST_P(a_file, holds_what_another_office_thinks_before_the_lead_decides) {
  matter m = open();
  const date due = *date::parse("2026-12-22");
  EXPECT_EQ(all().ask_opinion(officer, m.key, "1101072", "?", due).why().code, "case.opinion_own");
  EXPECT_EQ(
      all().ask_opinion(officer, m.key, "2601051", "?", *date::parse("2027-02-01")).why().code,
      "case.opinion_due");
  EXPECT_FALSE(all().may_read(stranger.who, m));
  ASSERT_TRUE(all().ask_opinion(officer, m.key, "2601051", "거기서는 어떻습니까?", due));
  EXPECT_EQ(all().ask_opinion(officer, m.key, "2601051", "?", due).why().code,
            "case.opinion_asked_before");
  EXPECT_TRUE(all().may_read(stranger.who, m));
  EXPECT_FALSE(all().may_handle(stranger.who, m));
  const auto waiting = all().opinions_asked("26010", {"move-in"});
  ASSERT_EQ(waiting.size(), 1u);
  EXPECT_EQ(all().opinions_asked("27", {"move-in"}).size(), 0u);
  EXPECT_EQ(all().answer_opinion(officer, waiting[0].what.key, "x").why().code, "case.not_found");
  EXPECT_EQ(all().accept(stranger, m.key).why().code, "case.not_yours") << "only the lead decides";
  for (int i = 0; i < 2; ++i)
    ASSERT_TRUE(all().answer_opinion(stranger, waiting[0].what.key, "이견 없습니다."));
  EXPECT_EQ(all().answer_opinion(stranger, waiting[0].what.key, "다릅니다").why().code,
            "opinion.not_open");
  EXPECT_EQ(all().opinions(m.key)[0].answer, "이견 없습니다.");
  EXPECT_EQ(all().opinions_asked("26010", {"move-in"}).size(), 0u);
}

TEST_P(a_file, drops_opinions_that_are_no_longer_needed) {
  matter m = open();
  ASSERT_TRUE(all().ask_opinion(officer, m.key, "2601051", "?", *date::parse("2026-12-22")));
  ASSERT_TRUE(all().accept(officer, m.key));
  EXPECT_EQ(all().opinions(m.key)[0].state, opinion_state::dropped);
}

TEST_P(a_file, tells_the_second_official_who_was_first_and_when) {
  matter m = open();
  ASSERT_TRUE(all().accept(officer, m.key));
  ASSERT_TRUE(all().accept(officer, m.key)) << "pressed twice, decided once";
  EXPECT_EQ(all().decisions(m.key).size(), 1u);
  const auto late = all().decline(colleague, m.key, "아니오");
  EXPECT_EQ(late.why().code, "case.decided");
  EXPECT_EQ(late.why().facts.at("by"), "종로구 주무관 이도현");
  EXPECT_EQ(late.why().facts.at("at"), "2026-12-18 10:00");
  EXPECT_EQ(late.why().facts.at("state"), "accepted");
  const auto accepted = db->reading([](store::read& r) {
    return r.one<std::int64_t>("select count(*) from inbox where reader = 'accepted'");
  });
  EXPECT_EQ(accepted, 1);
}

TEST_P(a_file, is_examined_again_when_the_applicant_objects_in_time_and_by_somebody_else) {
  matter m = open();
  EXPECT_EQ(all().object(citizen, m.key, "아닙니다").why().code, "case.not_open");
  ASSERT_TRUE(all().decline(officer, m.key, "요건이 맞지 않습니다"));
  EXPECT_EQ(all().may_object_until(now_of(m))->str(), "2027-02-16");   // 60 days after 18 December
  ASSERT_TRUE(all().object(citizen, m.key, "서류를 보지 않으셨습니다"));
  EXPECT_EQ(now_of(m).state, state::received);
  // Ten working days from the 18th: 21 22 23 24 28 29 30 31, 4 and 5 January.
  EXPECT_EQ(now_of(m).due.str(), "2027-01-05");
  EXPECT_EQ(all().accept(officer, m.key).why().code, "case.same_official");
  ASSERT_TRUE(all().decline(colleague, m.key, "그래도 맞지 않습니다"));
  EXPECT_EQ(all().object(citizen, m.key, "또").why().code, "case.objected");
  EXPECT_EQ(all().decisions(m.key).size(), 2u);
}

TEST_P(a_file, is_not_objected_to_after_sixty_days) {
  matter m = open();
  ASSERT_TRUE(all().decline(officer, m.key, "요건이 맞지 않습니다"));
  on("2027-02-17");
  EXPECT_EQ(all().object(citizen, m.key, "이제 봤습니다").why().facts.at("until"), "2027-02-16");
  on("2027-02-16");
  EXPECT_TRUE(all().object(citizen, m.key, "이제 봤습니다"));
}

TEST_P(a_file, is_taken_up_again_by_an_official_with_a_reason) {
  matter m = open();
  EXPECT_EQ(all().reopen(officer, m.key, "잘못").why().code, "case.not_open");
  ASSERT_TRUE(all().give_back(officer, m.key, "서류가 빠졌습니다"));
  on("2026-12-21");
  EXPECT_EQ(all().reopen(officer, m.key, "").why().code, "case.text_missing");
  ASSERT_TRUE(all().reopen(officer, m.key, "서류가 있었습니다"));
  EXPECT_EQ(now_of(m).due.str(), "2026-12-24");
  EXPECT_TRUE(now_of(m).reason.empty());
  EXPECT_EQ(all().decisions(m.key)[0].reason, "서류가 빠졌습니다");
}

TEST_P(a_file, is_rated_once_by_the_applicant_after_the_decision) {
  matter m = open();
  EXPECT_EQ(all().rate(citizen, m.key, 5, "").why().code, "case.not_open");
  ASSERT_TRUE(all().accept(officer, m.key));
  EXPECT_EQ(all().rate(citizen, m.key, 6, "").why().code, "case.stars");
  EXPECT_EQ(all().rate(officer, m.key, 5, "").why().code, "case.not_found");
  ASSERT_TRUE(all().rate(citizen, m.key, 4, "빨랐습니다"));
  EXPECT_EQ(all().rate(citizen, m.key, 1, "").why().code, "case.rated");
  EXPECT_EQ(all().rating_of(m.key)->stars, 4);
}

TEST_P(a_file, is_changed_once_by_what_is_sent_twice) {
  const date due = *date::parse("2026-12-22");
  matter m = open();
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(all().ask_opinion(officer, m.key, "26", "?", due));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(all().extend(officer, m.key, 2, "현장"));
  EXPECT_EQ(all().clock_of(now_of(m)).extensions.size(), 1u);
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(all().ask(officer, m.key, "언제요?"));
  EXPECT_EQ(all().ask(officer, m.key, "어디요?").why().code, "case.not_open");
  EXPECT_EQ(all().messages(m.key).size(), 1u);
  ASSERT_TRUE(all().reply(citizen, m.key, "내일요"));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(all().transfer(officer, m.key, "2601051", "관할"));
  matter refused = open();
  ASSERT_TRUE(all().decline(officer, refused.key, "아니오"));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(all().object(citizen, refused.key, "맞습니다"));
  ASSERT_TRUE(all().decline(colleague, refused.key, "아니오"));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(all().rate(citizen, refused.key, 2, ""));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(all().reopen(officer, refused.key, "잘못 보았음"));
  EXPECT_EQ(story_of(refused),
            (std::vector<std::string>{"received", "refused", "objected", "refused", "rated",
                                      "reopened"}));
}

TEST_P(a_file, is_not_handled_by_the_applicant_herself) {
  matter m = open();
  audit::access own = officer;
  own.who.person = kim;
  EXPECT_EQ(all().accept(own, m.key).why().code, "case.not_yours");
}

TEST_P(a_file, says_for_whom_a_substitute_has_acted) {
  matter m = open();
  audit::access instead = colleague;
  instead.who.post = officer.who.post;
  instead.who.stands_in_for = "이도현";
  ASSERT_TRUE(all().accept(instead, m.key));
  EXPECT_EQ(now_of(m).decided_by, "종로구 주무관 박가람 (이도현 대행)");
  const auto entries = db->reading([&](store::read& r) { return audit::about(r, kim); });
  EXPECT_EQ(json::str(entries.at(0).actor, "for"), "이도현");
}

INSTANTIATE_TEST_SUITE_P(stores, a_file, both_stores);

}  // namespace
}  // namespace madang::cases
