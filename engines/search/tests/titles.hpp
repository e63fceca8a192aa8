#pragma once
// Synthetic titles of administrative documents: words of real office language put together by a
// seed.
#include <random>
#include <string>
#include <vector>

inline std::vector<std::string> synthetic_titles(std::size_t count) {
  const std::vector<std::string> subjects = {
      "도로점용허가", "주민등록", "전입신고", "건축허가", "개발행위", "하천점용", "지방세", "재산세",
      "취득세", "자동차", "폐기물", "산림보호", "어린이집", "기초연금", "국민기초생활", "정보공개",
      "장애인활동지원", "민원처리", "청사관리", "물품구매", "용역계약", "예산집행", "인사발령",
      "교육훈련", "감사결과", "재난안전", "상수도", "하수도", "문화재", "농지전용", "버스노선",
      "주차장", "도시계획", "재개발", "공동주택", "토지거래", "지적측량", "공시지가", "전자정부",
      "개인정보보호", "정보보안", "스마트도시", "기록물관리", "기록물평가", "보존기간", "이관",
      "폐기심의"};
  const std::vector<std::string> verbs = {
      "신청에 대한 회신", "처리계획 보고", "추진현황 점검 결과", "변경승인 요청", "관련 협조 요청",
      "실태조사 결과 제출", "세부시행계획 수립", "민원 처리결과 알림", "위원회 개최 알림",
      "예산 재배정 요청", "업무 인계인수서", "현지확인 출장 보고", "개선방안 검토", "의견 조회"};
  const std::vector<std::string> places = {"종로구", "강남구", "해운대구", "수성구", "춘천시",
                                           "제주시", "전주시", "안동시", "청주시", "세종시"};
  std::mt19937 random(1);
  auto pick = [&](const auto& from) -> const std::string& { return from[random() % from.size()]; };
  std::vector<std::string> out(count);
  for (auto& title : out) {
    title = std::to_string(2015 + random() % 12) + "년 " + pick(places) + " " + pick(subjects);
    if (random() % 2) title += "(" + pick(subjects) + ")";
    if (random() % 3 == 0) {
      title += ' ';
      for (auto n = 2 + random() % 3; n > 0; --n) {
        const auto c = 0xAC00 + random() % 11172;
        title += static_cast<char>(0xE0 | c >> 12);
        title += static_cast<char>(0x80 | (c >> 6 & 63));
        title += static_cast<char>(0x80 | (c & 63));
      }
    }
    title += ' ' + pick(verbs);
    if (random() % 4 == 0) title += " 제" + std::to_string(random() % 9999) + "호";
  }
  return out;
}

inline const std::vector<std::string>& fourteen_queries() {
  static const std::vector<std::string> all = {
      "이관", "하천", "허가", "도로점용", "개인정보보호", "종로구 건축허가", "기록물평가 회신",
      "점용허가", "민원 처리결과", "정보", "보존기간", "어린이집 실태조사",
      "2020년 제주시 버스노선", "폐기심의 위원회"};
  return all;
}

// The truth: every word of the query stands somewhere in the title.
inline bool holds_all(const std::string& title, const std::string& query) {
  for (std::size_t begin = 0; begin < query.size();) {
    const auto end = std::min(query.find(' ', begin), query.size());
    if (title.find(query.substr(begin, end - begin)) == std::string::npos) return false;
    begin = end + 1;
  }
  return true;
}
