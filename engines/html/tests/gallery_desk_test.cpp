#include "gallery.hpp"

namespace madang::html {
namespace {

node matter(const char* (*t)(bool, const char*, const char*), bool ko) {
  auto w = [&](const char* k, const char* e) { return t(ko, k, e); };
  return all(
      div(cls("desk-head"),
          h1(w("전입신고 - 김하윤 외 1명", "Move-in report - Kim Hayun and 1 more")),
          badge(tone::warn, w("11월 25일까지 (2일)", "by 25 November (2 days)")),
          span(cls("note"), "2026-1123-000418")),
      process_line(
          {w("접수", "Received"), w("확인", "Checked"), w("수리", "Accepted"), w("통지", "Told")},
          1),
      halves(
          {box(w("신청 내용", "What is asked"),
               definition_grid(
                   {{w("전입지", "To"),
                     strong(w("종로구 자하문로 24길 11, 302호", "302, 11 Jahamun-ro 24-gil")), ""},
                    {w("이사한 날", "Moved on"), "2026-11-20", ""},
                    {w("함께", "With"), w("정유진 (배우자)", "Jeong Yujin (spouse)"), ""},
                    {w("세대주 동의", "Consent"),
                     w("박서준 동의함 11-22 09:14", "Park Seojun, 11-22 09:14"), ""}})),
           box(w("한 화면 조회", "Checked at once"),
               definition_grid(
                   {{w("주민등록", "Resident"), w("일치 · 거주불명 아님", "Matches"), ""},
                    {w("건축물대장", "Building"), w("주택, 302호 존재", "Home, 302 exists"), ""},
                    {w("임대차", "Lease"), w("확정일자 11-18 (대법원)", "Fixed date 11-18 (court)"),
                     ""}}),
               badge(tone::good, w("3/3 확인", "3/3 checked")))}));
}

const char* pick(bool ko, const char* k, const char* e) { return ko ? k : e; }

}  // namespace

std::string gallery_desk(const shell& citizen) {
  shell s = citizen;
  s.official = true;
  bool ko = s.language == "ko";
  auto w = [&](const char* k, const char* e) { return pick(ko, k, e); };
  desk_view v;
  v.title = w("받은 일", "Inbox");
  v.places = {{"/desk", w("받은 일", "Inbox"), 18, true},
              {"/desk/due", w("기한 임박", "Due soon"), 4},
              {"/desk/sign", w("결재", "Approvals"), 2},
              {"/desk/look", w("정보 공동이용", "Shared records")},
              {"/desk/registers", w("등록부", "Registers")},
              {"/desk/papers", w("문서", "Documents")},
              {"/desk/calendar", w("일정", "Calendar")},
              {"/desk/orders", w("지시사항", "Instructions")},
              {"/desk/figures", w("통계", "Figures")}};
  v.post = {w("종로구 청운효자동", "Cheongunhyoja-dong, Jongno-gu"),
            w("이도현 주무관 · 대결: 없음", "Lee Dohyeon, officer · no substitute")};
  search_view search;
  search.action = "/desk";
  search.suggest = "";
  search.label = w("사건 찾기", "Find a case");
  v.tools = all(search_box(s, search),
                filters(w("거르기", "Filter"), {{"?mine", w("내 담당", "Mine"), true},
                                                {"?kind", w("전입신고", "Move-in")},
                                                {"?due", w("기한순", "By due date")}}));
  v.list_label = w("받은 일 목록", "Inbox list");
  v.list_note = w("18건", "18 cases");
  const std::pair<const char*, const char*> names[] = {
      {"전입신고 - 김하윤 외 1명", "Move-in - Kim Hayun and 1"},
      {"출생신고 - 최지우", "Birth - Choi Jiwoo"},
      {"인감 변경 - 오민석", "Seal change - Oh Minseok"},
      {"전입신고 - 한예린", "Move-in - Han Yerin"},
      {"옥외광고물 허가 - 카페 소담", "Sign permit - Cafe Sodam"}};
  const char* due[] = {"D-2", "D-1", "D-0", "D-3", "D-6"};
  for (int i = 0; i < 5; ++i)
    v.items.push_back({"?item=" + std::to_string(i), w(names[i].first, names[i].second),
                       badge(i == 2  ? tone::bad
                             : i < 2 ? tone::warn
                                     : tone::neutral,
                             due[i]),
                       w("11-21 접수 · 서류 없음", "came 11-21 · no papers"), i == 0});
  v.detail = all(
      matter(pick, ko),
      box(w("판단", "Judgement"),
          judgement(s, {{w("신고는 이사한 날부터 14일 안", "Reported within 14 days"),
                         w("3일째", "Day 3"),
                         w("주민등록법 제16조", "Resident Registration Act, art. 16"), true},
                        {w("전입지 세대주 확인", "Head of household confirms"),
                         w("전자 동의, 서명 유효", "Electronic consent, signature valid"),
                         w("시행령 제23조", "Decree, art. 23"), true}}),
          badge(tone::good, w("요건 충족", "All met"))),
      box(w("주고받은 글", "Correspondence"),
          p(w("11-21 16:02 신청인: 아들은 방학 때까지 할머니 댁에 있습니다.",
              "11-21 16:02 applicant: my son stays with his grandmother until the holidays."))));
  v.actions = all(post_button(s, "/desk/accept", w("수리하고 서명", "Accept and sign")),
                  post_button(s, "/desk/ask", w("보완 요청", "Ask for more"), look::secondary),
                  post_button(s, "/desk/refuse", w("반려", "Return"), look::quiet),
                  post_button(s, "/desk/move", w("이송", "Transfer"), look::quiet));
  v.back = "/desk";
  return desk(s, v);
}

}  // namespace madang::html
