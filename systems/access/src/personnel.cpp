#include "personnel.hpp"

#include "madang/platform/guarding.hpp"

namespace madang::access {

std::span<const store::migration> migrations();

namespace {

constexpr auto looks_every = std::chrono::seconds(1);
constexpr auto after_failure = std::chrono::seconds(30);

identity::rights rights_of(const packs::pack& pack) {
  const char* file = "access/rights.yaml";
  if (!pack.has(file)) return {};
  auto read = identity::read_rights(pack.yaml(file));
  if (!read) throw packs::broken_pack({file, 0, read.why().field});
  return std::move(*read);
}

std::vector<limit> limits_of(const house& h) {
  const char* file = "limits.yaml";
  if (!platform::guarding_of(h.chosen()).limits || !h.pack().has(file)) return {};
  auto read = read_limits(h.pack().yaml(file));
  if (!read) throw packs::broken_pack({file, 0, read.why().field});
  return std::move(*read);
}

identity::order_rules rules_of(const identity::rights& rights) {
  identity::order_rules out;
  out.everywhere = rights.everywhere;
  for (const auto& r : rights.roles)
    if (!r.lent) out.personal_roles.push_back(r.id);
  return out;
}

store::database& prepared(store::database& db) {
  db.migrate("access", migrations());
  return db;
}

}  // namespace

personnel::personnel(house& h, shared_bureau b)
    : home(h),
      bureau(std::move(b)),
      rights(rights_of(h.pack())),
      orders(h.database("identity"), h.people(), rules_of(rights)),
      roster(h.database("identity"), h.people()),
      kept(prepared(h.database("signon"))),
      limits(limits_of(h)) {}

audit::access personnel::by_clock() const {
  return {audit::system_actor("personnel clock"), home.said("purpose.personnel"),
          home.said("law.personnel"), ""};
}

audit::access personnel::why(const context& c) const {
  return c.access(c.home.said("purpose.personnel"), c.home.said("law.personnel"));
}

void personnel::start() {
  stopping_ = false;
  if (!thread_.joinable()) thread_ = std::thread([this] { turn(); });
}

void personnel::stop() {
  {
    std::lock_guard hold(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void personnel::turn() {
  const audit::access clock = by_clock();
  std::unique_lock hold(mutex_);
  while (!stopping_) {
    hold.unlock();
    bool failed = false;
    try {
      orders.carry_out(clock);
    } catch (const std::exception& e) {
      failed = true;
      log::error("personnel.clock", {{"what", e.what()}});
    }
    hold.lock();
    wake_.wait_for(hold, failed ? after_failure : looks_every, [&] { return stopping_; });
  }
}

std::string post_words(const context& c, const identity::post& p) {
  return p.agency_name(c.language) + " " + p.title(c.language);
}

std::string person_words(const context& c, id person) {
  auto a = c.home.people().find_account(person);
  if (!a) return std::string(c.say("orders.nobody"));
  return c.language == "ko" || a->latin.empty() ? a->name : a->latin;
}

std::string order_words(const context& c, const personnel& p, const identity::order& o) {
  auto post_of = [&](const std::string& code) {
    auto found = c.home.people().find_post(code);
    return found ? post_words(c, *found) : code;
  };
  return c.fill("orders.says_" + std::string(name_of(o.sort)),
                {{"person", person_words(c, o.person)},
                 {"post", post_of(o.post)},
                 {"from", post_of(o.from_post)},
                 {"substitute", post_of(o.substitute)},
                 {"roles", roles_words(c, p, text::split(o.roles, ','))},
                 {"until", c.written(o.ends)}});
}

std::string roles_words(const context& c, const personnel& p,
                        const std::vector<std::string>& roles) {
  std::vector<std::string> out;
  for (const auto& id : roles) {
    if (id.empty()) continue;
    const auto* r = p.rights.find_role(id);
    out.push_back(r ? r->name(c.language) : id);
  }
  return text::join(out, ", ");
}

}  // namespace madang::access
