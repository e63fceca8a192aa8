#include "gallery.hpp"

namespace madang::html {
namespace {

// What a room would look up in its texts, said in place: this is a drawing board, not a room.
struct say {
  bool ko;
  const char* operator()(const char* k, const char* e) const { return ko ? k : e; }
};
say speaker(const shell& s) { return {s.language == "ko"}; }

std::string home(const shell& s) {
  say t = speaker(s);
  search_view search;
  search.large = true;
  node todos =
      todo_list({{badge(tone::warn, t("오늘까지", "Due today")),
                  t("박서준님의 전입에 세대주 동의가 필요합니다",
                    "Park Seojun's move needs your consent as head of household"),
                  "", link_button("/consents/1", t("확인하기", "Look"))},
                 {badge(tone::info, t("작성 중", "Draft")),
                  t("출생신고 - 5단계 중 3단계까지 저장됨", "Birth report - saved at step 3 of 5"),
                  "", link_button("/drafts/1", t("이어 쓰기", "Go on"), look::secondary)},
                 {badge(tone::neutral, t("처리 중", "In hand")),
                  t("전입신고 · 종로구 청운효자동 · 담당 이도현",
                    "Move-in report · Cheongunhyoja-dong · with Lee Dohyeon"),
                  "", span(cls("note"), t("11월 25일까지", "by 25 November"))}});
  node benefits = todo_list(
      {{{},
        all(strong(t("아동수당", "Child allowance")), t(" 매월 100,000원", " 100,000 won a month")),
        t("8세 미만 자녀가 있습니다 (아동수당법 제4조)",
          "You have a child under 8 (Child Allowance Act, art. 4)"),
        link_button("/services/child-allowance", t("신청", "Apply"), look::secondary)},
       {{},
        strong(t("에너지바우처", "Energy voucher")),
        t("소득이 확인되면 정해집니다", "Decided once your income is known"),
        link_button("/services/energy", t("알아보기", "See why"), look::secondary)}});
  std::vector<card_view> events = {
      {"/life/move", t("이사", "Moving house"), t("7개 신고를 한 번에", "7 reports at once"),
       "house"},
      {"/life/birth", t("출생", "Having a baby"),
       t("신고부터 수당까지", "From report to allowance"), "baby"},
      {"/life/school", t("입학", "School"), t("취학과 돌봄", "Enrolment and care"), "school"},
      {"/life/job", t("취업·이직", "Work"), t("보험과 연금", "Insurance and pension"), "briefcase"},
      {"/life/business", t("창업", "Starting a business"), t("허가와 지원", "Permits and support"),
       "shop"},
      {"/life/marriage", t("결혼", "Marriage"), t("신고와 신혼 지원", "Registration and support"),
       "rings"},
      {"/life/retire", t("은퇴", "Retirement"), t("연금과 돌봄", "Pension and care"), "sunset"},
      {"/life/death", t("사망·상속", "Bereavement"), t("재산 조회까지", "To finding assets"),
       "flower"}};
  std::vector<card_view> kinds;
  for (const char* name : {"person", "won", "car", "heart", "hands", "building", "book", "shield",
                           "ticket", "leaf", "bus", "scales"})
    kinds.push_back({std::string("/c/") + name, name, "", name});
  page_options o;
  o.hero = true;
  o.json_ld = R"({"@context":"https://schema.org","@type":"WebSite","name":"Madang"})";
  return page(s, t("무엇을 도와드릴까요?", "What can we help with?"), {},
              all(hero(t("무엇을 도와드릴까요?", "What can we help with?"),
                       t("96,651개 서비스를 한 곳에서 찾고, 신청하고, 결과까지 받습니다.",
                         "Find, ask for and receive 96,651 services in one place."),
                       search_box(s, search)),
                  halves({box(t("하윤님이 하실 일", "For you to do"), todos),
                          box(t("받을 수 있는 혜택", "You may be entitled to"), benefits,
                              badge(tone::info, t("새로 찾음 2", "2 new")))}),
                  section(h2(t("살면서 생기는 일", "Life events")), cards(events)),
                  section(h2(t("분야별", "By subject")), cards(kinds))),
              o);
}

std::string service(const shell& s) {
  say t = speaker(s);
  node facts = summary_list(
      s,
      {{t("누가", "Who"),
        t("본인, 같은 세대원, 위임받은 사람", "You, your household, a person you authorise"), ""},
       {t("걸리는 시간", "How long"), t("즉시 (평균 0.4초)", "At once (0.4 s on average)"), ""},
       {t("수수료", "Fee"),
        all(t("무료 ", "Free "), span(cls("note"), t("(창구 400원)", "(400 won at a counter)"))),
        ""},
       {t("필요한 것", "You need"),
        t("없음 - 주민등록 자료를 본인 동의로 바로 확인합니다",
          "Nothing - with your consent we read the resident register"),
        ""},
       {t("법령", "Law"),
        all(a(href("/law/1"), t("주민등록법 제29조", "Resident Registration Act, art. 29")), ", ",
            a(href("/law/2"), t("시행령 제47조", "Decree, art. 47"))),
        ""},
       {t("담당", "In charge"),
        t("행정안전부 주민과 · 전국 3,504개 읍면동",
          "Ministry of the Interior · 3,504 local offices"),
        ""}});
  node content = all(
      h1(t("주민등록등본 발급", "Resident certificate")),
      lead(
          t("세대 전체의 주민등록 사항을 증명하는 문서입니다. 바로 발급되어 문서지갑에 담깁니다.",
            "Proves the registered residents of your household. Issued at once into your wallet.")),
      facts, h2(t("미리 알아두세요", "Good to know")),
      ul(li(t("주소 변동 내역이나 세대원 관계는 넣고 뺄 수 있습니다. 내는 곳에서 요구하는 것만 "
              "보이게 하세요.",
              "You can leave out earlier addresses and relations. Show only what is asked for.")),
         li(t("종이로 뽑아도 아래쪽 코드로 인터넷 없이 진위를 확인할 수 있습니다.",
              "Printed, it can still be checked by its code without internet."))),
      disclosure(t("대신 신청하려면", "Asking for somebody else"),
                 p(t("위임장이 필요합니다.", "You need a mandate."))));
  node side = all(start_box(t("신청 4단계 · 약 1분", "4 steps · about 1 minute"),
                            t("중간에 멈춰도 저장됩니다. 다른 기기에서 이어서 할 수 있습니다.",
                              "Saved as you go. Continue on another device."),
                            link_button("/start", t("발급 시작", "Start"))),
                  reading_notice(s,
                                 t("주민등록부: 세대원 이름, 생년월일, 주소.",
                                   "Resident register: names, dates of birth, address."),
                                 "/my/log"));
  page_options o;
  o.description = t("주민등록등본을 바로 발급받습니다.", "Get your resident certificate at once.");
  return page(s, t("주민등록등본 발급", "Resident certificate"),
              {{"/services", t("민원·서비스", "Services")},
               {"/services/resident", t("주민·생활", "Residents")}},
              beside(content, side), o);
}

question base(const shell& s) {
  say t = speaker(s);
  question q;
  q.action = "/move/3";
  q.back = "/move/2";
  q.journey = t("전입신고", "Move-in report");
  q.step = 3;
  q.steps = 5;
  q.saved = true;
  q.field_is_heading = true;
  return q;
}

std::string ask_people(const shell& s) {
  say t = speaker(s);
  question q = base(s);
  q.title = t("누가 함께 이사하나요?", "Who is moving with you?");
  field f{"people", q.title,
          t("지금 세대원입니다. 새 주소로 가는 사람을 모두 고르세요.",
            "Your present household. Choose everyone who goes to the new address.")};
  f.heading = true;
  q.fields = {checkbox_field(
      s, f,
      {{"1", t("김하윤", "Kim Hayun"), t("본인 · 1988년생", "You · born 1988")},
       {"2", t("정유진", "Jeong Yujin"), t("배우자 · 1990년생", "Spouse · born 1990")},
       {"3", t("김도윤", "Kim Doyun"),
        t("아들 · 2016년생 - 학교 전학도 함께 안내합니다",
          "Son · born 2016 - we will guide you through changing school")}},
      {"1", "2"})};
  return question_page(s, q);
}

std::string ask_date(const shell& s) {
  say t = speaker(s);
  question q = base(s);
  q.title = t("이사한 날은 언제인가요?", "When did you move?");
  field f{"moved", q.title, t("예: 2026년 11월 20일", "For example: 20 11 2026"),
          t("오늘(11월 23일)보다 뒤일 수 없습니다", "Cannot be after today (23 November)")};
  f.heading = true;
  q.errors = {{date_field_id(s, "moved"),
               t("이사한 날: 오늘보다 뒤입니다. 실제 이사한 날을 적어 주세요.",
                 "The day you moved is after today. Give the day you really moved.")}};
  q.fields = {date_field(s, f, {"2026", "12", "03"})};
  return question_page(s, q);
}

std::string ask_many(const shell& s) {
  say t = speaker(s);
  question q = base(s);
  q.field_is_heading = false;
  q.title = t("새 주소와 연락처", "New address and contact");
  q.lead = t("등기우편과 알림이 이곳으로 갑니다.", "Post and notices will go here.");
  q.has_file = true;
  field address{"address", t("새 주소", "New address"),
                t("도로명이나 건물 이름을 적으면 찾아 드립니다",
                  "Type a street or building and we will find it")};
  address.error = t("주소를 적어 주세요", "Give an address");
  field phone{"phone", t("휴대전화", "Mobile phone")};
  phone.input_mode = "tel";
  phone.autocomplete = "tel";
  phone.width = 20;
  phone.optional = true;
  field kind{"kind", t("집의 종류", "Kind of home")};
  field note{"note", t("전하실 말", "Anything to add")};
  note.most = 200;
  note.optional = true;
  note.value = "<b>\"&'</b>";
  field lease{"lease", t("임대차 계약서", "Lease")};
  q.errors = {{"address", t("주소를 적어 주세요", "Give an address")}};
  q.fields = {
      address_field(s, address),
      text_field(s, phone),
      select_field(s, kind,
                   {{"flat", t("아파트", "Flat"), ""}, {"house", t("단독주택", "House"), ""}}),
      upload_field(s, lease, ".pdf,image/*", 10u << 20),
      area_field(s, note),
      yes_no_field(s, {"school", t("학교도 옮기나요?", "Is a child changing school?")}),
      radio_field(s, {"lang", t("안내 언어", "Language of notices"), "", "", "ko"},
                  {{"ko", "한국어", ""}, {"en", "English", ""}})};
  return question_page(s, q);
}

std::string verify(const shell& s) {
  say t = speaker(s);
  field f{"code", t("문서 번호", "Number of the document"),
          t("예: 2611-2300-0417-8832", "For example: 2611-2300-0417-8832")};
  node asked = form(cls("question-form"), action("/verify"), method("get"), scan_field(s, f),
                    submit_button(t("확인하기", "Check")));
  return page(
      s, t("문서가 진짜인지 확인", "Check a document"), {},
      all(h1(t("문서가 진짜인지 확인", "Check a document")), paper_check({{"ok", "\"<"}}, asked)));
}

std::string check_answers(const shell& s) {
  say t = speaker(s);
  node body =
      all(back_link(s, "/move/4"), h1(t("보내기 전에 확인해 주세요", "Check your answers")),
          summary_list(s, {{t("새 주소", "New address"),
                            t("서울특별시 종로구 자하문로 24길 11, 302호",
                              "302, 11 Jahamun-ro 24-gil, Jongno-gu, Seoul"),
                            "/move/1?check"},
                           {t("이사한 날", "Day of moving"),
                            t("2026년 11월 20일", "20 November 2026"), "/move/2?check"},
                           {t("함께", "With you"), t("정유진 (배우자)", "Jeong Yujin (spouse)"),
                            "/move/3?check"}}),
          warning(s, t("사실과 다르게 신고하면 과태료가 있을 수 있습니다 (주민등록법 제40조).",
                       "A false report may be fined (Resident Registration Act, art. 40).")),
          reading_notice(s,
                         t("주민등록부와 건축물대장에서 주소를 확인합니다.",
                           "We check the address in the resident and building registers."),
                         "/my/log"),
          inset(p(t("세대주 박서준님의 동의를 받은 뒤 처리됩니다.",
                    "Goes on once Park Seojun, head of household, consents."))),
          post_button(s, "/move/send", t("신고하기", "Send the report")));
  page_options o;
  o.noindex = true;
  return page(s, t("보내기 전에 확인해 주세요", "Check your answers"), {}, body, o);
}

std::string done(const shell& s) {
  say t = speaker(s);
  node body = all(
      panel(t("발급되었습니다", "Issued"), "2611-2300-0417-8832"),
      p(strong(t("주민등록등본", "Resident certificate")),
        t(" · PDF 31 KB · 전자서명됨", " · PDF 31 KB · signed")),
      button_row(
          {link_button("/d/1.pdf", t("내려받기", "Download"), look::primary, "download"),
           link_button("/d/1/send", t("제출할 곳에 보내기", "Send to who asked"), look::secondary),
           copy_button(s, "2611-2300-0417-8832"), print_button(s)}),
      h2(t("이제 무엇을 하나요", "What now")),
      p(t("문서지갑에 5년 동안 있습니다. 받는 곳은 코드로 바로 확인합니다. 이번 조회는 ",
          "It stays in your wallet for 5 years. The receiver checks it by its code. This look-up "
          "is in "),
        a(href("/my/log"), t("열람기록", "the record")), t("에 남았습니다.", ".")),
      timeline({{"11-23 09:12", t("접수", "Received"), t("온라인", "Online")},
                {"11-23 09:12", t("발급", "Issued"), ""},
                {t("2031-11-23까지", "until 2031-11-23"), t("보관", "Kept"), "", false}}));
  return page(s, t("발급되었습니다", "Issued"), {}, body);
}

std::string my_data(const shell& s) {
  say t = speaker(s);
  table_view v;
  v.caption = t("열람 기록", "Look-ups");
  v.caption_hidden = true;
  v.columns = {{t("언제", "When")},
               {t("누가", "Who")},
               {t("무엇을", "What")},
               {t("왜", "Why")},
               {t("증명", "Proof")}};
  v.stacked = v.sortable = true;
  node in_log = badge(tone::good, t("기록됨", "in log"));
  auto who = [](const char* name, const char* post) {
    return all(span(name), span(cls("note"), post));
  };
  v.rows = {
      {time(attr("datetime", "2026-11-23T10:42"), t("2026년 11월 23일 10:42", "23 Nov 2026 10:42")),
       who(t("이도현", "Lee Dohyeon"),
           t("청운효자동 주민 담당", "Resident officer, Cheongunhyoja-dong")),
       t("주민등록부: 주소, 세대", "Resident register: address, household"),
       who(t("전입신고 2026-1123-000418", "Move-in report 2026-1123-000418"),
           t("주민등록법 제16조", "Resident Registration Act, art. 16")),
       in_log},
      {time(attr("datetime", "2026-11-21T08:03"), t("2026년 11월 21일 08:03", "21 Nov 2026 08:03")),
       who(t("본인", "You"), ""), t("주민등록부: 세대", "Resident register: household"),
       who(t("증명서 2611-2300-0417-8832", "Certificate 2611-2300-0417-8832"), ""), in_log},
      {time(attr("datetime", "2026-11-03"), t("2026년 11월 3일", "3 Nov 2026")),
       em(t("2027년 5월 3일까지 가림", "Hidden until 3 May 2027")), t("조회 1건", "One look-up"),
       t("법원 명령. 그날 보입니다", "By order of a court; you will see it then"), in_log}};
  page_options o;
  o.wide = o.noindex = true;
  return page(
      s, t("누가 내 정보를 보았나", "Who looked at my data"), {{"/my", t("나의 마당", "My page")}},
      all(h1(t("누가 내 정보를 보았나", "Who looked at my data")),
          lead(t("공무원이나 시스템이 내 기록을 본 모든 일을, 이유와 근거 법과 함께 보여 드립니다.",
                 "Every look-up of your records, with the reason and the law that allows it.")),
          filters(t("기간과 분류", "Filter"),
                  {{"?all", t("지난 12개월 · 14건", "Last 12 months · 14"), true},
                   {"?agency", t("기관별", "by agency")},
                   {"?record", t("기록별", "by record")}}),
          data_table(s, v), pagination(s, 4, 12, "/my/log?page="),
          box(t("이상한 점이 있나요?", "Something does not look right?"),
              all(p(t("기관에 설명을 요청하세요. 10일 안에 답해야 합니다.",
                      "Ask the agency to explain a line. It must answer in 10 days.")),
                  link_button("/ask", t("설명 요청", "Ask about a line"), look::secondary)))),
      o);
}

std::string parts(const shell& s) {
  say t = speaker(s);
  table_view numbers;
  numbers.caption = t("수수료", "Fees");
  numbers.columns = {{t("항목", "Item")}, {t("금액(원)", "Won"), true}};
  numbers.first_is_header = true;
  numbers.rows = {{t("등본", "Certificate"), "0"}, {t("여권", "Passport"), "50,000"}};
  table_view empty;
  empty.caption = t("신청한 것", "Requests");
  empty.columns = {{t("이름", "Name")}, {t("상태", "State")}};
  std::vector<node> banners;
  for (tone each : {tone::neutral, tone::info, tone::good, tone::warn, tone::bad})
    banners.push_back(banner(s, each,
                             std::to_string(static_cast<int>(each) + 1) +
                                 t("번째 기관의 답이 늦습니다", ". agency is slow to answer"),
                             p(t("나머지는 모두 확인했습니다. 11월 24일까지 다시 물어봅니다.",
                                 "The rest is checked. We ask again by 24 November."))));
  page_options o;
  o.wide = true;
  return page(
      s, t("부품", "Parts"), {},
      all(h1(t("부품", "Parts")),
          tabs(t("보기", "View"),
               {{"?a", t("진행 중", "Open"), true, 3}, {"?b", t("끝남", "Done"), false, 12}}),
          task_list(
              {{t("1. 준비", "1. Prepare"),
                {{t("자격 확인", "Check eligibility"), "/t/1", "", tone::good, t("끝남", "Done")},
                 {t("서류", "Papers"), "/t/2", t("한 가지가 더 필요합니다", "One more is needed"),
                  tone::warn, t("부족", "Incomplete")}}},
               {t("2. 보내기", "2. Send"),
                {{t("서명", "Sign"), "", "", tone::neutral,
                  t("아직 못 함", "Cannot start yet")}}}}),
          all_of({}), banners, data_table(s, numbers), data_table(s, empty),
          progress(t("서명", "Signatures"), 32014, 50000),
          empty_state("bell", t("알림이 없습니다", "No notices"),
                      t("새 소식이 오면 여기에 보입니다.", "News will show here."),
                      link_button("/", t("처음으로", "Home"), look::secondary)),
          definition_grid({{t("전입지", "To"), strong("자하문로 24길 11"), ""}}),
          button_row({submit_button(t("지우기", "Delete"), look::danger),
                      submit_button(t("조용히", "Quiet"), look::quiet)})),
      o);
}

}  // namespace

shell gallery_shell(const texts& t, const assets* a, const char* language) {
  shell s;
  s.texts = &t;
  s.assets = a;
  s.language = language;
  say w = speaker(s);
  s.person = w("김하윤", "Kim Hayun");
  s.unread = 3;
  s.csrf = "gallery";
  s.nav = {{"/services", w("민원·서비스", "Services")},
           {"/benefits", w("혜택찾기", "Benefits")},
           {"/take-part", w("참여", "Take part")},
           {"/data", w("열린데이터", "Open data")},
           {"/agencies", w("기관", "Agencies")}};
  s.active = "/services";
  s.footer = {{"/verify", w("발급 문서 진위확인", "Check a document")},
              {"/my/log", w("내 정보 열람기록", "Who looked at my data")},
              {"/privacy", w("개인정보 처리방침", "Privacy")},
              {"/accessibility", w("웹 접근성", "Accessibility")},
              {"/api", w("API 문서", "API")}};
  return s;
}

std::vector<std::pair<std::string, std::string>> gallery_pages(const shell& s) {
  return {{"home", home(s)},      {"service", service(s)},  {"question", ask_people(s)},
          {"error", ask_date(s)}, {"fields", ask_many(s)},  {"check", check_answers(s)},
          {"done", done(s)},      {"mydata", my_data(s)},   {"parts", parts(s)},
          {"verify", verify(s)},  {"desk", gallery_desk(s)}};
}

}  // namespace madang::html
