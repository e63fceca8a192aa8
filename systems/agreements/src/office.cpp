// Agreements: asked for, decided, ended.
#include "office.hpp"

#include <algorithm>
#include <array>

namespace madang::agreements {

std::span<const store::migration> migrations();

namespace {

constexpr const char* file = "agreements/members.yaml";

constexpr const char* select_agreement =
    "select key, number, applicant, provider, register as reg, items, purpose, law, state, "
    "asked_by, asked_person, asked_at, decided_by, decided_at, note, begins, ends, tariff, renews "
    "from agreement ";

[[noreturn]] void broken(const std::string& what) { throw packs::broken_pack({file, 0, what}); }

}  // namespace

BOOST_DESCRIBE_STRUCT(agreement, (),
                      (key, number, applicant, provider, reg, items, purpose, law, state, asked_by,
                       asked_person, asked_at, decided_by, decided_at, note, begins, ends, tariff,
                       renews))

office::office(house& h)
    : house_(h), db_(h.database("agreements")), effort_(db_, "agreement") {
  db_.migrate("agreements", migrations());
  const json::value v = h.pack().yaml(file);
  centre_ = json::str(v, "centre");
  reviewer_role_ = json::str(v, "reviewers");
  if (!h.pack().find_agency(centre_)) broken("there is no agency '" + centre_ + "'");
  if (const auto& classes = json::at(v, "classes"); classes.is_array())
    for (const auto& one : classes.get_array())
      classes_.push_back({std::string(json::str(one, "id")), json::words_of(json::at(one, "name")),
                          json::flag(one, "consents", true), json::num(one, "tariff"),
                          static_cast<int>(json::num(one, "most_a_day", 200))});
  if (const auto& members = json::at(v, "members"); members.is_array())
    for (const auto& one : members.get_array()) {
      member m{std::string(json::str(one, "id")), std::string(json::str(one, "class")),
               std::string(json::str(one, "client")), json::words_of(json::at(one, "name"))};
      if (m.id.empty() || m.client.empty() || m.name.empty() || !class_of(m))
        broken("a member has an id, a client, a name, and a class that is there: '" + m.id + "'");
      members_.push_back(std::move(m));
    }
  read_questions();
}

void office::read_questions() {
  constexpr const char* asked = "agreements/questions.yaml";
  if (!house_.pack().has(asked)) return;
  const json::value v = house_.pack().yaml(asked);
  const auto wrong = [&](const json::value& one, const std::string& what) {
    throw packs::broken_pack({asked, 0, std::string(json::str(one, "id")) + ": " + what});
  };
  const auto& all = json::at(v, "questions");
  if (!all.is_array()) wrong(v, "a list of questions is missing");
  for (const auto& one : all.get_array()) {
    const std::string id(json::str(one, "id")), reg(json::str(one, "register"));
    const words asks = json::words_of(json::at(one, "asks"));
    auto* registry = house_.hub().registry_of(reg);
    if (!registry) wrong(one, "there is no register '" + reg + "'");
    auto answer = platform::predicate::make(json::str(one, "answer"), *registry->find_schema(reg),
                                            json::str(one, "without_record") == "no");
    if (id.empty() || asks.empty() || !answer || find_question(reg, "?" + id))
      wrong(one, "a question has an id of its own, words, and FEEL over the items of " + reg);
    questions_.push_back({id, reg, asks, std::move(*answer)});
  }
}

const question* office::find_question(std::string_view reg, std::string_view item) const {
  if (!item.starts_with('?')) return nullptr;
  const auto at = std::ranges::find_if(questions_, [&](const question& q) {
    return q.reg == reg && q.id == item.substr(1);
  });
  return at == questions_.end() ? nullptr : &*at;
}

std::string office::item_name(const std::string& reg, const std::string& item,
                              const std::string& language) const {
  if (const auto* q = find_question(reg, item))
    return house_.said("agreements.yes_or_no", {{"question", q->asks(language)}})(language);
  auto* registry = house_.hub().registry_of(reg);
  const auto* i = registry ? registry->find_schema(reg)->find(item) : nullptr;
  return i ? i->name(language) : item;
}

const member_class* office::class_of(const member& m) const {
  const auto at = std::ranges::find(classes_, m.klass, &member_class::id);
  return at == classes_.end() ? nullptr : &*at;
}

const member* office::find_member(std::string_view id) const {
  const auto at = std::ranges::find(members_, id, &member::id);
  return at == members_.end() ? nullptr : &*at;
}

const member* office::with_client(std::string_view client) const {
  const auto at = std::ranges::find(members_, client, &member::client);
  return at == members_.end() ? nullptr : &*at;
}

std::string office::name_of(const std::string& party, const std::string& language) const {
  if (const auto* m = find_member(party)) return m->name(language);
  const auto full = house_.pack().full_name(party);
  return full.empty() ? party : full(language);
}

// ---- asking ----

namespace {

outcome said_well(const application& a) {
  const auto said = [](const std::string& s, std::size_t least) {
    const auto n = text::length(s);
    return n >= least && n <= 300;
  };
  if (!said(a.purpose, 5)) return refuse(kind::invalid, "agreement.purpose", "purpose");
  if (!said(a.law, 3)) return refuse(kind::invalid, "agreement.law", "law");
  return nothing{};
}

}  // namespace

result<agreement> office::apply(const audit::access& why, const application& a) {
  auto* registry = house_.hub().registry_of(a.reg);
  if (!registry) return refuse(kind::invalid, "agreement.register", "register");
  const auto& s = *registry->find_schema(a.reg);
  if (s.subject.empty()) return refuse(kind::invalid, "agreement.register", "register");
  if (a.items.empty()) return refuse(kind::invalid, "agreement.items", "items");
  json::array items;
  for (const auto& one : a.items) {
    if (!s.find(one) && !find_question(a.reg, one))
      return refuse(kind::invalid, "agreement.items", "items");
    items.emplace_back(one);
  }
  if (auto good = said_well(a); !good) return good.why();
  const date from = day();
  if (!a.ends || *a.ends <= from || *a.ends > from.plus(longest_days))
    return refuse(kind::invalid, "agreement.ends", "ends");
  if (!a.renews.empty()) {
    const auto before = find(a.renews);
    if (!before || before->applicant != a.applicant || before->reg != a.reg)
      return refuse(kind::not_found, "agreement.unknown", "renews");
  }
  const auto* m = find_member(a.applicant);
  agreement made;
  made.key = new_id();
  made.applicant = a.applicant;
  made.provider = s.agency;
  made.reg = a.reg;
  made.items = std::move(items);
  made.purpose = a.purpose;
  made.law = a.law;
  made.state = "asked";
  made.asked_by = why.who.name;
  made.asked_person = why.who.person;
  made.asked_at = now();
  made.begins = from;
  made.ends = *a.ends;
  made.tariff = m ? class_of(*m)->tariff : 0;
  made.renews = a.renews;
  return db_.writing([&](store::write& tx) -> result<agreement> {
    if (tx.one<std::int64_t>("select 1 from agreement where applicant = ?1 and register = ?2 and "
                             "state = 'asked' and purpose = ?3",
                             made.applicant, made.reg, made.purpose))
      return refuse(kind::conflict, "agreement.asked");
    tx.run(
        "insert into numbered (year, n) values (?1, 1) on conflict (year) do update set n = "
        "numbered.n + 1",
        from.year());
    const auto n = tx.one<std::int64_t>("select n from numbered where year = ?1", from.year());
    std::string digits = std::to_string(n.value_or(1));
    digits.insert(0, digits.size() < 4 ? 4 - digits.size() : 0, '0');
    made.number = "A-" + std::to_string(from.year()) + "-" + digits;
    tx.run(
        "insert into agreement (key, number, applicant, provider, register, items, purpose, law, "
        "state, asked_by, asked_person, asked_at, decided_by, note, begins, ends, tariff, renews) "
        "values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, '', '', ?13, ?14, ?15, ?16)",
        made.key, made.number, made.applicant, made.provider, made.reg, made.items, made.purpose,
        made.law, made.state, made.asked_by, made.asked_person, made.asked_at, made.begins,
        made.ends, made.tariff, made.renews);
    audit::append(tx, why, audit::action::changed, {}, "agreement", made.number, "asked");
    return made;
  });
}

std::optional<agreement> office::find(const std::string& number) {
  return db_.reading([&](store::read& r) {
    return r.one<agreement>(std::string(select_agreement) + "where number = ?1", number);
  });
}

std::vector<agreement> office::all() {
  return db_.reading([&](store::read& r) {
    return r.all<agreement>(std::string(select_agreement) + "order by asked_at desc limit 1000");
  });
}

std::vector<agreement> office::in_force_for(const member& m) {
  return db_.reading([&](store::read& r) {
    return r.all<agreement>(std::string(select_agreement) +
                                "where applicant = ?1 and state = 'in_force' and begins <= ?2 and "
                                "ends >= ?2 order by asked_at desc",
                            m.id, day());
  });
}

std::string office::state_of(const agreement& a) const {
  return a.state == "in_force" && a.ends < day() ? "expired" : a.state;
}

// ---- deciding ----

bool office::may_review(const audit::actor& who, const agreement& a) {
  if (!who.has_role(reviewer_role_)) return false;
  if (who.agency == a.provider) return true;
  const auto posts = house_.people().posts();
  const bool has_own = std::ranges::any_of(posts, [&](const identity::post& p) {
    const auto roles = text::split(p.roles, ',');
    return p.agency == a.provider && p.holder &&
           std::ranges::find(roles, reviewer_role_) != roles.end();
  });
  return !has_own && who.agency == centre_;
}

outcome office::decide(const audit::access& why, const std::string& number, bool approve,
                       const std::string& note, std::optional<std::int64_t> tariff) {
  const auto a = find(number);
  if (!a) return refuse(kind::not_found, "agreement.unknown");
  if (!may_review(why.who, *a)) return refuse(kind::forbidden, "agreement.not_yours");
  if (a->asked_person == why.who.person) return refuse(kind::forbidden, "agreement.own");
  if (!approve && text::length(note) < 5) return refuse(kind::invalid, "agreement.note", "note");
  if (text::length(note) > 1000) return refuse(kind::invalid, "agreement.note", "note");
  if (tariff && (*tariff < 0 || *tariff > 1'000'000))
    return refuse(kind::invalid, "agreement.tariff", "tariff");
  return db_.writing([&](store::write& tx) -> outcome {
    const auto changed = tx.run(
        "update agreement set state = ?1, decided_by = ?2, decided_at = ?3, note = ?4, begins = "
        "?5, "
        "tariff = ?6 where number = ?7 and state = 'asked'",
        approve ? "in_force" : "refused", why.who.name, now(), note, day(),
        tariff.value_or(a->tariff), number);
    if (!changed) return refuse(kind::conflict, "agreement.decided");
    // What it goes on with ends with the day before.
    if (approve && !a->renews.empty())
      tx.run(
          "update agreement set state = 'ended', note = ?1 where number = ?2 and "
          "state = 'in_force'",
          number, a->renews);
    audit::append(tx, why, audit::action::decided, {}, "agreement", number,
                  approve ? "in_force" : "refused");
    return nothing{};
  });
}

outcome office::end(const audit::access& why, const std::string& number, const std::string& note) {
  const auto a = find(number);
  if (!a) return refuse(kind::not_found, "agreement.unknown");
  if (why.who.agency != a->applicant && !may_review(why.who, *a))
    return refuse(kind::forbidden, "agreement.not_yours");
  if (text::length(note) < 5 || text::length(note) > 1000)
    return refuse(kind::invalid, "agreement.note", "note");
  return db_.writing([&](store::write& tx) -> outcome {
    const auto changed = tx.run(
        "update agreement set state = case when state = 'asked' then 'withdrawn' else "
        "'ended' end, note = ?1 where number = ?2 and state in ('asked', 'in_force')",
        note, number);
    if (!changed) return refuse(kind::conflict, "agreement.not_in_force");
    tx.run(
        "update permission set state = 'stopped', answered_at = ?1 where agreement = ?2 and "
        "state in ('asked', 'given')",
        now(), a->key);
    audit::append(tx, why, audit::action::decided, {}, "agreement", number, "ended");
    return nothing{};
  });
}

std::vector<usage> office::used() {
  return db_.reading([&](store::read& r) {
    return r.all<usage>(
        "select u.month, a.number, a.applicant, a.provider, a.register as reg, "
        "u.outcome, u.n, a.tariff from used u join agreement a on a.key = "
        "u.agreement order by u.month desc, u.n desc, a.number");
  });
}

}  // namespace madang::agreements
