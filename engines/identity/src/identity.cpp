#include "madang/identity/identity.hpp"

#include <algorithm>

#include "guessing.hpp"
#include "madang/identity/accounts.hpp"
#include "people_row.hpp"
#include "session_row.hpp"

namespace madang::identity {

std::span<const store::migration> migrations();

namespace {

// Of a password that was handed out.
struct one_time_row {
  instant expires, used;
};
BOOST_DESCRIBE_STRUCT(one_time_row, (), (expires, used))

std::chrono::minutes minutes(int n) { return std::chrono::minutes(n); }

// A password that was handed out lets in once, and only so long.
outcome spend(store::database& db, id person) {
  return db.writing([&](store::write& tx) -> outcome {
    const auto row = tx.one<one_time_row>(
        "select expires, used from password_state where person = ?1 and expires > 0", person);
    if (!row) return nothing{};
    if (row->used.micros || now() >= row->expires)
      return refuse(kind::unauthenticated, "sign_in.expired", "password");
    tx.run("update password_state set used = ?1 where person = ?2", now(), person);
    return nothing{};
  });
}

// A row is written again only when it is this old: looking at a page need not wait for the disk.
constexpr std::chrono::minutes renew_after{1};

}  // namespace

directory::directory(store::database& db, options o) : db_(db), options_(o) {
  audit::prepare(db_);
  db_.migrate("identity", migrations());
}

void directory::put_account(const account& a) {
  db_.writing([&](store::write& tx) {
    tx.run("delete from account where person = ?1", a.person);
    tx.insert("account", a);
  });
}

void directory::put_post(const post& p) {
  db_.writing([&](store::write& tx) {
    tx.run("delete from post where code = ?1", p.code);
    tx.insert("post", p);
  });
}

std::optional<account> directory::find_account(id person) {
  return db_.reading([&](store::read& r) {
    return r.one<account>("select " + store::columns<account>() + " from account where person = ?1",
                          person);
  });
}

std::optional<account> directory::find_login(std::string_view login) {
  return db_.reading([&](store::read& r) {
    return r.one<account>("select " + store::columns<account>() + " from account where login = ?1",
                          login);
  });
}

std::vector<account> directory::personas() {
  return db_.reading([&](store::read& r) {
    return r.all<account>("select " + store::columns<account>() +
                          " from account where persona = 1 order by person");
  });
}

std::vector<post> directory::posts() {
  return db_.reading([&](store::read& r) {
    return r.all<post>("select " + store::columns<post>() + " from post order by code");
  });
}

std::vector<post> directory::posts_of(id person) {
  return db_.reading([&](store::read& r) {
    return r.all<post>("select " + store::columns<post>() +
                           " from post where holder = ?1 order by code",
                       person);
  });
}

std::optional<post> directory::find_post(std::string_view code) {
  return db_.reading([&](store::read& r) {
    return r.one<post>("select " + store::columns<post>() + " from post where code = ?1", code);
  });
}

std::optional<post> directory::responsible(std::string_view role, std::string_view district) {
  for (std::size_t digits : {7u, 5u, 2u, 0u}) {
    if (digits > district.size()) continue;
    auto there = db_.reading([&](store::read& r) {
      return r.all<post>("select " + store::columns<post>() +
                             " from post where office = ?1 order by code",
                         district.substr(0, digits));
    });
    for (auto& p : there)
      for (const auto& has : text::split(p.roles, ','))
        if (has == role) return p;
  }
  return {};
}

result<session> directory::open_session(const account& a, std::string_view language) {
  session s{random_token(32), a.person, {}, random_token(18), std::string(language), now(), {}};
  s.expires = s.created.plus(minutes(options_.idle_minutes));
  // An official begins in her post; she may change to herself.
  if (auto held = posts_of(a.person); !held.empty()) s.post = held.front().code;
  db_.writing([&](store::write& tx) {
    enter(tx, s, a, {{}, options_.sign_in_purpose, options_.sign_in_law, {}});
  });
  return s;
}

result<session> directory::sign_in(std::string_view login, std::string_view password,
                                   std::string_view language) {
  // People type their password into the wrong field: what was typed is kept as its hash only.
  const std::string typed = hashed(login);
  if (auto may = may_guess(db_, options_, typed); !may) return may.why();
  auto a = find_login(login);
  const bool right = is_password_of(a, password) &&
                     !db_.reading([&](store::read& r) { return is_closed(r, a->person); });
  if (!right) {
    missed(db_, typed);
    return refuse(kind::unauthenticated, "sign_in.wrong", "password");
  }
  forgive(db_, typed);
  if (auto good = spend(db_, a->person); !good) return good.why();
  return open_session(*a, language);
}

result<session> directory::sign_in_as_persona(id person, std::string_view language) {
  auto a = find_account(person);
  if (!a || !a->persona || db_.reading([&](store::read& r) { return is_closed(r, person); }))
    return refuse(kind::unauthenticated, "sign_in.wrong");
  return open_session(*a, language);
}

void directory::sign_out(std::string_view token) {
  db_.writing([&](store::write& tx) { leave(tx, hashed(token)); });
}

void directory::sign_out_everywhere(id person) {
  db_.writing([&](store::write& tx) {
    for (const auto& hash :
         tx.all<std::string>("select token_hash from session where person = ?1", person))
      leave(tx, hash);
  });
}

std::optional<session> directory::find_session(std::string_view token) {
  if (token.empty() || token.size() > 100) return {};
  auto row = db_.reading([&](store::read& r) {
    return r.one<session_row>(
        "select " + store::columns<session_row>() + " from session where token_hash = ?1",
        hashed(token));
  });
  if (!row) return {};
  const instant at = now();
  if (at >= row->used.plus(minutes(options_.idle_minutes)) ||
      at >= row->created.plus(std::chrono::hours(options_.longest_hours)))
    return {};
  if (at >= row->used.plus(renew_after)) renew(row->token_hash, at);
  return session{std::string(token),
                 row->person,
                 row->post,
                 row->csrf,
                 row->language,
                 row->created,
                 at.plus(minutes(options_.idle_minutes))};
}

// A full disk does not keep anybody from reading: the session then ends a little early at worst.
void directory::renew(const std::string& token_hash, instant at) {
  try {
    db_.writing([&](store::write& tx) {
      tx.run("update session set used = ?1 where token_hash = ?2", at, token_hash);
    });
  } catch (const store::error& e) {
    log::warn("identity.session_not_renewed", {{"what", e.what()}});
  }
}

outcome directory::act_as(std::string_view token, std::string_view post_code) {
  auto s = find_session(token);
  if (!s) return refuse(kind::unauthenticated, "sign_in.needed");
  if (!post_code.empty()) {
    auto p = find_post(post_code);
    if (!p || !roles_in(s->person, *p))
      return refuse(kind::forbidden, "identity.no_post");
  }
  db_.writing([&](store::write& tx) {
    tx.run("update session set post = ?1 where token_hash = ?2", post_code, hashed(token));
  });
  return nothing{};
}

void directory::set_language(std::string_view token, std::string_view language) {
  db_.writing([&](store::write& tx) {
    tx.run("update session set language = ?1 where token_hash = ?2", language, hashed(token));
  });
}

audit::actor directory::actor_of(const session& s) {
  audit::actor who;
  who.person = s.person;
  if (auto a = find_account(s.person)) who.name = a->name;
  if (s.post.empty()) return who;
  auto p = find_post(s.post);
  // A post that was taken away since sign-in, or whose holder is back, is worth nothing any more.
  auto roles = p ? roles_in(s.person, *p) : std::nullopt;
  if (!roles) return who;
  if (p->holder != s.person) {
    auto absent = find_account(p->holder);
    who.stands_in_for = absent ? absent->name : p->code;
  }
  who.post = p->code;
  who.post_title = p->title;
  who.agency = p->agency;
  who.agency_name = p->agency_name;
  who.office = p->office;
  who.roles = std::move(*roles);
  return who;
}

std::int64_t directory::live_sessions() {
  return db_.reading([&](store::read& r) {
    return r.one<std::int64_t>("select count(*) from session where used > ?1",
                               now().plus(-minutes(options_.idle_minutes)))
        .value_or(0);
  });
}

}  // namespace madang::identity
